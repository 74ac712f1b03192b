import { print, type Printable } from '../../describe/printable.js';
import { magicOf, MAGIC_LENGTH, mayBeMagic } from '../../sources/detect/magic.js';
import type { From } from '../../sources/detect/detect.js';
import type { PacketReader } from '../../sources/files/packet-reader.js';
import { isRecordingKind, recordingKind, type RecordingKind } from '../../sources/detect/recording-kind.js';
import type { RecordingReader } from '../../sources/recordings/recording.js';
import type { InputProblem, SourceEvent } from '../../sources/bytes/types.js';
import { escapeText } from '../../describe/escape.js';
import { UsageError } from '../host/exit.js';
import type { Input } from './input.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';
import { DamagedInput } from './damaged-input.js';
import { TextReading } from './text-reading.js';
import { unpacked } from './unpacked.js';
import { concat, hexOf } from '../../traffic/toolbox/bytes.js';

/** An input whose beginning has been looked at. */
export interface Opened {
  /** What reads it, if it is a capture file. */
  readonly capture: PacketReader | undefined;
  /** What reads it, if it is a recording of another kind. */
  readonly recording: RecordingReader | undefined;
  /** All of its bytes, unpacked. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Where its packing was damaged: known once all chunks were read. */
  damage(): InputProblem | undefined;
  /** So far, no part of it had to be left out. */
  isWhole(): boolean;
  /** Its content if it is no capture file, as it comes. */
  events(io: Io, input: Input, options: DecodeOptions): AsyncGenerator<SourceEvent[]>;
}

/** Opens an input, and finds out whether it is a capture file. */
export async function openInput(io: Io, input: Input, options: DecodeOptions): Promise<Opened> {
  let damage: InputProblem | undefined;
  let isWhole = true;
  const notice = (message: string): void =>
    void (options.quiet || io.stderr.write(print`${noticeOf(input, message)}\n`));
  const packed =
    input.form === undefined
      ? unpacked(input.chunks, { notice, ...(input.again && { again: input.again }) })
      : input.chunks;
  const whole = until(packed, io, (problem) => (damage = problem));
  const seen = await peek(whole, input, options.from);
  if (magicOf(seen.head) === 'zip' && options.from !== 'binary') {
    const { bytes, attachments } = await (await import('../entries/unpacking.js')).openZip(seen.chunks, input.name);
    return openInput(io, { ...input, chunks: [bytes], attachments }, options);
  }
  const { head, chunks } = seen;
  const magic = magicOf(head);
  const isCapture = (magic === 'pcap' || magic === 'pcapng') && readsCaptures(options.from);
  if (options.from === 'pcap' && !isCapture && head.length > 0) {
    await whole.return(undefined);
    throw new UsageError(`not a pcap or pcapng file: it begins with ${hexOf(head.subarray(0, 4), ' ')}`, {
      source: input.name,
    });
  }
  const recording = recordingOf(head, input, options.from);
  const kind = isCapture ? magic : recording;
  if (kind !== undefined && options.verbose) await io.stderr.write(print`${noticeOf(input, `read as ${kind}`)}\n`);
  return {
    capture: isCapture ? await readerOf(magic) : undefined,
    recording: recording && (await recordingReaderOf(recording, input)),
    chunks,
    damage: () => damage,
    isWhole: () => isWhole,
    events: (...args) => eventsOf(chunks, () => (isWhole = false), ...args),
  };
}

/** A message about an input. */
export function noticeOf(input: Input, message: string): Printable {
  return print`${escapeText(input.name)}: ${escapeText(message)}`;
}

export function problemOf(input: Input, problem: InputProblem): UsageError {
  const { message, ...place } = problem;
  const source = input.name === 'argument' ? {} : { source: input.name };
  return new UsageError(message + (input.hint ?? ''), { ...place, ...source });
}

function readsCaptures(from: DecodeOptions['from'] = 'auto'): boolean {
  return from === 'auto' || from === 'pcap';
}

async function readerOf(magic: 'pcap' | 'pcapng'): Promise<PacketReader> {
  const { pcapReader, pcapngReader } = await import('../entries/packets.js');
  return magic === 'pcap' ? pcapReader() : pcapngReader();
}

/** The stated kind, or that of the first bytes. */
function recordingOf(head: Uint8Array, input: Input, from: DecodeOptions['from'] = 'auto'): RecordingKind | undefined {
  if (isRecordingKind(from)) return from;
  const kind = from === 'auto' && input.form === undefined ? recordingKind(head, 'ended') : undefined;
  return kind === 'unknown' ? undefined : kind;
}

