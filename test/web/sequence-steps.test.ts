import { describe, expect, it } from 'vitest';
import type { HandshakeItem } from '../../src/web/items.js';
import { itemOfRecord } from '../../src/web/items.js';
import { stepOfItems } from '../../src/web/sequence/step-of-item.js';

const FRAME = {
  ...{ type: 'frame', connection: 0, direction: 'client', index: 0, offset: 0, time: 5 },
  ...{ header: '8102', payload: btoa('hi'), payloadBytes: 2, diagnostics: [] },
};

const PACKET = {
  ...{ type: 'packet', connection: 0, direction: 'client', time: 5, protocol: 'ocpp-j', index: 0, summary: '{}' },
  ...{ name: 'CALL Reset\\u202e #33a9f821-5f63-486b', id: '33a9f821-5f63-486b' },
  ...{ payload: btoa('hi'), payloadBytes: 2, parts: [], diagnostics: [] },
};

function step(...records: readonly object[]): ReturnType<typeof stepOfItems> {
  return stepOfItems(
    records.map((record) => itemOfRecord(record as Record<string, unknown>)),
    7,
  );
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
    expect(stepOfItems([item], 0)).toMatchObject({
      title: 'GET /ws\\x07',
      answer: '101 Switching Protocols',
      ink: 'quiet',
    });
    const refused = { ...item, response: { line: 'HTTP/1.1 403 Forbidden', headers: [] } };
    expect(stepOfItems([refused], 0)).toMatchObject({ answer: '403 Forbidden', ink: 'trouble' });
  });

  it.each([
    ['a packet, with a part of its long id', [{}], 'ocpp-j CALL Reset\\u202e #33a9f821…'],
    ['a packet without an id', [{ id: undefined, name: 'EVENT #' }], 'ocpp-j EVENT #'],
    [
      'several, the first of which is an error',
      [{ error: true, id: 7, name: 'CALL #7' }, {}, {}],
      'ocpp-j CALL #7 (error) and 2 more',
    ],
  ])('has the packets that a frame completes: %s', (_, packets, title) => {
    const all = packets.map((some) => ({ ...PACKET, ...some }));
    const drawn = step(FRAME, ...all);
    expect(drawn).toMatchObject({ kind: 'message', row: 7, title, content: '{}' });
    expect(drawn.packets?.length).toBe(all.length);
  });

  it('waits for its record, and those of its packets', () => {
    expect(stepOfItems([undefined], 3)).toMatchObject({ row: 3, kind: 'waiting' });
    expect(stepOfItems([itemOfRecord(FRAME), undefined], 3)).toMatchObject({ row: 3, kind: 'waiting' });
  });
});
