import type { CarriedOpener, StreamTaker } from '../../codec/bytes/stream-taker.js';
import { areHttp2Frames } from '../../codec/http2/http2-frame.js';
import type { Http2Start } from '../../codec/http2/http2-layer.js';
import type { Http2FaultKind, Http2Opener } from '../../codec/http2/http2-taker.js';
import { beginsProxyHeader, readProxyHeader } from '../../sources/proxies/proxy-header.js';
import { beginsSocks, readSocks } from '../../sources/proxies/socks.js';
import { SteppedOver } from '../../sources/proxies/stepped-over.js';
import { ConnectTunnel } from '../../codec/http1/connect-tunnel.js';
import { CONNECT_START } from '../../codec/http1/head-start.js';

import type { TlsFacts } from '../../codec/tls/tls-facts.js';

/** RFC 9113 §3.4: what every HTTP/2 client begins with, in its first bytes. */
const HTTP2_START = Array.from('PRI * HTTP/2.0\r\n', (char) => char.charCodeAt(0));
/** RFC 9113 §6.5: SETTINGS, with which every HTTP/2 server begins; its length is above. */
const HTTP2_SETTINGS_TAIL = [4, 0, 0, 0, 0, 0];
const HTTP2_LENGTH = 3;
/** RFC 8446 §5.1: content types change_cipher_spec to application_data; the longest record (with the expansion of TLS 1.2). */
const TLS_TYPES = { first: 20, last: 23 };
const TLS_LONGEST = 16_384 + 2048;
const TLS_HEADER = 5;

/** Whether the first bytes of a stream are a layer's; `maybe`: there are too few of them. */
type Begins = 'yes' | 'no' | 'maybe';

/** A layer below WebSocket. */
interface LayerRow {
  /** The name under which streams that carry it, and no WebSocket in it, are counted. */
  readonly name: string;
  /** Looks at the first bytes that were seen of a stream. */
  begins(this: void, first: Uint8Array): Begins;
  /** Takes the stream, from these bytes on, and hands on what it carries. Without it the stream is passed over. Undefined: it cannot be opened. */
  open?(this: void, opener: LayerOpener, given: LayerInput): LayerTaker | undefined;
  /** Where it cannot be opened, the stream is passed over nevertheless. */
  readonly isNeverPlain?: true;
}

/** Takes what layers carry. */
export type LayerOpener = Http2Opener;

/** What layers need beside the stream. */
export interface LayerInput {
  readonly tls?: TlsOpening | undefined;
  /** Opens HTTP/2: handed in, as it is loaded with what reads packets alone. */
  readonly http2?: ((opener: Http2Opener, start?: Http2Start) => LayerTaker) | undefined;
}

/** Opens TLS with the secrets that there are: handed in, as most programs that read streams need none of it. */
export interface TlsOpening {
  /** A key log was given, or is in the capture; it may have no secret. */
  readonly hasLog?: boolean;
  /** `isJoined`: its first record was not captured, and it may be no TLS. Undefined: there are no secrets at all. */
  open(opener: CarriedOpener, isJoined?: boolean): LayerTaker | undefined;
  /** No more packets come, nor secrets. */
  end?(notice: (message: string) => void): void;
  /** Takes secrets of the capture itself. */
  block?(keyLog: Uint8Array, notice: (message: string) => void): void;
  /** A capture begins that may have secrets: with the first session `read` gives all of them to `block`; false: it can't. */
  lookAheadBy?(read: () => boolean): void;
}

/** Takes a stream that carries another one. */
export interface LayerTaker extends StreamTaker {
  /** What is known of its TLS. */
  readonly tls?: TlsFacts | undefined;
  /** What is wrong with an HTTP/2 connection. */
  readonly faults?: readonly Http2FaultKind[];
  /** It has ended, and may hand on what it carries later. */
  readonly isWaiting?: boolean;
}

const LAYERS = [
  {
    name: 'tls',
    begins: isTls,
    open: (opener, { tls }) => tls?.open(opener),
    isNeverPlain: true,
  },
  { name: 'http2', begins: isHttp2, open: (opener, { http2 }) => http2?.(opener), isNeverPlain: true },
  {
    name: 'http',
    begins: (first) => startsLike(CONNECT_START, first),
    open: (opener) => new ConnectTunnel(opener),
  },
  { name: 'proxy', begins: beginsProxyHeader, open: (opener) => new SteppedOver(opener, readProxyHeader) },
  { name: 'socks', begins: beginsSocks, open: (opener) => new SteppedOver(opener, readSocks) },
] as const satisfies readonly LayerRow[];

const JOINED_TLS: Layer = { ...LAYERS[0], open: (opener, { tls }) => tls?.open(opener, true) };

export type LayerName = (typeof LAYERS)[number]['name'];
export type Layer = LayerRow & { readonly name: LayerName };

/** Which layer a stream carries, by its first bytes; undefined: an HTTP/1 head, frames, or anything else. */
export function layerOf(first: Uint8Array): Layer | 'maybe' | undefined {
  let isOpen = false;
  for (const layer of LAYERS) {
    const begins = layer.begins(first);
    if (begins === 'yes') return layer;
    isOpen ||= begins === 'maybe';
  }
  return isOpen ? 'maybe' : undefined;
}

/** A layer that is to be opened, whatever the first bytes are. */
export function layerNamed(name: LayerName): Layer {
  return LAYERS.find((layer) => layer.name === name)!;
}

/** The layer of a stream that was joined in its middle, where these bytes begin nothing: TLS, where they hold a record header; HTTP/2, where they are frames of it. */
export function joinedLayer(first: Uint8Array, { tls, http2 }: LayerInput): Layer | undefined {
  if (http2 && first[0] === 0 && areHttp2Frames(first)) return layerNamed('http2');
  if (tls === undefined) return undefined;
  for (let at = 0; at + TLS_HEADER < first.length; at++) {
    if (first[at] !== TLS_TYPES.last || first[at + 1] !== 3 || first[at + 2] !== 3) continue;
    const next = at + TLS_HEADER + ((first[at + 3]! << 8) | first[at + 4]!);
    if (isTls(first.subarray(at)) !== 'yes' || isTls(first.subarray(next)) === 'no') continue;
    return JOINED_TLS;
  }
  return undefined;
}

function startsLike(pattern: readonly number[], first: Uint8Array): Begins {
  if (pattern.some((byte, i) => i < first.length && first[i] !== byte)) return 'no';
  return first.length < pattern.length ? 'maybe' : 'yes';
}

/** What a client begins with, or a server: SETTINGS of up to 255 bytes, which only the other side's preface proves. */
function isHttp2(first: Uint8Array): Begins {
  if (first[0] !== 0) return startsLike(HTTP2_START, first);
  if (first.length > 1 && (first[1] !== 0 || (first[2] ?? 0) % 6 !== 0)) return 'no';
  return first.length <= HTTP2_LENGTH ? 'maybe' : startsLike(HTTP2_SETTINGS_TAIL, first.subarray(HTTP2_LENGTH));
}

/** A record header, also in the middle of a connection: as a frame it would have RSV1 and a reserved opcode. */
function isTls(first: Uint8Array): Begins {
  const [type, major, minor, high, low] = first.subarray(0, TLS_HEADER);
  if (type === undefined) return 'maybe';
  if (type < TLS_TYPES.first || type > TLS_TYPES.last || (major ?? 3) !== 3 || (minor ?? 0) > 4) return 'no';
  if (high === undefined || low === undefined) return 'maybe';
  const length = (high << 8) | low;
  return length > 0 && length <= TLS_LONGEST ? 'yes' : 'no';
}
