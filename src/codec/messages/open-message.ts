import type { ByteCollector } from '../bytes/byte-collector.js';
import type { FrameHeader } from '../frames/frame.js';
import type { FramePlace, PlacedUtf8Error } from './records.js';
import type { Span } from '../bytes/span.js';
import type { Utf8Error } from '../bytes/utf8.js';

/** What a message assembler keeps of the message and of the frame that are not complete yet. */

export const MAX_CONTROL_BYTES = 125;

export interface OpenMessage {
  readonly opcode: number;
  readonly start: number;
  readonly compressed: boolean;
  frames: number;
  /** Plain bytes for the message, or all compressed bytes. */
  readonly collector: ByteCollector;
  /** The places of its last runs of payload: a character may begin some frames before the one that breaks it. */
  readonly runs: PayloadRun[];
  /** Its text is checked as it comes. */
  checked: boolean;
  /** A part of it was not captured. */
  holed: boolean;
  utf8Error?: PlacedUtf8Error;
}

/** A run of payload: offsets in the message and in the stream. */
export interface PayloadRun {
  readonly message: number;
  readonly stream: number;
}

/** A UTF-8 character has at most four bytes, and each may be in a frame of its own. */
export const RUNS_KEPT = 4;

export interface OpenFrame {
  readonly header: FrameHeader;
  readonly place: FramePlace;
  readonly keyRepeated: boolean;
  readonly preview: ByteCollector;
  readonly joined: boolean;
  /** Payload bytes that were not captured. */
  lost: number;
  utf8Error?: PlacedUtf8Error;
}

/** FIN, no reserved bit, and an opcode that does not depend on earlier frames, except close. */
export function isPlain({ byte0, payloadLength }: FrameHeader): boolean {
  return byte0 === 0x81 || byte0 === 0x82 || ((byte0 === 0x89 || byte0 === 0x8a) && payloadLength <= MAX_CONTROL_BYTES);
}

export function plus(missing: number | bigint, lost: number): number | bigint {
  return typeof missing === 'bigint' ? missing + BigInt(lost) : missing + lost;
}

export function belongs(place: FramePlace): boolean {
  return place === 'first' || place === 'continuation' || place === 'interrupting';
}

export function payloadSpan(frame: OpenFrame): Span {
  const start = frame.header.start + frame.header.length;
  return { start, end: start + frame.preview.seen };
}

/** Puts an error with message offsets onto the stream. */
export function placed(error: Utf8Error, runs: readonly PayloadRun[]): PlacedUtf8Error {
  const at = (offset: number): number => {
    const run = runs.findLast((each) => each.message <= offset) ?? runs[0]!;
    return run.stream + offset - run.message;
  };
  return { ...error, span: { start: at(error.start), end: at(error.end - 1) + 1 } };
}
