import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { HarReader, type HarLimits } from '../../src/sources/recordings/har-reader.js';
import { JsonScanner } from '../../src/sources/recordings/json-scanner.js';
import { LineSplitter } from '../../src/sources/text/line-splitter.js';
import { NdjsonReader } from '../../src/sources/recordings/ndjson-reader.js';
import { recordingKind } from '../../src/sources/detect/recording-kind.js';
import type {
  RecordedStream,
  RecordedTaker,
  RecordingReader,
  RecordingTaker,
} from '../../src/sources/recordings/recording.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Everything that a reader reports, in words; bytes that follow each other are one. */
function told(reader: RecordingReader, text: string | Uint8Array, size = Infinity): string[] {
  const out: string[] = [];
  const time = (seconds: number): string => (Number.isNaN(seconds) ? '' : ` @${seconds}`);
  const opened = ({ number, ends }: RecordedStream, at: number): RecordedTaker => {
    out.push(`${number} opened ${JSON.stringify(ends)}${time(at)}`);
    return {
      data: (side, bytes, from, to, at) => out.push(`${number} ${side} ${hex(bytes.subarray(from, to))}${time(at)}`),
      gap: (side, length) => out.push(`${number} ${side} gap ${length}`),
      fin: (side, at) => out.push(`${number} fin ${side}${time(at)}`),
      reset: (side, at) => out.push(`${number} reset ${side}${time(at)}`),
      fail: (failure, at) => out.push(`${number} fail ${JSON.stringify(failure)}${time(at)}`),
      close: (reason, at) => out.push(`${number} closed ${reason}${time(at)}`),
    };
  };
  const taker: RecordingTaker = {
    opened,
    notice: (message) => out.push(`notice ${message}`),
    damage: (message) => out.push(`damage ${message}`),
    problem: (message) => out.push(`problem ${message}`),
  };
  const bytes = typeof text === 'string' ? encodeUtf8(text) : text;
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.slice(at, at + size), taker);
  reader.end(taker);
  return out;
}

