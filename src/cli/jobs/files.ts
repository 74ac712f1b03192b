import { print } from '../../describe/printable.js';
import { magicOf } from '../../sources/detect/magic.js';
import { builtin } from '../entries/builtin.js';
import { isUsageError } from '../host/exit.js';
import type { Input } from '../input/input.js';
import { upTo } from '../input/measured-chunks.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';
import { escapeText } from '../../describe/escape.js';

/** A capture file. */
export interface JobFile {
  readonly name: string;
  /** Bytes of it that are read: it may grow meanwhile. */
  readonly size: number;
}

/** How many threads read which files. */
export interface Jobs {
  readonly count: number;
  readonly files: readonly JobFile[];
}

/**
 * By default, threads are used only where they reliably help. Each reads all packets, and compiles the program for
 * itself: of 200 MB of compressed messages on two cores, they print the lines 1.6 times as fast as one thread. Of what
 * is not compressed they print lines 0.6 to 1.05 times as fast, JSON 0.4 (large messages) to 1.6 times, for half as
 * much work again. For 16 MB they never help.
 */
const LARGE = 64 * 1024 * 1024;
/** Each further one takes another 20 to 30 MB. */
const MOST = 2;
/** Bytes of a file that are searched for signs of compression. */
const LOOKED_AT = 1024 * 1024;
/** Signs of compression, and the end of a head. */
const SIGNS = /HTTP\/1\.1 101|permessage-deflate|\r\n\r\n/gi;
/** No ordinary response names it after this number of characters. */
const LONGEST_RESPONSE = 2000;

/** Options that one thread alone can meet, and why. */
const ALONE: readonly (readonly [keyof DecodeOptions, string])[] = [
  ['keylog', 'the secrets of --keylog are shared by all connections'],
  ['write', '--write writes one file'],
  ['redact', '--redact counts what it replaces'],
  ['redactAddresses', '--redact-addresses has one key'],
  ['html', '--html collects the records of all connections'],
  ['extract', '--extract writes one file after the other'],
];

/** Undefined: only one thread can read it, or is as fast. */
export async function jobsFor(io: Io, inputs: readonly Input[], options: DecodeOptions): Promise<Jobs | undefined> {
  const { jobs, from = 'auto' } = options;
  if (jobs === 1) return undefined;
  const files = filesOf(io, inputs);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (jobs === undefined && (size < LARGE || options.limit !== undefined)) return undefined;
  const why = ALONE.find(([name]) => options[name])?.[1];
  if (why !== undefined) return one(io, options, why);
  const areFiles = files.length === inputs.length && (from === 'auto' || from === 'pcap');
  const heads = areFiles ? await headsOf(io, files, jobs === undefined ? LOOKED_AT : 1) : undefined;
  if (heads === undefined) return one(io, options, 'only capture files are shared out');
  const count = jobs ?? (heads.some(agreesToCompress) ? Math.min(MOST, cores()) : 1);
  return count > 1 ? { count, files } : undefined;
}

/** Whether there is a response to a handshake in which the server agrees to compress. */
function agreesToCompress(text: string): boolean {
  let response = -Infinity;
  for (const { 0: sign, index } of text.matchAll(SIGNS)) {
    if (sign.length > 4 && sign.startsWith('1', 9)) response = index;
    else if (sign.startsWith('\r')) response = -Infinity;
    else if (index - response <= LONGEST_RESPONSE) return true;
  }
  return false;
}

/** The input that a thread reads. */
export function inputOf({ name, size }: JobFile, chunks: Input['chunks']): Input {
  return { name, chunks: upTo(chunks, size) };
}

/** Prints the reason, if the user requested more. */
async function one(io: Io, { jobs, verbose }: DecodeOptions, why: string): Promise<undefined> {
  if (jobs !== undefined && verbose) await io.stderr.write(print`one job: ${escapeText(why)}\n`);
}

function filesOf(io: Io, inputs: readonly Input[]): JobFile[] {
  return inputs.flatMap(({ name, again }) => {
    const size = again && io.fileSize(name);
    return size === undefined ? [] : [{ name, size }];
  });
}

/** The first bytes of each, as Latin-1; undefined if one is no capture file. */
async function headsOf(io: Io, files: readonly JobFile[], least: number): Promise<string[] | undefined> {
  const heads: string[] = [];
  for (const { name } of files) {
    const head = await headOf(io, name, least);
    if (head === undefined) return undefined;
    heads.push(head);
  }
  return heads;
}

async function headOf(io: Io, name: string, least: number): Promise<string | undefined> {
  let head = '';
  try {
    for await (const chunk of io.readFile(name)) {
      const magic = head === '' ? magicOf(chunk) : 'pcap';
      if (magic !== 'pcap' && magic !== 'pcapng') return undefined;
      head += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
      if (head.length >= least) break;
    }
  } catch (error) {
    // It is reported when the file is read.
    if (!isUsageError(error)) throw error;
    return undefined;
  }
  return head === '' ? undefined : head;
}

function cores(): number {
  return (builtin('node:os') as { availableParallelism(): number }).availableParallelism();
}
