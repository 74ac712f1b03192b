import type { Field } from '../bytes/span.js';
import type { Head, Header, Http2Section, RequestHead, ResponseHead } from '../http1/head.js';
import { FieldBlock } from './field-block.js';
import { HpackDecoder, type HpackBlock, type HpackField } from './hpack-decoder.js';
import { HpackEncoder } from './hpack-encoder.js';
import type { HpackEntry } from './hpack-static.js';
import { HTTP2_TYPE } from './http2-frame.js';

/** The fields of a block as a head: pseudo-header fields are its first headers (RFC 9113 §8.3). */
export function http2Head(
  kind: Head['kind'],
  block: FieldBlock,
  read: HpackBlock,
  connects: boolean | undefined,
): Head {
  const headers: Header[] = [];
  const fields: Field[] = [];
  let unknown = 0;
  for (const field of read.fields) {
    const header = headerOf(field, block);
    fields.push({ name: 'field', span: header.span, value: header.name });
    if (field.name === undefined || field.value === undefined) unknown++;
    else headers.push(header);
  }
  const span = { start: block.offsetOf(0), end: block.offsetOf(block.bytes.length, true) };
  const valueOf = (name: string): string => headers.find((header) => header.name === name)?.value ?? '';
  const isComplete = unknown === 0 && read.omitted === 0 && read.fault === undefined;
  const http2: Http2Section = { stream: block.stream, unknown, ...(connects !== undefined && { connects }) };
  const base = { lineSpan: span, headers, span, fields, faults: [], complete: isComplete, hasStartLine: false, http2 };
  if (kind === 'request') {
    const [method, target] = [valueOf(':method'), valueOf(':path')];
    const line = `${method || '?'} ${target || '?'} HTTP/2`;
    return { kind, method, target, version: 'HTTP/2', line, ...base } satisfies RequestHead;
  }
  const status = valueOf(':status');
  const code = /^\d{3}$/.test(status) ? Number(status) : undefined;
  return {
    kind,
    status: code,
    reason: '',
    version: 'HTTP/2',
    line: `HTTP/2 ${status || '?'}`,
    ...base,
  } satisfies ResponseHead;
}

/** The head of such fields, `unknown` others not known: as they would be sent alone. */
export function http2HeadOf(
  kind: Head['kind'],
  fields: readonly HpackEntry[],
  { stream, unknown = 0 }: { readonly stream: number | undefined; readonly unknown?: number },
): Head {
  const block = new FieldBlock(stream ?? 0, HTTP2_TYPE.headers, false);
  block.add(new HpackEncoder().encode(fields), 0, false);
  const head = http2Head(kind, block, new HpackDecoder().decode(block.bytes), undefined);
  return { ...head, complete: head.complete && unknown === 0, http2: { ...head.http2!, stream, unknown } };
}

/** HPACK has no bytes of a name or a value alone that could be shown: both stand for the field as a whole. */
function headerOf({ name = '', value = '', start, end }: HpackField, block: FieldBlock): Header {
  const span = { start: block.offsetOf(start), end: block.offsetOf(end, true) };
  return { name, value, span, nameSpan: span, valueSpan: span };
}
