import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import type { OpenedSource } from '../../src/sources/detect/detect.js';
import { RawSource } from '../../src/sources/text/raw.js';
import { cut, fromText, readAllWays, readChunks, toHex } from './read-source.js';

const auto = (): OpenedSource => openSource('auto');
const kindOf = (input: Uint8Array): string | undefined => {
  const source = auto();
  readChunks(source, [input]);
  return source.kind();
};
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const utf16 = (text: string, little: boolean): Uint8Array => {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), little);
  return bytes;
};
const file = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/dumps/${name}`, import.meta.url)));

const XXD = '00000000: 8107 3535 3535 3535 35                   ..5555555\n';
const FRAME = '810735353535353535';

describe('text is recognised, whatever surrounds it', () => {
  test.each([
    ['hex digits', '810548656c6c6f', '810548656c6c6f', 'hex'],
    ['a prompt in front of hex', `$ xxd -p f\n${FRAME}\n`, FRAME, 'hex'],
    ['a login in front of hex', `[me@host ~]$ xxd -p f\n${FRAME}\n`, FRAME, 'hex'],
    ['a prompt beyond ASCII', `❯ xxd -p f\n${FRAME}\n`, FRAME, 'hex'],
    ['a prompt in front of a dump', `me@host:~$ xxd f\n${XXD}me@host:~$ \n`, FRAME, 'xxd dump'],
    ['a byte order mark', `\ufeff${FRAME}`, FRAME, 'hex'],
    ['a byte order mark in front of a dump', `\ufeff${XXD}`, FRAME, 'xxd dump'],
    ['CRLF', `\r\n${XXD.replace('\n', '\r\n')}\r\n`, FRAME, 'xxd dump'],
    ['no line end', XXD.trimEnd(), FRAME, 'xxd dump'],
    ['a comment', `# a frame\n${FRAME}`, FRAME, 'hex'],
    ['a Python literal', String.raw`b'\x81\x075555555'`, FRAME, 'Python bytes literal'],
    ['a literal that looks like a prompt', "b'\\x81\\x03$ #'", '8103242023', 'Python bytes literal'],
    ['an array over lines', 'static const char\nx[] =\n{ 0x81, 0 };\n', '8100', 'list of bytes'],
    ['JSON', '{"type":"Buffer","data":[129,0]}', '8100', 'Buffer as JSON'],
  ])('%s', (_, text, hex, kind) => {
    const read = readAllWays(auto, fromText(text));
    expect(read.problem).toBeUndefined();
    expect(read.bytes).toBe(hex);
    expect(kindOf(fromText(text))).toBe(kind);
  });

  test.each([
    ['UTF-16LE', true],
    ['UTF-16BE', false],
  ])('%s, as PowerShell writes it', (_, little) => {
    expect(readAllWays(auto, utf16(`\ufeff${XXD}`, little))).toMatchObject({ bytes: FRAME, problem: undefined });
    expect(kindOf(utf16(`\ufeff${XXD}`, little))).toBe('xxd dump');
    const hex = (): OpenedSource => openSource('hex');
    expect(readAllWays(hex, utf16(`\ufeff${FRAME}`, little)).bytes).toBe(FRAME);
    const { problem } = readAllWays(hex, utf16('\ufeff81\r\n8g', little));
    expect(problem).toMatchObject({ message: "'g' is not a hex digit", line: 2, column: 2, offset: 12 });
  });

  test.each([
    ['a bad digit', '8187 0g', 1, 7, /^'g' is not a hex digit$/],
    ['a bad digit behind a prompt', '$ cat f\n\n81 zz\n', 3, 4, /^'z' is not a hex digit$/],
    ['prose', 'hello there\nyou\n', 1, 1, /^'h' is not a hex digit$/],
    ['Base64', 'gQc1NTU1NTU1NQ==', 1, 1, /^'g' is not a hex digit \(Base64 is read when asked for\)$/],
    ['Base64 that begins with hex', '81c1NTU1NTU1NQ==\n', 1, 5, /Base64 is read when asked for/],
  ])('%s is a problem with its place', (_, text, line, column, message) => {
    const { problem } = readAllWays(auto, fromText(text));
    expect(problem).toMatchObject({ line, column });
    expect(problem?.message).toMatch(message);
  });
});