const ndjson = (...records: object[]): string[] =>
  told(new NdjsonReader(), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
const FRAME = {
  type: 'frame',
  connection: 0,
  direction: 'server',
  fin: true,
  opcode: 1,
  payloadLength: 5,
  text: 'Hello',
};

describe('records', () => {
  it.each<[string, object, string[]]>([
    ['text', FRAME, ['0 1 810548656c6c6f']],
    ['a time', { ...FRAME, time: 1.5 }, ['0 1 810548656c6c6f @1.5']],
    ['hex', { ...FRAME, opcode: 2, text: undefined, hex: '0001fEff05' }, ['0 1 82050001feff05']],
    ['Base64', { ...FRAME, opcode: 2, text: undefined, base64: 'AAH+/wU=' }, ['0 1 82050001feff05']],
    ['a mask', { ...FRAME, direction: 'client', masked: true, maskingKey: '37fa213d' }, ['0 0 818537fa213d7f9f4d5158']],
    ['reserved bits', { ...FRAME, fin: false, rsv1: true, rsv3: true, opcode: 11 }, ['0 1 5b0548656c6c6f']],
    ['a length form', { ...FRAME, lengthForm: 64 }, ['0 1 817f000000000000000548656c6c6f']],
    [
      'an unknown sender who masks',
      { ...FRAME, direction: 'unknown', masked: true, maskingKey: '00000000' },
      ['0 0 8185' + '00000000' + '48656c6c6f'],
    ],
    ['a cut payload', { ...FRAME, payloadLength: 9, payloadBytes: 9 }, ['0 1 810948656c6c6f', '0 1 gap 4']],
    [
      'the end inside a frame',
      { ...FRAME, payloadLength: 9, payloadBytes: 5, truncated: true },
      ['0 1 810948656c6c6f'],
    ],
    [
      'a length above 2^53',
      { ...FRAME, payloadLength: '9223372036854775808', payloadBytes: 5 },
      ['0 1 817f800000000000000048656c6c6f'],
    ],
    ['other bytes', { type: 'bytes', connection: 0, direction: 'server', hex: '6e6f' }, ['0 1 6e6f']],
    [
      'a response',
      { type: 'handshake', connection: 0, response: { line: 'HTTP/1.1 101', headers: [['A', 'b\xff']] } },
      [`0 1 ${hex(Buffer.from('HTTP/1.1 101\r\nA: b\xff\r\n\r\n', 'latin1'))}`],
    ],
    [
      'a head as it stood',
      { type: 'handshake', connection: 0, request: { line: '', headers: [], hex: '0a0b' } },
      ['0 0 0a0b'],
    ],
  ])('with %s', (_, record, expected) => {
    expect(ndjson(record).slice(1)).toEqual(expected);
  });

  it('report connections, their ends and what was lost between two frames', () => {
    const all = ndjson(
      { type: 'opened', connection: 4, client: '10.0.0.1:1', server: '10.0.0.2:80', secure: true, time: 5 },
      {
        type: 'handshake',
        connection: 4,
        time: 6,
        duration: 0.25,
        request: { line: 'GET', headers: [] },
        response: { line: 'HTTP', headers: [] },
      },
      { ...FRAME, connection: 4, payloadLength: 9, payloadBytes: 5 },
      { ...FRAME, connection: 4 },
      { type: 'connection', connection: 4, time: 5, duration: 2, ended: 'reset', endedBy: 'server', endedAt: 7 },
    );
    expect(all).toEqual([
      '4 opened {"client":"10.0.0.1:1","server":"10.0.0.2:80","secure":true} @5',
      `4 0 ${hex(Buffer.from('GET\r\n\r\n'))} @5.75`,
      `4 1 ${hex(Buffer.from('HTTP\r\n\r\n'))} @6`,
      '4 1 810948656c6c6f',
      '4 1 gap 4',
      '4 1 810548656c6c6f',
      '4 reset 1 @7',
      '4 closed reset @7',
    ]);
  });

  it('of messages are shown as frames, which is reported once', () => {
    const message = { type: 'message', connection: 0, direction: 'client', opcode: 1, text: 'Hi', bytes: 2 };
    const [, notice, first, second] = ndjson(message, { ...message, direction: 'server', bytes: 5 });
    expect(notice).toBe('notice messages, not frames: each is shown as one frame');
    expect([first, second]).toEqual(['0 0 81829e3779b1d65e', '0 1 81054869']);
  });

  it.each([
    ['no JSON', '{"type":"frame"', 'no JSON'],
    ['no object', '[1]', 'no record with a type'],
    ['null', 'null', 'no record with a type'],
    ['no type', '{"a":1}', 'no record with a type'],
    ['a connection that is none', JSON.stringify({ ...FRAME, connection: -1 }), 'frame: connection is no whole number'],
    [
      'no sender',
      JSON.stringify({ ...FRAME, direction: 'both' }),
      'frame: direction is none of client, server, unknown',
    ],
    ['no payload', JSON.stringify({ ...FRAME, text: undefined }), 'frame: there is none of text, hex, base64'],
    ['half a byte', JSON.stringify({ ...FRAME, text: undefined, hex: '012' }), 'frame: hex is no hex'],
    ['other digits', JSON.stringify({ ...FRAME, text: undefined, hex: '0x' }), 'frame: hex is no hex'],
    ['no Base64', JSON.stringify({ ...FRAME, text: undefined, base64: '!!!!' }), 'frame: no Base64'],
    [
      'too much payload',
      JSON.stringify({ ...FRAME, payloadLength: 2 }),
      'frame: the payload is longer than its length says',
    ],
    ['no opcode', JSON.stringify({ ...FRAME, opcode: 16 }), 'frame: opcode is no whole number up to 15'],
    ['no key', JSON.stringify({ ...FRAME, masked: true, maskingKey: 'xx' }), 'frame: maskingKey is not 8 hex digits'],
    [
      'a form too short',
      JSON.stringify({ ...FRAME, lengthForm: 7, payloadLength: 300, payloadBytes: 5 }),
      'frame: payloadLength does not fit lengthForm',
    ],
    ['a time that is none', JSON.stringify({ ...FRAME, time: 'now' }), 'frame: time is no time'],
    [
      'headers that are none',
      '{"type":"handshake","request":{"line":"x","headers":[1]}}',
      'handshake: a header is no pair of name and value',
    ],
    [
      'an end that is none',
      '{"type":"connection","ended":"soon"}',
      'connection: ended is none of fin, reset, reused, evicted, end',
    ],
  ])('with %s are damaged lines, and reading continues', (_, line, message) => {
    const text = `{"type":"listening"}\n\n${line}\n${JSON.stringify(FRAME)}\n`;
    const all = told(new NdjsonReader(), text);
    expect(all.filter((each) => each.startsWith('damage'))).toEqual([`damage line 3: ${message}`]);
    expect(all.at(-1)).toBe('0 1 810548656c6c6f');
  });

  it('that are too long are left out, in bounded memory', () => {
    const text = `${JSON.stringify({ ...FRAME, text: 'x'.repeat(500), payloadLength: 500 })}\n${JSON.stringify(FRAME)}`;
    for (const size of [1, 7, 1000]) {
      expect(told(new NdjsonReader(300), text, size)).toEqual([
        'damage line 1: it is longer than 300 bytes',
        '0 opened {}',
        '0 1 810548656c6c6f',
      ]);
    }
  });

  it.each(['[', '[],', '{"a":', '1,'])('with millions of parts take no memory: %s', (part) => {
    const text = `{"type":"frame","x":[${part.repeat(2_000_000)}\n${JSON.stringify(FRAME)}`;
    expect(told(new NdjsonReader(), text)).toEqual([
      'damage line 1: it has more than 1000000 parts',
      '0 opened {}',
      '0 1 810548656c6c6f',
    ]);
    expect(scan(`{"a":{"b":[${part.repeat(2_000_000)}`, Infinity, 1e8).problem).toBe(
      'offset 10: a value has more than 1000000 parts',
    );
  });

  it('are the same in chunks of any size, with CRLF and a byte order mark', () => {
    const text = `\ufeff{"type":"opened","connection":0,"time":1}\r\n${JSON.stringify({ ...FRAME, text: 'Größe', payloadLength: 7 })}\r\n`;
    const whole = told(new NdjsonReader(), text);
    expect(whole).toEqual(['0 opened {} @1', `0 1 8107${hex(Buffer.from('Größe'))}`]);
    for (const size of [1, 2, 3, 10]) expect(told(new NdjsonReader(), text, size)).toEqual(whole);
  });

  it('never throw, whatever they are', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const field = fc.constantFrom(
      ...['connection', 'direction', 'time', 'opcode', 'payloadLength', 'payloadBytes', 'hex', 'text', 'masked'],
      ...['maskingKey', 'lengthForm', 'request', 'response', 'ended', 'bytes', 'duration'],
    );
    const type = fc.constantFrom('opened', 'handshake', 'frame', 'message', 'bytes', 'connection', '__proto__');
    const good = fc.constantFrom<object>(
      FRAME,
      { ...FRAME, type: 'message' },
      { type: 'handshake', request: { line: 'a', headers: [['b', 'c']] } },
    );
    const record = fc.tuple(type, good, fc.dictionary(field, value, { maxKeys: 3 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (records, size) => {
        const text = records
          .map(([name, base, more, keeps]) => JSON.stringify({ ...base, ...more, ...(!keeps && { type: name }) }))
          .join('\n');
        expect(told(new NdjsonReader(), text, size)).toEqual(told(new NdjsonReader(), text));
      }),
    );
  });
});

describe('lines', () => {
  it('are numbered, and only what is too long is left out', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ maxLength: 12 }).map((s) => s.replace(/[\r\n]/g, '')),
          { minLength: 1 },
        ),
        fc.integer({ min: 1, max: 9 }),
        (lines, size) => {
          const found: string[] = [];
          const taker = {
            line: (bytes: Uint8Array, number: number) => void found.push(`${number} ${Buffer.from(bytes).toString()}`),
            tooLong: (number: number) => void found.push(`${number} too long`),
          };
          const splitter = new LineSplitter(8);
          const bytes = encodeUtf8(`${lines.join('\n')}\n`);
          for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.slice(at, at + size), taker);
          splitter.end(taker);
          expect(found).toEqual(lines.map((line, i) => `${i + 1} ${encodeUtf8(line).length > 8 ? 'too long' : line}`));
        },
      ),
    );
  });
});

