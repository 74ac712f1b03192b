import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { BINARY, cleanEnv, records, Workshop, wsinspect } from '../cli/binary.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import { closeServers, echo, peer } from './servers.js';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  closeServers();
  shop.remove();
});

const LINES = 100_000;
const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `${n}\n`).join('');
const connect = (...args: string[]): Promise<RanHere> => runHere(['connect', ...args]);

/** What a server receives, in its order. */
async function listener(): Promise<{ url: string; told: string[]; closed: () => Promise<unknown> }> {
  const told: string[] = [];
  const ends = new EventEmitter();
  const { url } = await peer((socket) => {
    socket.on('message', (data: Buffer, binary) =>
      told.push(binary ? data.toString('hex') : JSON.stringify(data.toString())),
    );
    socket.on('ping', (data) => told.push(`ping ${data.toString()}`));
    socket.on('close', (code, reason) => {
      told.push(`close ${code} ${reason.toString()}`);
      ends.emit('closed');
    });
  });
  // It may have closed already, or is about to.
  const closed = async (): Promise<unknown> => told.at(-1)?.startsWith('close ') || (await once(ends, 'closed'));
  return { url, told, closed };
}

describe('stdin', () => {
  it(`${LINES} lines go to an echo server, and all come back in their order`, async () => {
    const { exit, out, err } = await wsinspect(['connect', (await echo()).url], { stdin: numbers(LINES) });
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toBe(numbers(LINES));
  });

  it('as frames and records they are all reported, too', async () => {
    const { exit, out, peak } = await wsinspect(['connect', (await echo()).url, '--json'], { stdin: numbers(20_000) });
    expect(exit).toBe(0);
    const frames = out.match(/"direction":"server".*?"name":"text"/g);
    expect(frames).toHaveLength(20_000);
    expect(peak).toBeLessThan(400);
  });

  it('a slow server is waited for, and little of the input is held in the meantime', async () => {
    const line = 'x'.repeat(1023);
    const count = 60_000;
    const slow = await peer((socket) => {
      let got = 0;
      socket.on('message', () => {
        // It stops reading again and again.
        if (++got % 5000 !== 0) return;
        socket.pause();
        setTimeout(() => socket.resume(), 100);
      });
      socket.on('close', () => closed(got));
    });
    let closed: (got: number) => void;
    const total = new Promise<number>((resolve) => (closed = resolve));
    function* input(): Generator<Buffer> {
      for (let n = 0; n < count; n += 100) yield Buffer.from(`${line}\n`.repeat(100));
    }
    const { exit, peak } = await wsinspect(['connect', slow.url, '-w', '0.1'], { stdin: input() });
    expect({ exit, total: await total }).toEqual({ exit: 0, total: count });
    // 60 MB went through it.
    expect(peak).toBeLessThan(170);
  });

  it('a slow reader of the output slows the server down, and nothing is lost', async () => {
    const text = 'y'.repeat(10_000);
    let sent = 0;
    const flood = await peer((socket) => {
      const more = (): void => {
        while (sent < 3000 && socket.bufferedAmount < 1_000_000) {
          sent++;
          socket.send(text);
        }
        if (sent < 3000) setTimeout(more, 1);
        else socket.close(1000);
      };
      more();
    });
    const child = spawn(process.execPath, [BINARY, 'connect', flood.url, '--no-stdin'], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(sent).toBeLessThan(2500);
    let length = 0;
    child.stdout.on('data', (chunk: Buffer) => (length += chunk.length));
    child.stdout.resume();
    const [exit] = (await once(child, 'close')) as [number];
    expect({ exit, length }).toEqual({ exit: 0, length: 3000 * 10_001 });
  });

  it('a server that closes early: exit 1, and how much was sent and answered', async () => {
    const early = await peer((socket) => {
      let got = 0;
      socket.on('message', (data) => {
        if (++got > 1000) return;
        socket.send(data as Buffer, { binary: false });
        if (got === 1000) socket.close(1000, 'enough');
      });
    });
    const { exit, out, err } = await wsinspect(['connect', early.url], { stdin: numbers(LINES) });
    expect(exit).toBe(1);
    expect(out).toBe(numbers(1000));
    expect(err).toMatch(
      /^wsinspect: the server closed with 1000 Normal Closure "enough": \d+ messages sent, 1000 replies(, and more was to be sent)?\n$/,
    );
  });

  it('is queued until the connection is open', async () => {
    const late = await echo({
      verifyClient: (_info, done) => {
        setTimeout(() => done(true), 300);
      },
    });
    expect(await wsinspect(['connect', late.url], { stdin: 'a\nb\n' })).toMatchObject({ exit: 0, out: 'a\nb\n' });
  });

  it('empty lines, a last line without its end, and line ends of Windows are messages as they are', async () => {
    const { url, told, closed } = await listener();
    await wsinspect(['connect', url, '-w', '0.1'], { stdin: 'a\n\nb\r\nc' });
    await closed();
    expect(told.slice(0, 4)).toEqual(['"a"', '""', '"b\\r"', '"c"']);
  });

  it('-0 cuts at NUL bytes', async () => {
    const { url, told, closed } = await listener();
    await wsinspect(['connect', url, '-0', '-w', '0.1'], { stdin: 'two\nlines\0last' });
    await closed();
    expect(told.slice(0, 2)).toEqual(['"two\\nlines"', '"last"']);
  });

  it('messages of many fragments and sizes come back whole', async () => {
    const sizes = [1, 125, 126, 65535, 65536, 200_000];
    const stdin = sizes.map((size) => `${'z'.repeat(size)}\n`).join('');
    const { url } = await echo({ perMessageDeflate: true });
    for (const more of [['--fragment', '1000'], ['--deflate'], ['--deflate', '--fragment', '7000']]) {
      expect((await wsinspect(['connect', url, ...more], { stdin })).out).toBe(stdin);
    }
  });
});

describe('send options', () => {
  it('run in the order of the command line', async () => {
    const { url, told, closed } = await listener();
    const file = shop.write('message.txt', 'from a file\n');
    const bytes = shop.write('message.bin', Buffer.from('fffe', 'hex'));
    const sends = ['-x', 'one', '--ping=two', '--send-hex', '03', '-x', 'four', '--send-file', file, '--raw-frame'];
    const { exit } = await connect(url, ...sends, '818500000000736978', '--close', '1000:bye');
    expect(exit).toBe(0);
    await closed();
    expect(told.slice(0, 5)).toEqual(['"one"', 'ping two', '03', '"four"', '"from a file\\n"']);
    told.length = 0;
    const raw = ['--raw-frame', '8183000000007261 77', '--send-file', bytes, '--close', '4001:bye'];
    expect((await connect(url, '-x', 'a', ...raw)).exit).toBe(0);
    await closed();
    expect(told).toEqual(['"a"', '"raw"', 'fffe', 'close 4001 bye']);
  });

  it('the same where messages are compressed, which takes time', async () => {
    const told: string[] = [];
    const { url } = await peer((socket) => socket.on('message', (data: Buffer) => told.push(`${data.length}`)), {
      perMessageDeflate: true,
    });
    const big = shop.write('big', 'ab'.repeat(300_000));
    await connect(
      url,
      '--deflate',
      '--send-file',
      big,
      '--raw-frame',
      '818100000000 78',
      '-x',
      'four',
      '--close',
      '1000',
    );
    expect(told).toEqual(['600000', '1', '4']);
  });

  it('with one of them, stdin is not read', async () => {
    const { url, told, closed } = await listener();
    await wsinspect(['connect', url, '-x', 'only', '-w', '0.1'], { stdin: 'not this\n' });
    await closed();
    expect(told).toEqual(['"only"', 'close 1000 ']);
  });

  it('--raw-frame sends what breaks the protocol', async () => {
    let error = '';
    const { url } = await peer((socket: WebSocket) => socket.on('error', ({ message }) => (error = message)));
    const { exit, err } = await connect(url, '--raw-frame', '810161', '-w', '30');
    expect({ exit, error }).toEqual({ exit: 57, error: 'Invalid WebSocket frame: MASK must be set' });
    expect(err).toContain('1002 Protocol Error');
  });

  it('a ping reports the time to its pong', async () => {
    const { exit, err } = await connect((await echo()).url, '--ping', '--ping=again');
    expect(exit).toBe(0);
    expect(err).toMatch(/^(pong after \d+\.\d{3} ms\n){2}$/);
  });

  it('after the last send, replies are waited for as long as they come', async () => {
    const replies: (() => void)[] = [];
    const lazy = await peer((socket) => {
      socket.on('message', (data) => replies.push(() => socket.send(data as Buffer, { binary: false })));
    });
    let print = (): void => undefined;
    const { exit, out } = await wsinspect(['connect', lazy.url, '-x', 'a', '-x', 'b'], {
      during: () => print(),
      clock: async (clock) => {
        await clock.waitsFor(5000);
        await clock.advance(4900);
        const printed = new Promise<void>((resolve) => (print = resolve));
        replies[0]!();
        await printed;
        // From the reply on it is the whole time again.
        await clock.advance(4900);
        replies[1]!();
      },
    });
    expect({ exit, out }).toEqual({ exit: 0, out: 'a\nb\n' });
    expect(await connect((await peer(() => undefined)).url, '-x', 'a', '-w', '0.1')).toMatchObject({
      exit: 0,
      out: '',
    });
  });
});

describe('received', () => {
  it('-1 prints one message, though more came with it', async () => {
    const chatty = await peer((socket) => {
      for (const text of ['a', 'b', 'c']) socket.send(text);
    });
    expect(await connect(chatty.url, '-1', '--no-stdin')).toMatchObject({ exit: 0, out: 'a\n' });
  });

  it('`| head` ends it quietly', async () => {
    const { url } = await peer((socket) => {
      const timer = setInterval(() => socket.send('tick'), 5);
      socket.on('close', () => clearInterval(timer));
    });
    const { exit, out, err } = await shop.shell(`wsinspect connect ${url} --no-stdin | head -2`);
    expect({ exit, out, err }).toEqual({ exit: 0, out: 'tick\ntick\n', err: '' });
  });

  it('nothing that a peer sends moves the cursor of a view', async () => {
    const { url } = await peer((socket) => {
      socket.send('\x1b]0;owned\x07\x1b[2J\u202e');
      socket.close(4000, '\x1b[31m');
    });
    const [view, json] = await Promise.all([
      wsinspect(['connect', url, '--no-stdin', '--view', 'annotated']),
      wsinspect(['connect', url, '--no-stdin', '--json']),
    ]);
    for (const { control, err } of [view, json]) {
      expect(control).toBe(false);
      expect(err).not.toContain('\x1b');
    }
    expect(records(json.out)).toContainEqual(expect.objectContaining({ text: '\x1b]0;owned\x07\x1b[2J\u202e' }));
  });

  it('a message larger than the endpoint takes is no end of memory', async () => {
    const { url } = await peer((socket) => {
      const stream = (socket as unknown as { _socket: NodeJS.WritableStream })._socket;
      stream.write(Buffer.from('827f0000100000000000', 'hex'));
    });
    const { exit, peak } = await wsinspect(['connect', url, '--no-stdin']);
    expect(exit).toBe(57);
    expect(peak).toBeLessThan(150);
  });
});
