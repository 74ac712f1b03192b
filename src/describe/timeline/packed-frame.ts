import type { JudgedFrame } from '../../traffic/judged.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { readHeader } from '../../codec/frames/frame.js';
import { unmask } from '../../codec/frames/mask.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { WholeFrame } from '../../codec/messages/whole-frame.js';
import type { JsonRecord } from '../json.js';
import { PAGE_PREVIEW } from './page-preview.js';
import type { Base64Writer } from './page-records.js';
import { ROW_FLAG } from './row-columns.js';
import type { PayloadOfFrame } from './searched-text.js';

/**
 * A frame of which there is nothing more to say than its bytes: most frames of a capture. A tenth of the time of its
 * JSON text, and a fifth of its size. Its time and connection are in the columns.
 *
 *     0 tag  1 direction  2 bits  3 length of the header  4 index  8 offset  16 bytes of payload that came  24 header, payload
 */
export const PACKED_TAG = 1;
const FIXED = 24;
const COMPRESSED = 1;
const TRUNCATED = 2;
const DIRECTIONS = ['client', 'server', 'unknown'] as const;
const CLOSE = 8;
/** Of an index. */
const MOST_INDEX = 0xffff_ffff;

/** The most bytes that one takes. */
export const MOST_PACKED = FIXED + 14 + PAGE_PREVIEW;

/** There is no finding, no packet, and no inflated text: only its bytes. */
export function isPackable({ frame, diagnostics, packets, roundTrip, stream }: JudgedFrame): boolean {
  return (
    diagnostics.length === 0 &&
    packets === undefined &&
    roundTrip === undefined &&
    stream === undefined &&
    frame.header.index <= MOST_INDEX &&
    (frame instanceof WholeFrame || isPlain(frame))
  );
}

function isPlain({ header, compressed, message }: Frame): boolean {
  return (
    header.opcode !== CLOSE &&
    !(message !== undefined && (compressed || message.frames > 1)) &&
    typeof header.exactLength === 'number'
  );
}

/** Room for records, as bytes and as numbers: made once, as there are millions of frames. */
export interface PackingRoom {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Writes it at `at`, where there are MOST_PACKED bytes of room; gives its length. */
export function packFrame({ frame, direction }: JudgedFrame, { bytes, view: out }: PackingRoom, at: number): number {
  const { header, payload, received, missing, compressed } = frame;
  const head = header.bytes;
  const shown = payload.length > PAGE_PREVIEW ? payload.subarray(0, PAGE_PREVIEW) : payload;
  out.setUint8(at, PACKED_TAG);
  out.setUint8(at + 1, direction === 'client' ? 0 : direction === 'server' ? 1 : 2);
  out.setUint8(at + 2, (compressed ? COMPRESSED : 0) | (missing === 0 ? 0 : TRUNCATED));
  out.setUint8(at + 3, head.length);
  out.setUint32(at + 4, header.index);
  out.setFloat64(at + 8, header.start);
  out.setFloat64(at + 16, received);
  // Faster than set() for so few.
  for (let i = 0; i < head.length; i++) bytes[at + FIXED + i] = head[i]!;
  bytes.set(shown, at + FIXED + head.length);
  return FIXED + head.length + shown.length;
}

/** What a row has besides the bytes of its frame. */
interface FrameRow {
  readonly connection: number;
  readonly time: number;
}

/** The record of the page, as far as the page reads it. */
export function unpackFrame(bytes: Uint8Array, row: FrameRow, base64: Base64Writer): JsonRecord {
  const fixed = new DataView(bytes.buffer, bytes.byteOffset);
  const { head, payload, bits } = partsOf(bytes);
  return {
    ...frameRecord(row, DIRECTIONS[bytes[1]!]!, fixed.getUint32(4), fixed.getFloat64(8)),
    ...wireParts(head),
    payload: base64(payload),
    payloadBytes: fixed.getFloat64(16),
    ...(bits & COMPRESSED && { compressed: true }),
    ...(bits & TRUNCATED && { truncated: true }),
  };
}

/** What is searched of it. */
export function packedPayload(bytes: Uint8Array): PayloadOfFrame {
  const { head, payload, bits } = partsOf(bytes);
  const isCut = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(16) > payload.length;
  return { opcode: head[0]! & 15, compressed: (bits & COMPRESSED) !== 0, payload, isCut };
}

function partsOf(bytes: Uint8Array): {
  readonly head: Uint8Array;
  readonly payload: Uint8Array;
  readonly bits: number;
} {
  const end = FIXED + bytes[3]!;
  return { head: bytes.subarray(FIXED, end), payload: bytes.subarray(end), bits: bytes[2]! };
}

/** The same of a frame as it was on the wire, from the first byte of its header on, as far as it is kept. */
export function wireFrame(
  bytes: Uint8Array,
  row: FrameRow & { readonly flags: number; readonly index: number; readonly offset: number },
  base64: Base64Writer,
): JsonRecord {
  const { flags, index, offset } = row;
  const header = readHeader(bytes, 0, index, offset);
  const direction = flags & ROW_FLAG.client ? 'client' : flags & ROW_FLAG.server ? 'server' : 'unknown';
  return {
    ...frameRecord(row, direction, index, offset),
    ...wireParts(bytes.subarray(0, header.length)),
    payload: base64(unmask(bytes, header.length, bytes.length, header.key)),
    payloadBytes: header.payloadLength,
  };
}

/** What is searched of such a frame. */
export function wirePayload(bytes: Uint8Array): PayloadOfFrame {
  const { length, key, payloadLength } = readHeader(bytes, 0, 0, 0);
  const payload = unmask(bytes, length, bytes.length, key);
  return { opcode: bytes[0]! & 15, compressed: false, payload, isCut: payload.length < payloadLength };
}

function frameRecord({ connection, time }: FrameRow, direction: Direction, index: number, offset: number): JsonRecord {
  return { type: 'frame', connection, direction, index, offset, ...(!Number.isNaN(time) && { time }), diagnostics: [] };
}

function wireParts(header: Uint8Array): { readonly opcode: number; readonly header: string } {
  return { opcode: header[0]! & 15, header: hexOf(header) };
}