/** What is at these places, taken in pieces. */
function scan(
  text: string,
  size = Infinity,
  most = 1000,
): { values: Record<string, unknown>; problem: string | undefined } {
  const values: Record<string, unknown> = {};
  const scanner = new JsonScanner({
    plan: (path) => (path.length < 2 ? 'enter' : path[0] === 'skip' ? 'pass' : most),
    value: (path, value) => void (values[path.join('.')] = JSON.parse(value) as unknown),
    left: () => undefined,
  });
  const bytes = encodeUtf8(text);
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.slice(at, at + size));
  scanner.end();
  return { values, problem: scanner.problem };
}

describe('JSON as it comes', () => {
  it('gives the members of members, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (value, size, indented) => {
          const wanted = Object.entries(value).filter(([key]) => key !== 'skip');
          const expected = wanted.flatMap(([a, members]) =>
            Object.entries(members).map(([b, each]) => [`${a}.${b}`, each] as const),
          );
          const { values, problem } = scan(JSON.stringify(value, undefined, indented ? 2 : 0), size, 1e6);
          expect(problem).toBe(undefined);
          expect(JSON.stringify(values)).toBe(JSON.stringify(Object.fromEntries(expected)));
        },
      ),
    );
  });

  it.each([
    ['', 'offset 0: it ends too early'],
    ['{', 'offset 1: it ends too early'],
    ['{"a":{"b":1}', 'offset 12: it ends too early'],
    ['{"a" 1}', 'offset 5: no JSON'],
    ['{"a":{"b":1,}}', 'offset 12: no JSON'],
    ['{"a":[1,]}', 'offset 8: no JSON'],
    ['{"a":[1}', 'offset 7: no JSON'],
    ['{} {}', 'offset 3: no JSON'],
    ['{"a":{b:1}}', 'offset 6: no JSON'],
    ['xyz', 'offset 0: no JSON'],
    [`{"a":{"b":"${'x'.repeat(2000)}"}}`, 'offset 10: a value is larger than 1000 bytes'],
  ])('of %s reports the fault', (text, problem) => {
    expect(scan(text).problem).toBe(problem);
  });

  it('passes over what is not needed, whatever its size', () => {
    expect(scan(`{"skip":{"a":"${'\\"}'.repeat(5000)}"},"b":{"c":[1,"]"]}}`)).toEqual({
      values: { 'b.c': [1, ']'] },
      problem: undefined,
    });
  });
});

