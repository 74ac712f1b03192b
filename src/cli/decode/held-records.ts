import type { Judged } from '../../traffic/judged.js';
import { RecordWindow, type Kept, type WindowCriteria } from '../../traffic/selection/record-window.js';
import { LineBuffer } from '../../describe/line-buffer.js';
import type { PrintableBytes } from '../../describe/printable.js';
import { isDrawn, type DrawnForm, type View } from '../../describe/view.js';

/** What a record takes besides its text. */
const OVERHEAD = 160;

/** A record that was drawn, and is shown or not. */
export interface HeldRecord extends Kept {
  readonly text: PrintableBytes;
}

/** Otherwise each record is shown as it comes, if a filter lets it through. */
export function isHolding(criteria: WindowCriteria): boolean {
  return criteria.last !== undefined || hasContext(criteria);
}

/** Records around those that match are shown. */
export function hasContext({ before, after, context }: WindowCriteria): boolean {
  return [before, after, context].some((number) => number !== undefined && number > 0);
}

/** Draws records before it is known whether they are shown: what they are made of does not stay. */
export class HeldRecords {
  private readonly window: RecordWindow<HeldRecord>;
  private readonly lines = new LineBuffer();

  constructor(
    criteria: WindowCriteria,
    private readonly form: DrawnForm,
    private readonly view: () => View,
    show: (record: HeldRecord) => void,
    limit?: number,
  ) {
    this.window = new RecordWindow(criteria, show, limit);
  }

  get isStrained(): boolean {
    return this.window.isStrained;
  }

  /** Records that would be shown, and were given up for lack of memory. */
  get cut(): number {
    return this.window.cut;
  }

  matches(record: Judged): void {
    if (isDrawn(record, this.form)) this.window.matches(record.connection, this.drawn(record));
  }

  passes(record: Judged): void {
    if (isDrawn(record, this.form)) this.window.passes(record.connection, this.drawn(record));
  }

  closed(connection: number): void {
    this.window.closed(connection);
  }

  end(): void {
    this.window.end();
  }

  private drawn(record: Judged): HeldRecord {
    this.view()(record, this.lines);
    const text = this.lines.take();
    return { text, size: text.length + OVERHEAD, startsGroup: false };
  }
}
