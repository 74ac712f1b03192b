import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'jupyter';
const V1 = { subprotocol: 'v1.kernel.websocket.jupyter.org' };

function said(msgType: string, id: string, parent: string | undefined, content: object, channel = 'shell'): object {
  const header = { msg_id: id, msg_type: msgType, session: 's', username: '', date: '', version: '5.3' };
  return { header, parent_header: parent === undefined ? {} : { msg_id: parent }, metadata: {}, content, channel };
}
const ask = (id: string): Line => ['c', said('execute_request', id, undefined, { code: '6 * 7' })];

/** The binary form of version 1. */
function v1(channel: string, parts: readonly unknown[]): Uint8Array {
  const pieces = [Buffer.from(channel), ...parts.map((part) => Buffer.from(JSON.stringify(part)))];
  const head = Buffer.alloc(8 * (pieces.length + 2));
  head.writeBigUInt64LE(BigInt(pieces.length + 1), 0);
  let offset = head.length;
  pieces.forEach(({ length }, i) => {
    head.writeBigUInt64LE(BigInt(offset), 8 * (i + 1));
    offset += length;
  });
  head.writeBigUInt64LE(BigInt(offset), 8 * (pieces.length + 1));
  return new Uint8Array(Buffer.concat([head, ...pieces]));
}

describe('jupyter', () => {
  violations(NAME, [
    ['a request', [ask('1'), ['s', said('execute_reply', '2', '1', { status: 'ok' })]], []],
    ['no JSON', [['c', 'x']], ['json']],
    ['no header', [['c', { content: {} }]], ['header', 'header']],
    ['no content', [['c', { ...said('a_request', '1', undefined, {}), content: 1 }]], ['content']],
    ['an unknown channel', [['c', said('a_request', '1', undefined, {}, 'x')]], ['channel']],
    ['an id twice', [ask('1'), ask('1')], ['id-used']],
    ['offsets beyond the end', [['c', Uint8Array.of(0, 0, 0, 1, 0, 0, 1, 0)]], ['offsets']],
  ]);

  it('pairs all that a kernel says of a request, up to its reply and its idle status', () => {
    const packets = talk(NAME, [
      ask('1'),
      ['s', said('status', '2', '1', { execution_state: 'busy' }, 'iopub')],
      ['s', said('execute_reply', '3', '1', { status: 'ok' })],
      ['s', said('stream', '4', '1', { text: '42' }, 'iopub')],
      ['s', said('status', '5', '1', { execution_state: 'idle' }, 'iopub')],
    ]);
    expect(packets[0]).toMatchObject({ type: 'execute_request', asks: '1', summary: 'shell 6 * 7' });
    expect(packets.slice(1).map(({ answers }) => answers![0]!.isLast)).toEqual([false, false, false, true]);
  });

  it('reads version 1', () => {
    const { header, content } = said('execute_reply', '3', '1', { status: 'error' }) as Record<string, object>;
    const bytes = v1('shell', [header, { msg_id: '1' }, {}, content]);
    const [packet] = talk(NAME, [['s', bytes]], { handshake: V1 });
    expect(packet).toMatchObject({ type: 'execute_reply', id: '3', isError: true, diagnostics: [] });
    const fields = packet!.fields();
    expect(fields.map(({ name }) => name)).toEqual([
      'offsets',
      'channel',
      'header',
      'parent_header',
      'metadata',
      'content',
    ]);
    expect(fields.at(-1)!.span.end).toBe(bytes.length);
  });

  survivesHostile(NAME, [{}, V1]);
});
