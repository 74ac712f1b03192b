import { afterEach, describe, expect, it } from 'vitest';
import { runHere, type RanHere } from '../cli/in-process.js';
import type { Running } from '../conformance/listening.js';
import { HOSTILE, hostile, type HostileServer } from './http2-hostile.js';

/** The exit code, and what is printed: the reason, and on which side it is. */
type Expected = readonly [exit: number, words: RegExp, ...args: string[]];

const FLOOD = /the server sends too many frames that need an answer \(a flood\)/;
const FORBIDDEN = /protocol broken: HTTP\/2: the server sends a frame that HTTP\/2 does not allow/;
const AT_BEGINNING = /the server breaks HTTP\/2 at its beginning: /;
const WINDOW = /the server sends more than the window allows, or a window beyond its limit/;
const SIZE = /this end ended the HTTP\/2 connection.* because of what the server sent: .*FRAME_SIZE_ERROR/;
const BOMB = /because of what the server sent: .*\(a header bomb\) \(h2-ended-here\)/;
const CONTINUATIONS = /because of what the server sent: .*\(a CONTINUATION flood\) \(h2-ended-here\)/;
const NONE = /the server does not speak HTTP\/2/;
const DROPPED = /dropped without a close frame \(1006/;
const ENDED = /the connection ended before it was open: the HTTP\/2 connection ended/;
const TIME = ['-m', '0.5'] as const;
/** On a slow machine the time is up before the answer. */
const LATE = /--max-time|does not answer the (handshake|preface) in time/;

const EXPECTED: Readonly<Record<keyof typeof HOSTILE, Expected>> = {
  'a flood of SETTINGS at once': [56, FLOOD],
  'a flood of SETTINGS after the request': [56, FLOOD],
  'a flood of SETTINGS after the answer': [56, FLOOD],
  'a flood of PING at once': [56, FLOOD],
  'a flood of PING after the answer': [56, FLOOD],
  'a flood of acknowledged PING': [3, FORBIDDEN],
  'a flood of acknowledged SETTINGS': [3, FORBIDDEN],
  'RST_STREAM with NO_ERROR as the answer': [56, /^(?![^]*CANCEL)[^]*RST_STREAM NO_ERROR/],
  'RST_STREAM as the answer': [56, /why: the server reset the stream .*REFUSED_STREAM.*\(h2-stream-reset\)/],
  'RST_STREAM after the answer': [56, /why: the server reset the stream .*CANCEL.*\(h2-stream-reset\)/],
  'RST_STREAM after a message': [56, /why: the server reset the stream .*INTERNAL_ERROR.*\(h2-stream-reset\)/],
  'the answer, a message and RST_STREAM at once': [56, /why: the server reset the stream .*INTERNAL_ERROR/],
  'RST_STREAM after the close frame': [0, /^$/],
  'RST_STREAM before the request': [4, AT_BEGINNING],
  'a flood of RST_STREAM': [56, /why: the server reset the stream/],
  'GOAWAY at once': [56, /the server ends the connection \(GOAWAY NO_ERROR\)/],
  'GOAWAY with an error at once': [56, /the server ends the connection \(GOAWAY ENHANCE_YOUR_CALM "calm\\u001bdown"\)/],
  'GOAWAY before SETTINGS': [4, AT_BEGINNING],
  'GOAWAY instead of the answer': [56, /without looking at the request \(GOAWAY NO_ERROR\)/],
  'GOAWAY with an error instead of the answer': [
    56,
    /without looking at the request \(GOAWAY INTERNAL_ERROR "no room"\)/,
  ],
  'GOAWAY before the answer, and no answer': [28, /does not answer the handshake in time/, '--connect-timeout', '0.5'],
  'GOAWAY after the answer, and the end': [56, DROPPED],
  'GOAWAY for an earlier stream after the answer': [56, /which it had answered/],
  'GOAWAY with an error after the answer': [56, /why: the server ended the HTTP\/2 .*CALM.*\(h2-goaway\)/],
  'GOAWAY after the answer, and it goes on': [0, /^$/],
  'a flood of GOAWAY': [28, LATE, ...TIME],
  'a header bomb': [56, BOMB],
  'a header bomb in trailers': [3, BOMB],
  'a header bomb on a stream that nobody opened': [3, BOMB],
  'a flood of CONTINUATION': [56, CONTINUATIONS],
  'a flood of empty CONTINUATION': [56, CONTINUATIONS],
  'CONTINUATION without HEADERS': [4, /the server sends what HTTP\/2 forbids: CONTINUATION: unexpected/],
  'a field block cut by another frame': [4, /unexpected non-CONTINUATION frame/],
  'a field block that is not HPACK': [
    4,
    /a field block that this end can not decompress, or a field of more than its 64 KiB \(COMPRESSION_ERROR\)/,
  ],
  'a field block that does not end': [28, /does not answer the handshake in time/, '--connect-timeout', '0.5'],
  'a flood of interim answers': [28, /does not answer the handshake in time/, '--connect-timeout', '0.5'],
  'WINDOW_UPDATE of 0 on the stream': [3, FORBIDDEN],
  'WINDOW_UPDATE of 0 on the connection': [3, FORBIDDEN],
  'WINDOW_UPDATE beyond the limit on the stream': [3, WINDOW],
  'WINDOW_UPDATE beyond the limit on the connection': [3, WINDOW],
  'an initial window beyond the limit': [4, AT_BEGINNING],
  'no stream that is allowed': [
    28,
    /the request was not sent: the server allows 0 streams \(SETTINGS_MAX_CONCURRENT_STREAMS\)/,
    '-m',
    '0.5',
  ],
  'a window of zero': [
    28,
    /does not answer the|why: the server did not open the window of the stream.*\(h2-window-shut\)/,
    ...TIME,
  ],
  'DATA of a stream that nobody opened': [3, /the server sends what HTTP\/2 forbids: DATA: stream in idle/],
  'DATA before the answer': [4, /the server sends what HTTP\/2 forbids: DATA: stream not opened/],
  'DATA after END_STREAM': [56, /the server sent: what HTTP\/2 forbids: DATA: stream in half-closed\(remote\)/],
  PUSH_PROMISE: [3, FORBIDDEN],
  'HEADERS of a stream of its own': [3, FORBIDDEN],
  'endless empty DATA': [56, /too many invalid frames/],
  'padding longer than the frame': [3, /the server sends what HTTP\/2 forbids: DATA: invalid padding/],
  'endless frames of an unknown type': [28, LATE, ...TIME],
  'SETTINGS of a wrong length': [4, AT_BEGINNING],
  'an acknowledged SETTINGS with content': [3, SIZE],
  'PING of a wrong length': [3, SIZE],
  'RST_STREAM of a wrong length': [3, SIZE],
  'WINDOW_UPDATE of a wrong length': [3, SIZE],
  'GOAWAY of a wrong length': [3, SIZE],
  'a frame longer than allowed': [3, SIZE],
  'SETTINGS with 1000 entries': [
    56,
    /this end ended the connection: the server sends too much at once: SETTINGS: too many setting entries/,
  ],
  'SETTINGS of a stream': [4, AT_BEGINNING],
  'another frame before SETTINGS': [4, AT_BEGINNING],
  'SETTINGS with a wrong value': [4, AT_BEGINNING],
  'a largest frame that is too small': [4, AT_BEGINNING],
  'a refusal, and RST_STREAM with NO_ERROR': [22, /refused: 403/],
  'a refusal, and RST_STREAM with CANCEL': [22, /refused: 403/],
  'a refusal that is reset in its body': [22, /refused: 403[^]*│ no/],
  'an answer without a status': [4, /\(h2-status-missing, RFC 9113 §8\.3\.2\)/],
  'an answer of status 101': [4, /\(h2-status-101, RFC 9113 §8\.6\)/],
  'an answer with a connection field': [4, /\(h2-connection-field, RFC 9113 §8\.2\.2\)/],
  'an answer with a name in upper case': [4, /\(h2-name-case, RFC 9113 §8\.2\.1\)/],
  'HTTP/1.1 at once': [4, /it answers HTTP\/1\.1 400 Bad Request/],
  'HTTP/1.1 in place of the answer': [4, SIZE],
  'HTTP/1.1 after the answer': [3, SIZE],
  'the preface of a client': [4, NONE],
  'an alert of TLS': [4, NONE],
  zeros: [4, NONE],
  nothing: [28, /does not answer the preface in time/, '--connect-timeout', '0.5'],
  'the end at once': [56, /no answer to the preface of HTTP\/2/],
  'the end after SETTINGS': [56, /the server ended the connection|the HTTP\/2 connection ended/],
  'the end in place of the answer': [56, ENDED],
  'a reset in place of the answer': [56, ENDED],
  'the end after the answer': [56, DROPPED],
  'the end within a frame': [56, DROPPED],
  'a reset after the answer': [56, DROPPED],
  'END_STREAM with the answer': [56, DROPPED],
};

const running: Running[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

/** Each ends by itself. */
async function connect(script: HostileServer, ...args: readonly string[]): Promise<RanHere> {
  const server = await hostile(script);
  running.push(server);
  return runHere(['connect', `ws://127.0.0.1:${server.port}/`, '--http2', '-x', 'hello', ...args]);
}

describe('connect --http2 to a server that sends', () => {
  it.each(Object.entries(EXPECTED))('%s', async (name, [code, words, ...args]) => {
    const { exit, err } = await connect(HOSTILE[name as keyof typeof HOSTILE], ...args);
    expect([exit, err]).toEqual([code, expect.stringMatching(words)]);
    expect(err).not.toContain('internal error');
  });

  it.each(['RST_STREAM after a message', 'the answer, a message and RST_STREAM at once'] as const)(
    '%s: the message is read',
    async (name) => {
      const { exit, out } = await connect(HOSTILE[name]);
      expect([exit, out]).toEqual([56, 'hello\n']);
    },
  );

  it('the same on several streams of one connection', async () => {
    const { exit, err } = await connect(HOSTILE['a flood of PING after the answer'], '--streams', '3');
    expect([exit, err]).toEqual([56, expect.stringMatching(FLOOD)]);
  });

  // What was sent last may be cut anywhere.
  const whole = HOSTILE['RST_STREAM after a message'];
  it.each(Array.from({ length: whole.then!.length - 13 }, (_, i) => i))('the end after %i bytes of DATA', async (i) => {
    const { exit, err } = await connect({ ...whole, then: whole.then!.subarray(0, i), over: 'fin' });
    expect([exit, err]).toEqual([56, expect.stringMatching(DROPPED)]);
  });
});
