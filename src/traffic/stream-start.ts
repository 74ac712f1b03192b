import { concat } from '../codec/bytes/byte-collector.js';
import type { Side, StreamOrigin } from '../codec/bytes/stream-taker.js';
import { Connection } from '../codec/connection/connection.js';
import type { StreamReading } from '../codec/connection/stream-reading.js';
import type { MessageNeed } from '../codec/messages/assembler.js';
import { Transcript, type TranscriptOptions } from '../codec/connection/transcript.js';
import { layerOf, type Layer } from './layers/layers.js';

/** Bytes that one side sent. */
interface SideBytes {
  readonly side: Side;
  readonly bytes: Uint8Array;
  readonly time: number;
}

/** The first bytes of a stream, held until they show whether it begins with a layer. */
export class FirstBytes {
  private held: SideBytes | undefined;

  /** Bytes of another side than `side` are held. */
  hasOther(side: Side): boolean {
    return this.held !== undefined && this.held.side !== side;
  }

  /** All first bytes of `side` and the layer that begins with them, if any; undefined: they are held, as too few to decide. */
  add(side: Side, bytes: Uint8Array, time: number): { bytes: Uint8Array; layer: Layer | undefined } | undefined {
    const { held } = this;
    const all = held ? concat([held.bytes, bytes]) : bytes;
    const layer = layerOf(all);
    this.held = layer === 'maybe' ? { side, bytes: held ? all : all.slice(), time } : undefined;
    return layer === 'maybe' ? undefined : { bytes: all, layer };
  }

  /** What is held, which is not a layer's: no bytes follow that could complete its beginning. */
  release(): SideBytes | undefined {
    const { held } = this;
    this.held = undefined;
    return held;
  }
}

/** How streams that do not begin with a layer are read. */
export interface StreamReaderOptions {
  readonly reading: TranscriptOptions;
  /** Streams to or from these ports are WebSocket, whatever their first bytes are. */
  readonly webSocketPorts?: ReadonlySet<number>;
}

/** The reader of a stream. `offsets`: of the first bytes of each side; `need`: what is read of its messages by others. */
export function readerOf(
  origin: StreamOrigin,
  { reading, webSocketPorts }: StreamReaderOptions,
  offsets: readonly [number, number],
  need?: MessageNeed,
): StreamReading {
  const isStated =
    origin.isPasted === true ||
    origin.isJoined === true ||
    (webSocketPorts && [origin.a, origin.b].some((one) => one && webSocketPorts.has(one.port)));
  const { capture, ...others } = reading;
  const own = {
    ...others,
    ...(capture && origin.isWhole !== true && { capture }),
    ...(need && { need }),
    ...(isStated && { capture: 'websocket' as const }),
    ...(origin.hasPartialHeads && { partialHeads: true }),
    ...(origin.statesSenders && { client: 0 as const }),
  };
  return origin.isOneSequence ? new Transcript(own) : new Connection(own, offsets);
}

/** Bytes in which frames are looked for: of a stream whose beginning was seen, and of one that was joined in its middle. */
const SEARCHED = { fromStart: 4096, midStream: 1024 * 1024 };

/** Bytes in which frames are looked for before the stream is passed over. */
export function searchLimit({ isClientFirst }: StreamOrigin): number {
  return isClientFirst ? SEARCHED.fromStart : SEARCHED.midStream;
}
