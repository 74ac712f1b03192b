import { InvalidArgumentError, Option } from 'commander';
import { VIEW_NAMES, type ViewName } from '../decode/views.js';
import { filterOptions, type FilterOptions } from './filter-options.js';
import type { RecordingKind } from '../../sources/detect/recording-kind.js';
import { grouped } from './help-groups.js';
import { suggests, suggestsList } from './suggested-values.js';
import type { PayloadForm } from '../../traffic/toolbox/apps.js';
import { appOption, payloadOption, protoOptions } from './packet-options.js';
import { redactOptions, type RedactOptions } from './redact-options.js';
import { close, integer, list, maxOutput, preview } from './option-values.js';

/** The options of each command, as their code receives them. `--name <value>` becomes `name`. */

export interface CommonOptions {
  json?: true;
  color?: 'auto' | 'always' | 'never';
  quiet?: true;
  verbose?: true;
}

export interface DecodeOptions extends CommonOptions, FilterOptions, RedactOptions {
  file?: string[];
  from?: 'auto' | 'hex' | 'base64' | 'dump' | 'binary' | 'pcap' | RecordingKind;
  direction?: 'client' | 'server' | 'unknown';
  preview?: number;
  deflate?: string;
  view?: ViewName;
  app?: string;
  payload?: PayloadForm;
  proto?: string;
  protoType?: string;
  strict?: true;
  /** False: output that is longer than the screen is not shown in a pager. */
  pager?: boolean;
  pretty?: true;
  base64?: true;
  maxMessage?: number;
  maxConnections?: number;
  maxHeld?: number;
  maxWindows?: number;
  /** Infinity: no bound. */
  maxOutput?: number;
  html?: string;
  keylog?: string[];
  keylogSearch?: number;
  jobs?: number;
  /** From 1 on. */
  shard?: { readonly index: number; readonly count: number };
}

/** What one reading of the input goes by. */
export interface DecodingOptions extends DecodeOptions {
  /** What an earlier reading of the same input selected; undefined: there was none. */
  readonly selection?: ConnectionSelection;
  /** Nothing is printed: what is shown goes to a page. */
  readonly undrawn?: true;
}

/** The connections that are shown. Plain data: it goes from thread to thread. */
export interface ConnectionSelection {
  /** Their numbers. */
  readonly chosen: ReadonlySet<number>;
  /** How many connections and frames there are besides. */
  readonly others: { readonly connections: number; readonly frames: number };
  /** Something was given up for lack of memory: where less is read, the connections may get other numbers. */
  readonly isStrained: boolean;
}

export interface EncodeOptions extends CommonOptions {
  file?: string;
  hex?: true;
  binary?: true;
  ping?: true;
  pong?: true;
  close?: { code: number; reason: string };
  continuation?: true;
  opcode?: number;
  mask?: string;
  fragment?: number;
  rsv?: number;
  deflate?: string;
  fin?: boolean;
  lengthForm?: 7 | 16 | 64;
  declareLength?: bigint;
  rawPayload?: string;
  allowInvalid?: true;
  out?: 'hex' | 'binary' | 'c' | 'python' | 'js' | 'json';
  explain?: true;
  plain?: true;
}

/** For each of them something is kept. */
const MOST_CONNECTIONS = 2 ** 24;
/** Each takes some 30 MB. */
const MOST_JOBS = 64;
/** Messages are inflated in memory, and a buffer of Node 20 holds no more. */
const MOST_INFLATED = 2 ** 32;

export function htmlOption(): Option {
  return new Option(
    '--html <file>',
    'also write the records that are shown as a report: one HTML file with the page of view in it',
  );
}

function keylogReadOption(): Option {
  return new Option('--keylog <file>', 'decrypt TLS with the secrets of this key log (repeatable)').argParser(list);
}

export function acceptOptions(): Option[] {
  return [
    new Option('--explain', 'show the steps from key to accept value').conflicts('plain'),
    new Option('--plain', 'print only the value, also on a terminal'),
    new Option('--verify <value>', 'compare with this Sec-WebSocket-Accept value: exit 0 or 1'),
    new Option('--generate', 'make a new random key'),
    new Option('--lenient', 'accept a key that is not the Base64 of 16 bytes'),
    new Option('--handshake [file]', 'judge a handshake given as text, from a file or stdin'),
    keylogReadOption(),
    new Option('--strict', 'count warnings as findings'),
  ];
}

