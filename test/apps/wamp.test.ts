import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'wamp';
const HELLO: Line = ['c', [1, 'realm1', { roles: {} }]];
const WELCOME: Line = ['s', [2, 7, { roles: {} }]];
const BEGIN: readonly Line[] = [HELLO, WELCOME];
const c = (...items: unknown[]): Line => ['c', items];
const s = (...items: unknown[]): Line => ['s', items];

describe('wamp', () => {
  violations(NAME, [
    [
      'a call with progress',
      [...BEGIN, c(48, 1, {}, 'a.b', [1]), s(50, 1, { progress: true }, [1]), s(50, 1, {}, [2], null)],
      [],
    ],
    ['an error', [...BEGIN, c(48, 1, {}, 'a.b'), s(8, 48, 1, {}, 'a.e')], []],
    [
      'a publication without an answer',
      [...BEGIN, c(16, 1, {}, 'a'), c(16, 2, { acknowledge: true }, 'a'), s(17, 2, 9)],
      [],
    ],
    ['an event', [...BEGIN, c(32, 1, {}, 'a'), s(33, 1, 5), s(36, 5, 1, {}, ['x'])], []],
    ['an invocation', [...BEGIN, c(64, 1, {}, 'a'), s(65, 1, 5), s(68, 88, 5, {}), c(70, 88, {}, [1])], []],
    [
      'arguments in parts',
      [
        ...BEGIN,
        c(48, 1, { progress: true }, 'a', [1]),
        c(48, 1, { progress: true }, 'a', [2]),
        c(48, 1, {}, 'a', [3]),
        s(50, 1, {}),
      ],
      [],
    ],
    ['a session, and another', [...BEGIN, c(6, {}, 'x'), s(6, {}, 'y'), HELLO, WELCOME, c(48, 1, {}, 'a')], []],
    ['a subscription that the router takes back', [...BEGIN, s(35, 0, { subscription: 5, reason: 'x' })], []],
    ['no JSON', [HELLO, ['c', '[']], ['serialization']],
    ['binary', [HELLO, ['c', Uint8Array.of(0x93, 0x30)]], ['serialization']],
    ['no list', [HELLO, ['c', {}]], ['array']],
    ['an unknown type', [HELLO, c(99, 1)], ['unknown-type']],
    ['the other side', [...BEGIN, s(32, 1, {}, 'a')], ['sender']],
    ['too short', [...BEGIN, c(48, 1, {})], ['length']],
    ['too long', [...BEGIN, c(34, 1, 5, 6)], ['length']],
    ['wrong kinds', [...BEGIN, c(48, 1, [], 'a')], ['items']],
    ['id 0', [...BEGIN, s(36, 0, 1, {})], ['id-range', 'no-subscription']],
    ['first of all a call', [c(48, 1, {}, 'a')], ['first-message']],
    ['a request id is left out', [...BEGIN, c(48, 1, {}, 'a'), c(48, 3, {}, 'a'), c(48, 4, {}, 'a')], ['request-id']],
    ['a request id again', [...BEGIN, c(48, 1, {}, 'a'), s(50, 1, {}), c(48, 1, {}, 'a')], ['request-id']],
    ['a result for nothing', [...BEGIN, s(50, 1, {})], ['unknown-id']],
    ['a result of a subscription', [...BEGIN, c(32, 1, {}, 'a'), s(50, 1, {})], ['reply-type']],
    ['an error of another request', [...BEGIN, c(32, 1, {}, 'a'), s(8, 48, 1, {}, 'e')], ['reply-type']],
    ['an event of nothing', [...BEGIN, s(36, 5, 1, {})], ['no-subscription']],
    ['a call after goodbye', [...BEGIN, c(6, {}, 'x'), c(48, 1, {}, 'a')], ['after-goodbye']],
  ]);

  violations(NAME, [['joined', [s(50, 1, {}), s(36, 5, 1, {}), c(48, 9, {}, 'a')], []]], { isJoined: true });

  const packed = { handshake: { subprotocol: 'wamp.2.msgpack' } };
  violations(
    NAME,
    [
      ['text for MessagePack', [HELLO], ['message-kind']],
      ['no MessagePack', [['c', Uint8Array.of(0xc1)]], ['serialization']],
    ],
    packed,
  );

  const goodbye = [0x93, 6, 0x80, 0x61, 0x78];
  const ofCbor = [0x83, 6, 0xa0, 0x61, 0x78];
  it.each([
    ['wamp.2.msgpack', Uint8Array.of(0x93, 6, 0x80, 0xa1, 0x78), 1],
    ['wamp.2.cbor', Uint8Array.from(ofCbor), 1],
    ['wamp.2.cbor.batched', Uint8Array.from([0, 0, 0, 5, ...ofCbor, 0, 0, 0, 5, ...ofCbor]), 2],
    ['wamp.2.json.batched', '[6,{},"x"]\x1e[6,{},"x"]\x1e', 2],
    ['wamp.2.json.batched', '[6,{},"x"]\x18[6,{},"x"]\x18', 2],
  ])('%s: each message of a batch is a packet', (subprotocol, said, count) => {
    const packets = talk(NAME, [['s', said]], { handshake: { subprotocol }, isJoined: true });
    expect(packets.map(({ type, summary }) => [type, summary])).toEqual(
      Array.from({ length: count }, () => ['GOODBYE', 'x']),
    );
    const bytes = packets.reduce((sum, packet) => sum + packet.bytes.length, 0);
    expect(bytes).toBe(typeof said === 'string' ? encodeUtf8(said).length : said.length);
    for (const { fields, bytes: own } of packets)
      for (const { span, name } of fields()) if (name === '0') expect(own[span.start]! & 0x0f).toBe(6);
  });

  it('reports a batch whose length goes beyond its end', () => {
    const packets = talk(NAME, [['s', Uint8Array.from([0, 0, 0, 9, ...goodbye])]], {
      handshake: { subprotocol: 'wamp.2.msgpack.batched' },
    });
    expect(packets.map(({ diagnostics }) => diagnostics[0]!.code)).toEqual(['wamp-batch']);
  });

  it('names events by the topic of their subscription', () => {
    const packets = talk(NAME, [...BEGIN, c(32, 1, {}, 'news'), s(33, 1, 5), s(36, 5, 1, {}, ['x'], { a: 1 })]);
    expect(packets.at(-1)).toMatchObject({ type: 'EVENT', name: 'news' });
    expect(packets.at(-1)!.summary).toBe('subscription 5 publication 1 ["x"] {"a":1}');
  });

  survivesHostile(NAME, [
    {},
    packed.handshake,
    { subprotocol: 'wamp.2.cbor.batched' },
    { subprotocol: 'wamp.2.json.batched' },
  ]);
});
