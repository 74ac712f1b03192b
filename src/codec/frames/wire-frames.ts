import { concat } from '../bytes/byte-collector.js';
import type { FrameHeader } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { unmask } from './mask.js';
import type { PayloadMemory } from '../bytes/payload-memory.js';

const EMPTY = new Uint8Array(0);

/** A frame as it was on the wire. */
export interface WireFrame {
  readonly header: FrameHeader;
  /** The payload's bytes on the wire, masked if the frame is; fewer than declared if the input ended. */
  readonly payload: Uint8Array;
}

/** What any run of bytes is when it is read as frames. */
export interface WireFrames {
  readonly frames: readonly WireFrame[];
  /** Bytes of a header that the input's end cut off; empty if there is none. */
  readonly rest: Uint8Array;
}

/**
 * Reads bytes as frames (RFC 6455 §5.2) without losing any of them: `encodeFrames` gives back what came in, for any bytes.
 * Payloads are of one copy of the bytes; with `payloads: 'view'` they are views of the bytes themselves.
 */
export function decodeFrames(bytes: Uint8Array, { payloads }: Pick<PayloadMemory, 'payloads'> = {}): WireFrames {
  const frames: { header: FrameHeader; payload: Uint8Array }[] = [];
  const reader = new FrameReader(0, payloads && { payloads });
  for (const event of reader.push(bytes)) {
    if (event.type === 'frame-start') frames.push({ header: event.header, payload: EMPTY });
    if (event.type === 'payload') frames[frames.length - 1]!.payload = event.data;
  }
  return { frames, rest: reader.end()?.headerBytes ?? EMPTY };
}

/** The bytes of frames, in the wire form that they had. */
export function encodeFrames({ frames, rest }: WireFrames): Uint8Array {
  return concat([...frames.flatMap(({ header, payload }) => [header.bytes, payload]), rest]);
}

/** The payload as the application sees it: new memory if the frame is masked. */
export function plainPayload({ header, payload }: WireFrame): Uint8Array {
  return header.masked ? unmask(payload, 0, payload.length, header.key) : payload;
}
