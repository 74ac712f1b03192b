import { HarReader } from '../../src/sources/recordings/har-reader.js';
import { openSource, type From } from '../../src/sources/detect/detect.js';
import { FollowYamlReader } from '../../src/sources/recordings/follow-yaml-reader.js';
import { NetLogReader } from '../../src/sources/recordings/netlog-reader.js';
import { NdjsonReader } from '../../src/sources/recordings/ndjson-reader.js';
import type { RecordingReader, RecordingTaker } from '../../src/sources/recordings/recording.js';
import { checkPaths, replyOf } from '../../src/cli/replay/reply-key.js';
import { parseDeflateOption } from '../../src/codec/handshake/deflate-params.js';
import { parseExtensions } from '../../src/codec/handshake/extensions.js';
import { readHandshakeText } from '../../src/codec/handshake/text.js';
import { HeadReader } from '../../src/codec/http1/head-reader.js';
import { editHead } from '../../src/live/relay/head.js';
import { prettyJson } from '../../src/terminal/frames/pretty-json.js';
import { Inspector } from '../../src/traffic/inspector.js';

/** A reader of text from outside. */
export type Reader = (bytes: Uint8Array) => unknown;

const EDIT = { set: [], remove: [], noDeflate: true, host: 'a', target: '/b' } as const;
const IGNORED: RecordingTaker = {
  opened: () => undefined,
  notice: () => undefined,
  damage: () => undefined,
  problem: () => undefined,
};
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** In pieces of `size` bytes. */
function inPieces(bytes: Uint8Array, size: number, push: (piece: Uint8Array) => unknown): void {
  for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
}

function source(from: From, size: number): Reader {
  return (bytes) => {
    const opened = openSource(from);
    inPieces(bytes, size, (piece) => opened.push(piece));
    opened.end();
  };
}

function recording(reader: () => RecordingReader, size: number): Reader {
  return (bytes) => {
    const one = reader();
    inPieces(bytes, size, (piece) => one.push(piece, IGNORED));
    one.end(IGNORED);
  };
}

function head(size: number): Reader {
  return (bytes) => {
    const reader = new HeadReader({ limit: 1 << 20 });
    inPieces(bytes, size, (piece) => reader.push(piece));
    reader.end();
  };
}

/** Every reader of text, whole and in pieces of one byte. */
export const READERS: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    [65_536, 1].flatMap((size): [string, Reader][] => [
      ...(['auto', 'hex', 'base64', 'dump'] as const).map((from): [string, Reader] => [
        `${from} by ${size}`,
        source(from, size),
      ]),
      [`HAR by ${size}`, recording(() => new HarReader(), size)],
      [`network log by ${size}`, recording(() => new NetLogReader(), size)],
      [`follow,yaml by ${size}`, recording(() => new FollowYamlReader(), size)],
      [`NDJSON by ${size}`, recording(() => new NdjsonReader(), size)],
      [`head by ${size}`, head(size)],
    ]),
  ),
  frames: (bytes) => new Inspector().push(bytes).length,
  'handshake text': (bytes) => readHandshakeText(latin1(bytes)),
  extensions: (bytes) => parseExtensions(latin1(bytes)),
  '--deflate': (bytes) => parseDeflateOption(latin1(bytes)),
  'relayed head': (bytes) => {
    editHead(bytes, EDIT);
    const lead = 'GET / HTTP/1.1\r\nSec-WebSocket-Extensions: ';
    editHead(Buffer.from(`${lead}${latin1(bytes)}\r\n\r\n`, 'latin1'), EDIT);
  },
  reply: (bytes) => {
    checkPaths(['$..t']);
    for (const lead of ['', '{"a":', '[']) {
      replyOf({ binary: false, data: Buffer.from(lead + latin1(bytes)) }, { ignoreJson: ['$..t'] });
    }
  },
  pretty: (bytes) => prettyJson(latin1(bytes)),
};

/** What is repeated, after a beginning; and what ends it. */
export type Shape = readonly [lead: string, part: string, end?: string];