const CHROME_ENTRY = {
  _resourceType: 'websocket',
  _webSocketMessages: [
    { type: 'send', time: 1767323045.5, opcode: 1, data: 'Hi' },
    { type: 'receive', time: 1767323046.5, opcode: 2, data: 'AAE=' },
    { type: 'error', time: 1767323047, opcode: -1, data: 'net::ERR' },
  ],
  cache: {},
  request: {
    method: 'GET',
    url: 'wss://example.org/chat?x=1',
    httpVersion: 'HTTP/1.1',
    headers: [
      { name: ':path', value: '/' },
      { name: 'Host', value: 'example.org' },
    ],
  },
  response: {
    status: 101,
    statusText: 'Switching Protocols',
    httpVersion: 'HTTP/1.1',
    headers: [{ name: 'Upgrade', value: 'websocket' }],
  },
  serverIPAddress: '192.0.2.7',
  startedDateTime: '2026-01-02T03:04:05.000Z',
  time: 2000,
};
const NOTICE = expect.stringMatching(/^notice a HAR has messages, not frames/) as string;
const har = (entries: unknown, limits?: HarLimits, size?: number): string[] =>
  told(new HarReader(limits), JSON.stringify({ log: { version: '1.2', creator: { name: 'x' }, entries } }), size);

