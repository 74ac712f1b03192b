import { describe, expect, it } from 'vitest';
import type { HandshakeItem } from '../../src/web/items.js';
import { itemOfRecord } from '../../src/web/items.js';
import { stepOfItem } from '../../src/web/sequence/step-of-item.js';

const FRAME = {
  ...{ type: 'frame', connection: 0, direction: 'client', index: 0, offset: 0, time: 5 },
  ...{ header: '8102', payload: btoa('hi'), payloadBytes: 2, diagnostics: [] },
};

function step(record: object): ReturnType<typeof stepOfItem> {
  return stepOfItem(itemOfRecord(record as Record<string, unknown>), 7);
}

describe('the step of a record', () => {
  it.each([
    [
      'a frame',
      FRAME,
      { kind: 'message', direction: 'client', ink: 'text', title: 'text 2 B', content: 'hi', time: 5 },
    ],
    ['a ping', { ...FRAME, header: '8900' }, { ink: 'control', title: 'ping 0 B', isPing: true }],
    [
      'a packet, with a part of its long id',
      {
        ...FRAME,
        packets: [
          { protocol: 'ocpp-j', type: 'CALL', name: 'Reset\u202e', id: '33a9f821-5f63-486b', index: 0, summary: '{}' },
        ],
      },
      { title: 'ocpp-j CALL Reset\\u202e #33a9f821…', content: '{}' },
    ],
    [
      'a frame with findings, errors first',
      {
        ...FRAME,
        diagnostics: [
          { severity: 'notice', message: 'cut', rfc: 'RFC 3' },
          { severity: 'warning', message: 'odd', rfc: 'RFC 1' },
          { severity: 'error', message: 'wrong', rfc: 'RFC 2' },
        ],
      },
      { faults: ['error: wrong (RFC 2)', 'warning: odd (RFC 1)'], remarks: ['notice: cut (RFC 3)'] },
    ],
    [
      'a stall',
      { type: 'stall', connection: 0, direction: 'client', time: 5, duration: 3 },
      {
        kind: 'note',
        ink: 'trouble',
        title: 'stalled',
        content: 'the client took no bytes for 3.000 s (TCP window 0)',
      },
    ],
  ])('%s', (_, record, expected) => {
    expect(step(record)).toMatchObject({ row: 7, ...expected });
  });

  it('of a handshake has request and response', () => {
    const item: HandshakeItem = {
      ...{ kind: 'handshake', connection: 0, findings: [], extensions: [], valid: true },
      request: { line: 'GET /ws\u0007 HTTP/1.1', headers: [] },
      response: { line: 'HTTP/1.1 101 Switching Protocols', headers: [] },
    };
    expect(stepOfItem(item, 0)).toMatchObject({
      title: 'GET /ws\\x07',
      answer: '101 Switching Protocols',
      ink: 'quiet',
    });
    const refused = { ...item, response: { line: 'HTTP/1.1 403 Forbidden', headers: [] } };
    expect(stepOfItem(refused, 0)).toMatchObject({ answer: '403 Forbidden', ink: 'trouble' });
  });

  it('waits for its record', () => {
    expect(stepOfItem(undefined, 3)).toMatchObject({ row: 3, kind: 'waiting' });
  });
});
