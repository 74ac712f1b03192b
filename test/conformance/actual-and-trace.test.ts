import { afterAll, describe, expect, it } from 'vitest';
import { Inspector } from '../../src/traffic/inspector.js';
import { records } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { bare, closeServers, echo, peer, switching, type Running } from '../live/servers.js';

/** The words about a failed case say the same as its frames. */

afterAll(closeServers);

interface Shown {
  readonly id: string;
  readonly received: string;
  readonly frames: string;
}

async function shown(url: string, ...only: readonly string[]): Promise<Shown[]> {
  const { out } = await runHere(['check', url, '--json', '--seed', '1', '--echo', 'yes', '--only', only.join(',')]);
  const cases = records(out).filter(({ type, frames }) => type === 'case' && frames !== undefined);
  return cases as unknown as Shown[];
}

/** [what the words say, what the frames of the peer have to show then, whether they may not] */
const MEANINGS: readonly (readonly [RegExp, RegExp, boolean])[] = [
  [/ended TCP without a close frame|did not answer our close frame|left the connection open/, /^.* ← close /m, false],
  [/(answered our close frame|closed) with/, /^.* ← close /m, true],
  [/close frame breaks a rule/, /^.* ← close .*\n(.*\n)*? +error .*close-/m, true],
  [/^nothing came; (?!.*unasked)/, /^.* ← (text|binary|pong) /m, false],
  [/ sent unasked is left out/, /^.* ← (text|binary|pong) /m, true],
];

function contradictions({ id, received, frames }: Shown): string[] {
  const wrong = MEANINGS.filter(([words, trace, has]) => words.test(received) && trace.test(frames) !== has);
  return wrong.map(([words]) => `${id}: ${received} (${String(words)})\n${frames}`);
}

/** Answers every close frame with its own body, and echoes nothing. */
function mirrorOfCloses(): Promise<Running> {
  return bare(({ accept, socket }) => {
    socket.write(switching(accept));
    const reader = new Inspector({ direction: 'client' });
    socket.on('data', (chunk) => {
      for (const event of reader.push(chunk)) {
        if (event.type !== 'frame' || event.frame.header.opcode !== 8) continue;
        const body = event.frame.payload;
        socket.end(Buffer.from([0x88, body.length, ...body]));
      }
    });
  });
}

/** [the server, cases, words that have to be among what is said] */
const PEERS: Readonly<Record<string, readonly [() => Promise<Running>, readonly string[], RegExp]>> = {
  'an echo that checks no UTF-8': [
    () => echo({ skipUTF8Validation: true }),
    ['6.3', '6.6', '7.5'],
    /a frame that breaks a rule .* came; the server answered our close frame with 1007/,
  ],
  'a mirror of close frames': [mirrorOfCloses, ['7.7', '7.9', '2.1'], /the server's close frame breaks a rule/],
  'a server that greets and takes anything': [
    () => peer((socket) => socket.send('welcome to this server'), { skipUTF8Validation: true }),
    ['6.3', '1.1.2'],
    /nothing came; .*; what the server sent unasked is left out/,
  ],
  'a server that ends TCP': [
    () => peer((socket) => socket.on('message', () => socket.terminate())),
    ['1.1', '5.1'],
    /ended TCP without a close frame|reset the connection/,
  ],
};

describe.concurrent('the words about a case', () => {
  it.each(Object.keys(PEERS))('are what its frames show: %s', async (name) => {
    const [start, only, said] = PEERS[name]!;
    const { url } = await start();
    const cases = await shown(url, ...only);
    expect(cases.filter(({ received }) => said.test(received))).not.toEqual([]);
    expect(cases.flatMap(contradictions)).toEqual([]);
  });
});

it("shows the tester's own head as a head, also one that is malformed on purpose", async () => {
  const { url } = await bare(({ socket }) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  const ids = ['method-lower-case', 'http-version-malformed', 'leading-blank'];
  const cases = await shown(url, ...ids.map((id) => `handshake.${id}`));
  expect(cases.map(({ id }) => id.replace('handshake.', ''))).toEqual(ids);
  for (const { frames } of cases) {
    expect(frames).toMatch(/^ +[\d.]+ #0 {2}↔ handshake {2}(get|GET) \//);
    expect(frames).not.toMatch(/#0 {2}[←→·] /);
  }
});