describe('raw bytes', () => {
  test.each([
    ['a masked frame', '81870ec3f3cd3bf6c6f83bf6c6'],
    ['a close frame', '8800'],
    ['one byte', '81'],
    ['a fragment', '0105' + '48656c6c6f'],
    ['a compressed message whose first bytes are a character', 'c285010203044142434445'],
    ['the first byte of pcap, and no more', 'a1'],
    ['what begins like pcap', 'd4c3b281'],
    ['what begins like gzip', '1f8b'],
    ['two bytes of a byte order mark', 'fffe'],
    ['printable bytes, then one that is not', toHex(fromText('xyz abc\n')) + '81'],
    ['the beginning of a character among the first bytes, and no more of it', '3a0a3bdd0a3b0a'],
  ])('%s', (_, hex) => {
    const input = Uint8Array.from(Buffer.from(hex, 'hex'));
    expect(readAllWays(auto, input)).toMatchObject({ bytes: hex, problem: undefined });
    expect(kindOf(input)).toBe('raw bytes');
  });

  test.each([
    ['a request', 'GET /chat HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a response', 'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n'],
  ])('%s as text, and frames after it', (_, head) => {
    const input = latin1(`${head}\x81\x00`);
    expect(readAllWays(auto, input).bytes).toBe(toHex(input));
    expect(kindOf(latin1(head))).toBe('raw bytes');
  });

  test('are passed on without a copy', () => {
    const source = auto();
    source.push(Uint8Array.of(0x81, 0));
    const chunk = Uint8Array.of(0x81, 1, 0x41);
    const [event] = source.push(chunk);
    expect(event).toEqual({ type: 'bytes', bytes: chunk });
    expect(event?.type === 'bytes' && event.bytes.buffer).toBe(chunk.buffer);
  });

  test('are not looked at when the form is stated', () => {
    const input = fromText(FRAME);
    expect(readChunks(openSource('binary'), [input]).bytes).toBe(toHex(input));
  });
});

describe('live: nothing is held back longer than it takes to recognise it', () => {
  test.each([
    ['the first byte of a frame', Uint8Array.of(0x81), 'raw bytes'],
    ['four bytes of pcap', Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1), 'pcap'],
    ['four bytes of pcapng', Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a), 'pcapng'],
    ['three bytes of gzip', Uint8Array.of(0x1f, 0x8b, 0x08), 'gzip'],
    ['a line of hex', fromText('81 00\n'), 'hex'],
    ['a line of xxd', fromText(XXD), 'xxd dump'],
    ['a header line of tcpdump', fromText('16:52:02.420166 IP 127.0.0.1.1 > 127.0.0.1.2: tcp 0\n'), 'tcpdump -x text'],
    ['a request line', fromText('GET / HTTP/1.1\r\n'), 'raw bytes'],
  ])('%s is enough', (_, input, kind) => {
    const source = auto();
    for (const piece of cut(input, () => 1)) {
      expect(source.kind()).toBeUndefined();
      source.push(piece);
    }
    expect(source.kind()).toBe(kind);
  });

  test('one line of hex of any length streams', () => {
    const source = auto();
    const chunk = fromText('81'.repeat(50_000));
    const sizes = Array.from({ length: 5 }, () =>
      source.push(chunk).reduce((sum, event) => sum + (event.type === 'bytes' ? event.bytes.length : NaN), 0),
    );
    expect(sizes).toEqual([50_000, 50_000, 50_000, 50_000, 50_000]);
  });
});

describe('captures', () => {
  test('go to the source that is plugged in, with all of their bytes', () => {
    const input = file('lo.pcap');
    const open = (): OpenedSource => openSource('auto', { binarySources: { pcap: () => new RawSource() } });
    expect(readAllWays(open, input).bytes).toBe(toHex(input));
    const source = open();
    source.push(input);
    expect(source.kind()).toBe('pcap');
  });

  test.each([
    ['pcap', Uint8Array.of(0xa1, 0xb2, 0x3c, 0x4d, 0, 2)],
    ['pcapng', Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a, 0, 0)],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 0x08, 0)],
  ])('%s without a source is a problem', (kind, input) => {
    expect(readAllWays(auto, input).problem?.message).toMatch(`this is a ${kind} file`);
  });
});

