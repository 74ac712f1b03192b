import { createServer, type Socket } from 'node:net';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { HTTP2_FLAG, HTTP2_PREFACE, HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { WholeFrames } from '../../src/conformance/http2/whole-frames.js';
import { Http2End, OK } from '../codec/http2/http2-bytes.js';
import { listening, type Running } from '../conformance/listening.js';

/** Servers of HTTP/2 that send what none should. */

const text = (words: string): Uint8Array =>
  encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: Buffer.from(words, 'latin1') });
const CLOSE = Uint8Array.of(0x88, 2, 3, 0xe8);
const times = (count: number, one: Uint8Array): Uint8Array => concat(Array.from({ length: count }, () => one));
const raw = (type: number, stream: number, payload: Uint8Array | readonly number[] = [], flags = 0): Uint8Array =>
  http2Frame({ type, stream, flags }, payload);
const number = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

const end = (): Http2End => new Http2End();
const SETTINGS = end().settings([8, 1]);
const ACK = raw(HTTP2_TYPE.settings, 0, [], HTTP2_FLAG.ack);
const ANSWER = end().headers(1, OK.slice(0, 1));
const REFUSED = end().headers(1, [[':status', '403']], { flags: HTTP2_FLAG.endStream });
const ECHO = raw(HTTP2_TYPE.data, 1, text('hello'));
const PING = raw(HTTP2_TYPE.ping, 0, new Uint8Array(8));

/** A field of 4000 bytes in the table, and references of one byte to it. */
const BOMB = [
  0x88,
  0x40,
  1,
  0x61,
  0x7f,
  0xa1,
  0x1e,
  ...new Uint8Array(4000).fill(0x62),
  ...new Uint8Array(12_000).fill(0xbe),
];

/** What it does, in this order. */
export interface HostileServer {
  /** At once. */
  readonly first?: Uint8Array;
  /** After the request. */
  readonly answer?: Uint8Array;
  /** After the first DATA. */
  readonly then?: Uint8Array;
  /** It is sent without end after the last of them. */
  readonly again?: Uint8Array;
  /** Ends or resets the connection after the last of them. */
  readonly over?: 'fin' | 'reset';
}

const opened = (then: Uint8Array, more: Partial<HostileServer> = {}): HostileServer => ({
  first: SETTINGS,
  answer: concat([ACK, ANSWER]),
  then,
  ...more,
});
const asked = (answer: Uint8Array, more: Partial<HostileServer> = {}): HostileServer => ({
  first: SETTINGS,
  answer,
  ...more,
});
const none = new Uint8Array(0);

