import { magicOf, mayBeMagic } from '../capture/detect-magic.js';
import { openSource, type From, type OpenedSource, type OpenOptions } from '../capture/detect.js';
import type { SourceEvent } from '../capture/types.js';
import { hexOf } from '../codec/hex.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { escapeText } from '../render/escape.js';
import { UsageError } from './exit.js';
import type { Io } from './io.js';
import type { DecodeOptions } from './options.js';
import { withProgress } from './progress.js';

/** One input of `decode`: its name for messages, and its bytes. */
export interface Input {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** What it is, where that is plain. */
  readonly form?: 'hex';
  /** Told behind the problem when it can't be read. */
  readonly hint?: string;
}

/** Arguments, files or stdin, in that order of preference. An argument that is no hex but names a file is read as one. */
export function inputsOf(io: Io, args: readonly string[], options: DecodeOptions): Input[] {
  const files = options.file ?? [];
  if (args.length > 0 && files.length > 0) throw new UsageError('give hex or --file, not both');
  if (files.length > 0) return files.map((path) => fileInput(io, path));
  if (args.length === 0) return [fileInput(io, '-')];
  if (args.every((arg) => arg !== '-' && !looksLikeHex(arg) && io.fileExists(arg))) {
    return args.map((path) => fileInput(io, path));
  }
  if (args.length === 1 && args[0] === '-') return [fileInput(io, '-')];
  if (args.every(looksLikeHex)) return [{ name: 'argument', chunks: [encodeUtf8(args.join(' '))], form: 'hex' }];
  const path = args.length === 1 && /^[^\s'"\\]*[/.][^\s'"\\]*$/.test(args[0]!);
  return [
    { name: 'argument', chunks: [encodeUtf8(args.join(' '))], ...(path && { hint: ', and no file has that name' }) },
  ];
}

function looksLikeHex(arg: string): boolean {
  return /^(0x)?[0-9a-f]+$/i.test(arg) && arg.replace(/^0x/i, '').length % 2 === 0;
}

function fileInput(io: Io, path: string): Input {
  if (path !== '-') return { name: path, chunks: withProgress(io, io.readFile(path), io.fileSize(path)) };
  if (io.stdin.isTTY) void io.stderr.write('reading from the terminal: paste frames, then Ctrl-D\n');
  return { name: 'stdin', chunks: io.stdin };
}

/** What an input holds, in pieces as they come. Input that can't be read ends it with a UsageError, after all that could be. */
export async function* readInput(io: Io, input: Input, options: DecodeOptions): AsyncGenerator<SourceEvent> {
  let source: OpenedSource | undefined;
  const from = formOf(input, options);
  for await (const chunk of input.chunks) {
    if (io.interrupted.aborted) return;
    if (!source && options.from === 'pcap') refuseUnlessCapture(input, chunk);
    source ??= openSource(from, await sourcesFor(chunk));
    yield* checked(io, input, source.push(chunk), options);
  }
  // A signal that came with the end of the input is told apart from it only a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  if (io.interrupted.aborted) return;
  source ??= openSource(from);
  const last = source.end();
  if (options.verbose) await io.stderr.write(`${input.name}: read as ${source.kind() ?? 'nothing'}\n`);
  yield* checked(io, input, last, options);
}

/** Captures tell what they are by themselves. */
function formOf(input: Input, { from = 'auto' }: DecodeOptions): From {
  if (from === 'pcap') return 'auto';
  return from === 'auto' ? (input.form ?? 'auto') : from;
}

function refuseUnlessCapture(input: Input, chunk: Uint8Array): void {
  const start = chunk.subarray(0, 4);
  if (mayBeMagic(start) || magicOf(start)?.startsWith('pcap')) return;
  throw new UsageError(`no pcap or pcapng file: it begins with ${hexOf(start, ' ')}`, { source: input.name });
}

/** What reads captures is loaded for input that may begin like one. */
async function sourcesFor(chunk: Uint8Array): Promise<OpenOptions> {
  if (!mayBeMagic(chunk.subarray(0, 3))) return {};
  const { pcapSource, pcapngSource } = await import('./packets.js');
  return { binarySources: { pcap: pcapSource, pcapng: pcapngSource } };
}

async function* checked(
  io: Io,
  input: Input,
  events: SourceEvent[],
  options: DecodeOptions,
): AsyncGenerator<SourceEvent> {
  for (const event of events) {
    if (event.type === 'notice') {
      if (!options.quiet) await io.stderr.write(`${input.name}: ${escapeText(event.message)}\n`);
    } else if (event.type === 'problem') {
      const { message, ...place } = event.problem;
      throw new UsageError(
        message + (input.hint ?? ''),
        input.name === 'argument' ? place : { ...place, source: input.name },
      );
    } else yield event;
  }
}
