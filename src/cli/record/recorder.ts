import { count } from '../../terminal/layout.js';
import { print } from '../../describe/printable.js';
import type * as fs from 'node:fs';
import { PcapngWriter, type CapturedPacket } from '../../sources/files/pcapng-writer.js';
import type { StreamOpener, StreamOrigin, StreamTaker } from '../../codec/bytes/stream-taker.js';
import { through, throughStream } from '../../traffic/toolbox/reading.js';
import type { Http2StreamOpener, StreamRecorder } from '../../codec/http2/http2-taker.js';
import { escapeText } from '../../describe/escape.js';
import { NdjsonWriter } from '../../describe/recordings/ndjson-writer.js';
import { acceptOf, lazyDeflate } from '../host/adapters.js';
import { builtin } from '../entries/builtin.js';
import { EXIT, UsageError } from '../host/exit.js';
import { HarFile, journalOf } from './har-file.js';
import type { Io } from '../host/io.js';
import { redactionLine, redactionOf } from '../hand-on/redaction.js';
import type { RedactOptions } from '../options/redact-options.js';
import { RedactedOpener } from '../../traffic/redaction/redacted-opener.js';
import { checkOutputs, type OutPath, type OutputFiles } from '../host/output-file.js';
import { RecordFile } from './record-file.js';
import { isSystemError, reasonOf, WRITING } from '../host/system-reasons.js';
import { VERSION } from '../options/version.js';

export interface RecordingOptions extends RedactOptions {
  /** `--record`: the file's ending decides its kind. */
  readonly record?: string | undefined;
  /** `--keylog`: another file that the run writes. */
  readonly keylog?: string | undefined;
  /** `--html`: one more. */
  readonly html?: string | undefined;
  readonly base64?: true | undefined;
  readonly quiet?: true | undefined;
}

type RecorderKind = 'pcapng' | 'ndjson' | 'har';

const KINDS: Readonly<Record<string, RecorderKind>> = {
  pcapng: 'pcapng',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  har: 'har',
};

/**
 * `--record FILE`, around a run: whatever has a tap opens its connections on the recorder (`LiveContext.recorder` takes
 * it). `inputs` are files that the run reads. Gives the exit code of the run, or that of a recording that can't be
 * written.
 */
export async function recorded(
  io: Io,
  options: RecordingOptions,
  inputs: readonly (string | undefined)[],
  run: (recorder: StreamRecorder | undefined) => Promise<number>,
): Promise<number> {
  const read = inputs.filter((input) => input !== undefined);
  const others = [
    { option: '--keylog', path: options.keylog },
    { option: '--html', path: options.html },
  ].filter((one): one is OutPath => one.path !== undefined);
  const redaction = redactionOf(options);
  if (redaction !== undefined && options.record === undefined)
    throw new UsageError('--redact replaces secrets in what --record writes: it needs --record');
  const recording = openRecording(io, options, others, read);
  if (recording === undefined) return run(undefined);
  const reading = { raw: lazyDeflate, acceptOf };
  let exit: number;
  try {
    exit = await run(redaction === undefined ? recording : new RedactedOpener(recording, redaction, reading));
  } catch (error) {
    await recording.abandon();
    throw error;
  }
  const end = await recording.end(exit);
  if (redaction !== undefined && options.quiet !== true) await io.stderr.write(redactionLine(redaction.tally));
  return end;
}

/** What is to be written to, and how. */
export interface RecordingOutput {
  readonly output: OutPath;
  readonly base64?: true | undefined;
  readonly quiet?: true | undefined;
  /** Only traffic is written to it. */
  readonly isWithoutComments?: boolean;
  /** The traffic was captured: it may have holes, and begin anywhere. */
  readonly isCaptured?: boolean;
  /** Reported with an error, where it can't be written any more. */
  readonly continues?: string;
}

/** Undefined: nothing is to be recorded. `others` are the other files that the run writes. Throws a UsageError before anything is written. */
function openRecording(
  io: Io,
  { record: path, base64, quiet, redact, redactAddresses }: RecordingOptions,
  others: readonly OutPath[],
  inputs: readonly string[],
): Recording | undefined {
  const files: OutputFiles = builtin('node:fs') as typeof fs;
  if (path === undefined) {
    checkOutputs(files, others, inputs);
    return undefined;
  }
  const output: OutPath = { option: '--record', path };
  checkOutputs(files, [...recordingPaths(output), ...others], inputs);
  const isWithoutComments = redact !== undefined || redactAddresses === true;
  return new Recording(
    io,
    { output, base64, quiet, isWithoutComments, continues: ': recording has ended, the traffic continues' },
    files,
  );
}

/** All files that a recording of that name writes. Throws a UsageError where its ending names no format. */
export function recordingPaths(output: OutPath): OutPath[] {
  return kindOf(output) === 'har' ? [output, journalOf(output)] : [output];
}

