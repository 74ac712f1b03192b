import { describe, expect, it } from 'vitest';
import { readSteps, withstands, wordsOf, type Step } from './reading.js';

/** Action Cable: commands, subscriptions, and what breaks the rules. */

const client = (value: unknown): Step => ['client', JSON.stringify(value)];
const server = (value: unknown): Step => ['server', JSON.stringify(value)];
const WELCOME = server({ type: 'welcome' });
const identifier = '{"channel":"Chat"}';
const SUBSCRIBE = client({ command: 'subscribe', identifier });
const CONFIRM = server({ type: 'confirm_subscription', identifier });
const speak = { command: 'message', identifier, data: '{"action":"speak"}' };

describe('broken rules', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    [
      'nothing wrong',
      [
        WELCOME,
        SUBSCRIBE,
        CONFIRM,
        client(speak),
        server({ identifier, message: 1 }),
        server({ type: 'ping', message: 1 }),
      ],
      [],
    ],
    ['a refused connection', [server({ type: 'disconnect', reason: 'unauthorized', reconnect: false })], []],
    ['no JSON', [WELCOME, ['client', '{']], ['json']],
    ['an array', [WELCOME, ['server', '[]']], ['json']],
    ['an unknown command', [WELCOME, client({ command: 'whisper', identifier })], ['unknown-command']],
    ['an unknown type', [WELCOME, server({ type: 'pong' })], ['unknown-type']],
    ['neither type nor identifier', [WELCOME, server({ message: 1 })], ['unknown-type']],
    [
      'an identifier that is an object',
      [WELCOME, client({ command: 'subscribe', identifier: { channel: 'Chat' } })],
      ['identifier'],
    ],
    ['an identifier that is no JSON', [WELCOME, client({ command: 'subscribe', identifier: 'Chat' })], ['identifier']],
    ['data that is an object', [WELCOME, SUBSCRIBE, client({ ...speak, data: {} })], ['data']],
    ['a command before welcome', [SUBSCRIBE, WELCOME], ['before-welcome']],
    ['a message without a subscription', [WELCOME, client(speak)], ['not-subscribed']],
    [
      'a message with another order of keys',
      [WELCOME, SUBSCRIBE, client({ ...speak, identifier: '{"channel": "Chat"}' })],
      ['not-subscribed'],
    ],
    [
      'a message after unsubscribe',
      [
        WELCOME,
        SUBSCRIBE,
        client({ command: 'unsubscribe', identifier }),
        server({ identifier, message: 1 }),
        client(speak),
      ],
      ['not-subscribed'],
    ],
    [
      'a message of the server that nobody asked for',
      [WELCOME, server({ identifier, message: 1 })],
      ['not-subscribed'],
    ],
    ['a confirmation that nobody asked for', [WELCOME, CONFIRM], ['unknown-subscription']],
    ['disconnect without a reason', [WELCOME, server({ type: 'disconnect' })], ['disconnect-reason']],
  ])('%s', (_, steps, codes) => {
    expect(readSteps('actioncable', steps).codes).toEqual(codes.map((code) => `actioncable-${code}`));
  });

  it('are not stated of what was not seen, nor of the extended protocol', () => {
    const steps = [client(speak), server({ identifier, message: 1 }), CONFIRM];
    expect(readSteps('actioncable', steps, { isJoined: true }).codes).toEqual([]);
    expect(readSteps('actioncable', [{ lost: 'server' }, { lost: 'client' }, ...steps]).codes).toEqual([]);
    const handshake = { subprotocol: 'actioncable-v1-ext-json' };
    const extended = readSteps(
      'actioncable',
      [WELCOME, client({ command: 'pong' }), server({ type: 'confirm_history', identifier })],
      { handshake },
    );
    expect(extended.codes).toEqual([]);
    expect(wordsOf(extended).slice(1)).toEqual(['client actioncable pong', 'server actioncable confirm_history']);
  });

  it('withstand what is none', () => {
    withstands(
      'actioncable',
      [WELCOME, SUBSCRIBE, CONFIRM, client(speak)].map(([, content]) => content),
    );
  });
});
