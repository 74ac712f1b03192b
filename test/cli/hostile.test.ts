import { describe, expect, it } from 'vitest';
import { bytes, wsinspect } from './binary.js';
import { runHere, type RanHere } from './in-process.js';
import { header, noise, PLAIN_MB, repeat, safely } from './safely.js';

describe('input of one kind of byte', () => {
  it('only newlines', async () => {
    const stdin = Buffer.alloc(8_000_000, '\n');
    for (const from of ['auto', 'hex', 'base64']) {
      const { exit, err } = await safely(['decode', '--from', from], PLAIN_MB, { stdin });
      expect({ exit, err }).toEqual({ exit: 2, err: 'wsinspect: stdin: no bytes to decode\n' });
    }
    const dump = await safely(['decode', '--from', 'dump'], PLAIN_MB, { stdin });
    expect(dump).toMatchObject({ exit: 2, err: expect.stringMatching(/^wsinspect: stdin: [^\n]+\n$/) as string });
    const handshake = await safely(['accept', '--handshake'], 250, { stdin });
    expect(handshake.exit).toBe(2);
    expect(handshake.err).toMatch(/^wsinspect: stdin: no handshake in it/);
  });

  it.each([
    ['zeros', Buffer.alloc(50_000)],
    ['noise', noise(4_000_000, 6455)],
    ['ff', Buffer.alloc(4_000_000, 0xff)],
    ['CR LF', Buffer.alloc(200_000, '\r\n')],
    ['letters', Buffer.alloc(1_000_000, 'GET ')],
    ['escapes', Buffer.alloc(1_000_000, '\x1b[')],
  ])('%s', async (_, stdin) => {
    const forms = ['auto', 'hex', 'base64', 'dump', 'binary'];
    for (const from of forms) {
      const { exit, err } = await safely(['decode', '--from', from, '--view', 'summary'], 400, { stdin });
      expect([0, 1, 2], from).toContain(exit);
      if (exit === 2) expect(err).toMatch(/^(?:hint: .*\n)?wsinspect: stdin: [^\n]+\n$/);
      if (from === 'binary') expect(exit).not.toBe(2);
    }
    const { exit } = await safely(['accept', '--handshake'], 300, { stdin });
    expect([1, 2]).toContain(exit);
  });
});

describe('a * in a dump', () => {
  const row = (offset: string, text: string): string => `${offset}  ${text}  |................|\n`;
  const ZEROS = '00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00';
  /** A binary frame of 15 MiB in its first row, and what follows. */
  const dump = (end: string): string =>
    row('00000000', '82 7f 00 00 00 00 00 ef  ff f6 00 00 00 00 00 00') + row('00000010', ZEROS) + `*\n${end}\n`;

  it('stands for up to 16 MiB, in little memory', async () => {
    const { exit, out } = await safely(['decode', '--preview', '4'], PLAIN_MB, { stdin: dump('00f00000') });
    expect(exit).toBe(0);
    expect(out).toContain('15728630 bytes');
  });

  it.each(['000ffffffff0', '02000000'])('stands for no more: up to %s', async (end) => {
    const { exit, out, err } = await safely(['decode'], PLAIN_MB, { stdin: dump(end) });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(/^wsinspect: stdin: line 4, .*repeated lines may have up to 16777216 bytes .*hexdump -v/);
  });
});

describe('a head of 10 MB', () => {
  const frames = bytes('8181 01020304 60');
  const heads: readonly (readonly [string, Buffer])[] = [
    ['one long header', Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(10_000_000)}\r\n\r\n`)],
    ['many headers', Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${'X-Header: abcdefghijkl\r\n'.repeat(416_667)}\r\n`)],
    ['many headers, LF alone', Buffer.from(`GET / HTTP/1.1\nHost: a\n${'X-Header: abcdefghijkl\n'.repeat(434_783)}\n`)],
    ['a long target', Buffer.from(`GET /${'a'.repeat(10_000_000)} HTTP/1.1\r\nHost: a\r\n\r\n`)],
  ];
  it.each(heads)('%s: decode', async (_, head) => {
    const stdin = Buffer.concat([head, frames]);
    const { exit, out } = await safely(['decode', '--from', 'binary'], 250, { stdin });
    expect(exit).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toContain('the head has more than 262144 bytes');
    // It is passed over to its end, so that the frame after it is not lost.
    expect(out).toContain(`at 0x${head.length.toString(16)}`);
    expect(out).toMatch(/unmasked|"a"/);
  });

  it.each(heads)('%s: accept --handshake', async (name, head) => {
    const { exit, out, err } = await safely(['accept', '--handshake'], 250, { stdin: head });
    if (name === 'a long target') {
      // Not even the request line ends in the part that is read.
      expect({ exit, err }).toMatchObject({
        exit: 2,
        err: expect.stringMatching(/^wsinspect: stdin: [^\n]+\n$/) as string,
      });
      return;
    }
    expect(exit).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toContain('the head has more than 262144 bytes');
  });

  it('one that never ends', async () => {
    const stdin = repeat(Buffer.alloc(1 << 20, 'a'), 100, Buffer.from('GET /'));
    const { exit, out } = await safely(['decode', '--from', 'binary'], PLAIN_MB, { stdin });
    expect(exit).toBe(1);
    expect(out).toContain('head-');
  });
});

