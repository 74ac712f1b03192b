import { describe, expect, it } from 'vitest';
import { bytesOf, expectTiled, joinedBytes, readSteps, withstands, wordsOf, type Step } from './reading.js';

/** Phoenix channels: serializers 1 and 2, and what breaks the rules. */

type Parts = readonly unknown[];
const client = (...parts: Parts): Step => ['client', JSON.stringify(parts)];
const server = (...parts: Parts): Step => ['server', JSON.stringify(parts)];
const JOIN = client('1', '1', 'room:a', 'phx_join', {});
const JOINED = server('1', '1', 'room:a', 'phx_reply', { status: 'ok', response: {} });
const VSN2 = { handshake: { target: '/socket/websocket?vsn=2.0.0' } };
const VSN1 = { handshake: { target: '/socket/websocket?token=x&vsn=1.0.0' } };
const CLOSED = server('1', '1', 'room:a', 'phx_close', {});

describe('broken rules', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    ['nothing wrong', [JOIN, JOINED, client('1', '2', 'room:a', 'x', {}), server(null, null, 'room:a', 'y', {})], []],
    ['no JSON', [['client', '[']], ['json']],
    ['four items', [client('1', '1', 'room:a', 'phx_join')], ['shape']],
    ['an object', [['client', '{"topic":"a","event":"phx_join","payload":{},"ref":"1"}']], ['shape']],
    ['a ref that is a number', [client('1', 1, 'room:a', 'phx_join', {})], ['ref']],
    [
      'a reply to nothing',
      [JOIN, JOINED, server('1', '9', 'room:a', 'phx_reply', { status: 'ok', response: {} })],
      ['unknown-ref'],
    ],
    ['a reply without a status', [JOIN, server('1', '1', 'room:a', 'phx_reply', {})], ['reply-status']],
    ['a push to a topic that is not joined', [client('1', '1', 'room:a', 'x', {})], ['not-joined']],
    [
      'a push after the leave',
      [JOIN, client('1', '2', 'room:a', 'phx_leave', {}), client('1', '3', 'room:a', 'x', {})],
      ['not-joined'],
    ],
    ['a push that crosses the close', [JOIN, JOINED, CLOSED, client('1', '3', 'room:a', 'x', {})], []],
    ['two joins', [JOIN, JOINED, client('2', '2', 'room:a', 'phx_join', {})], ['joined-twice']],
    ['a join after the close', [JOIN, JOINED, CLOSED, client('2', '2', 'room:a', 'phx_join', {})], []],
    [
      'an older join reference',
      [JOIN, CLOSED, client('2', '2', 'room:a', 'phx_join', {}), client('1', '3', 'room:a', 'x', {})],
      ['stale-join-ref'],
    ],
    ['a heartbeat elsewhere', [client(null, '1', 'room:a', 'heartbeat', {})], ['heartbeat']],
    ['a binary message of an unknown kind', [['client', bytesOf('03 00 00')]], ['binary']],
    ['an empty binary message', [['client', bytesOf('')]], ['binary']],
    ['a length beyond the end', [['client', bytesOf('00 01 01 01 ff 31')]], ['binary']],
  ])('%s', (_, steps, codes) => {
    expect(readSteps('phoenix', steps, VSN2).codes).toEqual(codes.map((code) => `phoenix-${code}`));
  });

  it('are not stated of what was not seen', () => {
    const steps = [client('1', '5', 'room:a', 'x', {}), JOINED];
    expect(readSteps('phoenix', steps, { isJoined: true }).codes).toEqual([]);
    expect(readSteps('phoenix', [JOIN, { lost: 'client' }, ...steps]).codes).toEqual([]);
  });
});

describe('messages', () => {
  it('are those of serializer 1', () => {
    const outcome = readSteps(
      'phoenix',
      [
        ['client', '{"topic":"room:a","event":"phx_join","payload":{},"ref":"1"}'],
        ['server', '{"topic":"room:a","event":"phx_reply","payload":{"status":"error","response":{}},"ref":"1"}'],
        ['server', '[]'],
      ],
      VSN1,
    );
    expect(wordsOf(outcome)).toEqual([
      'client phoenix phx_join 1',
      'server phoenix phx_reply 1',
      'server phoenix invalid',
    ]);
    expect(outcome.packets[1]!.isError).toBe(true);
    expect(outcome.codes).toEqual(['phoenix-shape']);
  });

  it('are binary: a push has another layout each way', () => {
    const outcome = readSteps(
      'phoenix',
      [
        JOIN,
        ['client', joinedBytes(bytesOf('00 01 01 06 02'), '12room:aup', bytesOf('ff'))],
        ['server', joinedBytes(bytesOf('00 01 06 04'), '1room:adown', bytesOf('fe'))],
        ['server', joinedBytes(bytesOf('01 01 01 06 02'), '12room:aok', bytesOf('fd'))],
        ['server', joinedBytes(bytesOf('02 06 03'), 'room:aall')],
      ],
      VSN2,
    );
    expect(wordsOf(outcome).slice(1)).toEqual([
      'client phoenix up 2',
      'server phoenix down',
      'server phoenix phx_reply 2',
      'server phoenix all',
    ]);
    expect(outcome.packets[3]!.payload).toEqual({
      topic: 'room:a',
      joinRef: '1',
      payload: { status: 'ok', response: bytesOf('fd') },
    });
    outcome.packets.slice(1).forEach(expectTiled);
    expect(outcome.codes).toEqual([]);
  });

  it('withstand what is none', () => {
    const binary = joinedBytes(bytesOf('00 01 01 06 02'), '12room:aup', bytesOf('ff'));
    withstands('phoenix', [JOIN[1], JOINED[1], binary, '{"topic":"a","event":"b","payload":1,"ref":"1"}']);
  });
});
