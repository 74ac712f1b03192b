import { describe, expect, it } from 'vitest';
import { bytesOf, expectTiled, joinedBytes, readSteps, withstands, wordsOf, type Step } from './reading.js';

/** SignalR: hub messages as JSON and as MessagePack. */

const json = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\u001e`).join('');
const client = (...values: readonly unknown[]): Step => ['client', json(...values)];
const server = (...values: readonly unknown[]): Step => ['server', json(...values)];
const OPEN: readonly Step[] = [client({ protocol: 'json', version: 1 }), server({})];
const PACKED: readonly Step[] = [client({ protocol: 'messagepack', version: 1 }), server({})];
const invoke = (invocationId?: string): unknown => ({ type: 1, invocationId, target: 'Add', arguments: [1, 2] });
const stream = (invocationId: string): unknown => ({ type: 4, invocationId, target: 'Count', arguments: [] });
const done = (invocationId: string): unknown => ({ type: 3, invocationId, result: 3 });
const item = (invocationId: string): unknown => ({ type: 2, invocationId, item: 0 });
const packed = (hex: string): Uint8Array => {
  const bytes = bytesOf(hex);
  return joinedBytes(Uint8Array.of(bytes.length), bytes);
};

describe('broken rules', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    ['no handshake of the client', [client(invoke())], ['handshake']],
    ['no handshake of the server', [OPEN[0]!, server({ type: 6 })], ['handshake']],
    ['a refused handshake', [OPEN[0]!, server({ error: 'no' })], []],
    ['messages after the handshake in one message', [OPEN[0]!, server({}, { type: 6 })], []],
    [
      'a connection that is taken up again',
      [client({ type: 9, sequenceId: 3 }), server({ type: 9, sequenceId: 1 }, done('7'))],
      [],
    ],
    ['no record separator', [...OPEN, ['server', '{"type":6}']], ['terminator']],
    ['no JSON', [...OPEN, ['server', '{"type":\u001e']], ['json']],
    ['no type', [...OPEN, server({ target: 'x' })], ['json']],
    ['a second empty answer', [...OPEN, client({})], ['json']],
    ['an unknown type', [...OPEN, server({ type: 42 })], ['unknown-type']],
    ['no target', [...OPEN, client({ type: 1, arguments: [] })], ['missing-field']],
    ['no arguments', [...OPEN, client({ type: 1, target: 'x' })], ['missing-field']],
    ['an id that is a number', [...OPEN, client({ type: 5, invocationId: 1 })], ['missing-field']],
    ['an id that is used twice', [...OPEN, client(invoke('1')), server(done('1')), client(invoke('1'))], ['id-in-use']],
    [
      'the same id on both sides',
      [...OPEN, client(invoke('1')), server(invoke('1')), client(done('1')), server(done('1'))],
      [],
    ],
    ['a completion of nothing', [...OPEN, server(done('1'))], ['unknown-id']],
    ['a completion of a call without an id', [...OPEN, client(invoke()), server(done('0'))], ['unknown-id']],
    ['a cancellation of nothing', [...OPEN, client({ type: 5, invocationId: '1' })], ['unknown-id']],
    ['two completions', [...OPEN, client(invoke('1')), server(done('1'), done('1'))], ['after-completion']],
    [
      'an item after the completion',
      [...OPEN, client(stream('1')), server(item('1'), done('1'), item('1'))],
      ['after-completion'],
    ],
    ['an item of a plain invocation', [...OPEN, client(invoke('1')), server(item('1'))], ['item-of-invocation']],
    [
      'a result and an error',
      [...OPEN, client(invoke('1')), server({ type: 3, invocationId: '1', result: 1, error: 'x' })],
      ['result-and-error'],
    ],
    [
      'an error and no result',
      [...OPEN, client(invoke('1')), server({ type: 3, invocationId: '1', result: null, error: 'x' })],
      [],
    ],
    [
      'streams of the caller',
      [
        ...OPEN,
        client({ type: 1, invocationId: '6', target: 'Up', arguments: [], streamIds: ['5'] }, item('5'), {
          type: 3,
          invocationId: '5',
        }),
        server(done('6')),
      ],
      [],
    ],
    [
      'a stream after its end',
      [
        ...OPEN,
        client({ type: 1, target: 'Up', arguments: [], streamIds: ['5'] }, { type: 3, invocationId: '5' }, item('5')),
      ],
      ['unknown-id'],
    ],
    [
      'an Ack of more than was sent',
      [...OPEN, client(invoke(), { type: 6 }), server({ type: 8, sequenceId: 1 }, { type: 8, sequenceId: 2 })],
      ['ack-ahead'],
    ],
    ['MessagePack: a length beyond the end', [...PACKED, ['server', bytesOf('05 91 06')]], ['length']],
    ['MessagePack: a length of six bytes', [...PACKED, ['server', bytesOf('80 80 80 80 80 00')]], ['length']],
    ['MessagePack: no array', [...PACKED, ['server', packed('06')]], ['msgpack']],
    ['MessagePack: bytes left over', [...PACKED, ['server', packed('91 06 00')]], ['msgpack']],
    ['MessagePack: in text', [...PACKED, ['server', '\u0002\u0001\u0001']], ['text-message', 'msgpack']],
    [
      'MessagePack: a kind of Completion',
      [...PACKED, ['client', packed('95 01 80 a1 30 a1 78 90')], ['server', packed('94 03 80 a1 30 04')]],
      ['completion-kind'],
    ],
    ['MessagePack: an unknown type', [...PACKED, ['server', packed('91 2a')]], ['unknown-type']],
  ])('%s', (_, steps, codes) => {
    const outcome = readSteps('signalr', steps);
    expect(outcome.codes).toEqual(codes.map((code) => `signalr-${code}`));
    outcome.packets.forEach(expectTiled);
  });

  it('are not stated of what was not seen', () => {
    const steps = [
      server(done('1'), item('2')),
      client({ type: 5, invocationId: '3' }),
      server({ type: 8, sequenceId: 9 }),
    ];
    expect(readSteps('signalr', steps, { isJoined: true }).codes).toEqual([]);
    expect(readSteps('signalr', [...OPEN, { lost: 'client' }, ...steps]).codes).toEqual([]);
  });
});

describe('packets', () => {
  it('are read of a connection joined in the middle, in either form', () => {
    const joined = readSteps('signalr', [server(invoke('1')), ['client', packed('94 03 80 a1 31 02')]], {
      isJoined: true,
    });
    expect(wordsOf(joined)).toEqual(['server signalr Invocation Add 1', 'client signalr Completion 1']);
  });

  it('are read of blazorpack, several in a message', () => {
    const outcome = readSteps('signalr', [
      client({ protocol: 'blazorpack', version: 1 }),
      server({}),
      ['server', joinedBytes(packed('96 01 80 c0 a4 4a 53 2e 52 92 01 c4 01 ff 90'), packed('91 06'))],
      ['client', packed('93 07 a3 62 79 65 c2')],
    ]);
    expect(wordsOf(outcome).slice(2)).toEqual([
      'server signalr Invocation JS.R',
      'server signalr Ping',
      'client signalr Close',
    ]);
    expect(outcome.packets[2]!.payload).toEqual([1, Uint8Array.of(255)]);
    expect(outcome.packets[4]!.payload).toEqual({ error: 'bye', allowReconnect: false });
    expect(outcome.codes).toEqual([]);
  });

  it('withstand what is none', () => {
    const samples = [
      json({ protocol: 'json', version: 1 }),
      json({}),
      json(invoke('1'), done('1')),
      packed('95 01 80 a1 30 a1 78 90'),
    ];
    withstands('signalr', [...samples, bytesOf('ff ff ff ff 0f dd ff ff ff ff')]);
    withstands('signalr', [
      json({ protocol: 'messagepack', version: 1 }),
      packed('96 01 80 c0 a1 78 90 90'),
      packed('91 06'),
    ]);
  });
});