function kindOf({ option, path }: OutPath): RecorderKind {
  const [, ending = ''] = /\.([^./\\]*)$/.exec(path.toLowerCase()) ?? [];
  if (Object.hasOwn(KINDS, ending)) return KINDS[ending]!;
  throw new UsageError(
    `${option}: ${path} has to end with .pcapng, .ndjson (or .jsonl) or .har, which selects the format`,
  );
}

/** A recording under construction. Where it can't be written any more it ends, with an error; the traffic continues. */
export class Recording implements StreamOpener {
  readonly kind: RecorderKind;
  private readonly output: OutPath;
  private readonly file: RecordFile;
  private readonly har: HarFile | undefined;
  /** Made with the first event: a run without a connection replaces no file. */
  private writer: StreamOpener | undefined;
  private failed = false;
  /** The run has ended: a connection that ends TCP later adds nothing. */
  private isOver = false;

  constructor(
    private readonly io: Io,
    private readonly options: RecordingOutput,
    files: OutputFiles = builtin('node:fs') as typeof fs,
  ) {
    this.output = options.output;
    this.kind = kindOf(options.output);
    if (this.kind === 'har') this.har = new HarFile(files, this.output, options.isCaptured);
    this.file = this.har?.journal ?? new RecordFile(files, this.output);
  }

  /** Something was written. */
  get isBegun(): boolean {
    return this.writer !== undefined;
  }

  /** A packet of a capture file, into one. */
  captured(packet: CapturedPacket): void {
    this.attempt((writer) => writer instanceof PcapngWriter && writer.captured(packet));
  }

  opened(origin: StreamOrigin, time: number): StreamTaker | undefined {
    const taker = this.attempt((writer) => writer.opened(origin, time));
    return taker && through(taker, (call) => this.attempt(call));
  }

  /** A WebSocket over HTTP/2; undefined for a capture, which has the bytes of its connection. */
  get openedStream(): Http2StreamOpener['openedStream'] | undefined {
    if (this.kind === 'pcapng') return undefined;
    return (origin, time) => {
      const taker = this.attempt((writer) => (writer as NdjsonWriter).openedStream(origin, time));
      return taker && throughStream(taker, (call) => this.attempt(call));
    };
  }

  /** Nothing follows. Gives the exit code of the run: `exit`, or that of an incomplete recording. A run without a connection replaces no file. */
  async end(exit: number): Promise<number> {
    if (this.writer === undefined && exit > EXIT.finding && exit < EXIT.hungUp) {
      this.discard();
      return exit;
    }
    this.attempt(() => undefined);
    if (this.har && !this.failed) {
      try {
        const left = await this.har.finish();
        if (left > 0) this.notice(`${left} data frames that complete no message are not in it`);
      } catch (error) {
        this.fail(error, ` (what was recorded is in ${this.har.journal.path}, which decode reads)`);
      }
    }
    this.isOver = true;
    this.file.close();
    const cut = this.writer instanceof NdjsonWriter ? this.writer.cut : 0;
    if (cut > 0)
      this.notice(
        `${count(cut, 'payload')} of more than 16 MiB ${cut === 1 ? 'is' : 'are'} cut there: a .pcapng keeps all`,
      );
    return this.failed ? EXIT.usage : exit;
  }

  /** The run failed: where nothing was recorded by then, no file is left. */
  async abandon(): Promise<void> {
    if (this.writer !== undefined) await this.end(EXIT.ok);
    else this.discard();
  }

  /** The previous state is restored. */
  private discard(): void {
    if (this.har) this.har.discard();
    else this.file.discard();
  }

  private attempt<T>(action: (writer: StreamOpener) => T): T | undefined {
    if (this.failed || this.isOver) return undefined;
    try {
      return action((this.writer ??= this.begin()));
    } catch (error) {
      this.fail(error, this.options.continues ?? '');
      return undefined;
    }
  }

  private begin(): StreamOpener {
    const emit = (bytes: Uint8Array): void => this.file.write(bytes);
    const { isWithoutComments = false } = this.options;
    if (this.kind === 'pcapng')
      return new PcapngWriter(emit, { application: `wsinspect ${VERSION}`, isWithoutComments });
    emit(new Uint8Array(0));
    const { base64, isCaptured } = this.options;
    const reading = { raw: lazyDeflate, acceptOf, ...(isCaptured && { capture: 'websocket' as const }) };
    return new NdjsonWriter(emit, { reading, base64: base64 === true });
  }

  private fail(error: unknown, more: string): void {
    // An error that is not the file's is a fault of this program.
    if (!isSystemError(error)) throw error;
    this.failed = true;
    this.reportError(`can't be written: ${reasonOf(error, WRITING)}${more}`);
  }

  private notice(message: string): void {
    if (!this.options.quiet)
      void this.io.stderr.write(
        print`${escapeText(this.output.option)}: ${escapeText(this.output.path)}: ${escapeText(message)}\n`,
      );
  }

  private reportError(message: string): void {
    const { option, path } = this.output;
    void this.io.stderr.write(print`wsinspect: ${escapeText(option)}: ${escapeText(path)}: ${escapeText(message)}\n`);
  }
}
