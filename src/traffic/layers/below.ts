import type { Passage } from '../../codec/bytes/stream-taker.js';
import type { Http2Stream } from '../../codec/http2/http2-taker.js';
import type { SideStalls } from '../tally/stalls.js';
import type { LayerName, LayerTaker } from './layers.js';

/** The layers of a stream that are read already, how many were tried, and the offsets of its bytes in them. */
export interface Below {
  readonly layers: readonly Passage[];
  readonly depth: number;
  readonly offsets: readonly [number, number];
  /** The layer that it came through, where that knows of TLS. */
  readonly carrier?: LayerTaker | undefined;
  /** Of the TCP connection. */
  readonly stalls?: SideStalls;
  /** A layer that was tried, and is none. */
  readonly isNone?: LayerName | undefined;
  readonly http2?: Http2Stream;
}

export const NO_LAYERS: Below = { layers: [], depth: 0, offsets: [0, 0] };
/** Layers in one another that are read; more than any use is known for. */
export const MOST_LAYERS = 8;
