import { expect, it } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { readAllWays } from './read-source.js';

const REQUEST = 'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n';
const RESPONSE = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const read = (text: string) => readAllWays(() => openSource('auto'), latin1(text));

it.each([
  ['both heads', REQUEST + RESPONSE, '..Hello......Igohk'],
  ['the response alone', RESPONSE, '..Hello'],
  ['line feeds alone', (REQUEST + RESPONSE).replaceAll('\r', ''), '.Ha longer text follows here.'],
])('dots for bytes that are lost are refused after %s', (_, heads, rest) => {
  const { bytes, problem } = read(heads + rest);
  expect(bytes).toBe(Buffer.from(heads).toString('hex'));
  expect(problem).toMatchObject({
    offset: heads.length,
    message: expect.stringContaining('dots stand here') as string,
  });
});

it.each([
  ['frames', `${REQUEST}${RESPONSE}\x81\x05Hello`],
  ['a dot and frames', `${RESPONSE}.\x81\x05Hel.o`],
  ['text without a frame', `${RESPONSE}Hello. World.`],
  ['one dot', `${RESPONSE}.`],
  ['no 101', `${REQUEST}HTTP/1.1 200 OK\r\n\r\n..body..`],
  ['a body that speaks of a 101', `HTTP/1.1 200 OK\r\n\r\nsee HTTP/1.1 101 x\r\n\r\n..`],
  ['heads alone', REQUEST + RESPONSE],
  ['much text', `${RESPONSE}${'.a'.repeat(10_000)}`],
])('passes on %s', (_, text) => {
  const { bytes, problem } = read(text);
  expect(bytes).toBe(Buffer.from(latin1(text)).toString('hex'));
  expect(problem).toBeUndefined();
});
