import { describe, expect, it } from 'vitest';
import { bytesOf, expectTiled, readSteps, withstands, wordsOf, type Step } from './reading.js';

/** Centrifugo: commands and replies as JSON lines and as Protobuf. */

const lines = (...values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');
const client = (...values: readonly unknown[]): Step => ['client', lines(...values)];
const server = (...values: readonly unknown[]): Step => ['server', lines(...values)];
const OPEN: readonly Step[] = [
  client({ connect: {}, id: 1 }),
  server({ id: 1, connect: { client: 'c', subs: { mine: {} } } }),
];
const SUBSCRIBE = client({ subscribe: { channel: 'a' }, id: 2 });
const pub = (channel: string, offset?: number): unknown => ({ push: { channel, pub: { data: 1, offset } } });
const PROTOBUF = { handshake: { subprotocol: 'centrifuge-protobuf' } };

describe('broken rules', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    [
      'nothing wrong',
      [
        ...OPEN,
        SUBSCRIBE,
        server({ id: 2, subscribe: {} }, pub('a', 1), {}, pub('a', 2), pub('mine')),
        ['client', '{}\n\n'],
      ],
      [],
    ],
    ['no JSON', [...OPEN, ['client', '{"id":2']], ['json']],
    ['an array', [...OPEN, ['server', '[]']], ['json']],
    ['a command before connect', [client({ subscribe: { channel: 'a' }, id: 1 })], ['before-connect']],
    ['two methods', [...OPEN, client({ publish: {}, rpc: {}, id: 2 })], ['two-requests']],
    ['no method', [...OPEN, client({ id: 2, shout: {} })], ['no-request']],
    ['no id', [...OPEN, client({ publish: { channel: 'a' } })], ['id-missing']],
    ['id 0', [...OPEN, client({ publish: { channel: 'a' }, id: 0 })], ['id-missing']],
    ['send needs none', [...OPEN, client({ send: { data: 1 } })], []],
    ['a reply to nothing', [...OPEN, server({ id: 9, publish: {} })], ['unknown-id']],
    ['a push to a channel that is not subscribed', [...OPEN, server(pub('a'))], ['not-subscribed']],
    ['an offset that goes back', [...OPEN, server(pub('mine', 5), pub('mine', 4))], ['offset-back']],
    ['protocol 1', [client({ params: {}, id: 1 }), server({ id: 1, result: {} })], []],
  ])('%s', (_, steps, codes) => {
    const outcome = readSteps('centrifugo', steps);
    expect(outcome.codes).toEqual(codes.map((code) => `centrifugo-${code}`));
    outcome.packets.forEach(expectTiled);
  });

  it.each<[string, readonly Step[], readonly string[]]>([
    ['a length beyond the end', [['client', bytesOf('05 08 01')]], ['length']],
    ['no message', [['client', bytesOf('02 0f 01')]], ['protobuf']],
    ['text', [['client', '\u0000']], ['form']],
  ])('Protobuf: %s', (_, steps, codes) => {
    expect(readSteps('centrifugo', steps, PROTOBUF).codes).toEqual(codes.map((code) => `centrifugo-${code}`));
  });

  it('are not stated of what was not seen', () => {
    const steps = [server({ id: 9, publish: {} }, pub('a', 3)), SUBSCRIBE];
    expect(readSteps('centrifugo', steps, { isJoined: true }).codes).toEqual([]);
    expect(readSteps('centrifugo', [{ lost: 'client' }, ...steps]).codes).toEqual([]);
  });
});

describe('packets', () => {
  it('are several in a message', () => {
    const outcome = readSteps('centrifugo', [
      ...OPEN,
      SUBSCRIBE,
      server({ id: 2, error: { code: 103 } }, {}),
      ['client', '{}'],
    ]);
    expect(wordsOf(outcome).slice(2)).toEqual([
      'client centrifugo subscribe a 2',
      'server centrifugo error 2',
      'server centrifugo ping',
      'client centrifugo pong',
    ]);
  });

  it('are Protobuf: names, maps and fields that a later version has added', () => {
    const outcome = readSteps(
      'centrifugo',
      [
        // {id 1, connect {token "t", 99: 1}}
        ['client', bytesOf('0a 08 01 22 06 0a 01 74 98 06 01')],
        // {id 1, connect {client "c", subs {"x": {offset 7}}}}, and an empty reply
        ['server', bytesOf('10 08 01 2a 0c 0a 01 63 32 07 0a 01 78 12 02 48 07 00')],
      ],
      PROTOBUF,
    );
    expect(wordsOf(outcome)).toEqual([
      'client centrifugo connect 1',
      'server centrifugo connect 1',
      'server centrifugo ping',
    ]);
    expect(outcome.packets.map(({ payload }) => payload)).toEqual([
      { token: 't', 99: 1 },
      { client: 'c', subs: { x: { offset: 7 } } },
      undefined,
    ]);
    outcome.packets.forEach(expectTiled);
    expect(outcome.codes).toEqual([]);
  });

  it('withstand what is none', () => {
    withstands('centrifugo', [lines({ connect: {}, id: 1 }), lines(pub('a', 1), {}), lines({ id: 1, error: {} })]);
    withstands(
      'centrifugo',
      [bytesOf('0a 08 01 22 06 0a 01 74 98 06 01'), bytesOf('10 08 01 2a 0c 0a 01 63 32 07 0a 01 78 12 02 48 07 00')],
      PROTOBUF,
    );
  });
});
