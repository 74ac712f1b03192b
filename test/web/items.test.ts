import { describe, expect, it } from 'vitest';
import { polledRecord } from '../../src/terminal/connections/polled-line.js';
import { itemOfRecord } from '../../src/web/items.js';

const POLLED = {
  client: '127.0.0.1:40000',
  method: 'GET',
  target: '/poll?since=0',
  status: 200,
  requestBytes: 86,
  responseBytes: 207,
  messages: 1,
  time: 1_700_000_000,
  duration: 0.0124,
};
const told = (polled: typeof POLLED | Omit<typeof POLLED, 'status' | 'messages'>): unknown =>
  itemOfRecord(polledRecord(polled) as Record<string, unknown>);

describe('a request for polling', () => {
  it('is a row about no connection', () => {
    expect(told(POLLED)).toEqual({
      kind: 'note',
      time: 1_700_000_000,
      findings: [],
      name: 'http',
      text: 'GET /poll?since=0: 200, 1 message; 86 bytes up, 207 down, 12 ms',
    });
  });

  it('of a client that left has no status', () => {
    const { client, method, target, requestBytes, responseBytes, time, duration } = POLLED;
    expect(told({ client, method, target, requestBytes, responseBytes, time, duration })).toMatchObject({
      text: 'GET /poll?since=0: the client left before an answer; 86 bytes up, 207 down, 12 ms',
    });
  });
});