describe('an HTTP archive', () => {
  const request = hex(Buffer.from('GET /chat?x=1 HTTP/1.1\r\nHost: example.org\r\n\r\n'));
  const response = hex(Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'));
  const expected = [
    NOTICE,
    '0 opened {"server":"192.0.2.7:443","partialHeads":true} @1767323045',
    `0 0 ${request} @1767323045`,
    `0 1 ${response} @1767323045`,
    expect.stringMatching(/^0 0 8182.{12} @1767323045\.5$/) as string,
    '0 1 82020001 @1767323046.5',
    '0 fail "net::ERR" @1767323047',
    '0 closed failed @1767323047',
  ];

  it('as a browser writes it gives its WebSockets, messages as frames', () => {
    const others = [{ request: { url: 'https://example.org/' }, response: { status: 200 }, time: 1 }];
    expect(har([...others, CHROME_ENTRY, ...others])).toEqual(expected);
    for (const size of [1, 5, 100]) expect(har([CHROME_ENTRY], undefined, size)).toEqual(expected);
  });

  it('with the messages after the request gives them as they come', () => {
    const { _webSocketMessages, ...rest } = CHROME_ENTRY;
    const limits = { message: 1000, part: 1000, early: 0 };
    expect(har([{ ...rest, _webSocketMessages }], limits)).toEqual(expected);
    expect(har([CHROME_ENTRY], limits)).toContain(
      "problem the messages before an entry's request have more than 0 bytes",
    );
  });

  it.each([
    ['a data that is none', { data: 5 }, 'data is no text'],
    ['an opcode that is none', { opcode: 'texts' }, 'opcode is none'],
    ['no sender', { type: 'sideways' }, 'type is none of send, receive, error'],
    ['a close code that is not there', { opcode: 8, data: 'bye' }, 'a close frame without its code'],
    ['no Base64', { opcode: 2, data: '?' }, 'no Base64'],
    ['a long control frame', { opcode: 9, data: 'A'.repeat(200) }, 'a control frame has at most 125 bytes'],
  ])('with %s reports it, and continues', (_, fields, message) => {
    const [first, second] = CHROME_ENTRY._webSocketMessages;
    const all = har([{ ...CHROME_ENTRY, _webSocketMessages: [{ ...first, ...fields }, second] }]);
    expect(all).toContain(`damage entry 0: a message: ${message}`);
    expect(all).toContain('0 1 82020001 @1767323046.5');
  });

  it('that is cut off gives what came', () => {
    const text = JSON.stringify({ log: { entries: [CHROME_ENTRY] } });
    const all = told(new HarReader(), text.slice(0, text.indexOf('net::ERR')));
    expect(all.filter((each) => /^0 [01]/.test(each))).toHaveLength(2);
    expect(all.at(-1)).toMatch(/^problem offset \d+: it ends too early$/);
  });

  it('that is none is reported', () => {
    expect(told(new HarReader(), '{"a":1}')).toEqual(['problem no HAR: it has no log']);
    expect(har(null)).toEqual([]);
    expect(
      har([null, 1, [], { _webSocketMessages: 5 }, { _webSocketMessages: {} }]).filter((each) => /problem/.test(each)),
    ).toEqual([]);
  });

  it('never throws, whatever is in it', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const keys = fc.constantFrom(...Object.keys(CHROME_ENTRY), '_client', '_server');
    fc.assert(
      fc.property(
        fc.dictionary(keys, value),
        fc.array(
          fc.dictionary(
            fc.constantFrom('type', 'opcode', 'data', 'time'),
            fc.oneof(value, fc.constantFrom('send', 'receive', 1, 2, 'AAA=')),
          ),
        ),
        fc.nat(),
        (fields, messages, cut) => {
          const entry = { ...CHROME_ENTRY, _webSocketMessages: messages, ...fields };
          const text = JSON.stringify({ log: { entries: [entry] } });
          const part = encodeUtf8(text.slice(0, cut % (text.length * 2)));
          expect(told(new HarReader(), part, 13)).toEqual(told(new HarReader(), part));
        },
      ),
    );
  });
});

describe('what a recording is', () => {
  const kind = (text: string, extent: 'growing' | 'ended' = 'ended'): unknown =>
    recordingKind(encodeUtf8(text), extent);

  it.each([
    ['{"type":"frame","connection":0}', 'ndjson'],
    ['\n {"connection":0,"type":"opened"}\n', 'ndjson'],
    ['{"type":"picture"}', undefined],
    ['{"log":{"version":"1.2"}}', 'har'],
    ['\ufeff{\n  "log" : {', 'har'],
    ['{"log', undefined],
    ['{\n "version": "1.2",\n "entries": [\n', 'har'],
    ['{\n "_initiator": {', 'har'],
    ['  "_webSocketMessages": [', 'har'],
    ['...\n"_webSocketMessages": [', 'har'],
    ['[{"type":"receive","time":1,"opcode":1,"data":""}]', 'har'],
    ['[\n  {\n    "data": "{\\"type\\":\\"frame\\"}",\n    "type": "send"', 'har'],
    ['{"type":"send","data":"a"}\n{"type":"receive","data":"b"}', 'har'],
    ['[{"type":"error","opcode":-1,"data":""}]', 'har'],
    ['{"type":"error","message":"x","exit":2}\n{"type":"frame","opcode":1}', 'ndjson'],
    ['{"constants":{"a":1}', 'netlog'],
    ['peers:\n  - peer: 0\n', 'follow-yaml'],
    ['# Packet 4\npeer0_0: !!binary |\n', 'follow-yaml'],
    ['# 8105', undefined],
    ['"\\x81\\x05"', undefined],
    ['"hello"', undefined],
    ['[1, 2]', undefined],
    ['{0x81, 0x05}', undefined],
    ['{ 129, 5 }', undefined],
    ['8105', undefined],
    ['', undefined],
    ['   ', undefined],
  ])('%s', (text, expected) => {
    expect(kind(text)).toBe(expected);
    // What is not yet known of a beginning is never known wrongly.
    for (let at = 1; at <= text.length; at++)
      expect(['unknown', expected]).toContain(kind(text.slice(0, at), 'growing'));
  });
});
