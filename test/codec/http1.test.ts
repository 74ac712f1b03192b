import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { HeadReader } from '../../src/codec/http1/head-reader.js';
import { parseHead, type Head } from '../../src/codec/http1/head.js';
import { BROKEN_HEADS, latin1Bytes, RFC_REQUEST, RFC_RESPONSE, SEED_REQUEST } from './head-texts.js';

const parse = (text: string): Head => parseHead(latin1Bytes(text));
const kinds = (head: Head): string[] => head.faults.map((fault) => fault.kind);

/** Every byte of the head in exactly one field, in order. */
function expectTiled(head: Head): void {
  let at = head.span.start;
  for (const { span } of head.fields) {
    expect(span.start).toBe(at);
    expect(span.end).toBeGreaterThan(span.start);
    at = span.end;
  }
  expect(at).toBe(head.span.end);
}

const ALL = { seed: SEED_REQUEST, 'RFC request': RFC_REQUEST, 'RFC response': RFC_RESPONSE, ...BROKEN_HEADS };
const headText = fc.oneof(
  fc.constantFrom(...Object.values(ALL)),
  // Mutations: a piece of one, something odd, a piece of another.
  fc
    .tuple(
      fc.constantFrom(...Object.values(ALL)),
      fc.nat(400),
      fc.constantFrom('\n', '\r', '\r\n', ' ', '\t', ':', '\0', '\xff', 'x', '\r\n\r\n', '"', '\r\n '),
      fc.constantFrom(...Object.values(ALL)),
      fc.nat(400),
    )
    .map(([a, i, odd, b, j]) => a.slice(0, i % a.length) + odd + b.slice(j % b.length)),
);

