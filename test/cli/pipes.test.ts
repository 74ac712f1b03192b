import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINARY, bytes, cleanEnv, records, Workshop, wsinspect } from './binary.js';
import { runHere, type RanHere } from './in-process.js';

const HELLO = '810548656c6c6f';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

describe('decode reads', () => {
  const read = async (args: readonly string[], stdin: string | Uint8Array = ''): Promise<unknown[]> => {
    const { out, err, exit } = await wsinspect(['decode', '--json', ...args], { stdin });
    expect({ err, exit }).toEqual({ err: '', exit: 0 });
    return records(out).map(({ text }) => text);
  };

  it('stdin without arguments, and for -', async () => {
    expect(await read([], HELLO)).toEqual(['Hello']);
    expect(await read(['-'], HELLO)).toEqual(['Hello']);
    expect(await read(['-f', '-'], bytes(HELLO))).toEqual(['Hello']);
  });
  it('hex in several arguments', async () => expect(await read(['81', '05', '48656c', '6c6f'])).toEqual(['Hello']));
  it('an argument that names a file', async () => {
    const [a, b] = [shop.write('a.bin', bytes(HELLO)), shop.write('b.txt', `${HELLO}\n8100\n`)];
    expect(await read([a])).toEqual(['Hello']);
    expect(await read([a, b])).toEqual(['Hello', 'Hello', '']);
  });
  it('hex, where a file has a name of hex digits too', async () => {
    shop.write(HELLO, '8100');
    const { out } = await wsinspect(['decode', '--json', HELLO], { cwd: shop.folder });
    expect(records(out)[0]).toMatchObject({ text: 'Hello' });
  });
  it('frames as they come, before the input ends', async () => {
    const { exit, signal } = await new Promise<{ exit: unknown; signal: boolean }>((resolve) => {
      let seen = false;
      void wsinspect(['decode', '--view', 'summary'], {
        stdin: `${HELLO}\n`,
        open: true,
        during: (child, printed) => {
          if (!printed.includes('"Hello"')) return;
          seen = true;
          child.stdin!.end();
        },
      }).then((ran) => resolve({ exit: ran.exit, signal: seen }));
    });
    expect({ exit, signal }).toEqual({ exit: 0, signal: true });
  });
});

describe('stdin that stays open', () => {
  it.each([
    ['hex that is none', [], `${HELLO}\nzz\n`, 2],
    ['bytes that are no capture', ['--from', 'pcap'], 'no capture at all', 2],
    ['a capture of which enough was shown', ['--limit', '2'], readFileSync('fixtures/captures/chat.pcap'), 0],
    ['hex of which enough was shown', ['--limit', '1'], `${HELLO}\n${HELLO}\n`, 0],
  ] as const)('is not waited for: %s', async (_, args, stdin, exit) => {
    expect((await wsinspect(['decode', ...args], { stdin, open: true })).exit).toBe(exit);
  });
});

describe('encode | decode', () => {
  const piped = async (encode: readonly string[], decode: readonly string[]): Promise<RanHere> => {
    const { stdout, err, exit } = await runHere(encode);
    const ran = await runHere(decode, { stdin: stdout });
    return { ...ran, err: err + ran.err, exit: exit! || ran.exit };
  };
  const texts = ['hi', '', 'Grüße, 世界 🎉', 'it\'s \\ "quoted"\n\t\0\x7f', 'x'.repeat(300)];
  it.each(['hex', 'binary', 'c', 'python', 'js', 'json'])('reads back --out %s', async (out) => {
    for (const [index, text] of texts.entries()) {
      const file = shop.write(`text-${out}`, text);
      // By a shell where quotes, zero bytes and letters of several bytes go through its pipe.
      const made =
        index === 3
          ? await shop.shell(`wsinspect encode -f '${file}' --mask --out ${out} | wsinspect decode --json`)
          : await piped(['encode', '-f', file, '--mask', '--out', out], ['decode', '--json']);
      expect(made).toMatchObject({ exit: 0, err: '' });
      expect(records(made.out)).toMatchObject([{ name: 'text', masked: true, text, diagnostics: [] }]);
    }
  });

  it('reads back every byte, in every form', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    for (const out of ['hex', 'binary', 'c', 'python', 'js', 'json']) {
      const made = await runHere(['encode', '--binary', '--out', out], { stdin: all });
      const { out: json } = await runHere(['decode', '--json'], { stdin: made.stdout });
      expect(records(json)[0]).toMatchObject({ hex: Buffer.from(all).toString('hex') });
    }
  });

  it('reads back fragments, compressed ones too', async () => {
    const text = 'fragment '.repeat(100);
    for (const [make, read] of [
      ['--fragment 7 --mask', ''],
      ['--fragment 7 --deflate', '--deflate'],
    ]) {
      const { out } = await shop.shell(
        `wsinspect encode '${text}' ${make} | wsinspect decode ${read} --view messages --json`,
      );
      expect(records(out)).toMatchObject([{ text, diagnostics: [] }]);
    }
  });

  it('has the record that the bytes are', async () => {
    const { out } = await runHere(['encode', '--json', '--fragment', '1', 'hi']);
    expect(records(out)).toEqual([{ type: 'encoded', hex: '0101688001' + '69', frames: 2 }]);
  });
});