async function recordingReaderOf(kind: RecordingKind, input: Input): Promise<RecordingReader> {
  const { openRecording } = await import('../entries/packets.js');
  return openRecording(kind, input.attachments);
}

/** Chunks up to a signal, or to the damage. */
async function* until(
  chunks: Input['chunks'],
  io: Io,
  damaged: (problem: InputProblem) => void,
): AsyncGenerator<Uint8Array> {
  let damage: DamagedInput | undefined;
  try {
    for await (const chunk of chunks) {
      if (io.interrupted.aborted) return;
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof DamagedInput)) throw error;
    damage = error;
  }
  await settled();
  // A signal ends stdin early: that is no damage.
  if (damage === undefined || io.interrupted.aborted) return;
  const { problem, reason, offset } = damage;
  damaged({ message: reason === undefined ? problem : `${problem}: ${reason}`, offset });
}

/** A signal that came with the end of the input may be seen only after one turn of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * The first bytes, and then all chunks from the first. Only as many first bytes are read as show whether there is a
 * magic number or a record, because the data of a pipe is shown at once; where nothing else would be read, they are all
 * that the input has.
 */
async function peek(
  source: AsyncGenerator<Uint8Array>,
  input: Input,
  from: DecodeOptions['from'] = 'auto',
): Promise<{ head: Uint8Array; chunks: AsyncGenerator<Uint8Array> }> {
  const first: Uint8Array[] = [];
  let head: Uint8Array = new Uint8Array(0);
  const isEnough = (): boolean => {
    if (from === 'pcap') return head.length >= MAGIC_LENGTH;
    if (head.length === 0 || mayBeMagic(head)) return false;
    return from !== 'auto' || input.form !== undefined || recordingKind(head, 'growing') !== 'unknown';
  };
  while (!isEnough()) {
    const next = await source.next();
    if (next.done) break;
    first.push(next.value);
    head = first.length === 1 ? next.value : concat(first);
  }
  return { head, chunks: again(first, source) };
}

async function* again(first: readonly Uint8Array[], rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    yield* rest;
  } finally {
    // If it ended among the first ones, the rest would never be closed: a live stdin would be waited for.
    await rest.return(undefined);
  }
}

/** The content of text, or bare bytes. Input that can't be read ends it with a UsageError, after all that could be read. */
async function* eventsOf(
  chunks: AsyncGenerator<Uint8Array>,
  damaged: () => void,
  io: Io,
  input: Input,
  options: DecodeOptions,
): AsyncGenerator<SourceEvent[]> {
  const reading = new TextReading(formOf(input, options), input.form === 'hex');
  for await (const chunk of chunks) yield* checked(io, input, await reading.push(chunk), options, damaged);
  const last = await reading.end();
  // A signal cuts the last line off: its bytes are shown, and what is wrong with its end is no fault of the input.
  if (io.interrupted.aborted) {
    yield last.filter(({ type }) => type === 'bytes');
    return;
  }
  if (options.verbose) await io.stderr.write(print`${noticeOf(input, `read as ${reading.kind ?? 'nothing'}`)}\n`);
  yield* checked(io, input, last, options, damaged);
}

/** Captures and recordings are recognised by their own bytes. */
function formOf(input: Input, { from = 'auto' }: DecodeOptions): From {
  if (from === 'pcap' || isRecordingKind(from)) return 'auto';
  return from === 'auto' ? (input.form ?? 'auto') : from;
}

/** Notices are reported, and an input that can't be read ends it. */
async function* checked(
  io: Io,
  input: Input,
  events: SourceEvent[],
  options: DecodeOptions,
  damaged: () => void,
): AsyncGenerator<SourceEvent[]> {
  const problem = events.find((event) => event.type === 'problem');
  for (const event of events) {
    if (event.type === 'notice' && !options.quiet) await io.stderr.write(print`${noticeOf(input, event.message)}\n`);
    if (event.type !== 'damage') continue;
    damaged();
    const { line, column, message } = event.problem;
    const what = event.isLine === true ? message : `${message}: the packet is left out`;
    await io.stderr.write(print`wsinspect: ${noticeOf(input, `line ${line}, column ${column}: ${what}`)}\n`);
  }
  const readable = events.filter(({ type }) => type === 'bytes' || type === 'packet');
  if (readable.length > 0) yield readable;
  if (problem) throw problemOf(input, problem.problem);
}