describe('what a peer sent', () => {
  /** Everything that moves a cursor, hides, reorders or breaks text. */
  const HOSTILE = [
    '\x1b[2J\x1b[H\x1b]0;title\x07\x1bP+q\x1b\\\x1b(0\x1bc', // ESC: CSI, OSC, DCS, charset, reset
    '\u009b31m\u009d0;title\u009c\u0085\u008d', // C1
    '\0\b\t\v\f\r\x0e\x0f\x7f', // C0, DEL
    '\u202e\u2066\u200f\u061c\u200b\u2060\ufeff\u00ad\u2028\u2029\ufff9\u{e0041}', // bidi, invisible, separators
  ].join('');
  const UNSAFE =
    // eslint-disable-next-line no-control-regex
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
  const text = Buffer.from(HOSTILE);
  const broken = Buffer.concat([text, bytes('ff fe c0 80 ed a0 80 f4 90 80 80 9b 31 6d e2 80')]);
  const frame = (first: number, payload: Buffer): Buffer =>
    Buffer.concat([
      payload.length < 126
        ? Buffer.from([first, payload.length])
        : Buffer.from([first, 126, payload.length >> 8, payload.length & 255]),
      payload,
    ]);
  const short = text.subarray(0, 60);
  const traffic = Buffer.concat([
    frame(0x81, text),
    frame(0x81, broken),
    frame(0x82, broken),
    frame(0x81, Buffer.from(JSON.stringify({ [HOSTILE]: HOSTILE }).replaceAll('\\u', '\\u'))),
    frame(0x81, Buffer.from(`{"raw":"\u202e\u009b\x7f"}`)),
    frame(0x01, text),
    frame(0x80, text),
    frame(0x89, short),
    frame(0x8a, broken.subarray(0, 125)),
    frame(0x83, broken),
    frame(0x88, Buffer.concat([bytes('03e8'), short])),
    frame(0x88, Buffer.concat([bytes('0fa0'), broken.subarray(-60)])),
  ]);
  const head = Buffer.concat([
    Buffer.from(`GET /\x1b[2J HTTP/1.1\r\nHost: \x1b]0;x\x07\r\nX\x1b[31m: y\r\nSec-WebSocket-Key: \u202e\x9b\r\n`),
    Buffer.from(
      'Sec-WebSocket-Extensions: \x1b[1m; a="\x1b[0m"\r\nSec-WebSocket-Protocol: \u009b\r\nUpgrade: \x7f\r\n \x08fold\r\n\r\n',
    ),
    Buffer.from('HTTP/1.1 101 \x1b[2J\u009b\r\nSec-WebSocket-Accept: \x1bc\r\nSec-WebSocket-Protocol: \x1b[5m\r\n\r\n'),
  ]);
  const refused = Buffer.concat([Buffer.from('HTTP/1.1 403 \x1b[2J\r\nServer: \x07\r\n\r\n'), text, broken]);

  const safe = (name: string, { stdout, err }: RanHere): void => {
    expect(stdout.toString().match(UNSAFE)?.[0], `${name}, stdout`).toBeUndefined();
    expect(err.match(UNSAFE)?.[0], `${name}, stderr`).toBeUndefined();
    // Valid UTF-8, whatever came.
    expect(Buffer.from(stdout.toString()).equals(stdout), `${name} is UTF-8`).toBe(true);
  };

  it.each([
    ['--view', 'annotated'],
    ['--view', 'annotated', '--pretty', '--preview', 'all'],
    ['--view', 'annotated', '--preview', '3'],
    ['--view', 'summary', '-v'],
    ['--view', 'messages'],
    ['--view', 'messages', '--pretty'],
    ['--json'],
    ['--json', '-v'],
    ['--json', '--view', 'messages'],
    ['--json', '--base64'],
  ])('no control character of it reaches stdout: decode %s %s %s %s', async (...view) => {
    const inputs = {
      traffic,
      handshake: Buffer.concat([head, traffic]),
      refused,
      masked: Buffer.concat([bytes('81bd1b1b1b1b'), Buffer.alloc(61)]),
    };
    for (const [name, stdin] of Object.entries(inputs)) {
      const ran = await runHere(['decode', '--from', 'binary', ...view.filter(Boolean)], { stdin });
      expect(ran.stdout.length, name).toBeGreaterThan(20);
      safe(name, ran);
    }
  });

  it.each([[[]], [['-v']], [['--json']]])('accept --handshake %j', async (options) => {
    for (const stdin of [head, refused, Buffer.from(head.toString('hex'))]) {
      const ran = await runHere(['accept', '--handshake', ...options], { stdin });
      expect(ran.exit).toBe(1);
      safe('handshake', ran);
    }
  });

  it('accept and encode with it as arguments', async () => {
    const argument = HOSTILE.replace('\0', '');
    for (const args of [
      ['accept', argument, '--lenient'],
      ['accept', argument, '--lenient', '--explain'],
      ['accept', argument, '--lenient', '--json'],
      ['accept', argument],
      ['accept', 'dGhlIHNhbXBsZSBub25jZQ==', '--verify', argument],
      ['accept', 'dGhlIHNhbXBsZSBub25jZQ==', '--verify', argument, '--json'],
      ['accept', '--handshake', argument],
      ['encode', argument, '--explain'],
      ['encode', argument, '--out', 'python'],
      ['encode', `--mask=${argument}`, 'x'],
      ['encode', '--deflate=' + argument, 'x', '--json'],
      ['decode', '-f', argument, '--json'],
      ['decode', '--from', 'hex', argument],
      ['decode', '--view', argument],
      ['decode', `--${argument}`, '--json'],
      [argument],
    ]) {
      safe(args.join(' '), await runHere(args));
    }
  });

  it('only as it is where that was requested: --out binary', async () => {
    const { stdout } = await wsinspect(['encode', '--out', 'binary'], { stdin: text });
    expect(stdout.subarray(-text.length).equals(text)).toBe(true);
  });
});