describe('a reader that goes away', () => {
  const many = '8100'.repeat(300_000);
  it.each([
    'decode --view annotated many.hex',
    'decode --view summary many.hex',
    'decode --view messages many.hex',
    'decode --json many.hex',
    'encode --binary -f many.hex',
    'encode --binary -f many.hex --out c',
    'encode --binary -f many.hex --json',
    'accept --handshake head.txt',
    '--help',
  ])('wsinspect %s | head', async (line) => {
    shop.write('many.hex', many);
    shop.write('head.txt', `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(10_000)}\r\n`);
    const { out, err } = await shop.shell(`{ wsinspect ${line}; echo "exit $?" >&2; } | head -c 20`);
    expect(out).not.toBe('');
    expect(err).toMatch(/^exit [01]\n$/);
  });

  it.each([
    ['--view annotated', /^frame 0 .*\n$/],
    ['--view summary', /^ +0x00 .*\n$/],
    ['--view messages', /^message 0 .*\n$/],
    ['--json', /^{"type":"frame".*\n$/],
  ])('ends the reading of an endless input: %s', async (options, first) => {
    const { out, err } = await shop.shell(`yes 8100 | wsinspect decode --from hex ${options} | head -1`);
    expect(out).toMatch(first);
    expect(err).toBe('');
  });
});

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s while stdin is open: exit %i, with what was decoded so far', async (signal, code) => {
    let sent = false;
    const { exit, out, err } = await wsinspect(['decode', '--view', 'summary'], {
      stdin: `${HELLO}\n8109 6f6e`,
      open: true,
      during: (child, printed) => {
        if (sent || !printed.includes('"Hello"')) return;
        sent = true;
        child.kill(signal);
      },
    });
    expect(exit).toBe(code);
    expect(out).toContain('"Hello"');
    expect(out).toContain('"on"');
    expect(err).not.toMatch(/^ +at /m);
  });

  it('that comes with the end of a capture is a signal: exit 130, with the closing table', async () => {
    const capture = readFileSync('fixtures/captures/chat.pcap').subarray(0, -400);
    const runs = Array.from({ length: 12 }, () => {
      let sent = false;
      return wsinspect(['decode'], {
        stdin: capture,
        open: true,
        during: (child) => {
          if (sent) return;
          sent = true;
          child.kill('SIGINT');
          child.stdin!.end();
        },
      });
    });
    for (const { exit, out, err } of await Promise.all(runs)) {
      expect({ exit, err }).toEqual({ exit: 130, err: '' });
      expect(out).toMatch(/^connection 0 [^]*^ {2}closed {5}open at the end of the input\n[^]*^total /m);
    }
  });

  it.each([
    ['encode', ['encode']],
    ['accept', ['accept', '--handshake']],
  ])('ends %s with 130 and without a result', async (_, args) => {
    const { exit, out, err } = await wsinspect(args, {
      stdin: 'GET / HTTP/1.1',
      open: true,
      started: (child) => child.kill('SIGINT'),
    });
    expect({ exit, out, err }).toEqual({ exit: 130, out: '', err: '' });
  });

  const WAITING = [
    ['decode', '-f', 'PIPE'],
    ['encode', '-f', 'PIPE'],
    ['accept', '--handshake=PIPE'],
    ['connect', 'ws://127.0.0.1:1/', '--send-file', 'PIPE'],
    ['connect', 'ws://127.0.0.1:1/', '--replay', 'PIPE'],
    ['connect', 'wss://127.0.0.1:1/', '--cacert', 'PIPE'],
    ['serve', '0', '--replay', 'PIPE'],
    ['check', 'ws://127.0.0.1:1/', '--expect', 'PIPE'],
    ['check', '--spec', 'PIPE'],
    ['check', '--compare', 'PIPE', 'PIPE'],
  ].map(
    (args, i) => [args, ...([['SIGINT', 130] as const, ['SIGTERM', 143] as const][i % 2] as ['SIGINT', 130])] as const,
  );
  it.each(WAITING)('ends %j, which waits for a pipe without a writer: %s', async (args, signal, code) => {
    const pipe = join(shop.folder, 'pipe');
    if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
    const { exit, err } = await wsinspect(
      args.map((each) => each.replace('PIPE', pipe)),
      { open: true, started: (child) => child.kill(signal) },
    );
    expect({ exit, err }).toEqual({ exit: code, err: '' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends a run whose output is not read', async (signal) => {
    const file = shop.write('long.hex', '8100'.repeat(200_000));
    const child = spawn(process.execPath, [BINARY, 'decode', '--view', 'summary', file], { env: cleanEnv() });
    await new Promise((resolve) => child.stdout.once('readable', resolve));
    const ended = new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
    // Left alone it waits for its reader for ever.
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
  });

  it('ends a run in the middle of a long file', async () => {
    let sent = false;
    const { exit } = await wsinspect(
      ['decode', '--view', 'summary', shop.write('long.hex', '8100'.repeat(2_000_000))],
      {
        keep: 1000,
        during: (child) => {
          if (!sent) child.kill('SIGINT');
          sent = true;
        },
      },
    );
    expect(exit).toBe(130);
  });
});
