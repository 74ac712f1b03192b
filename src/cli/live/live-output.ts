import type { Judged } from '../../traffic/judged.js';
import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import type { RelayFault } from '../../traffic/run-records/relay-fault.js';
import { IdleEnds } from '../../traffic/causes/idle-ends.js';
import type { Polled } from '../../traffic/run-records/polled.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { faultLines, faultRecord } from '../../terminal/connections/fault-line.js';
import { polledLines, polledRecord } from '../../terminal/connections/polled-line.js';
import { connectionEnds } from '../../terminal/connections/end.js';
import { Closing } from '../decode/run-summary.js';
import { lookOf } from '../decode/look.js';
import { recordFilterOf } from '../decode/record-filter.js';
import type { Seen } from '../decode/view-selection.js';
import type { Io } from '../host/io.js';
import { RecordOutput, type RecordWatcher } from '../decode/record-output.js';
import type { ShowOptions } from '../options/serve-options.js';

/** Makes the traffic wait for the printing. */
export interface Waiter {
  full(): void;
  /** There is room again. */
  room(): void;
  /** The reader of the output has closed (EPIPE). */
  gone(): void;
}

/**
 * The records of live connections, printed as they come. Without a `Waiter` the traffic never waits for the printing:
 * while a terminal or a pipe is full, records are left out of what is printed, and their number is reported. With one,
 * none is.
 */
export class LiveOutput implements Seen {
  private readonly output: RecordOutput;
  private readonly closing: Closing;
  readonly start: number;
  /** One more than the number of the newest connection. */
  opened = 0;
  private writing: Promise<void> | undefined;
  private scheduled = false;
  private again = false;
  private waits = false;
  private dropped = 0;
  /** Connections of which frames were changed on purpose: what an end objects to is not what the other one sent. */
  private readonly meddled = new Set<number>();
  private polls: ((polled: Polled) => Printable) | undefined;
  private faults: ((fault: RelayFault) => Printable) | undefined;
  private readonly idle = new IdleEnds();
  private resolveUnread = (): void => undefined;
  /** Resolves when the reader of the output has closed (EPIPE). */
  readonly unread = new Promise<void>((resolve) => (this.resolveUnread = resolve));

  constructor(
    private readonly io: Io,
    private readonly options: ShowOptions,
    private readonly waiter?: Waiter,
    /** Gets what the filters let through, also what is not printed because the output is too slow, and with --quiet. */
    watcher?: RecordWatcher,
  ) {
    this.start = io.now();
    // The traffic waits for it.
    const filter = recordFilterOf(options, () => this.start, 1);
    this.output = new RecordOutput(io, options, filter, undefined, () => this);
    this.output.watcher = watcher;
    this.closing = new Closing(io, options, filter !== undefined, this.output);
  }

  get looks(): boolean {
    return this.options.quiet !== true || this.output.watcher !== undefined;
  }

  get found(): boolean {
    return this.output.found;
  }

  /** `many`: connections open and close, and a line reports each one that closed. */
  async open(many = false): Promise<void> {
    await this.output.open('capture');
    this.output.endsAs(undefined);
    if (!many) return;
    const look = await lookOf(this.io, this.options);
    const since = this.options.relativeTime ? () => this.start : undefined;
    const ends = connectionEnds(look, since);
    this.output.endsAs((summary, out) => out.text(ends(summary)));
    this.polls = polledLines(look, since);
    this.faults = faultLines(look, since);
  }

  record(record: Judged): void {
    if (record.connection >= this.opened) this.opened = record.connection + 1;
    if (this.writing !== undefined && this.output.isFull && !this.waiter) this.drop(record);
    else this.output.record(record);
    if (this.waiter && !this.waits && this.output.isFull) {
      this.waits = true;
      this.waiter.full();
    }
    this.schedule();
  }

  /** The output is too slow. */
  private drop(record: Judged): void {
    this.dropped++;
    this.output.watch(record);
  }

  closed(ended: ConnectionSummary): void {
    this.idle.add(ended);
    const summary = this.meddled.delete(ended.connection) ? withoutCause(ended) : this.idle.explained(ended);
    this.output.endCalls(summary.connection);
    this.closing.closed(summary);
    this.output.closed(summary, true);
    this.schedule();
  }

  /** A request for polling: among frames. */
  polled(polled: Polled): void {
    if (this.writing !== undefined && this.output.isFull) this.dropped++;
    else if (this.options.json) this.output.json(polledRecord(polled));
    else if (this.polls) this.output.text(this.polls(polled));
    this.schedule();
  }

  /** What was done to a frame on purpose, and what was refused here: never left out. */
  fault(fault: RelayFault): void {
    if (fault.fault !== 'refuse') this.meddled.add(fault.connection);
    if (this.options.json) this.output.json(faultRecord(fault));
    else if (this.faults) this.output.text(this.faults(fault));
    this.schedule();
  }

  /** A notice for the user: about a connection, or all of them. */
  notice(message: string, connection?: number): void {
    const about = connection === undefined ? '' : print`connection ${connection}: `;
    this.output.notice(print`${about}${escapeText(message)}`);
    this.schedule();
  }

  json(value: object): void {
    this.output.json(value);
    this.schedule();
  }

  text(text: Printable): void {
    this.output.text(text);
    this.schedule();
  }

  /** Prints the rest, and the summary; `exit` is the exit code of the run, where it depends on more than the findings. */
  async end(exit?: number): Promise<void> {
    await this.writing;
    this.output.release();
    await this.flush();
    await this.closing.draw(this.output.found, exit);
    await this.output.flush();
  }

  /** Lines of one turn of the event loop are printed together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.writing !== undefined) {
        this.again = true;
        return;
      }
      this.again = false;
      this.writing = this.flush().finally(() => {
        this.writing = undefined;
        if (this.dropped > 0 || this.again) this.schedule();
        if (this.io.stdout.closed) this.leave();
        if (!this.waits || this.output.isFull) return;
        this.waits = false;
        this.waiter?.room();
      });
    });
  }

  private leave(): void {
    this.waiter?.gone();
    this.resolveUnread();
  }

  private async flush(): Promise<void> {
    if (this.dropped > 0 && !this.output.isFull) {
      this.output.notice(print`${this.dropped} records are not printed: the output is too slow`);
      this.dropped = 0;
    }
    await this.output.flush();
  }
}

function withoutCause(summary: ConnectionSummary): ConnectionSummary {
  const { cause, ...rest } = summary;
  return cause === undefined ? summary : rest;
}
