import type { WebSocket } from 'ws';
import { afterAll, describe, expect, it } from 'vitest';
import { learnUnasked, UnaskedFilter } from '../../src/conformance/bench/unasked.js';
import type { Received } from '../../src/conformance/bench/received.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { records } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { closeServers, peer } from '../live/servers.js';

/** A server that sends without being asked is no worse than the same one without that. */

afterAll(closeServers);

type Message = Extract<Received, { readonly what: 'message' }>;
const text = (of: string): Message => ({ what: 'message', binary: false, payload: encodeUtf8(of) });

/** Of the messages on a connection of a case, those that are taken for answers. */
function answers(first: readonly string[], second: readonly string[], came: readonly string[]): string[] {
  const filter = new UnaskedFilter(learnUnasked(first.map(text), second.map(text)));
  return came.filter((one) => !filter.takes(text(one)));
}

describe('what was learnt to be unasked', () => {
  it.each([
    ['nothing', [], [], ['Hello'], ['Hello']],
    ['the same each time', ['hi'], ['hi'], ['hi', 'Hello'], ['Hello']],
    ['once on each connection', ['hi'], ['hi'], ['hi', 'hi'], ['hi']],
    ['an empty message', [''], [''], ['', ''], ['']],
    ['with a time in it', ['it is 12:00:01'], ['it is 12:00:02'], ['it is 12:09:59', 'it is late'], ['it is late']],
    ['a token alone, in its place', ['k3j4h5'], ['q9w8e7'], ['z1x2c3', 'Hello'], ['Hello']],
    [
      'a token alone, out of its place',
      ['k3j4h5'],
      ['q9w8e7'],
      ['*'.repeat(200), 'Hello!'],
      ['*'.repeat(200), 'Hello!'],
    ],
    ['later than an answer', ['hi there'], ['hi there'], ['Hello', 'hi there'], ['Hello']],
    ['again and again', ['tick 1', 'tick 2', 'tick 3'], ['tick 1'], ['tick 7', 'Hello', 'tick 8'], ['Hello']],
    ['on the second connection alone', [], ['news: a'], ['news: a', 'Hello'], ['Hello']],
  ] as const)('%s', (_, first, second, came, left) => {
    expect(answers(first, second, came)).toEqual(left);
  });
});

const GREETINGS: Readonly<Record<string, (socket: WebSocket) => void>> = {
  'a welcome': (socket) => socket.send('Welcome to the server!'),
  'two messages, each its own': (socket) => {
    socket.send(JSON.stringify({ session: Math.random(), features: ['a', 'b'] }));
    socket.send(Uint8Array.of(1, 2, 3));
  },
  'an unasked pong': (socket) => socket.pong('here I am'),
};

/** Cases with and without an echo, cheap ones. */
const ONLY = '1.1.2,1.2.2,2.1,2.2,3.1,4.1.1,5.1,6.3.1,7.1.1,handshake.method-lower-case';

async function verdicts(greet: (socket: WebSocket) => void, isEcho: boolean): Promise<string[]> {
  const { url } = await peer((socket) => {
    greet(socket);
    if (isEcho) socket.on('message', (data: Buffer, binary: boolean) => socket.send(data, { binary }));
  });
  const { out } = await runHere(['check', url, '--json', '--seed', '1', '--only', ONLY]);
  const cases = records(out).filter(({ type }) => type === 'case');
  return cases.map(({ id, verdict, closeVerdict }) => `${String(id)} ${String(verdict)} ${String(closeVerdict)}`);
}

describe.concurrent.each([true, false])('ws (an echo: %s)', (isEcho) => {
  it('has the verdicts that it has without a greeting', async () => {
    const plain = await verdicts(() => undefined, isEcho);
    expect(plain.length).toBeGreaterThan(9);
    for (const greet of Object.values(GREETINGS)) expect(await verdicts(greet, isEcho)).toEqual(plain);
  });
});
