import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { talk, type Line } from './talk.js';

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...encodeUtf8(part)])));
const CABLE = '{"channel":"ChatChannel","id":1}';

/** Of what is said, the topics that are subscribed at the end. */
function subscribedAfter(protocol: string, lines: readonly Line[]): string[] {
  const open = new Map<string, string>();
  for (const { subscriptions = [] } of talk(protocol, lines)) {
    for (const { key, topic } of subscriptions) {
      if (topic === undefined) open.delete(key);
      else open.set(key, topic);
    }
  }
  return [...open.values()];
}

describe('subscriptions that are open at the end', () => {
  it.each<[string, string, readonly Line[], readonly string[]]>([
    [
      'mqtt',
      'those that SUBACK grants, without those that UNSUBACK ends',
      [
        ['c', bytes(0x10, 12, 0, 4, 'MQTT', 4, 2, 0, 0, 0, 0)],
        ['s', bytes(0x20, 2, 0, 0)],
        ['c', bytes(0x82, 14, 0, 1, 0, 1, 'a', 0, 0, 1, 'b', 0, 0, 1, 'c', 1)],
        ['s', bytes(0x90, 5, 0, 1, 0, 0x80, 1)],
        ['c', bytes(0xa2, 5, 0, 2, 0, 1, 'c')],
        ['s', bytes(0xb0, 2, 0, 2)],
      ],
      ['a'],
    ],
    [
      'stomp',
      'by id',
      [
        ['c', 'CONNECT\naccept-version:1.2\nhost:a\n\n\0'],
        ['s', 'CONNECTED\nversion:1.2\n\n\0'],
        ['c', 'SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0'],
        ['c', 'SUBSCRIBE\nid:2\ndestination:/topic/b\n\n\0'],
        ['c', 'UNSUBSCRIBE\nid:1\n\n\0'],
      ],
      ['/topic/b'],
    ],
    [
      'wamp',
      'by the id of the router',
      [
        ['c', [1, 'realm1', {}]],
        ['s', [2, 7, {}]],
        ['c', [32, 1, {}, 'a.b']],
        ['c', [32, 2, {}, 'a.c']],
        ['s', [33, 1, 900]],
        ['s', [33, 2, 901]],
        ['c', [34, 3, 900]],
        ['s', [35, 3]],
      ],
      ['a.c'],
    ],
    [
      'nats',
      'until UNSUB, or the last message that it allows',
      [
        ['s', bytes('INFO {"server_id":"x"}\r\n')],
        ['c', bytes('CONNECT {}\r\nSUB a 1\r\nSUB b 2\r\nSUB c 3\r\nUNSUB 1\r\nUNSUB 2 1\r\n')],
        ['s', bytes('MSG b 2 1\r\nx\r\n')],
      ],
      ['c'],
    ],
    [
      'phoenix',
      'topics that are joined',
      [
        ['c', ['1', '1', 'room:a', 'phx_join', {}]],
        ['s', ['1', '1', 'room:a', 'phx_reply', { status: 'ok', response: {} }]],
        ['c', ['2', '2', 'room:b', 'phx_join', {}]],
        ['s', ['2', '2', 'room:b', 'phx_reply', { status: 'error', response: {} }]],
        ['c', ['3', '3', 'room:c', 'phx_join', {}]],
        ['c', ['3', '4', 'room:c', 'phx_leave', {}]],
      ],
      ['room:a'],
    ],
    [
      'actioncable',
      'what is confirmed',
      [
        ['s', { type: 'welcome' }],
        ['c', { command: 'subscribe', identifier: CABLE }],
        ['c', { command: 'subscribe', identifier: '{"channel":"B"}' }],
        ['c', { command: 'subscribe', identifier: '{"channel":"C"}' }],
        ['s', { type: 'confirm_subscription', identifier: CABLE }],
        ['s', { type: 'reject_subscription', identifier: '{"channel":"B"}' }],
        ['s', { type: 'confirm_subscription', identifier: '{"channel":"C"}' }],
        ['c', { command: 'unsubscribe', identifier: '{"channel":"C"}' }],
      ],
      ['ChatChannel'],
    ],
    [
      'pusher',
      'channels that succeeded',
      [
        ['s', { event: 'pusher:connection_established', data: '{"socket_id":"1.1","activity_timeout":30}' }],
        ['c', { event: 'pusher:subscribe', data: { channel: 'a' } }],
        ['c', { event: 'pusher:subscribe', data: { channel: 'b' } }],
        ['s', { event: 'pusher_internal:subscription_succeeded', channel: 'a', data: '{}' }],
        ['s', { event: 'pusher_internal:subscription_succeeded', channel: 'b', data: '{}' }],
        ['c', { event: 'pusher:unsubscribe', data: { channel: 'a' } }],
      ],
      ['b'],
    ],
    [
      'centrifugo',
      'channels of the client and of the server',
      [
        ['c', { id: 1, connect: {} }],
        ['s', { id: 1, connect: { client: 'c', subs: { own: {} } } }],
        ['c', '{"id":2,"subscribe":{"channel":"a"}}\n{"id":3,"subscribe":{"channel":"b"}}'],
        ['s', '{"id":2,"subscribe":{}}\n{"id":3,"error":{"code":103,"message":"denied"}}'],
        ['s', { push: { channel: 'pushed', subscribe: {} } }],
        ['c', { id: 4, subscribe: { channel: 'd' } }],
        ['s', { id: 4, subscribe: {} }],
        ['c', { id: 5, unsubscribe: { channel: 'd' } }],
        ['s', { push: { channel: 'own', unsubscribe: { code: 2000 } } }],
      ],
      ['a', 'pushed'],
    ],
    [
      'bayeux',
      'channels whose reply is successful',
      [
        ['c', [{ channel: '/meta/handshake', id: '1' }]],
        ['s', [{ channel: '/meta/handshake', id: '1', successful: true, clientId: 'x' }]],
        ['s', [{ channel: '/meta/subscribe', subscription: '/a', successful: true }]],
        ['s', [{ channel: '/meta/subscribe', subscription: ['/b', '/c'], successful: true }]],
        ['s', [{ channel: '/meta/subscribe', subscription: '/d', successful: false }]],
        ['s', [{ channel: '/meta/unsubscribe', subscription: '/b', successful: true }]],
      ],
      ['/a', '/c'],
    ],
    [
      'socketcluster',
      'channels whose call is answered',
      [
        ['c', { event: '#handshake', data: {}, cid: 1 }],
        ['s', { rid: 1, data: {} }],
        ['c', { event: '#subscribe', data: { channel: 'a' }, cid: 2 }],
        ['c', { event: '#subscribe', data: { channel: 'b' }, cid: 3 }],
        ['c', { event: '#subscribe', data: 'c', cid: 4 }],
        ['s', { rid: 2 }],
        ['s', { rid: 3, error: { name: 'E', message: 'no' } }],
        ['s', { rid: 4 }],
        ['c', { event: '#unsubscribe', data: 'c', cid: 5 }],
      ],
      ['a'],
    ],
    [
      'nes',
      'paths, without those that are refused or revoked',
      [
        ['c', { type: 'hello', id: 1, version: '2' }],
        ['c', { type: 'sub', id: 2, path: '/a' }],
        ['c', { type: 'sub', id: 3, path: '/b' }],
        ['c', { type: 'sub', id: 4, path: '/c' }],
        ['c', { type: 'sub', id: 5, path: '/d' }],
        ['s', { type: 'sub', id: 3, path: '/b', statusCode: 403, payload: {} }],
        ['s', { type: 'revoke', path: '/c' }],
        ['c', { type: 'unsub', id: 6, path: '/d' }],
      ],
      ['/a'],
    ],
  ])('%s: %s', (protocol, _, lines, expected) => {
    expect(subscribedAfter(protocol, lines)).toEqual(expected);
  });
});
