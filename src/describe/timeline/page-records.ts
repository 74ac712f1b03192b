import type { Judged, JudgedFrame } from '../../traffic/judged.js';
import type { Polled } from '../../traffic/run-records/polled.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { isTrouble } from '../../traffic/tally/trouble.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { connectionRecord } from '../connection-json.js';
import { jsonRecords, type JsonRecord } from '../json.js';
import { plainContent } from '../plain-content.js';
import { previewText } from '../preview-text.js';
import { packetRowRecords } from './packet-rows.js';
import type { FrameExtras } from './row-of-record.js';
import { PAGE_PREVIEW } from './page-preview.js';

/** Little of the content: the payload is sent as bytes. */
const OPTIONS = { preview: 64, pretty: false, base64: false, verbose: false };

/** Bytes as Base64. Handed in, as Node.js does it in one call: a tenth of the server's time. */
export type Base64Writer = (bytes: Uint8Array) => string;

/**
 * What the page gets of a record: that of `--json`, and of a frame its bytes: `header` as it was on the wire, `payload`
 * in Base64, without its mask. `plain` is the content of a message that was compressed, or in several frames. All have
 * their time. The packets that a frame completes follow it, a record each.
 */
export function pageRecords(record: Judged, base64: Base64Writer): JsonRecord[] {
  if (record.type === 'body') return [bodyRecord(record)];
  const [drawn] = jsonRecords(record, OPTIONS);
  if (drawn === undefined) return [];
  if (record.type !== 'frame') return [{ ...drawn, ...(record.time !== undefined && { time: record.time }) }];
  const { header, payload, compressed } = record.frame;
  const plain = plainContent(record.frame, PAGE_PREVIEW);
  const frame = {
    ...drawn,
    header: hexOf(header.bytes),
    payload: base64(payload.subarray(0, PAGE_PREVIEW)),
    ...(compressed && { compressed }),
    ...(plain && { plain }),
    ...extras(record),
  };
  return [frame, ...packetRowRecords(record, PAGE_PREVIEW, base64)];
}

/** What the overview draws of a frame besides. */
function extras({ frame, packets, roundTrip }: JudgedFrame): FrameExtras {
  const { message } = frame;
  const latency = packets?.find((packet) => packet.latency !== undefined)?.latency;
  const { compressed, wireBytes, bytes } = message ?? {};
  return {
    ...(roundTrip !== undefined && { roundTrip }),
    ...(latency !== undefined && { latency }),
    ...(compressed && bytes !== undefined && { message: { wireBytes: wireBytes!, bytes } }),
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

/** A request for polling and its answer: as text, heads and bodies. */
export function requestRecord({ exchange, ...rest }: Polled): JsonRecord {
  const { request, response } = exchange ?? {};
  return {
    type: 'request',
    ...rest,
    ...(request && { request: previewText(request, request.length < rest.requestBytes) }),
    ...(response && { response: previewText(response, response.length < rest.responseBytes) }),
  };
}

/** What follows a refusal says why. */
function bodyRecord({ connection, direction, time, bytes }: Extract<Judged, { type: 'body' }>): JsonRecord {
  const text = previewText(bytes.subarray(0, PAGE_PREVIEW), bytes.length > PAGE_PREVIEW);
  return { type: 'body', connection, direction, time, bytes: bytes.length, text };
}
