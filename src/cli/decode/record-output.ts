import { print, type Printable, type PrintableBytes } from '../../describe/printable.js';
import type { Judged } from '../../traffic/judged.js';
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
import { hasPacketFinding } from '../../traffic/toolbox/apps.js';
import { isFinding } from '../../traffic/toolbox/reading.js';

/** RSV1 on bare data frames is most often permessage-deflate whose handshake was not given. */
const RSV_HINT = print`hint: if permessage-deflate was negotiated, --deflate inflates the messages with RSV1`;
/** Text that piles up in memory before it is printed. */
const FULL = 1024 * 1024;

/**
 * Where records go: filtered, judged, drawn into memory; `flush` prints what is there. So a capture is read without a
 * promise for each of its millions of frames, and a slow reader of the output still slows down the reading.
 */
export class RecordOutput {
  /** Something shown is a finding: exit 1. */
  found = false;
  /** As many records as `--limit` allows were shown. */
  done = false;
  /** Records so far. */
  shown = 0;
  /** There is a frame with RSV1 that nothing explains. */
  private rsvSeen = false;
  private hinted = false;
  /** Texts that `--grep` searched in part, in vain. */
  private unsearched = 0;
  private isTold = false;
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

  /** Has to be called before the first record: what is drawn by default hangs on the input. */
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
    if (record.type === 'frame' && record.packets && hasPacketFinding(record.packets, this.options.strict === true))
      this.found = true;
    if (isBlind(record)) this.found = true;
    if (this.extractor !== undefined) this.extract(record, this.extractor);
    if (this.options.stats === true) return;
    this.draw(() => this.view!(record, this.lines));
    this.count(1);
  }

  /** Behind the bound nothing is drawn; what would have crossed it is taken back. */
  private draw(put: () => void): void {
    const { lines, bound } = this;
    const before = lines.length;
    if (!bound.isReached) put();
    if (!bound.take(lines.length - before)) lines.length = before;
  }

  /** That many more texts may match after what was kept of them: as with bytes that are missing, nobody may rely on it that none does. */
  leaveUnsearched(texts: number): void {
    if (texts === 0) return;
    this.unsearched += texts;
    this.found = true;
    this.tellUnsearched();
  }

  /** `--grep` has not seen all of each text. */
  get leftUnsearched(): number {
    return this.unsearched;
  }

  /** So many records were shown. */
  count(records: number): void {
    this.shown += records;
    if (this.shown >= this.limit) this.done = true;
  }

  /** How many more are to be shown. */
  get left(): number {
    return this.limit - this.shown;
  }

  /** Bytes that were drawn and not printed yet. */
  get drawn(): number {
    return this.lines.length;
  }

  /** Takes them, for somebody else to print. */
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

  /** Once, and of the first: how many there are is not known yet. */
  private tellUnsearched(): void {
    if (this.isTold) return;
    this.isTold = true;
    const { maxMessage = DEFAULT_MAX_MESSAGE, preview = 0 } = this.options;
    const kept = count(Math.max(maxMessage, preview), 'byte');
    this.notice(
      print`--grep: a text of more than ${kept} is searched up to there, and may match after it (--max-message)`,
    );
  }

  /** What is to be told about RSV1, once. */
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

/** What is missing may have been a finding. In front of the first frame that was recorded whole nothing is missing: recording began there. */
function isBlind(record: Judged): boolean {
  return record.type === 'gap' || (record.type === 'unread' && record.offset > 0);
}
