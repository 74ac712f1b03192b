// How a replayed conversation ends: what of it is chance, and what a difference.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from '../cli/binary.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import { bare, closeServers, echo, peer, switching, type Running } from './servers.js';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  closeServers();
  shop.remove();
});

const OK = '81026f6b';
const CLOSE_1000 = '880203e8';
const CLOSE_4001 = '88020fa1';

/** A bare server that answers what comes, one after the other, with these bytes; an end after those that close. */
function answering(...answers: readonly string[]): Promise<Running> {
  return bare(({ accept, socket }) => {
    socket.write(switching(accept));
    socket.on('error', () => undefined);
    let at = 0;
    socket.on('data', () => {
      const bytes = Buffer.from(answers[at++] ?? '', 'hex');
      if (bytes.includes(0x88)) socket.end(bytes);
      else socket.write(bytes);
    });
  });
}

const run = (url: string, ...args: string[]): Promise<RanHere> => runHere(['connect', url, ...args]);
const file = (name: string): string => `${shop.folder}/${name}`;
const diff = (server: Running, name: string, ...more: string[]): Promise<RanHere> =>
  run(server.url, '--replay', file(name), '--diff', ...more);

describe('what is compared', () => {
  it('are numbers digit by digit, where they are more than a double has', async () => {
    const text = (json: string): string =>
      `81${json.length.toString(16).padStart(2, '0')}${Buffer.from(json).toString('hex')}`;
    const { url } = await answering(text('{"id":9007199254740993,"n":1.50,"t":1}'), CLOSE_1000);
    await run(url, '-x', 'hello', '-1', '-q', '--record', file('numbers.ndjson'));
    const compare = async (json: string): Promise<number | null> => {
      const server = await answering(text(json), CLOSE_1000);
      return (await diff(server, 'numbers.ndjson', '--ignore-json', '$.t', '--speed', '0')).exit;
    };
    expect(await compare('{"t":2,"n":1.5,"id":9007199254740993}')).toBe(0);
    expect(await compare('{"id":9007199254740992,"n":1.5,"t":1}')).toBe(1);
    expect(await compare('{"id":"9007199254740993","n":1.5,"t":1}')).toBe(1);
  });

  it('is the part that was recorded, with a notice, of an incomplete recording', async () => {
    const { url } = await echo();
    const { out } = await run(url, '-x', 'hi', '-x', 'y'.repeat(90), '--count', '2', '--json', '--preview', '20');
    writeFileSync(file('shown.ndjson'), out);
    const ran = await run(url, '--replay', file('shown.ndjson'), '--diff');
    expect(ran.err).toContain("2 parts of it can't be replayed: they are not complete\n");
    expect(ran.err).toContain('; 2 parts of the recording were left out\n');
  });
});

describe('the end of a replay', () => {
  it('has a reason that counts, but for what is ignored', async () => {
    const close = (reason: string): string =>
      `88${(2 + reason.length).toString(16).padStart(2, '0')}0fa1${Buffer.from(reason).toString('hex')}`;
    const { url } = await answering(OK + close('room 7'));
    await run(url, '-x', 'hello', '--wait', '2', '-q', '--record', file('reason.ndjson'));
    const same = await diff(await answering(OK + close('room 7')), 'reason.ndjson');
    expect(same).toMatchObject({ exit: 0, out: '' });
    const other = await diff(await answering(OK + close('room 8')), 'reason.ndjson', '--json');
    expect(other.exit).toBe(1);
    expect(other.out).toContain(
      '"recordedCode":4001,"recordedReason":"room 7","receivedCode":4001,"receivedReason":"room 8"',
    );
    const ignored = await diff(
      await answering(OK + close('ROOM 8')),
      'reason.ndjson',
      '--ignore',
      String.raw`/room \d/i`,
    );
    expect(ignored).toMatchObject({ exit: 0, out: '' });
  });

  it('is the same whoever closes first, where the server’s code is', async () => {
    // Both close at the same moment: the client because it has its reply, the server with a code of its own.
    const { url } = await answering(OK, CLOSE_4001);
    await run(url, '-x', 'hello', '-1', '-q', '--record', file('crossing.pcapng'));
    const first = await diff(await answering(OK + CLOSE_4001), 'crossing.pcapng');
    expect(first).toMatchObject({ exit: 0, out: '', err: 'replies: all 1 as recorded\n' });
    const again = await diff(await answering(OK, CLOSE_4001), 'crossing.pcapng');
    expect(again).toMatchObject({ exit: 0, out: '' });
    const other = await diff(await answering(OK, CLOSE_1000), 'crossing.pcapng');
    expect(other.exit).toBe(1);
    expect(other.out).toBe(
      '≠ the end of the connection differs\n' +
        '    recorded  4001 Private Use, by the server after the client\n' +
        '    received  1000 Normal Closure, by the server after the client\n',
    );
  });

  it('is the same where the server leaves without a close frame, before the client closes or after it', async () => {
    const leaving = (how: 'fin' | 'reset', wait: number): Promise<Running> =>
      bare(({ accept, socket }) => {
        socket.write(switching(accept));
        socket.on('error', () => undefined);
        socket.once('data', () => {
          socket.write(Buffer.from(OK, 'hex'));
          // The client has its reply, and closes.
          setTimeout(() => (how === 'fin' ? socket.end() : socket.resetAndDestroy()), wait);
        });
      });
    for (const how of ['fin', 'reset'] as const) {
      const [early, late] = await Promise.all([leaving(how, 0), leaving(how, 200)]);
      await run(late.url, '-x', 'hello', '-1', '-q', '--record', file(`${how}.pcapng`));
      for (const server of [early, late]) {
        expect(await diff(server, `${how}.pcapng`)).toMatchObject({ exit: 0, out: '' });
      }
      const answered = await diff(await answering(OK, CLOSE_1000), `${how}.pcapng`);
      expect(answered).toMatchObject({ exit: 1 });
      expect(answered.out).toContain('received  1000');
    }
  });

  it('is not compared where the recording does not have it', async () => {
    const { url } = await answering(OK + CLOSE_4001);
    await run(url, '-x', 'hello', '--wait', '2', '-q', '--record', file('closed.har'));
    const ran = await diff(await answering(OK + CLOSE_4001), 'closed.har');
    expect(ran.out).toBe('');
    expect(ran.err).toContain('replies: all 1 as recorded\n');
    // Nothing says that this was right.
    expect(ran.exit).toBe(57);
    expect((await diff(await answering(OK + CLOSE_4001), 'closed.har', '--expect-close', '4001')).exit).toBe(0);
  });

  it('waits for the replies that had come before it, of a server that is slower now', async () => {
    const { url } = await answering(OK, CLOSE_1000);
    await run(url, '-x', 'hello', '-1', '-q', '--record', file('fast.ndjson'));
    const slow = await peer((socket) => {
      socket.on('message', () => void sleep(400).then(() => socket.send('ok')));
    });
    expect(await diff(slow, 'fast.ndjson')).toMatchObject({ exit: 0, out: '' });
  });
});
