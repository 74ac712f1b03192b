import { describe, expect, it } from 'vitest';
import { readSteps, withstands, wordsOf, type Step } from './reading.js';

/** Pusher Channels: events, subscriptions, and what breaks the rules. */

const client = (event: string, more: object = {}): Step => ['client', JSON.stringify({ event, ...more })];
const server = (event: string, more: object = {}): Step => ['server', JSON.stringify({ event, ...more })];
const OPEN = server('pusher:connection_established', { data: '{"socket_id":"1.2","activity_timeout":120}' });
const subscribe = (channel: string, auth?: string): Step => client('pusher:subscribe', { data: { channel, auth } });
const succeeded = (channel: string, data = '{}'): Step =>
  server('pusher_internal:subscription_succeeded', { channel, data });

describe('broken rules', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    [
      'nothing wrong',
      [
        OPEN,
        subscribe('a'),
        succeeded('a'),
        server('x', { channel: 'a', data: 'plain' }),
        client('pusher:ping'),
        server('pusher:pong'),
      ],
      [],
    ],
    ['an error before the connection', [server('pusher:error', { data: { code: 4001, message: 'no' } })], []],
    ['no JSON', [OPEN, ['client', '{']], ['json']],
    ['no event', [OPEN, ['client', '{"data":1}']], ['json']],
    ['an event before the connection', [subscribe('a'), OPEN], ['before-established']],
    ['an event of the server before it', [server('x')], ['before-established']],
    [
      'established with an object',
      [server('pusher:connection_established', { data: { socket_id: '1' } })],
      ['established-data'],
    ],
    ['an event of the other side', [OPEN, server('pusher:subscribe', { data: { channel: 'a' } })], ['sender']],
    [
      'a client event without its prefix',
      [OPEN, subscribe('private-a', 'k:s'), client('x', { channel: 'private-a' })],
      ['client-event-name'],
    ],
    [
      'a client event on a public channel',
      [OPEN, subscribe('a'), client('client-x', { channel: 'a' })],
      ['client-event-channel'],
    ],
    ['a client event without a subscription', [OPEN, client('client-x', { channel: 'private-a' })], ['not-subscribed']],
    ['a client event without a channel', [OPEN, client('client-x')], ['channel-missing']],
    ['a private channel without auth', [OPEN, subscribe('private-a')], ['auth-missing']],
    ['a confirmation that nobody asked for', [OPEN, succeeded('a')], ['unasked-subscription']],
    ['that of a user', [OPEN, succeeded('#server-to-user-1')], []],
    [
      'one that comes after the channel was left',
      [OPEN, subscribe('a'), client('pusher:unsubscribe', { data: { channel: 'a' } }), succeeded('a')],
      [],
    ],
    ['presence without data', [OPEN, subscribe('presence-a', 'k:s'), succeeded('presence-a')], ['presence-data']],
    [
      'presence with data',
      [
        OPEN,
        subscribe('presence-a', 'k:s'),
        succeeded('presence-a', '{"presence":{"ids":["1"],"hash":{"1":null},"count":1}}'),
      ],
      [],
    ],
  ])('%s', (_, steps, codes) => {
    expect(readSteps('pusher', steps).codes).toEqual(codes.map((code) => `pusher-${code}`));
  });

  it('are not stated of what was not seen', () => {
    const steps = [succeeded('a'), client('client-x', { channel: 'private-a' })];
    expect(readSteps('pusher', steps, { isJoined: true }).codes).toEqual([]);
    expect(readSteps('pusher', [{ lost: 'client' }, { lost: 'server' }, ...steps]).codes).toEqual([]);
  });
});

describe('events', () => {
  it('have types of the protocol, or are those of the application', () => {
    const outcome = readSteps('pusher', [
      OPEN,
      subscribe('private-a', 'key:secret'),
      client('client-typing', { channel: 'private-a', data: {} }),
      server('new', { channel: 'private-a', data: '{"a":1}' }),
    ]);
    expect(outcome.packets.map(({ type, name, summary }) => [type, name, summary])).toEqual([
      ['pusher:connection_established', 'pusher:connection_established', '{"socket_id":"1.2","activity_timeout":120}'],
      ['pusher:subscribe', 'pusher:subscribe', 'private-a {"channel":"private-a"}'],
      ['client event', 'client-typing', 'private-a {}'],
      ['event', 'new', 'private-a {"a":1}'],
    ]);
    expect(wordsOf(outcome)).toHaveLength(4);
  });

  it('answer each other by channel', () => {
    const { packets } = readSteps('pusher', [
      OPEN,
      subscribe('a'),
      succeeded('a'),
      server('pusher:subscription_error', { channel: 'b' }),
    ]);
    expect(packets[1]!.asks).toBe('subscribe a');
    expect(packets[2]!.answers).toEqual([{ key: 'subscribe a' }]);
    expect(packets[3]!.isError).toBe(true);
  });

  it('withstand what is none', () => {
    withstands('pusher', [OPEN[1], subscribe('private-a', 'x')[1], succeeded('presence-a')[1]]);
  });
});
