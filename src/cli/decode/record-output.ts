import { print, type Printable, type PrintableBytes } from '../../describe/printable.js';
import type { Judged, JudgedFrame } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { jsonLine } from '../../describe/escape.js';
import { count } from '../../terminal/layout.js';
import { LineBuffer, rawText } from '../../describe/line-buffer.js';
import type { View } from '../../describe/view.js';
import { viewOf, type Seen } from './view-selection.js';
import { viewFor, type Layout } from './views.js';
import { HeldCalls, type DrawnCall } from './held-calls.js';
import { hasContext, HeldRecords, isHolding, type HeldRecord } from './held-records.js';
import type { Extractor } from './extract.js';
import type { RecordFilter, Unsearched } from '../../traffic/selection/filters.js';
import { closingFilter } from '../../traffic/selection/closing-filter.js';
import { MOST_KEPT } from '../../traffic/selection/record-window.js';
import type { Io } from '../host/io.js';
import type { DecodingOptions } from '../options/options.js';
import { OutputBound } from './output-bound.js';
import { DEFAULT_MAX_MESSAGE } from './traffic-options.js';
import { hasAppFinding, packetFilter, type PacketFilter } from '../../traffic/toolbox/apps.js';
import { isFinding } from '../../traffic/toolbox/reading.js';

/** RSV1 on bare data frames is most often permessage-deflate whose handshake was not given. */
const RSV_HINT = print`hint: if permessage-deflate was negotiated, --deflate inflates the messages with RSV1`;
const TOO_SLOW = print`--grep: the expression takes too long for a text: it is left out, and may match`;
/** Between groups of records that a filter found, in text. */
const SEPARATOR = rawText(print`--\n`);
const NOTHING = rawText(print``);
const SPACED_SEPARATOR = rawText(print`\n--\n`);
/** Text that piles up in memory before it is printed. */
const FULL = 1024 * 1024;