test('a stated form is kept to', () => {
  expect(readChunks(openSource('base64'), [fromText('gQc1')]).bytes).toBe('810735');
  expect(readChunks(openSource('hex'), [fromText('8100')]).bytes).toBe('8100');
  expect(readChunks(openSource('dump'), [fromText('8100')]).problem?.message).toMatch(/no dump of a known form/);
  expect(readChunks(openSource('dump'), [fromText(XXD)]).bytes).toBe(FRAME);
  expect(readChunks(openSource('hex'), [Uint8Array.of(0x81)]).problem).toMatchObject({ line: 1, column: 1, offset: 0 });
});

test.each(['auto', 'hex', 'base64', 'binary'] as const)('no input gives nothing (%s)', (from) => {
  expect(readAllWays(() => openSource(from), new Uint8Array(0))).toMatchObject({ bytes: '', problem: undefined });
});

describe('packets that tshark took apart are refused with what to use instead', () => {
  test.each([
    [
      'JSON',
      '[\n  {\n    "_index": "packets-2026-11-22",\n    "_source": { "tcp.payload": "81:05:48:65:6c:6c:6f" }\n  }\n]\n',
    ],
    ['EK', '{"index":{"_index":"packets-2026-11-22","_type":"doc"}}\n{"layers":{"tcp_tcp_payload":"81:05"}}\n'],
    ['PDML', '<?xml version="1.0" encoding="utf-8"?>\n<!-- x -->\n<pdml version="0">\n<packet>\n810548656c6c6f\n'],
    ['PDML without a declaration', '<pdml version="0">\n<packet>\n810548656c6c6f\n'],
    ['JSON on a line', '[{"_index":"packets-1","_source":{"tcp.payload":"81:05:48:65:6c:6c:6f"}}]'],
  ])('%s', (_, text) => {
    const { bytes, problem } = readAllWays(auto, fromText(text));
    expect(bytes).toBe('');
    expect(problem?.message).toMatch(/took packets apart: use the capture/);
  });

  test('XML and lists that are none of it are read as before', () => {
    expect(readAllWays(auto, fromText('[\n0x81, 0\n]')).bytes).toBe('8100');
    expect(readAllWays(auto, fromText('<81><05>Hello')).bytes).toBe('810548656c6c6f');
  });
});

describe('what tshark prints without the bytes of packets', () => {
  const FRAME_LINE = 'Frame 8: 75 bytes on wire (600 bits), 75 bytes captured (600 bits)\n';
  const ARROWS = '127.0.0.1 → 127.0.0.1    ';

  test.each([
    [
      '-V',
      `${FRAME_LINE}Ethernet II, Src: 00:00:00_00:00:00\nWebSocket\n    1... .... = Fin: True\n`,
      /what tshark -V prints/,
    ],
    [
      '-V with the rows of a field',
      `${FRAME_LINE}WebSocket\nData (7 bytes)\n\n0000  81 05 48 65 6c 6c 6f                              ..Hello\n    Data: 810548\n`,
      /what tshark -V prints/,
    ],
    [
      'nothing else',
      `    1   0.000000    ${ARROWS}TCP 74 48314 → 19527 [SYN] Seq=0 Win=65495\n`,
      /prints of each packet/,
    ],
    ['a date', `    1 2026-11-22 16:52:02.420166    ${ARROWS}HTTP 223 GET /ws/ HTTP/1.1 \n`, /prints of each packet/],
    ['an old arrow', '  1 0.000000 ::1 -> ::1 WebSocket 74 WebSocket Text [FIN]  \n', /prints of each packet/],
  ])('is refused: %s', (_, text, message) => {
    const { bytes, problem } = readAllWays(auto, fromText(text));
    expect([bytes, problem?.message]).toEqual(['', expect.stringMatching(message) as string]);
    expect(problem?.message).toContain('tshark -x');
  });
});
