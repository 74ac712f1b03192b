import { print, type Printable, type PrintableBytes } from '../../describe/printable.js';
import type { Judged } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { jsonLine } from '../../describe/escape.js';
import { count } from '../../terminal/layout.js';
import { LineBuffer } from '../../describe/line-buffer.js';
import type { View } from '../../describe/view.js';
import { viewOf, type Seen } from './view-selection.js';
import type { Layout } from './views.js';
import type { Extractor } from './extract.js';
import type { RecordFilter } from '../../traffic/filters.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';
import { OutputBound } from './output-bound.js';
import { DEFAULT_MAX_MESSAGE } from './traffic-options.js';
import { isFinding } from '../../traffic/toolbox/reading.js';

/** RSV1 on bare data frames is most often permessage-deflate whose handshake was not given. */
const RSV_HINT = print`hint: if permessage-deflate was negotiated, --deflate inflates the messages with RSV1`;
/** Bytes of text that collect in memory before they are printed. */
const FULL = 1024 * 1024;

/**
 * The output of records: filtered, judged, drawn into memory; `flush` prints what is there. So a capture is read
 * without a promise for each of its millions of frames, and a slow reader of the output still slows down the reading.
 */
export class RecordOutput {
  /** Something shown is a finding: exit 1. */
  found = false;
  /** The number of records that `--limit` allows was shown. */
  done = false;
  /** Records so far. */
  shown = 0;
  /** There is a frame with RSV1 that nothing explains. */
  private rsvSeen = false;
  private hinted = false;
  /** Texts that `--grep` searched in part, without a match. */
  private unsearched = 0;
  private isReported = false;
  private layout: Layout = 'bytes';
  private view: View | undefined;
  private readonly lines = new LineBuffer();
  private readonly notices: Printable[] = [];
  private readonly limit: number;

  constructor(
    private readonly io: Io,
    private readonly options: DecodeOptions,
    private readonly filter: RecordFilter | undefined,
    private readonly extractor: Extractor | undefined,
    private readonly seen: () => Seen | undefined,
    private readonly bound = new OutputBound(Infinity),
  ) {
    this.limit = options.limit ?? Infinity;
  }

  /** Has to be called before the first record: the default view depends on the input. */
  async open(layout: Layout, goesOn = false): Promise<void> {
    this.layout = layout;
    this.view ??= await viewOf(layout, this.io, this.options, this.seen, goesOn);
  }

  get anyShown(): boolean {
    return this.shown > 0;
  }

  get isOpen(): boolean {
    return this.view !== undefined;
  }

  get isFull(): boolean {
    return this.lines.length > FULL;
  }

  record(record: Judged): void {
    if (this.done) return;
    if (this.filter !== undefined && !this.filter(record)) {
      if (this.options.grep !== undefined) this.leaveUnsearched(this.filter.unsearched!() - this.unsearched);
      return;
    }
    const { diagnostics } = record;
    if (diagnostics.length > 0) this.judge(record);
    if (isBlind(record)) this.found = true;
    if (this.extractor !== undefined) this.extract(record, this.extractor);
    if (this.options.stats === true) return;
    this.draw(() => this.view!(record, this.lines));
    this.count(1);
  }

  /** A connection has ended: views of one line a frame say so, unless only some of the records are shown. */
  ended(summary: ConnectionSummary): void {
    const { view, filter, options } = this;
    if (this.done || filter !== undefined || options.json === true || view?.ended === undefined) return;
    this.draw(() => view.ended!(summary, this.lines));
  }

  /** After the bound nothing is drawn; a record that would exceed it is removed again. */
  private draw(put: () => void): void {
    const { lines, bound } = this;
    const before = lines.length;
    if (!bound.isReached) put();
    if (!bound.take(lines.length - before)) lines.length = before;
  }

  /** This number of further texts may match after the part that was kept of them: as with missing bytes, "no match" is not proven. */
  leaveUnsearched(texts: number): void {
    if (texts === 0) return;
    this.unsearched += texts;
    this.found = true;
    this.reportUnsearched();
  }

  /** Texts of which `--grep` has searched only a part. */
  get leftUnsearched(): number {
    return this.unsearched;
  }

  /** Counts this number of records as shown. */
  count(records: number): void {
    this.shown += records;
    if (this.shown >= this.limit) this.done = true;
  }

  /** The number of records that may still be shown. */
  get left(): number {
    return this.limit - this.shown;
  }

  /** Bytes that were drawn and not yet printed. */
  get drawn(): number {
    return this.lines.length;
  }

  /** Takes them, to be printed elsewhere. */
  take(): PrintableBytes {
    return this.lines.take();
  }

  /** A record of `--json` that is no traffic. */
  json(value: object): void {
    if (!this.options.quiet && !this.done) this.draw(() => this.lines.text(jsonLine(value)));
  }

  /** The last one, which is never left out. */
  lastJson(value: object): void {
    if (!this.options.quiet && !this.done) this.lines.text(jsonLine(value));
  }

  text(text: Printable): void {
    if (!this.options.quiet) this.lines.text(text);
  }

  notice(message: Printable): void {
    if (!this.options.quiet && !this.done) this.notices.push(message);
  }

  async flush(): Promise<void> {
    const notices = this.notices.splice(0);
    for (const notice of notices) await this.io.stderr.write(print`${notice}\n`);
    if (this.lines.length > 0) await this.io.stdout.write(this.lines.take());
    const hint = this.hint();
    if (hint !== undefined) await this.io.stderr.write(print`${hint}\n`);
  }

  /** Once, with the first: their number is not known yet. */
  private reportUnsearched(): void {
    if (this.isReported) return;
    this.isReported = true;
    const { maxMessage = DEFAULT_MAX_MESSAGE, preview = 0 } = this.options;
    const kept = count(Math.max(maxMessage, preview), 'byte');
    this.notice(
      print`--grep: a text of more than ${kept} is searched up to there, and may match after it (--max-message)`,
    );
  }

  /** The hint about RSV1, once. */
  private hint(): Printable | undefined {
    if (!this.rsvSeen || this.hinted) return undefined;
    this.hinted = true;
    return this.options.deflate === undefined && !this.options.quiet ? RSV_HINT : undefined;
  }

  private judge(record: Judged): void {
    const { strict } = this.options;
    this.found ||= record.diagnostics.some((diagnostic) => isFinding(diagnostic, strict === true));
    this.rsvSeen ||=
      this.layout === 'bytes' &&
      record.type === 'frame' &&
      record.frame.header.rsv === 4 &&
      record.diagnostics.some((diagnostic) => diagnostic.code === 'rsv-without-extension');
  }

  private extract(record: Judged, extractor: Extractor): void {
    const message = record.type === 'frame' ? record.frame.message : undefined;
    if (message) extractor.take(record.connection, message, message.payload);
  }
}

/** Missing bytes may have been a finding. Before the first frame that was recorded whole nothing is missing: the recording began there. */
function isBlind(record: Judged): boolean {
  return record.type === 'gap' || (record.type === 'unread' && record.offset > 0);
}
