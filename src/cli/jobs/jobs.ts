import type { Unsearched } from '../../traffic/selection/filters.js';
import { Closing } from '../decode/run-summary.js';
import { EXIT, UsageError } from '../host/exit.js';
import { recordFilterOf } from '../decode/record-filter.js';
import type { Input } from '../input/input.js';
import type { Io } from '../host/io.js';
import { inputOf, type Jobs } from './files.js';
import { boundary } from './gate.js';
import { changed } from '../host/changed-io.js';
import { CountedOutput, LateOutput } from './cut-output.js';
import { OwnLane, ThreadLane, type JobLane } from './lanes.js';
import { merged } from './merge.js';
import type { ReaderAgreement, Key, Note, JobPiece } from './piece.js';
import type { DecodingOptions, ConnectionSelection } from '../options/options.js';
import { boundFor } from '../decode/output-bound.js';
import { leadOf, RecordOutput } from '../decode/record-output.js';
import type { PrintableBytes } from '../../describe/printable.js';

interface DoneInJobs {
  readonly exit: number;
  /** The connections that `--trouble` and `--closed` select. */
  readonly selection: ConnectionSelection;
}

/**
 * Reads capture files with several threads, this one among them: each notes all packets and decodes a share of the
 * connections; their lines are printed in the order in which one thread would print them. Where their shares can't be
 * read independently, or exceed `--max-output` (which is found only on the way), they give up: gives the Io with which
 * one thread continues, whose output leaves out what was printed.
 */
export async function decodeInJobs(
  io: Io,
  inputs: readonly Input[],
  options: DecodingOptions,
  jobs: Jobs,
): Promise<DoneInJobs | { readonly instead: Io; readonly why: string }> {
  const stdout = new CountedOutput(io.stdout);
  const stderr = new CountedOutput(io.stderr);
  const decoding = new JobDecoding(changed(io, { stdout, stderr }), options, jobs);
  const exit = await decoding.run(inputs);
  if (exit !== undefined) return { exit, selection: decoding.selection };
  const late = { stdout: new LateOutput(io.stdout, stdout.written), stderr: new LateOutput(io.stderr, stderr.written) };
  return { instead: changed(io, late), why: decoding.why };
}

class JobDecoding {
  private readonly output: RecordOutput;
  private readonly closing: Closing;
  private readonly own: OwnLane;
  private readonly lanes: JobLane[];
  private readonly reported = new Set<string>();
  private damaged = false;
  private any = false;
  private packets = 0;
  /** Why one thread continues, where they give up. */
  why = 'the connections depend on each other';
  /** Bytes of records. */
  private printed = 0;

  constructor(
    private readonly io: Io,
    private readonly options: DecodingOptions,
    private readonly jobs: Jobs,
  ) {
    const filter = recordFilterOf(options, () => undefined);
    this.output = new RecordOutput(io, options, filter, undefined, () => undefined);
    this.closing = new Closing(io, options, filter !== undefined, this.output);
    this.own = new OwnLane(io, options, { index: 0, count: jobs.count });
    this.lanes = [this.own];
  }

  /** Readers that lack memory give up, and one thread reads on. */
  get selection(): ConnectionSelection {
    const { chosen, others } = this.closing;
    return { chosen, others, isStrained: false };
  }

  /** The exit code; undefined where the threads gave up. */
  async run(inputs: readonly Input[]): Promise<number | undefined> {
    const { files, count } = this.jobs;
    const { isTTY, columns } = this.io.stdout;
    try {
      for (let index = 1; index < count; index++) {
        const share = { index, count };
        this.lanes.push(new ThreadLane({ files, options: this.options, share, stdout: { isTTY, columns } }));
      }
      this.own.begin(files.map((file, index) => inputOf(file, inputs[index]!.chunks)));
      if (!(await this.printAll())) return undefined;
    } finally {
      await Promise.all(this.lanes.map((lane) => lane.stop()));
    }
    return this.end();
  }

  /** False: they gave up. */
  private async printAll(): Promise<boolean> {
    let end: number | undefined;
    for (let printed = 1; ; printed++) {
      const pieces = await Promise.all(this.lanes.map((lane) => lane.next()));
      const agreed = agreedOf(pieces);
      if (agreed === undefined) return false;
      this.packets = agreed.packets;
      if (!(await this.print(pieces))) return false;
      if (this.output.done || this.io.stdout.closed) return true;
      if (agreed.last) return true;
      if (this.io.interrupted.aborted) end ??= boundary(printed);
      for (const lane of this.lanes) lane.grant({ printed, ...(end !== undefined && { end }) });
    }
  }

  /** False: it may exceed `--max-output`. Only one thread knows where that cuts it. */
  private async print(pieces: readonly JobPiece[]): Promise<boolean> {
    const { output, io } = this;
    const { text, shown, found, end = Infinity } = merged(pieces, output.left);
    this.printed += text.length;
    if (this.printed > boundFor(this.options.maxOutput, pieces[0]!.input)) {
      this.why = 'the output reaches --max-output';
      return false;
    }
    output.found ||= found;
    const unsearched = (kind: keyof Unsearched): number =>
      pieces.reduce((sum, piece) => sum + piece.unsearched[kind], 0);
    output.leaveUnsearched({ cut: unsearched('cut'), slow: unsearched('slow') });
    await this.report(
      pieces.flatMap(({ notes }) => notes),
      end,
    );
    output.count(shown);
    await io.stdout.write(this.any ? text : this.first(text));
    this.any ||= text.length > 0;
    if (output.done) return true;
    for (const { summary } of inOrder(pieces.flatMap(({ closed }) => closed))) this.closing.add(summary);
    for (const [kind, connections] of pieces.flatMap(({ passedOver }) => passedOver)) {
      this.closing.passedOver(kind, connections);
    }
    const { failure } = pieces[0]!;
    if (failure) throw new UsageError(failure.message, failure.place);
    return true;
  }

  /** Each thread drew as if records were printed before its own: what separates them is left out before the first of all. */
  private first(text: PrintableBytes): PrintableBytes {
    return text.subarray(leadOf(this.options, 'capture'));
  }

  private async report(notes: readonly Note[], end: Key): Promise<void> {
    for (const { text, since, once, damage } of inOrder(notes)) {
      if (since > end || (once !== undefined && this.reported.has(once))) continue;
      if (once !== undefined) this.reported.add(once);
      this.damaged ||= damage === true;
      await this.io.stderr.write(text);
    }
  }

  private async end(): Promise<number> {
    const { io, output, closing } = this;
    closing.packets = this.packets;
    const found = output.found || this.damaged;
    if (!output.done && !io.stdout.closed) await closing.draw(found);
    await output.flush();
    if (io.interrupted.aborted) return io.interrupted.reason;
    return found ? EXIT.finding : EXIT.ok;
  }
}

/** The state in which all agree; undefined where they do not. */
function agreedOf(pieces: readonly JobPiece[]): ReaderAgreement | undefined {
  const first = pieces[0]!.agreed;
  const same = ({ agreed }: JobPiece): boolean =>
    agreed !== undefined &&
    agreed.last === first?.last &&
    agreed.packets === first.packets &&
    agreed.connections === first.connections &&
    agreed.opened === first.opened;
  return pieces.every(same) ? first : undefined;
}

function inOrder<T extends { readonly key: Key }>(things: readonly T[]): T[] {
  return things.toSorted((a, b) => a.key - b.key);
}