describe('parseHead', () => {
  it('reads the request of seed.md', () => {
    const head = parse(SEED_REQUEST);
    expect(head).toMatchObject({ kind: 'request', method: 'GET', target: '/ws/', version: 'HTTP/1.1', complete: true });
    expect(head.headers).toHaveLength(11);
    expect(head.headers[9]).toMatchObject({ name: 'Sec-WebSocket-Key', value: 'kJXuOKsrl3AR1KeFngRElQ==' });
    expect(head.faults).toEqual([]);
    expect(head.line).toBe('GET /ws/ HTTP/1.1');
    expectTiled(head);
  });

  it('reads the response of RFC 6455 §1.2', () => {
    const head = parse(RFC_RESPONSE);
    expect(head).toMatchObject({ kind: 'response', version: 'HTTP/1.1', status: 101, reason: 'Switching Protocols' });
    expect(head.faults).toEqual([]);
  });

  it('gives absolute spans', () => {
    const text = 'GET / HTTP/1.1\r\nHost:  a b \r\n\r\n';
    const head = parseHead(latin1Bytes(text), { offset: 1000 });
    const [host] = head.headers;
    expect(host).toEqual({
      name: 'Host',
      value: 'a b',
      span: { start: 1016, end: 1029 },
      nameSpan: { start: 1016, end: 1020 },
      valueSpan: { start: 1023, end: 1026 },
    });
    expect(head.span).toEqual({ start: 1000, end: 1031 });
    expect(head.fields.map((f) => f.name)).toEqual([
      ...['method', 'space', 'target', 'space', 'version', 'line end'],
      ...['header name', 'colon', 'whitespace', 'header value', 'whitespace', 'line end'],
      'empty line',
    ]);
  });

  it.each<[keyof typeof BROKEN_HEADS, string[]]>([
    ['bare LF', ['bare-lf', 'bare-lf', 'bare-lf']],
    ['mixed line ends', ['bare-lf', 'bare-lf']],
    ['bare CR in a value', ['bare-cr']],
    ['CR CR LF', ['bare-cr', 'request-line']],
    ['fold', ['fold', 'fold']],
    ['fold of nothing', ['fold']],
    ['space before colon', ['space-before-colon']],
    ['leading space', ['leading-space']],
    ['no colon', ['fold', 'missing-colon']],
    ['empty name', ['empty-name']],
    ['bad name', ['name-character']],
    ['NUL', ['control']],
    ['high bytes', ['non-ascii']],
    ['leading lines', ['leading-line']],
    ['no version', ['request-line']],
    ['one word', ['request-line']],
    ['two spaces', ['request-line']],
    ['blanks in the target', ['request-line']],
    ['no reason', ['status-space']],
    ['empty reason', []],
    ['bad status', ['status-line']],
    ['HTTP/2 status', ['status-line']],
    ['no headers', []],
  ])('%s: %j', (name, expected) => {
    const head = parse(BROKEN_HEADS[name] as string);
    expect(kinds(head).sort()).toEqual([...expected].sort());
    expectTiled(head);
  });

  it('reads what can be read of a broken first line', () => {
    expect(parse('GET /a b HTTP/1.1 \r\n\r\n')).toMatchObject({ method: 'GET', target: '/a b', version: 'HTTP/1.1' });
    expect(parse('GET /\r\n\r\n')).toMatchObject({ method: 'GET', target: '/', version: '' });
    expect(parse('GET HTTP/1.1\r\n\r\n')).toMatchObject({ method: 'GET', target: '', version: 'HTTP/1.1' });
    expect(parse('HTTP/2 101 \r\n\r\n')).toMatchObject({ kind: 'response', version: 'HTTP/2', status: 101 });
    expect(parse('HTTP/1.1 1o1 x\r\n\r\n')).toMatchObject({ kind: 'response', status: undefined, reason: 'x' });
  });

  it('joins a folded header, one character for each byte', () => {
    const head = parse(BROKEN_HEADS['fold'] as string);
    expect(head.headers.map((h) => [h.name, h.value])).toEqual([
      ['X', 'a    b   c'],
      ['Host', 'a'],
    ]);
  });

  it('continues after a line without a colon', () => {
    expect(parse(BROKEN_HEADS['no colon'] as string).headers.map((h) => h.name)).toEqual(['Host']);
  });

  it('takes the line that the bytes end in for no header', () => {
    const head = parse('GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: dGhl');
    expect(head.complete).toBe(false);
    expect(kinds(head)).toEqual(['unfinished']);
    expect(head.headers.map((h) => h.name)).toEqual(['Host']);
    expectTiled(head);
    expect(kinds(parse('GET / HT'))).toEqual(['unfinished']);
    expect(kinds(parse(''))).toEqual(['unfinished']);
  });

  it('reads headers without a first line', () => {
    const head = parseHead(latin1Bytes('Host: a\r\n\r\n'), { startLine: false, kind: 'request' });
    expect(head).toMatchObject({ hasStartLine: false, method: '', line: '', complete: true });
    expect(head.headers).toHaveLength(1);
    expectTiled(head);
  });

  it('tiles every byte of any head, and values have a character per byte', () => {
    fc.assert(
      fc.property(fc.oneof(headText.map(latin1Bytes), fc.uint8Array({ maxLength: 80 })), (bytes) => {
        for (const startLine of [true, false]) {
          const head = parseHead(bytes, { startLine, offset: 7 });
          expectTiled(head);
          for (const h of head.headers) expect(h.value).toHaveLength(h.valueSpan.end - h.valueSpan.start);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('HeadReader', () => {
  const tail = latin1Bytes('\x81\x05Hello\n\r\n\r\n');

  it.each(Object.entries(ALL))('%s: whole, byte by byte, with a tail', (_, text) => {
    const bytes = latin1Bytes(text);
    const expected = parseHead(bytes);
    const whole = new HeadReader().push(bytes);
    expect(whole?.head).toEqual(expected);
    expect(whole?.rest).toHaveLength(0);
    const reader = new HeadReader();
    for (let i = 0; i < bytes.length - 1; i++) expect(reader.push(bytes.subarray(i, i + 1))).toBeUndefined();
    expect(reader.push(bytes.subarray(-1))?.head).toEqual(expected);
    const joined = Uint8Array.from([...bytes, ...tail]);
    const withTail = new HeadReader().push(joined);
    expect(withTail?.head).toEqual(expected);
    expect(withTail?.rest).toEqual(tail);
    expect(withTail?.rest.buffer).toBe(joined.buffer);
  });

  it('gives the same with any chunking, and the same as parseHead', () => {
    fc.assert(
      fc.property(
        headText,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.nat(3000),
        (text, sizes, offset) => {
          const bytes = Uint8Array.from([...latin1Bytes(text), ...tail]);
          const reader = new HeadReader({ offset });
          let head: Head | undefined;
          let at = 0;
          for (let i = 0; at < bytes.length && head === undefined; i++) {
            const size = sizes[i % sizes.length] as number;
            const result = reader.push(bytes.subarray(at, at + size));
            at += size;
            if (result === undefined) continue;
            head = result.head;
            expect(result.rest).toEqual(bytes.subarray(head.span.end - offset, at));
          }
          expect(head ?? reader.end()).toEqual(parseHead(bytes, { offset }));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('says what is missing at the end of the stream', () => {
    expect(new HeadReader().end()).toBeUndefined();
    const reader = new HeadReader();
    reader.push(latin1Bytes('GET / HTTP/1.1\r\nHost: a\r\n'));
    const head = reader.end() as Head;
    expect(head.complete).toBe(false);
    expect(kinds(head)).toEqual(['unfinished']);
    expect(head.headers).toHaveLength(1);
  });

  it('keeps no more than the limit of a head of 10 MB, and finds what follows it', () => {
    const reader = new HeadReader();
    expect(reader.push(latin1Bytes('GET / HTTP/1.1\r\nHost: a\r\n'))).toBeUndefined();
    const line = latin1Bytes(`X: ${'y'.repeat(65_531)}\r\n`);
    const before = process.memoryUsage();
    for (let i = 0; i < 160; i++) expect(reader.push(line)).toBeUndefined();
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1024 * 1024);
    expect(reader.tooLarge).toBe(true);
    const result = reader.push(latin1Bytes('\r\n\x81\x00'));
    expect(result?.rest).toEqual(latin1Bytes('\x81\x00'));
    const head = result?.head as Head;
    expect(head.complete).toBe(false);
    expect(kinds(head)).toEqual(['too-large']);
    expect(head.headers.map((h) => h.name)).toEqual(['Host', 'X', 'X', 'X']);
    expect(head.span.end).toBe(25 + 160 * 65_536 + 2);
    expectTiled(head);
  });

  it('reads a head at the limit as a whole one', () => {
    const text = `GET / HTTP/1.1\r\nX: ${'y'.repeat(50)}\r\n\r\n`;
    const bytes = latin1Bytes(text);
    expect(new HeadReader({ limit: bytes.length }).push(bytes)?.head.complete).toBe(true);
    expect(kinds(new HeadReader({ limit: bytes.length - 1 }).push(bytes)?.head as Head)).toContain('too-large');
    expect(kinds(new HeadReader({ limit: 0 }).push(bytes)?.head as Head)).toContain('too-large');
  });

  it('costs the same per byte however small the chunks are', () => {
    // 60 KB byte by byte: quadratic rescanning would take minutes, not a test's time limit.
    const bytes = latin1Bytes(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(10_000)}\r\n`);
    const reader = new HeadReader();
    let head: Head | undefined;
    for (let i = 0; i < bytes.length; i++) head = reader.push(bytes.subarray(i, i + 1))?.head;
    expect(head?.headers).toHaveLength(10_000);
  });

  it('hands every later chunk back', () => {
    const reader = new HeadReader();
    const head = reader.push(latin1Bytes(RFC_REQUEST))?.head;
    expect(reader.push(tail)).toEqual({ head, rest: tail });
    expect(reader.end()).toBe(head);
  });
});
