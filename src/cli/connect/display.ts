import { print, type Printable, lined } from '../../describe/printable.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Judged } from '../../traffic/judged.js';
import { IdleEnds } from '../../traffic/causes/idle-ends.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { differenceLines, differenceRecord } from '../../terminal/connections/difference.js';
import { escapeText } from '../../describe/escape.js';
import type { CloseDifference, Difference, DiffTotals } from '../../traffic/run-records/reply-difference.js';
import type { ConnectOptions } from '../options/connect-options.js';
import { lookOf } from '../decode/look.js';
import type { Io } from '../host/io.js';
import { openLivePage, type LivePage } from '../live/live-page.js';
import { LiveOutput, type Waiter } from '../live/live-output.js';
import { PayloadOutput } from './payload-output.js';
import { LEAST_PONG_WIDTH, pongText } from '../../terminal/frames/pong-text.js';
import { whyLine } from '../../terminal/connections/why.js';
import { DEFAULT_PREVIEW } from '../../traffic/toolbox/reading.js';

/** An error as it is reported: one line on stderr, and a record with `--json`. */
export interface ReportedError {
  readonly message: string;
  readonly exit: number;
  /** Fields of the record. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Why, where it is proven. */
  readonly cause?: Cause | undefined;
  /** Lines after the one on stderr, for people: text from outside is escaped already. */
  readonly below?: Printable;
}

const FLAGS = {
  pretty: '--pretty',
  relativeTime: '--relative-time',
  preview: '--preview',
  base64: '--base64',
} as const;
type ViewOnly = keyof typeof FLAGS;
const VIEW_ONLY = Object.keys(FLAGS) as ViewOnly[];

/** What `connect` prints: frames and records in both directions, or the payloads of what is received. */
export class Display {
  private readonly records: LiveOutput | undefined;
  private readonly payloads: PayloadOutput | undefined;
  /** Options that do not apply to payloads. */
  private readonly viewOnly: readonly ViewOnly[] = [];
  private readonly idle = new IdleEnds();
  private drawDifference: ReturnType<typeof differenceLines> | undefined;
  /** The page of `--page`. */
  page: LivePage | undefined;
  /** For stderr, after everything else that is printed: on a terminal the verdict is the last line. */
  private readonly last: Printable[] = [];

  constructor(
    private readonly io: Io,
    private readonly options: ConnectOptions,
    waiter: Waiter,
  ) {
    const { json, view, quiet, binary, timestamps } = options;
    const seen = json || view !== undefined || io.stdout.isTTY;
    if (quiet || seen) this.records = new LiveOutput(io, options, waiter);
    else {
      this.viewOnly = VIEW_ONLY.filter((name) => options[name] !== undefined);
      this.payloads = new PayloadOutput(io, { raw: binary === true, stamped: timestamps === true }, waiter);
    }
  }

  async open(): Promise<void> {
    for (const name of this.viewOnly) this.notice(`${FLAGS[name]} applies to frames: it needs --view or --json`);
    await this.records?.open();
    this.page = await openLivePage(this.io, this.options, 'connect', (message) => this.notice(message));
    if (this.options.diff) this.drawDifference = differenceLines(await lookOf(this.io, this.options));
  }

  record(record: Judged): void {
    this.records?.record(record);
    this.page?.channel.record(record);
  }

  /** Gives the cause of its end, as far as this and the connections before it show it. */
  closed(summary: ConnectionSummary): Cause | undefined {
    this.records?.closed(summary);
    this.page?.channel.closed(summary);
    this.idle.add(summary);
    return this.idle.explained(summary).cause;
  }

  handshake(handshake: Handshake | undefined): void {
    const { response } = handshake ?? {};
    if (!response || !this.options.include || this.options.json) return;
    const lines = [
      response.line,
      ...response.headers.flatMap(({ name, value }) => (name.startsWith(':') ? [] : [`${name}: ${value}`])),
      '',
    ];
    if (this.payloads) for (const line of lines) this.payloads.line(line);
    else this.records?.text(lined(lines.map((line) => escapeText(line))));
  }

  /** Where replies are compared, the differences are what is printed. */
  message(data: Buffer, isBinary: boolean): void {
    if (!this.options.diff) this.payloads?.message(data, isBinary);
  }

  /** A reply, or the end, differs from the recorded one. */
  difference(difference: Difference | CloseDifference): void {
    const { json, preview = DEFAULT_PREVIEW, base64 = false } = this.options;
    if (json) return this.records?.json(differenceRecord(difference, { preview, base64 }));
    for (const line of this.drawDifference?.(difference) ?? []) {
      if (this.payloads) this.payloads.line(line);
      else this.records?.text(print`${line}\n`);
    }
  }

  /** The result of a comparison. */
  compared(sent: number, totals: DiffTotals): void {
    if (this.options.json) this.records?.json({ type: 'replay', sent, ...totals });
  }

  /** A ping was answered. The view of lines has that on the pong's own line. */
  pong(seconds: number): void {
    const { json, view = 'summary' } = this.options;
    const isWide = (this.io.stdout.columns ?? LEAST_PONG_WIDTH) >= LEAST_PONG_WIDTH;
    if (json || (this.records !== undefined && view === 'summary' && isWide)) return;
    this.notice(pongText(seconds));
  }

  /** A notice for the user. */
  notice(message: string): void {
    if (!this.options.quiet) void this.io.stderr.write(print`${escapeText(message)}\n`);
  }

  /** The same, with `--verbose` only. */
  detail(message: string): void {
    if (this.options.verbose) this.notice(message);
  }

  error({ message, exit, more, cause, below }: ReportedError): void {
    if (this.options.json) this.records?.json({ type: 'error', message, exit, ...more, ...(cause && { cause }) });
    this.last.push(print`wsinspect: ${escapeText(message)}\n`);
    if (cause !== undefined && !this.options.quiet) this.last.push(whyLine(cause));
    if (below !== undefined && !this.options.json && !this.options.quiet) this.last.push(below);
  }

  /** The result, where there was no fault. */
  conclusion(message: string): void {
    if (!this.options.quiet) this.last.push(print`${escapeText(message)}\n`);
  }

  async end(exit: number): Promise<void> {
    await this.payloads?.end();
    await this.records?.end(exit);
    for (const text of this.last) await this.io.stderr.write(text);
  }
}