/** Gets what is shown besides its being printed: the page of `view`, and the file of `--html`. */
export interface RecordWatcher {
  record(record: Judged): void;
  closed(summary: ConnectionSummary): void;
}

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
  /** Texts in which `--grep` may have missed a match. */
  private unsearched: Unsearched = { cut: 0, slow: 0 };
  private layout: Layout = 'bytes';
  private view: View | undefined;
  /** Draws the line of a connection that has ended; undefined: none. */
  private ended: View['ended'];
  private readonly lines = new LineBuffer();
  private readonly notices: Printable[] = [];
  private readonly limit: number;
  private held: HeldRecords | undefined;
  /** With `--slow`. */
  private calls: HeldCalls | undefined;
  /** The view is one of packets: of those of a message, these are shown. */
  private packets: PacketFilter | undefined;
  /** Other records are printed before the first. */
  private goesOn = false;
  /** Connections with findings of which only their end shows whether they are wanted; undefined: all are, or it is known. */
  private readonly undecided: Set<number> | undefined;
  /** Called after each record that is shown. */
  onShown: () => void = () => undefined;
  watcher: RecordWatcher | undefined;

  constructor(
    private readonly io: Io,
    private readonly options: DecodingOptions,
    private readonly filter: RecordFilter | undefined,
    private readonly extractor: Extractor | undefined,
    private readonly seen: () => Seen | undefined,
    private readonly bound = new OutputBound(Infinity),
  ) {
    this.limit = options.limit ?? Infinity;
    if (options.selection === undefined && closingFilter(options)) this.undecided = new Set();
  }

  /** Has to be called before the first record: the default view depends on the input. `share`: the part of what may be held in memory. */
  async open(layout: Layout, goesOn = false, share = 1): Promise<void> {
    this.layout = layout;
    if (this.view !== undefined) return;
    const { options } = this;
    this.goesOn = goesOn;
    const { needs } = viewFor(options.view, layout);
    const isSlow = options.slow !== undefined && options.stats !== true;
    const isHeld = isHolding(options) && options.stats !== true;
    const arePackets = options.json === true ? needs.json === 'packets' : options.view === 'apps';
    // What is held may be left out: the line before the first that is shown is left out when that is known.
    this.view = await viewOf(layout, this.io, options, this.seen, goesOn || isHeld || isSlow);
    // Views of one line a frame say so, unless only some of the records are shown.
    if (this.filter === undefined && !isHeld && !isSlow) this.endsAs(this.view.ended);
    if (arePackets) this.packets = packetFilter(options);
    if (isSlow) this.calls = this.heldCalls(options.slow, arePackets, MOST_KEPT * share);
    if (!isHeld) return;
    const messages = needs.records === 'messages';
    const form = { json: options.json === true, messages };
    const show = (record: HeldRecord): void => this.show(record);
    this.held = new HeldRecords(options, form, () => this.view!, show, MOST_KEPT * share);
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

  /** Gives whether the filters let it through. */
  record(record: Judged): boolean {
    if (this.done || this.options.selection?.chosen.has(record.connection) === false) return false;
    if (this.filter === undefined || this.filter(record)) {
      this.pass(record);
      return true;
    }
    this.leaveOut(record, this.filter);
    return false;
  }

  /** For the watcher alone: it is not printed. */
  watch(record: Judged): void {
    if (this.watcher !== undefined && (this.filter === undefined || this.filter(record)))
      this.watcher.record(this.narrowed(record));
  }

  private pass(record: Judged): void {
    if (this.calls !== undefined) return this.calls.take(record, true);
    const shown = this.narrowed(record);
    if (this.hasFinding(shown)) this.find(record.connection);
    if (this.extractor !== undefined) this.extract(record, this.extractor);
    this.watcher?.record(shown);
    if (this.options.stats === true) return;
    if (this.held !== undefined) return this.held.matches(shown);
    if (this.options.undrawn !== true) this.drawRecord(shown);
    this.count(1);
    this.onShown();
  }

  /** A connection has ended: what waited for that is shown. `isWanted`: it is one of those that are shown. */
  closed(summary: ConnectionSummary, isWanted: boolean): void {
    const { connection } = summary;
    if (this.undecided?.delete(connection) === true && isWanted) this.found = true;
    this.held?.closed(connection);
    this.calls?.closed(connection);
    if (!isWanted) return;
    this.drawEnd(summary);
    if (!this.done) this.watcher?.closed(summary);
  }

  /** The calls of that connection that wait for a reply get none. */
  endCalls(connection: number): void {
    this.calls?.closed(connection);
  }

  /** Nothing more is read: what waited for the end of a connection is shown. */
  release(): void {
    this.held?.end();
    this.calls?.end();
    const { cut = 0 } = this.held ?? this.calls ?? {};
    if (cut === 0) return;
    this.found = true;
    const what = this.calls ? print`calls of --slow` : print`--last or --context`;
    this.notice(print`left out ${count(cut, 'record')} of ${what}: their text takes too much memory`);
  }

  /** Records are shown later than they come. */
  get isHolding(): boolean {
    return this.held !== undefined || this.calls !== undefined;
  }

  /** Records were given up for lack of memory, whether they would be shown or not. */
  get isStrained(): boolean {
    return this.held?.isStrained === true || (this.calls?.cut ?? 0) > 0;
  }

  /** It may be shown around one that matches. */
  private leaveOut(record: Judged, { unsearched, scope }: RecordFilter): void {
    if (unsearched !== undefined) this.leaveUnsearched(unsearched());
    this.calls?.take(record, false);
    if (unsearched === undefined) return;
    if (this.held !== undefined && hasContext(this.options) && scope?.(record) !== false) this.held.passes(record);
  }

  private heldCalls(slow: number, isApart: boolean, limit: number): HeldCalls {
    const lines = new LineBuffer();
    const draw = (record: JudgedFrame): PrintableBytes => {
      this.view!(record, lines);
      return lines.take();
    };
    return new HeldCalls(
      slow,
      packetFilter(this.options)!,
      isApart,
      {
        draw,
        show: (drawn) => this.showCall(drawn),
        isFinding: (record) => this.hasFinding(record),
      },
      limit,
    );
  }

  private showCall({ connection, text, isFinding }: DrawnCall): void {
    if (this.done) return;
    if (isFinding) this.find(connection);
    this.show({ text, size: 0, startsGroup: false });
  }

  /** Without the packets that are not shown. */
  private narrowed(record: Judged): Judged {
    const { packets } = this;
    if (packets === undefined || record.type !== 'frame' || record.packets === undefined) return record;
    return { ...record, packets: record.packets.filter(packets) };
  }

  private show({ text, startsGroup }: HeldRecord): void {
    if (this.done) return;
    const { lines, options } = this;
    const isFirst = !this.goesOn && this.shown === 0;
    this.draw(() => {
      if (startsGroup && !isFirst && text.length > 0) lines.copy(separatorOf(options, this.layout));
      lines.copy(isFirst && isSpaced(options, this.layout) ? text.subarray(1) : text);
    });
    this.count(1);
    this.onShown();
  }

  /** A finding of that connection. */
  private find(connection: number): void {
    if (this.undecided === undefined) this.found = true;
    else this.undecided.add(connection);
  }

  /** How the line of a connection that has ended is drawn, whatever the view and the filters; undefined: it has none. */
  endsAs(ended: View['ended']): void {
    const { json, quiet } = this.options;
    this.ended = json === true || quiet === true ? undefined : ended;
  }

  private drawEnd(summary: ConnectionSummary): void {
    const { ended } = this;
    if (!this.done && ended !== undefined) this.draw(() => ended(summary, this.lines));
  }

  /** After the bound nothing is drawn; a record that would exceed it is removed again. */
  private draw(put: () => void): void {
    const before = this.lines.length;
    if (!this.bound.isReached) put();
    this.bind(before);
  }

  /** The same without a function made for each record. */
  private drawRecord(record: Judged): void {
    const { lines, bound } = this;
    const before = lines.length;
    if (!bound.isReached) this.view!(record, lines);
    this.bind(before);
  }

  private bind(before: number): void {
    const { lines, bound } = this;
    if (!bound.take(lines.length - before)) lines.length = before;
  }

  /** That number of texts may match, of all so far: as with missing bytes, "no match" is not proven. */
  leaveUnsearched({ cut, slow }: Unsearched): void {
    const { unsearched: before } = this;
    if (cut === before.cut && slow === before.slow) return;
    this.unsearched = { cut, slow };
    this.found = true;
    // Once, with the first of a kind: their number is not known yet.
    if (before.cut === 0 && cut > 0) this.reportCut();
    if (before.slow === 0 && slow > 0) this.notice(TOO_SLOW);
  }

  /** Texts in which `--grep` may have missed a match. */
  get leftUnsearched(): Unsearched {
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

  private reportCut(): void {
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

  private hasFinding(record: Judged): boolean {
    const strict = this.options.strict === true;
    const { diagnostics } = record;
    if (diagnostics.length > 0) this.noteReserved(record);
    return (
      isBlind(record) ||
      diagnostics.some((diagnostic) => isFinding(diagnostic, strict)) ||
      hasAppFinding(record, strict)
    );
  }

  private noteReserved(record: Judged): void {
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

function isSpaced({ json, view }: DecodingOptions, layout: Layout): boolean {
  return json !== true && viewFor(view, layout).isSpaced === true;
}

/** What separates groups of records: where there is context, and never in JSON. */
function separatorOf(options: DecodingOptions, layout: Layout): PrintableBytes {
  if (options.json === true || !hasContext(options)) return NOTHING;
  return isSpaced(options, layout) ? SPACED_SEPARATOR : SEPARATOR;
}

/** How many of the drawn bytes are not printed before the first record of all. */
export function leadOf(options: DecodingOptions, layout: Layout): number {
  return separatorOf(options, layout).length + (isSpaced(options, layout) ? 1 : 0);
}

/** Missing bytes may have been a finding. Before the first frame that was recorded whole nothing is missing: the recording began there. */
function isBlind(record: Judged): boolean {
  return record.type === 'gap' || (record.type === 'unread' && record.offset > 0);
}
