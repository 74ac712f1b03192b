import { describe, expect, it } from 'vitest';
import { RFC_REQUEST, RFC_RESPONSE } from '../codec/head-texts.js';
import { accept } from './accept-io.js';

const VALUE = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
/** SHA-1 of the key alone: a mistake that servers make. */
const WRONG = 'P4/Z4H3c0dzIJzzzVOpRZWMZbAI=';

type Half = Buffer;
type Spelling = (request: Half, response: Half) => string;

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const shown = (bytes: Half): string =>
  [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
const spaced = (bytes: Half): string => [...bytes].map((byte) => hex(byte, 2)).join(' ');
const escaped = (bytes: Half): string => bytes.toString('latin1').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
const grouped = (bytes: Half): string => bytes.toString('hex').replace(/.{8}(?=.)/g, '$& ');

const rows = (bytes: Half, draw: (at: number, row: Half) => string): string =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, index) =>
    draw(16 * index, bytes.subarray(16 * index, 16 * index + 16)),
  ).join('');
const both =
  (before: readonly [string, string], spell: (bytes: Half) => string, after = '\n'): Spelling =>
  (request, response) =>
    [request, response].map((half, side) => `${before[side]}${spell(half)}${after}`).join('');

const RULER = '+--------+-------------------------------------------------+----------------+\n';
const table = (bytes: Half): string =>
  '         +-------------------------------------------------+\n' +
  '         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n' +
  RULER +
  rows(bytes, (at, row) => `|${hex(at, 8)}| ${spaced(row).padEnd(47)} |${shown(row).padEnd(16)}|\n`) +
  RULER;
const netty =
  (prefix: string, channel: string, names: readonly [string, string]): Spelling =>
  (request, response) =>
    [request, response]
      .map((half, side) => `${prefix}[id: ${channel}] ${names[side]}: ${half.length}B\n${table(half)}`)
      .join(`${prefix}[id: ${channel}] FLUSH\n`);
const jetty = (half: Half, type: string, stale = ''): string =>
  `${type}@6b[p=0,l=${half.length},c=4096,r=${half.length}]={<<<${escaped(half)}>>>${stale}}`;

/** Bytes of a handshake as libraries and tools log them. */
const SPELLINGS: Readonly<Record<string, Spelling>> = {
  'Netty, a client': netty(
    '12:00:01.123 [nio-1] DEBUG i.n.h.l.LoggingHandler - ',
    '0x1a2b, L:/127.0.0.1:5 - R:/127.0.0.1:80',
    ['WRITE', 'READ'],
  ),
  'Netty, a server': netty(
    '12:00:01.123 [nio-1] DEBUG i.n.h.l.LoggingHandler - ',
    '0x1a2b, L:/127.0.0.1:80 - R:/127.0.0.1:5',
    ['READ', 'WRITE'],
  ),
  'Netty 4.0': netty('', '0x1a2b, /127.0.0.1:5 => /127.0.0.1:80', ['WRITE', 'RECEIVED']),
  'reactor-netty': netty('DEBUG r.n.http.client.HttpClient - [1a2b] ', '0x1a2b, L:/127.0.0.1:5 - R:/127.0.0.1:80', [
    'WRITE',
    'READ',
  ]),
  'Netty, tables alone': both(['', ''], table),
  'Jetty, filled and flushed': (request, response) =>
    `filled ${request.length} ${jetty(request, 'DirectByteBuffer', '\\x00\\x00...\\x00')}\nflushed ${response.length} [${jetty(response, 'HeapByteBuffer')}]\n`,
  'Jetty, the parser': (request, response) =>
    `parseNext s=START ${jetty(request, 'HeapByteBuffer', 'GET /old HTTP/1.1\\r\\n')}\nwrite ${jetty(response, 'HeapByteBuffer')}\n`,
  'Jetty 12': both(['', ''], (half) => jetty(half, 'Retainable')),
  NSData: both(['sent ', 'received '], (half) => `{length = ${half.length}, bytes = 0x${half.toString('hex')}}`),
  'NSData with blanks': both(['sent ', 'received '], (half) => `{ length=${half.length}, bytes=0x${grouped(half)} }`),
  'NSData of the past': both(['send <', 'recv <'], grouped, '>\n'),
  'NSData, the variable alone': both(['<', '<'], grouped, '>\n'),
  'Data of Swift': both(['TX: ', 'RX: '], (half) => `[${[...half].join(', ')}]`),
  'curl --trace': (request, response) =>
    [request, response]
      .map((half, side) => {
        const name = side === 0 ? '=> Send header' : '<= Recv header';
        const row = (at: number, bytes: Half): string => `${hex(at, 4)}: ${spaced(bytes).padEnd(47)} ${shown(bytes)}\n`;
        return `${name}, ${half.length} bytes (0x${half.length.toString(16)})\n${rows(half, row)}`;
      })
      .join(''),
  'Go hex.Dump': both(['sent:\n', 'received:\n'], (half) =>
    rows(
      half,
      (at, row) =>
        `${hex(at, 8)}  ${spaced(row.subarray(0, 8))}  ${spaced(row.subarray(8)).padEnd(23)}  |${shown(row)}|\n`,
    ),
  ),
  Python: both(['send: ', 'recv: '], (half) => `b'${escaped(half)}'`),
  strace: (request, response) =>
    `sendto(3, "${escaped(request)}", ${request.length}, 0, NULL, 0) = ${request.length}\n` +
    `recvfrom(3, "${escaped(response)}", 4096, 0, NULL, NULL) = ${response.length}\n`,
  'a Node.js Buffer': both(['> ', '< '], (half) => `<Buffer ${spaced(half)}>`),
};

describe('accept --handshake of bytes in logs', () => {
  it.each(Object.entries(SPELLINGS))('%s', async (_, spelling) => {
    const judged = async (response: string) =>
      accept(
        undefined,
        { handshake: '', quiet: true },
        { stdin: spelling(Buffer.from(RFC_REQUEST), Buffer.from(response)) },
      );
    expect((await judged(RFC_RESPONSE)).exit).toBe(0);
    expect((await judged(RFC_RESPONSE.replace(VALUE, WRONG))).exit).toBe(1);
  });
});
