import { afterEach, expect, it } from 'vitest';
import { runHere } from '../cli/in-process.js';
import { HOSTILE, hostile } from '../live/http2-hostile.js';
import type { Running } from './listening.js';

const running: Running[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

type Name = keyof typeof HOSTILE;

/** Of servers that can't be tested: the exit code, and the reason. What comes after the answer is of no use for a run. */
const EXPECTED: readonly (readonly [Name, number, string])[] = [
  ['a flood of SETTINGS at once', 56, 'more than 10000 SETTINGS frames came (a flood)'],
  ['a flood of PING at once', 56, 'more than 10000 PING frames came (a flood)'],
  ['RST_STREAM as the answer', 56, 'was answered with RST_STREAM REFUSED_STREAM'],
  ['RST_STREAM before the request', 56, 'RST_STREAM came on stream 1, which is idle'],
  ['GOAWAY at once', 56, 'was answered with GOAWAY NO_ERROR'],
  ['GOAWAY with an error at once', 56, 'was answered with GOAWAY ENHANCE_YOUR_CALM'],
  ['GOAWAY before SETTINGS', 56, 'the first frame that came is of type 7, not SETTINGS'],
  ['a header bomb', 56, '(a header bomb)'],
  ['a flood of CONTINUATION', 56, '(a CONTINUATION flood)'],
  ['CONTINUATION without HEADERS', 56, 'CONTINUATION came outside of a field block'],
  ['a field block cut by another frame', 56, 'another frame came within a field block'],
  ['a field block that is not HPACK', 56, 'can not be decompressed'],
  ['a flood of interim answers', 56, 'more than 10000 HEADERS frames came (a flood)'],
  ['an initial window beyond the limit', 56, 'SETTINGS_INITIAL_WINDOW_SIZE is above 2^31 - 1'],
  ['a largest frame that is too small', 56, 'SETTINGS_MAX_FRAME_SIZE is 1'],
  ['SETTINGS of a wrong length', 56, 'SETTINGS came whose length is no multiple of 6'],
  ['SETTINGS of a stream', 56, 'SETTINGS came on stream 1'],
  ['another frame before SETTINGS', 56, 'the first frame that came is of type 6, not SETTINGS'],
  ['DATA before the answer', 56, 'DATA came on stream 1 before HEADERS: that is no answer (RFC 9113 §8.1)'],
  ['an answer without a status', 22, 'refused with no status'],
  ['HTTP/1.1 at once', 4, 'it begins "HTTP/1.1 400 Bad Request"'],
  ['the end at once', 56, 'before SETTINGS came'],
  ['the end in place of the answer', 56, 'the server ended the connection'],
  ['a reset in place of the answer', 56, 'the server reset the connection'],
  ['a field block that does not end', 28, 'got no answer in time'],
  ['nothing', 28, 'no SETTINGS came in time'],
];

const SILENT: ReadonlySet<Name> = new Set([
  'RST_STREAM before the request',
  'GOAWAY before SETTINGS',
  'an initial window beyond the limit',
  'a largest frame that is too small',
  'SETTINGS of a stream',
  'another frame before SETTINGS',
  'DATA before the answer',
]);

it.each(EXPECTED)('check --http2 of a server that sends %s', async (name, code, words) => {
  const server = await hostile(HOSTILE[name]);
  running.push(server);
  const url = `ws://127.0.0.1:${server.port}/`;
  // Those that hold the connection open, and are waited for.
  const isSlow = code === 28 || SILENT.has(name);
  const limit = isSlow ? ['--connect-timeout', '0.5'] : [];
  const { exit, err } = await runHere(['check', url, '--http2', '--only', '1.1.1', ...limit]);
  expect([exit, err]).toEqual([code, expect.stringContaining(words)]);
  expect(err).not.toContain('reset-at-request');
});
