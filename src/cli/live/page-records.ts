import { connectionRecord } from '../../describe/connection-json.js';
import { jsonRecords, type JsonRecord } from '../../describe/json.js';
import { plainContent } from '../../describe/plain-content.js';
import { previewText } from '../../describe/preview-text.js';
import type { Judged } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { isTrouble } from '../../traffic/tally/trouble.js';
import { hexOf } from '../../traffic/toolbox/bytes.js';

/** Payload bytes that the page draws of a frame, and of a message. */
export const PAGE_PREVIEW = 1024;

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
  };
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
