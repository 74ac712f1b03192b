import { http2ErrorName, http2SettingName } from '../../codec/http2/http2-codes.js';
import { HTTP2_FLAG, HTTP2_PREFACE, HTTP2_TYPE, HTTP2_TYPES, uint31, uint32 } from '../../codec/http2/http2-frame.js';
import { openHttp2 } from '../../traffic/layers/http2-traffic.js';
import type { ExchangePiece } from '../bench/exchange.js';
import { WholeFrames, type LinkFrame } from './whole-frames.js';

/** Frames up to 16 MiB - 1, the longest that there can be: a peer may send what it must not. */
const MOST = 0xffffff;

const FLAG_NAMES: readonly (readonly [flag: number, name: string, types: readonly number[]])[] = [
  [HTTP2_FLAG.ack, 'ACK', [HTTP2_TYPE.settings, HTTP2_TYPE.ping]],
  [HTTP2_FLAG.endStream, 'END_STREAM', [HTTP2_TYPE.data, HTTP2_TYPE.headers]],
  [HTTP2_FLAG.endHeaders, 'END_HEADERS', [HTTP2_TYPE.headers, HTTP2_TYPE.continuation, HTTP2_TYPE.pushPromise]],
  [HTTP2_FLAG.padded, 'PADDED', [HTTP2_TYPE.data, HTTP2_TYPE.headers, HTTP2_TYPE.pushPromise]],
  [HTTP2_FLAG.priority, 'PRIORITY', [HTTP2_TYPE.headers]],
];

/** The frames of HTTP/2 in an exchange, a line each. */
class Http2Trace {
  private readonly sides = { tester: new WholeFrames(MOST), peer: new WholeFrames(MOST) };
  private readonly skipped = { tester: false, peer: false };

  lines({ side, bytes }: ExchangePiece): string[] {
    const isFirst = !this.skipped[side];
    this.skipped[side] = true;
    const isPreface =
      isFirst && bytes.length >= HTTP2_PREFACE.length && HTTP2_PREFACE.every((byte, i) => byte === bytes[i]);
    const frames = this.sides[side].push(isPreface ? bytes.subarray(HTTP2_PREFACE.length) : bytes);
    return frames.map(lineOf);
  }
}

function lineOf(frame: LinkFrame): string {
  const { type, flags, stream, length } = frame.header;
  const names = FLAG_NAMES.filter(([flag, , types]) => (flags & flag) !== 0 && types.includes(type)).map(
    ([, name]) => name,
  );
  return [
    HTTP2_TYPES[type]?.name ?? `type 0x${type.toString(16)}`,
    `stream ${stream}`,
    `${length} bytes`,
    ...names,
    ...detailOf(frame),
  ].join('  ');
}

function detailOf({ header: { type, flags, length }, payload }: LinkFrame): string[] {
  if (type === HTTP2_TYPE.windowUpdate && length === 4) return [`+${uint31(payload, 0)}`];
  if (type === HTTP2_TYPE.rstStream && length === 4) return [http2ErrorName(uint32(payload, 0))];
  if (type === HTTP2_TYPE.goaway && length >= 8)
    return [http2ErrorName(uint32(payload, 4)), `last stream ${uint31(payload, 0)}`];
  if (type !== HTTP2_TYPE.settings || (flags & HTTP2_FLAG.ack) !== 0) return [];
  const settings: string[] = [];
  for (let at = 0; at + 6 <= Math.min(length, 60); at += 6) {
    settings.push(`${http2SettingName(payload[at]! * 256 + payload[at + 1]!)}=${uint32(payload, at + 2)}`);
  }
  return settings;
}

/** How exchanges over HTTP/2 are drawn: what opens them, and what draws the frames of HTTP/2. */
export const HTTP2_TRACE = {
  http2: openHttp2,
  lines: (): ((piece: ExchangePiece) => readonly string[]) => {
    const trace = new Http2Trace();
    return (piece) => trace.lines(piece);
  },
};
