import { jsonRecords, type JsonRecord } from '../../describe/json.js';
import { previewText } from '../../describe/preview-text.js';
import type { Judged } from '../../traffic/judged.js';
import { hexOf } from '../../traffic/toolbox/bytes.js';
import { OPCODE } from '../../traffic/toolbox/builders.js';

/** Payload bytes that the page draws of a frame, and of a message. */
const PREVIEW = 1024;

/** Little of the content: the payload is sent as bytes. */
const OPTIONS = { preview: 64, pretty: false, base64: false, verbose: false };

/**
 * What the page gets of a record: that of `--json`, and of a frame its bytes: `header` as it was on the wire, `payload`
 * in Base64, without its mask. `plain` is the inflated content of a compressed message. All have their time.
 */
export function pageRecord(record: Judged): JsonRecord | undefined {
  const [drawn] = jsonRecords(record, OPTIONS);
  if (drawn === undefined) return undefined;
  if (record.type !== 'frame') return { ...drawn, ...(record.time !== undefined && { time: record.time }) };
  const { header, payload, compressed, message } = record.frame;
  const inflated = compressed && message?.bytes !== undefined ? message.payload.subarray(0, PREVIEW) : undefined;
  return {
    ...drawn,
    header: hexOf(header.bytes),
    payload: base64Of(payload.subarray(0, PREVIEW)),
    ...(compressed && { compressed }),
    ...(inflated && {
      plain: {
        bytes: message!.bytes,
        ...textOrHex(inflated, message!.bytes!, message!.opcode === OPCODE.text),
      },
    }),
  };
}

/** By Node, in one call: strings that grow digit by digit would cost a tenth of the server's time. */
function base64Of({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}

function textOrHex(bytes: Uint8Array, whole: number, isText: boolean): { text: string } | { hex: string } {
  const text = isText ? previewText(bytes, bytes.length < whole) : undefined;
  return text === undefined ? { hex: hexOf(bytes) } : { text };
}
