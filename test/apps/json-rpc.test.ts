import { describe, expect, it } from 'vitest';
import { codesOf, openReader, lineMessage, survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'json-rpc';
const call = (id: unknown, method = 'add', params: unknown = [1]): Record<string, unknown> => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const result = (id: unknown, value: unknown = 1): Record<string, unknown> => ({ jsonrpc: '2.0', id, result: value });
const initialize = call(0, 'initialize', { processId: null, capabilities: {} });

describe('json-rpc', () => {
  violations(NAME, [
    [
      'a call and its reply',
      [
        ['c', call(1)],
        ['s', result(1, null)],
      ],
      [],
    ],
    [
      'both sides with one id',
      [
        ['c', call(1)],
        ['s', call(1)],
        ['c', result(1)],
        ['s', result(1)],
      ],
      [],
    ],
    ['no JSON', [['c', '{']], ['json']],
    ['a number', [['c', '1']], ['object']],
    ['no kind', [['c', { jsonrpc: '2.0', id: 1 }]], ['object']],
    ['no version', [['c', { id: 1, method: 'a' }]], ['version']],
    ['an id that is an object', [['c', call({})]], ['id']],
    ['an id that is a fraction', [['c', call(1.5)]], ['id']],
    ['params that are text', [['c', call(1, 'a', 'b')]], ['params']],
    ['a reserved method', [['c', call(1, 'rpc.secret')]], ['reserved-method']],
    ['a method of rpc-websockets', [['c', call(1, 'rpc.on', ['x'])]], []],
    ['an empty batch', [['c', '[]']], ['empty-batch']],
    [
      'both',
      [
        ['c', call(1)],
        ['s', { ...result(1), error: { code: 1, message: '' } }],
      ],
      ['result-and-error'],
    ],
    [
      'an error without a code',
      [
        ['c', call(1)],
        ['s', { jsonrpc: '2.0', id: 1, error: { message: 'x' } }],
      ],
      ['error'],
    ],
    [
      'an error without a message',
      [
        ['c', call(1)],
        ['s', { jsonrpc: '2.0', id: 1, error: { code: 0 } }],
      ],
      ['error'],
    ],
    ['a reply to nothing', [['s', result(7)]], ['unknown-id']],
    [
      'a reply to another kind of id',
      [
        ['c', call(1)],
        ['s', result('1')],
      ],
      ['unknown-id'],
    ],
    [
      'a reply twice',
      [
        ['c', call(1)],
        ['s', result(1)],
        ['s', result(1)],
      ],
      ['unknown-id'],
    ],
    ['an error of no id', [['s', { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'x' } }]], []],
    ['an event of rpc-websockets', [['s', { notification: 'news', params: [1] }]], []],
    [
      'a batch',
      [
        ['c', [call(1), call(2)]],
        ['s', [result(2), result(1)]],
      ],
      [],
    ],
    ['a batch with a wrong item', [['c', [1, call(2)]]], ['object']],
    [
      'initialize, shutdown, exit',
      [
        ['c', initialize],
        ['c', call(1, 'shutdown')],
        ['c', { jsonrpc: '2.0', method: 'exit' }],
      ],
      [],
    ],
    [
      'initialize is late',
      [
        ['c', call(5, 'textDocument/hover')],
        ['c', initialize],
      ],
      ['lsp-initialize-first'],
    ],
    [
      'initialize twice',
      [
        ['c', initialize],
        ['c', initialize],
      ],
      ['lsp-initialize-twice'],
    ],
    [
      'a request after shutdown',
      [
        ['c', initialize],
        ['c', call(1, 'shutdown')],
        ['c', call(2)],
      ],
      ['lsp-after-shutdown'],
    ],
  ]);

  violations(
    NAME,
    [
      [
        'joined: a reply to what was not seen',
        [
          ['s', result(7)],
          ['c', call(8, 'x')],
          ['c', initialize],
        ],
        [],
      ],
    ],
    {
      isJoined: true,
    },
  );

  it('says nothing of replies after messages were lost', () => {
    const reader = openReader(NAME);
    reader.lost!('client');
    expect(codesOf(NAME, [...reader.read(lineMessage(['s', result(3)], 0))!])).toEqual([]);
  });

  it('keeps the kind of an id, and reads a batch as one packet', () => {
    const lines: Line[] = [
      ['c', call('1')],
      ['c', [call(1, 'a'), { jsonrpc: '2.0', method: 'n' }, call(2, 'b')]],
      ['s', [result(2), result(1)]],
      ['s', { jsonrpc: '2.0', id: '1', error: { code: -32601, message: 'no such method' } }],
      ['s', { notification: 'news', params: [1] }],
    ];
    const packets = talk(NAME, lines);
    expect(packets.map(({ type, name, id }) => [type, name, id])).toEqual([
      ['request', 'add', '1'],
      ['batch', undefined, undefined],
      ['batch', undefined, undefined],
      ['error', undefined, '1'],
      ['rpc-websockets event', 'news', undefined],
    ]);
    expect(packets[1]!.summary).toBe('3: a #1, n, b #2');
    expect(packets[2]!.answers!.map(({ key }) => key)).toContain(packets[1]!.asks);
    expect(packets[3]).toMatchObject({ isError: true, summary: '-32601 no such method' });
  });

  it('finds the call of a notification of a subscription', () => {
    const packets = talk(NAME, [
      ['c', call(1, 'eth_subscribe', ['newHeads'])],
      ['s', result(1, '0xcd')],
      ['s', { jsonrpc: '2.0', method: 'eth_subscription', params: { subscription: '0xcd', result: {} } }],
      ['c', call(2, 'eth_unsubscribe', ['0xcd'])],
    ]);
    expect(packets.map(({ answers }) => answers)).toEqual([
      undefined,
      [{ key: 'id 1', isLast: false }],
      [{ key: 'id 1', isLast: false }],
      [{ key: 'id 1', isOwn: true }],
    ]);
  });

  survivesHostile(NAME);
});
