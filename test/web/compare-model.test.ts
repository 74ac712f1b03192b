import { expect, it } from 'vitest';
import { MEASURES, numberText, transportsOf, talkText } from '../../src/web/compare/compare-model.js';

const POLLING = {
  name: 'short polling',
  messages: 50,
  requests: 412,
  bytesUp: 61_234,
  bytesDown: 99_871,
  overheadPerMessage: 3102.4,
  delayMedianMs: 512.3,
};

it('takes what the server measured, and nothing else', () => {
  expect(transportsOf({ transports: [POLLING] })).toEqual([POLLING]);
  expect(transportsOf({ transports: [{ ...POLLING, requests: '412' }] })).toBeUndefined();
  expect(transportsOf({})).toBeUndefined();
  expect(transportsOf(null)).toBeUndefined();
});

it('writes numbers so that they can be compared', () => {
  expect([161_105, 3102.4, 12.44, 0.418, 7].map(numberText)).toEqual([
    '161\u202f105',
    '3\u202f102',
    '12.4',
    '0.42',
    '7',
  ]);
  expect(MEASURES.map(({ of }) => of(POLLING))).toEqual([3102.4, 161_105, 412, 512.3]);
});

it('says who sends how often', () => {
  expect(talkText(POLLING)).toBe(
    'short polling: a client asks before each answer: 412 requests for 50 messages, 8.24 for each.',
  );
  expect(talkText({ ...POLLING, name: 'WebSocket', requests: 2 })).toBe(
    'WebSocket: 2 requests to open, then either end sends when it has something: 50 messages.',
  );
});
