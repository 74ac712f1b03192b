import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/codec/connection/connection.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { Conversation } from '../../src/traffic/conversation.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { RFC_RESPONSE, SEED_REQUEST } from '../codec/head-texts.js';

type Said = readonly [side: 0 | 1, what: string | Uint8Array | { readonly lost: number }];

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const ASKS: Said = [0, SEED_REQUEST];
const SSH = 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n';
const SMTP = '220 mx.example.org ESMTP Postfix\r\n';
const HELLO = encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: bytesOf('220 ready, and more of it\r\n') });

/** The cause of a captured connection in which this was said; `isFromStart`: its first packet was captured. */
function causeOf(said: readonly Said[], isFromStart = true): string | undefined {
  let found: string | undefined;
  const ignore = (): void => undefined;
  const conversation = new Conversation(
    { number: 0, isClientFirst: isFromStart, ignore } as unknown as ConstructorParameters<typeof Conversation>[0],
    NaN,
    { reading: { capture: 'any' }, causes: allCauses },
    { record: ignore, closed: ({ cause }) => void (found = cause && `${cause.code}: ${cause.message}`) },
  );
  for (const [side, what] of said) {
    if (typeof what === 'object' && 'lost' in what) conversation.gap(side, what.lost);
    else {
      const bytes = typeof what === 'string' ? bytesOf(what) : what;
      conversation.data(side, bytes, 0, bytes.length, NaN);
    }
  }
  conversation.close('fin', NaN);
  return found;
}

const PROVEN: readonly (readonly [what: string, said: readonly Said[], has: string])[] = [
  ['SSH', [ASKS, [1, SSH]], 'other-protocol: the server speaks SSH and no HTTP: what it sent begins with "SSH-2.0'],
  ['a greeting before the request', [[1, SMTP], ASKS, [1, '500 5.5.2 Error\r\n']], 'the server speaks SMTP'],
  ['a greeting in pieces', [ASKS, [1, 'SS'], [1, 'H-2.0-'], [1, 'x\r\n']], 'the server speaks SSH'],
  ['an error of Redis', [ASKS, [1, "-ERR unknown command 'Host:'\r\n"]], 'the server speaks Redis'],
  ['bytes', [ASKS, [1, '\x4a\0\0\0\x0a8.0.36\0abc']], 'the server speaks MySQL'],
  ['an echo', [ASKS, [1, SEED_REQUEST]], 'request-echoed: the server sends the request back'],
];

const NEAR: readonly (readonly [what: string, said: readonly Said[], isFromStart?: boolean])[] = [
  ['a response', [ASKS, [1, RFC_RESPONSE], [1, SSH]]],
  ['a response that has not all come', [ASKS, [1, RFC_RESPONSE.slice(0, 40)]]],
  ['bytes that nobody greets with', [ASKS, [1, 'hello, world\r\n']]],
  ['nothing', [ASKS]],
  ['after a hole', [ASKS, [1, { lost: 40 }], [1, SSH]]],
  ['in the middle of a connection', [ASKS, [1, SMTP]], false],
  ['frames whose response was not captured', [ASKS, [1, HELLO], [1, HELLO], [1, HELLO]]],
];

describe('an answer in another protocol, as it was captured', () => {
  it.each(PROVEN)('%s', (_, said, has) => {
    expect(causeOf(said)).toContain(has);
  });

  for (const [what, said, isFromStart] of NEAR) {
    it(`silent: ${what}`, () => {
      expect(causeOf(said, isFromStart) ?? '').not.toMatch(/^(?:other-protocol|request-echoed)/);
    });
  }
});

describe('an answer in another protocol, as it comes', () => {
  it('follows the request that it answers, in a recording too', () => {
    const connection = new Connection();
    connection.push(0, bytesOf(SEED_REQUEST));
    const events = connection.push(1, bytesOf(SSH));
    expect(events.map(({ type }) => type)).toEqual(['handshake', 'body']);
    expect(connection.end()).toEqual([]);
  });
});
