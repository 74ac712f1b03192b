import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations } from './talk.js';

const NAME = 'bayeux';
const asked = (channel: string, id: string, more: object = {}): object => ({ channel, id, clientId: 'c1', ...more });
const done = (channel: string, id: string, more: object = {}): object => ({ channel, id, successful: true, ...more });

describe('bayeux', () => {
  violations(NAME, [
    [
      'handshake and connect',
      [
        ['c', [{ channel: '/meta/handshake', id: '1', version: '1.0' }]],
        ['s', [done('/meta/handshake', '1')]],
        ['c', [asked('/meta/connect', '2')]],
        ['s', [done('/meta/connect', '2')]],
      ],
      [],
    ],
    [
      'a publication with its event and its reply',
      [
        ['c', [asked('/chat', '3', { data: 1 })]],
        ['s', [{ channel: '/chat', id: '3', data: 1 }, done('/chat', '3')]],
      ],
      [],
    ],
    ['the keepalive of Faye', [['c', []]], []],
    ['no JSON', [['c', 'x']], ['json']],
    ['no object', [['c', [1]]], ['json']],
    ['a channel without a slash', [['c', [asked('chat', '1')]]], ['channel']],
    ['no clientId', [['c', [{ channel: '/meta/subscribe', id: '1', subscription: '/a' }]]], ['client-id']],
    [
      'not successful and not failed',
      [
        ['c', [asked('/meta/connect', '1')]],
        ['s', [{ channel: '/meta/connect', id: '1' }]],
      ],
      ['successful'],
    ],
    [
      'connect twice',
      [
        ['c', [asked('/meta/connect', '1')]],
        ['c', [asked('/meta/connect', '2')]],
      ],
      ['connect-twice'],
    ],
    ['a reply to nothing', [['s', [done('/meta/connect', '9')]]], ['unknown-id']],
  ]);
  violations(NAME, [['joined', [['s', [done('/meta/connect', '9')]]], []]], { isJoined: true });

  it('distinguishes an event from the reply to a publication', () => {
    const packets = talk(NAME, [
      ['c', [asked('/chat', '3', { data: 'x' })]],
      ['s', [{ channel: '/chat', id: '3', data: 'x' }, done('/chat', '3')]],
    ]);
    expect(packets.map(({ type, name, asks, answers }) => [type, name, asks, answers])).toEqual([
      ['data', '/chat', 'id 3', undefined],
      ['data', '/chat', undefined, undefined],
      ['publish reply', '/chat', undefined, [{ key: 'id 3' }]],
    ]);
  });

  survivesHostile(NAME);
});
