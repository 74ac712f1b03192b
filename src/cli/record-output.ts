import { isFinding } from '../rules/catalogue.js';
import type { Judged } from '../rules/judged.js';
import { safeJson } from '../render/escape.js';
import { LineBuffer } from '../render/line-buffer.js';
import type { View } from '../render/view.js';
import { viewOf, type Layout } from './drawing.js';
import type { Extractor } from './extract.js';
import type { RecordFilter } from './filters.js';
import type { Io } from './io.js';
import type { DecodeOptions } from './options.js';

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
  private shown = 0;
  private hinted = false;
  private rsvSeen = false;
  private view: View | undefined;
  private readonly lines = new LineBuffer();
  private readonly notices: string[] = [];
  private readonly limit: number;

  constructor(
    private readonly io: Io,
    private readonly options: DecodeOptions,
    private readonly filter: RecordFilter | undefined,
    private readonly extractor: Extractor | undefined,
    /** Time of the first packet. */
    private readonly captureStart: () => number | undefined,
  ) {
    this.limit = options.limit ?? Infinity;
  }

  /** Has to be called before the first record: what is drawn by default hangs on the input. */
  async open(layout: Layout): Promise<void> {
    this.view ??= await viewOf(layout, this.io, this.options, this.captureStart);
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
    if (this.done || (this.filter !== undefined && !this.filter(record))) return;
    const { diagnostics } = record;
    if (diagnostics.length > 0) this.judge(record);
    if (isBlind(record)) this.found = true;
    if (this.extractor !== undefined) this.extract(record, this.extractor);
    if (this.options.stats === true) return;
    this.view!(record, this.lines);
    if (++this.shown >= this.limit) this.done = true;
  }

  /** A record of `--json` that is no traffic. */
  json(value: object): void {
    if (!this.options.quiet) this.lines.text(`${safeJson(value)}\n`);
  }

  text(text: string): void {
    if (!this.options.quiet) this.lines.text(text);
  }

  notice(message: string): void {
    if (!this.options.quiet) this.notices.push(message);
  }

  async flush(): Promise<void> {
    const notices = this.notices.splice(0);
    for (const notice of notices) await this.io.stderr.write(`${notice}\n`);
    if (this.lines.length > 0) await this.io.stdout.write(this.lines.take());
    if (this.rsvSeen && !this.hinted) await this.hint();
  }

  private judge(record: Judged): void {
    const { strict } = this.options;
    this.found ||= record.diagnostics.some((diagnostic) => isFinding(diagnostic, strict === true));
    this.rsvSeen ||=
      record.type === 'frame' &&
      record.frame.header.rsv === 4 &&
      record.diagnostics.some((diagnostic) => diagnostic.code === 'rsv-without-extension');
  }

  private extract(record: Judged, extractor: Extractor): void {
    const message = record.type === 'frame' ? record.frame.message : undefined;
    if (message) extractor.take(record.connection, message, message.payload);
  }

  /** RSV1 on bare data frames is most often permessage-deflate whose handshake was not given. */
  private async hint(): Promise<void> {
    this.hinted = true;
    if (this.options.deflate !== undefined || this.options.quiet) return;
    await this.io.stderr.write(
      'hint: if permessage-deflate was negotiated, --deflate inflates the messages with RSV1\n',
    );
  }
}

/** What is missing may have been a finding. In front of the first frame that was recorded whole nothing is missing: recording began there. */
function isBlind(record: Judged): boolean {
  return record.type === 'gap' || (record.type === 'unread' && record.offset > 0);
}
