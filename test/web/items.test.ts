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

describe('the end of a connection', () => {
  it.each([
    [{ closeCode: 1000, ended: 'fin' }, 'close 1000; 1 frame from the client, 2 from the server'],
    [{ closeCode: 1006, ended: 'reset' }, '1006 without a close frame; 1 frame from the client, 2 from the server'],
    [{ ended: 'end' }, 'open at the end of the input; 1 frame from the client, 2 from the server'],
    [{ ended: 'unrecorded' }, 'how it ended is not in the file; 1 frame from the client, 2 from the server'],
    [{ ended: 'failed', failure: 'x' }, 'failed: x; 1 frame from the client, 2 from the server'],
    [{}, 'without a close frame; 1 frame from the client, 2 from the server'],
  ])('of %j in words', (end, text) => {
    const item = itemOfRecord({ type: 'connection', connection: 0, time: 1, frames: { client: 1, server: 2 }, ...end });
    expect(item).toMatchObject({ name: 'ended', text });
  });
});