export const SHAPES: Readonly<Record<string, Shape>> = {
  quotes: ['', '"'],
  'an open string': ['["', 'a'],
  'escapes in an open string': ['["', '\\"'],
  'open strings': ['', '"\\'],
  blanks: ['', ' '],
  'tabs behind a word': ['GET', '\t', 'x'],
  'line ends': ['', '\n'],
  'carriage returns': ['', '\r'],
  brackets: ['', '['],
  'nested lists': ['', '[', '1'],
  objects: ['', '{"a":'],
  parentheses: ['', '('],
  braces: ['', '{'],
  commas: ['', ','],
  zeros: ['', '0'],
  hex: ['', '81 '],
  'hex lines': ['', '81 05 48 65 6c 6c 6f\n'],
  letters: ['', 'a'],
  words: ['', 'ab '],
  comments: ['', '/* */'],
  'an open comment': ['/*', '* '],
  'line comments': ['', '// 8\n'],
  assignments: ['', 'a = '],
  python: ["b'", '\\x81'],
  literals: ['', "b'\\x81' "],
  'type names': ['', 'unsigned char '],
  calls: ['', 'f('],
  xxd: ['', '00000000: 8100 8100 8100 8100 8100 8100 8100 8100  ................\n'],
  offsets: ['', '00000000\n'],
  stars: ['00000000  81 00                                            |..|\n', '*\n'],
  'tcpdump heads': ['', '16:52:02.420373 IP 127.0.0.1.1000 > 127.0.0.1.2000: Flags [P.], length 7\n'],
  'tcpdump rows': ['', '\t0x0000:  4500 002f 0001 4000 4006 0000 7f00 0001\n'],
  follow: ['Follow: tcp,raw\nFilter: tcp.stream eq 0\nNode 0: a:1\nNode 1: b:2\n', '8105\n\t8105\n'],
  'quoted mail': ['', '> '],
  prompts: ['', 'user@host:~$ '],
  semicolons: ['permessage-deflate', '; a="'],
  headers: ['GET / HTTP/1.1\r\n', 'a: b\r\n'],
  'a long header': ['GET / HTTP/1.1\r\na: ', 'b', '\r\n\r\n'],
  folds: ['GET / HTTP/1.1\r\na: b\r\n', ' c\r\n'],
  'blanks in a header': ['GET / HTTP/1.1\r\na:', ' ', 'x\r\n\r\n'],
  requests: ['', 'GET / HTTP/1.1 '],
  curl: ['> GET / HTTP/1.1\n', '> a: b\n'],
  records: ['', '{"type":"frame","connection":0,"direction":"client","hex":"8105"}\n'],
  'half records': ['', '{"type":"frame",'],
  HAR: ['{"log":{"entries":[', '{},'],
  'HAR messages': ['{"log":{"entries":[{"_webSocketMessages":[', '{"type":"send","data":"a","opcode":1,"time":1},'],
  fragments: ['\x01\x01a', '\x00\x01a'],
  'zero bytes': ['', '\0'],
  'high bytes': ['', '\xff'],
};

export function textOf([lead, part, end = '']: Shape, length: number): Uint8Array {
  return Buffer.from(lead + part.repeat(Math.ceil(length / part.length)) + end, 'latin1');
}

export interface Growth {
  readonly reader: string;
  readonly shape: string;
  /** How many times as much time four times the text takes; some 4 where it is linear, 16 where it is quadratic. */
  readonly ratio: number;
}

export interface ProbeOptions {
  /** Bytes of the smaller text. */
  readonly length: number;
  /** CPU milliseconds of this thread so far. */
  readonly clock: () => number;
  /** Below this a time of the larger text says nothing: it is cheap. */
  readonly cheap: number;
  /** From here on it is taken for superlinear. */
  readonly most: number;
}

/** How often what looks superlinear is measured. */
const MOST_TIMES = 6;

/** The readers and shapes whose cost grows faster than the text. What looks so is measured again: the least counts. */
export function superlinearReaders(
  { length, clock, cheap, most }: ProbeOptions,
  readers: Readonly<Record<string, Reader>>,
): Growth[] {
  const found: Growth[] = [];
  for (const [reader, read] of Object.entries(readers)) {
    for (const [shape, parts] of Object.entries(SHAPES)) {
      const timeOf = (size: number): number => {
        const bytes = textOf(parts, size);
        const before = clock();
        read(bytes);
        return clock() - before;
      };
      const once = timeOf(4 * length);
      if (once < cheap) continue;
      const least = (size: number): number => Math.min(...[1, 2, 3].map(() => timeOf(size)));
      const ratioOf = (longer: number, size: number): number => longer / Math.max(least(size), cheap / 16);
      const measured = (size: number): number => ratioOf(least(4 * size), size);
      // One time is no less than the least: most are linear by it already.
      if (ratioOf(once, length) <= most) continue;
      // A busy machine slows down one of the two: it has to look so each time, and with a longer text.
      let ratio = Infinity;
      for (let time = 1; time <= MOST_TIMES && ratio > most; time++) {
        ratio = Math.min(ratio, measured(time % 2 === 0 ? 4 * length : length));
      }
      if (ratio > most) found.push({ reader, shape, ratio });
    }
  }
  return found;
}

/** CPU milliseconds of this process. */
export function cpuClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
