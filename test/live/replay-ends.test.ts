// How a replayed conversation ends: what of it is chance, and what a difference.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop, wsinspect, type Ran } from '../cli/binary.js';
import { bare, closeServers, peer, switching, type Running } from './servers.js';

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

/** A bare server that answers what comes, one after the other, with these bytes; an end behind those that close. */
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

const run = (url: string, ...args: string[]): Promise<Ran> => wsinspect(['connect', url, ...args]);
const file = (name: string): string => `${shop.folder}/${name}`;
const diff = (server: Running, name: string, ...more: string[]): Promise<Ran> =>
  run(server.url, '--replay', file(name), '--diff', ...more);

describe('the end of a replay', () => {
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

  it('is the same where the server leaves without a close frame, before the client closes or behind it', async () => {
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

  it('is not compared where the recording does not tell it', async () => {
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