export function decodeOptions(): Option[] {
  return grouped([
    new Option('-f, --file <path>', 'read from a file (repeatable; - is stdin)').argParser(list),
    new Option('--from <form>', 'form of the input')
      .choices(['auto', 'hex', 'base64', 'dump', 'binary', 'pcap', 'ndjson', 'har'])
      .default('auto'),
    new Option('--direction <sender>', 'sender of the bytes: applies the rule on masking').choices([
      'client',
      'server',
      'unknown',
    ]),
    new Option('--preview <bytes>', 'show up to N payload bytes of each frame (a number, or all: 16 MiB)').argParser(
      preview,
    ),
    new Option('--deflate [params]', 'read with permessage-deflate, with these parameters'),
    new Option('--view <view>', 'how to show the input').choices(VIEW_NAMES),
    appOption(),
    payloadOption(),
    ...protoOptions(),
    new Option('--pretty', 'show JSON payloads indented'),
    new Option('--no-pager', 'show output that is longer than the screen without a pager'),
    new Option('--base64', 'print bytes in JSON records as Base64 instead of hex'),
    new Option('--strict', 'count warnings as findings'),
    new Option('--max-message <bytes>', 'inflate and search messages up to this size').argParser(
      integer(1, MOST_INFLATED),
    ),
    new Option('--max-connections <number>', 'follow up to N connections of a capture at one time').argParser(
      integer(1, MOST_CONNECTIONS),
    ),
    new Option(
      '--max-held <bytes>',
      'hold up to N bytes that wait for missing segments or for verified frames',
    ).argParser(integer(4096)),
    new Option('--max-windows <bytes>', 'hold up to N bytes of windows of compressed connections').argParser(
      integer(0),
    ),
    new Option(
      '--max-output <bytes>',
      'print and extract up to N bytes (a number, or all; default: 256 MiB, or 64 times the input if that is more)',
    ).argParser(maxOutput),
    htmlOption().conflicts(['last', 'after', 'before', 'context', 'slow']),
    keylogReadOption(),
    new Option(
      '--keylog-search <number>',
      'try up to N secrets and record numbers for each TLS session that has a gap or no beginning (default: 1048576)',
    ).argParser(integer(0)),
    ...filterOptions(),
    ...redactOptions(),
    new Option(
      '--jobs <number>',
      'number of threads that read capture files (default: 2 for large files with compressed messages, else 1)',
    ).argParser(integer(1, MOST_JOBS)),
    new Option(
      '--shard <i/n>',
      'read only the connections of shard I of N, selected by the hash of their addresses (not ports)',
    ).argParser(shard),
  ]);
}

const MOST_OPCODE = 15;
const RESERVED_BITS = ['1', '2', '3'];
const LENGTH_FORMS: readonly string[] = ['7', '16', '64'];

export function encodeOptions(): Option[] {
  return [
    new Option('-f, --file <path>', 'read the payload from a file (- is stdin)'),
    new Option('--hex', 'the text is hex: its bytes are the payload'),
    new Option('--binary', 'make a binary message'),
    new Option('--ping', 'make a ping frame'),
    new Option('--pong', 'make a pong frame'),
    new Option('--close <code[:reason]>', 'make a close frame').argParser(close),
    new Option('--continuation', 'make a continuation frame'),
    suggests(
      new Option('--opcode <number>', 'make a frame with this opcode, 0 to 15').argParser(integer(0, MOST_OPCODE)),
      Array.from({ length: MOST_OPCODE + 1 }, (_, opcode) => String(opcode)),
    ),
    new Option('--mask [key]', 'mask the payload, with a random key or with these 8 hex digits'),
    new Option('--fragment <bytes>', 'split the message into fragments of N bytes').argParser(integer(1)),
    suggestsList(new Option('--rsv <bits>', 'set reserved bits, as in 1 or 1,3').argParser(rsv), RESERVED_BITS),
    new Option('--deflate [params]', 'compress the message (permessage-deflate)'),
    new Option('--no-fin', 'set FIN to 0'),
    suggests(
      new Option('--length-form <bits>', 'write the length in 7, 16 or 64 bits').argParser(lengthForm),
      LENGTH_FORMS,
    ),
    new Option('--declare-length <bytes>', 'declare this length, whatever the length of the payload is').argParser(
      wholeNumber,
    ),
    new Option('--raw-payload <hex>', 'append these bytes to the header as they are, neither masked nor compressed'),
    new Option('--allow-invalid', 'make frames that break the standard, with a notice for each rule'),
    new Option('--out <form>', 'form of the output')
      .choices(['hex', 'binary', 'c', 'python', 'js', 'json'])
      .default('hex'),
    new Option('--explain', 'show the frames field by field').conflicts('plain'),
    new Option('--plain', 'print only the value, also on a terminal'),
  ];
}

function shard(value: string): { index: number; count: number } {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(value)?.map(Number) ?? [];
  if (index !== undefined && count !== undefined && index >= 1 && index <= count && count <= 65536) {
    return { index, count };
  }
  throw new InvalidArgumentError('It has to be I/N with I from 1 to N, and N up to 65536.');
}

function wholeNumber(value: string): bigint {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(value) && BigInt(value) < 1n << 64n) return BigInt(value);
  throw new InvalidArgumentError('It has to be a whole number below 2^64.');
}

function lengthForm(value: string): number {
  if (LENGTH_FORMS.includes(value)) return Number(value);
  throw new InvalidArgumentError('It has to be 7, 16 or 64.');
}

function rsv(value: string): number {
  if (!/^[123](,[123])*$/.test(value))
    throw new InvalidArgumentError('It has to be 1, 2, 3, or several of them separated by commas.');
  return value.split(',').reduce((bits, digit) => bits | (8 >> Number(digit)), 0);
}
