import { connectionRecord } from '../../describe/connection-json.js';
import { jsonRecords, type JsonRecord } from '../../describe/json.js';
import { plainContent } from '../../describe/plain-content.js';
import { previewText } from '../../describe/preview-text.js';
import type { PlacedPacket } from '../../apps/packet.js';
import type { FrameExtras, PagePacket } from '../../describe/timeline/row-of-record.js';
import type { Judged, JudgedFrame } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { isTrouble } from '../../traffic/tally/trouble.js';
import { hexOf } from '../../traffic/toolbox/bytes.js';

/** Payload bytes that the page draws of a frame, and of a message. */
export const PAGE_PREVIEW = 1024;

/** Of a frame, and characters of each text of one. */
const MOST_PACKETS = 16;
const MOST_WORDS = 120;

/** Little of the content: the payload is sent as bytes. */
const OPTIONS = { preview: 64, pretty: false, base64: false, verbose: false };

/**
 * What the page gets of a record: that of `--json`, and of a frame its bytes: `header` as it was on the wire, `payload`
 * in Base64, without its mask. `plain` is the inflated content of a compressed message. All have their time.
 */
export function pageRecord(record: Judged): JsonRecord | undefined {
  if (record.type === 'body') return bodyRecord(record);
  const [drawn] = jsonRecords(record, OPTIONS);
  if (drawn === undefined) return undefined;
  if (record.type !== 'frame') return { ...drawn, ...(record.time !== undefined && { time: record.time }) };
  const { header, payload, compressed } = record.frame;
  const plain = plainContent(record.frame, PAGE_PREVIEW);
  return {
    ...drawn,
    header: hexOf(header.bytes),
    payload: base64Of(payload.subarray(0, PAGE_PREVIEW)),
    ...(compressed && { compressed }),
    ...(plain && { plain }),
    ...extras(record),
  };
}

/** What the overview draws of a frame besides, and the sequence. */
function extras({ frame, packets, roundTrip }: JudgedFrame): FrameExtras {
  const { message } = frame;
  const { compressed, wireBytes, bytes } = message ?? {};
  return {
    ...(roundTrip !== undefined && { roundTrip }),
    ...(packets && { packets: packets.slice(0, MOST_PACKETS).map(pagePacket) }),
    ...(compressed && bytes !== undefined && { message: { wireBytes: wireBytes!, bytes } }),
  };
}

function pagePacket(packet: PlacedPacket): PagePacket {
  const { protocol, type, name, id, index, replyTo, endsOwn, latency, isError, summary } = packet;
  return {
    protocol,
    type,
    ...(name !== undefined && { name: name.slice(0, MOST_WORDS) }),
    ...(id !== undefined && { id: typeof id === 'string' ? id.slice(0, MOST_WORDS) : id }),
    index,
    ...(replyTo !== undefined && { replyTo }),
    ...(endsOwn && { endsOwn }),
    ...(latency !== undefined && { latency }),
    ...(isError && { error: true }),
    ...(summary !== '' && { summary: summary.slice(0, MOST_WORDS) }),
  };
}

/** The stalls of a connection: a record each, by side. */
export function stallRecords({ connection, directions }: ConnectionSummary): JsonRecord[] {
  return (['client', 'server'] as const).flatMap((direction) =>
    (directions[direction]?.stalls?.spans ?? []).map(({ from, seconds }) => {
      return { type: 'stall', connection, direction, time: from, duration: seconds };
    }),
  );
}

/** The end of a connection: `trouble` where it is one of those that `--trouble` shows. */
export function endRecord(summary: ConnectionSummary): JsonRecord {
  return { ...connectionRecord(summary), ...(isTrouble(summary) && { trouble: true }) };
}

/** What follows a refusal says why. */
function bodyRecord({ connection, direction, time, bytes }: Extract<Judged, { type: 'body' }>): JsonRecord {
  const text = previewText(bytes.subarray(0, PAGE_PREVIEW), bytes.length > PAGE_PREVIEW);
  return { type: 'body', connection, direction, time, bytes: bytes.length, text };
}

/** By Node, in one call: strings that grow digit by digit would cost a tenth of the server's time. */
function base64Of({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}