describe('what is printed of much', () => {
  it.each(['hex', 'binary', 'js', 'json'])('encode --out %s of 8 MB', async (out) => {
    const stdin = noise(8_000_000, 1);
    const { exit, printed } = await wsinspect(['encode', '--binary', '--out', out], { stdin, keep: 1 });
    expect(exit).toBe(0);
    expect(printed).toBeGreaterThanOrEqual(8_000_000);
  });

  it('encode of 64 MB, and of more than it takes', async () => {
    const some = await safely(['encode', '--binary', '--json'], 500, { stdin: repeat(Buffer.alloc(1 << 20), 64) });
    expect([some.exit, some.printed]).toEqual([
      0,
      2 * (64 * 2 ** 20 + 10) + '{"type":"encoded","hex":"","frames":1}\n'.length,
    ]);
    const much = await safely(['encode', '--binary'], 500, { stdin: repeat(Buffer.alloc(1 << 20), 300) });
    expect(much).toMatchObject({ exit: 2, out: '', err: 'wsinspect: the payload is larger than 268435456 bytes\n' });
    const pieces = await safely(['encode', '--binary', '--fragment', '1'], 500, { stdin: Buffer.alloc(5_000_000) });
    expect(pieces).toMatchObject({ exit: 2, err: expect.stringMatching(/^wsinspect: --fragment 1: .*\n$/) as string });
  });

  it('decode --preview all shows at most 16 MiB of a payload', async () => {
    const stdin = repeat(Buffer.alloc(1 << 20, 0xab), 24, header(0x82, 24n << 20n));
    const ran = await wsinspect(['decode', '--from', 'binary', '--preview', 'all'], { stdin, keep: 65_536 });
    expect(ran.exit).toBe(0);
    expect(ran.peak).toBeLessThan(1600);
    expect(ran.out).toContain(`${8 << 20} more bytes`);
  });
});