export const HOSTILE = {
  'a flood of SETTINGS at once': { first: SETTINGS, again: times(500, SETTINGS) },
  'a flood of SETTINGS after the request': asked(none, { again: times(500, SETTINGS) }),
  'a flood of SETTINGS after the answer': opened(none, { again: times(500, SETTINGS) }),
  'a flood of PING at once': { first: SETTINGS, again: times(500, PING) },
  'a flood of PING after the answer': opened(none, { again: times(500, PING) }),
  'a flood of acknowledged PING': opened(none, { again: times(500, raw(6, 0, new Uint8Array(8), 1)) }),
  'a flood of acknowledged SETTINGS': opened(none, { again: times(500, ACK) }),
  'RST_STREAM as the answer': asked(end().reset(1, 7)),
  'RST_STREAM with NO_ERROR as the answer': asked(end().reset(1, 0)),
  'RST_STREAM after the answer': asked(concat([ANSWER, end().reset(1, 8)])),
  'RST_STREAM after a message': opened(concat([ECHO, end().reset(1, 2)])),
  'the answer, a message and RST_STREAM at once': asked(concat([ACK, ANSWER, ECHO, end().reset(1, 2)])),
  'RST_STREAM after the close frame': opened(concat([ECHO, raw(0, 1, CLOSE), end().reset(1, 8)])),
  'RST_STREAM before the request': { first: concat([SETTINGS, end().reset(1, 8)]) },
  'a flood of RST_STREAM': opened(none, { again: times(500, end().reset(1, 8)) }),
  'GOAWAY at once': { first: concat([SETTINGS, end().goaway(0, 0)]) },
  'GOAWAY with an error at once': { first: concat([SETTINGS, end().goaway(0, 11, 'calm\x1bdown')]) },
  'GOAWAY before SETTINGS': { first: end().goaway(0, 0) },
  'GOAWAY instead of the answer': asked(end().goaway(0, 0)),
  'GOAWAY with an error instead of the answer': asked(end().goaway(0, 2, 'no room')),
  'GOAWAY before the answer, and no answer': asked(end().goaway(1, 0)),
  'GOAWAY after the answer, and the end': opened(end().goaway(1, 0), { over: 'fin' }),
  'GOAWAY for an earlier stream after the answer': opened(concat([end().goaway(1, 0), end().goaway(0, 0)])),
  'GOAWAY with an error after the answer': opened(end().goaway(1, 11, 'calm down')),
  'GOAWAY after the answer, and it goes on': opened(concat([end().goaway(1, 0), ECHO])),
  'a flood of GOAWAY': opened(none, { again: times(500, end().goaway(1, 0)) }),
  'a header bomb': asked(raw(1, 1, BOMB, 4)),
  'a header bomb in trailers': opened(raw(1, 1, BOMB, 5)),
  'a header bomb on a stream that nobody opened': opened(raw(1, 3, BOMB, 4)),
  'a flood of CONTINUATION': asked(raw(1, 1, [0x88]), { again: times(500, raw(9, 1, [0, 1, 0x61, 1, 0x62])) }),
  'a flood of empty CONTINUATION': asked(raw(1, 1, [0x88]), { again: times(500, raw(9, 1)) }),
  'CONTINUATION without HEADERS': asked(raw(9, 1, [0x88], 4)),
  'a field block cut by another frame': asked(concat([raw(1, 1, [0x88]), PING])),
  'a field block that is not HPACK': asked(raw(1, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 4)),
  'a field block that does not end': asked(raw(1, 1, [0x88])),
  'a flood of interim answers': asked(none, { again: times(500, end().headers(1, [[':status', '103']])) }),
  'WINDOW_UPDATE of 0 on the stream': opened(raw(8, 1, number(0))),
  'WINDOW_UPDATE of 0 on the connection': opened(raw(8, 0, number(0))),
  'WINDOW_UPDATE beyond the limit on the stream': opened(raw(8, 1, number(0x7fffffff))),
  'WINDOW_UPDATE beyond the limit on the connection': opened(raw(8, 0, number(0x7fffffff))),
  'an initial window beyond the limit': { first: end().settings([8, 1], [4, 0x80000000]) },
  'no stream that is allowed': { first: end().settings([8, 1], [3, 0]) },
  'a window of zero': { ...opened(none), first: end().settings([8, 1], [4, 0]) },
  'DATA of a stream that nobody opened': opened(raw(0, 3, text('hello'))),
  'DATA before the answer': asked(raw(0, 1, text('hello'))),
  'DATA after END_STREAM': opened(concat([raw(0, 1, none, 1), ECHO])),
  PUSH_PROMISE: opened(raw(5, 1, [0, 0, 0, 2, 0x82, 0x84, 0x86], 4)),
  'HEADERS of a stream of its own': opened(raw(1, 2, [0x88], 4)),
  'endless empty DATA': opened(none, { again: times(500, raw(0, 1)) }),
  'padding longer than the frame': opened(raw(0, 1, [9, 0], 8)),
  'endless frames of an unknown type': opened(none, { again: times(500, raw(0x77, 0, new Uint8Array(8))) }),
  'SETTINGS of a wrong length': { first: raw(4, 0, [0, 8, 0, 0, 1]) },
  'an acknowledged SETTINGS with content': opened(raw(4, 0, [0, 8, 0, 0, 0, 1], 1)),
  'PING of a wrong length': opened(raw(6, 0, [1])),
  'RST_STREAM of a wrong length': opened(raw(3, 1, [1])),
  'WINDOW_UPDATE of a wrong length': opened(raw(8, 0, [1])),
  'GOAWAY of a wrong length': opened(raw(7, 0, [1])),
  'a frame longer than allowed': opened(raw(0, 1, new Uint8Array(20_000))),
  'SETTINGS with 1000 entries': {
    first: end().settings(...Array.from({ length: 1000 }, (_, i) => [100 + i, i] as const)),
  },
  'SETTINGS of a stream': { first: raw(4, 1, [0, 8, 0, 0, 0, 1]) },
  'another frame before SETTINGS': { first: PING },
  'SETTINGS with a wrong value': { first: end().settings([8, 2]) },
  'a largest frame that is too small': { first: end().settings([8, 1], [5, 1]) },
  'a refusal, and RST_STREAM with NO_ERROR': asked(concat([REFUSED, raw(3, 1, number(0))])),
  'a refusal, and RST_STREAM with CANCEL': asked(concat([REFUSED, raw(3, 1, number(8))])),
  'a refusal that is reset in its body': asked(
    concat([raw(1, 1, REFUSED.subarray(9), 4), raw(0, 1, [0x6e, 0x6f]), raw(3, 1, number(8))]),
  ),
  'an answer without a status': asked(raw(1, 1, [0, 1, 0x61, 1, 0x62], 4)),
  'an answer of status 101': asked(end().headers(1, [[':status', '101']])),
  'an answer with a connection field': asked(end().headers(1, [...OK.slice(0, 1), ['connection', 'upgrade']])),
  'an answer with a name in upper case': asked(end().headers(1, [...OK.slice(0, 1), ['X-A', 'b']])),
  'HTTP/1.1 at once': { first: Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'), over: 'fin' },
  'HTTP/1.1 in place of the answer': asked(Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n')),
  'HTTP/1.1 after the answer': opened(Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n')),
  'the preface of a client': { first: Uint8Array.from(HTTP2_PREFACE) },
  'an alert of TLS': { first: Uint8Array.of(0x15, 3, 1, 0, 2, 2, 70), over: 'fin' },
  zeros: { first: new Uint8Array(64) },
  nothing: {},
  'the end at once': { first: none, over: 'fin' },
  'the end after SETTINGS': { first: SETTINGS, over: 'fin' },
  'the end in place of the answer': asked(none, { over: 'fin' }),
  'a reset in place of the answer': asked(none, { over: 'reset' }),
  'the end after the answer': opened(none, { over: 'fin' }),
  'the end within a frame': opened(ECHO.subarray(0, 12), { over: 'fin' }),
  'a reset after the answer': opened(none, { over: 'reset' }),
  'END_STREAM with the answer': asked(raw(1, 1, [0x88], 5)),
} satisfies Record<string, HostileServer>;

/** A server that does that with every client. */
export function hostile(script: HostileServer): Promise<Running> {
  return listening(createServer((socket) => play(socket, script)));
}

function play(socket: Socket, { first, answer, then, again, over }: HostileServer): void {
  socket.on('error', () => undefined);
  const steps = [first, answer, then].filter((step) => step !== undefined);
  const frames = new WholeFrames(0xffffff);
  const starts = [undefined, HTTP2_TYPE.headers, HTTP2_TYPE.data];
  let skipped = 0;
  const step = (): void => {
    const bytes = steps.shift();
    if (bytes) socket.write(bytes);
    starts.shift();
    if (steps.length > 0) return;
    if (over === 'fin') socket.end();
    else if (over === 'reset') socket.resetAndDestroy();
    else if (again) {
      const more = (): void => {
        while (socket.writable && socket.write(again));
      };
      socket.on('drain', more);
      more();
    }
  };
  if (first !== undefined) step();
  socket.on('data', (chunk: Uint8Array) => {
    const rest = chunk.subarray(Math.min(chunk.length, HTTP2_PREFACE.length - skipped));
    skipped += chunk.length - rest.length;
    if (rest.length === 0) return;
    for (const { header } of frames.push(rest)) if (steps.length > 0 && header.type === starts[0]) step();
  });
}
