import { ReadingNotices } from './reading-notices.js';
import type { RecordStore } from './record-store.js';
import type { ViewSource } from './viewer-end.js';

/** A reading of files whose records are kept in a store: what a page gets of it, and how far it is. */
export abstract class StoredReading implements ViewSource {
  /** Bytes that were read. */
  protected read = 0;
  isDone = false;
  /** Why it could not be read further. */
  protected problem: string | undefined;
  private notices = new ReadingNotices();

  /** `total`: bytes that are read in all; undefined where that is not known. */
  constructor(
    protected store: RecordStore,
    private readonly total: number | undefined,
  ) {}

  abstract hello(): object;

  get columns(): RecordStore['columns'] {
    return this.store.columns;
  }

  get names(): RecordStore['names'] {
    return this.store.names;
  }

  progress(): object {
    const { read, total, isDone, problem, notices, missing, store } = this;
    const { left, leftEnds, bare } = store;
    const rows = store.columns.length;
    return {
      rows,
      read,
      total,
      isDone,
      problem,
      left,
      leftEnds: leftEnds === 0 ? undefined : leftEnds,
      bare,
      notices: notices.words,
      inFull: notices.inFull,
      missing,
    };
  }

  /** What is reported about the reading: a row, and the first ones also below the tabs of the page. `time` NaN: unknown. */
  protected report(message: string, time: number, isDamage = false): void {
    this.store.notice(message, time);
    this.notices.add(message, isDamage);
  }

  /** It begins once more, with another store. */
  protected renew(store: RecordStore): void {
    this.store = store;
    this.read = 0;
    this.problem = undefined;
    this.notices = new ReadingNotices();
  }

  /** What of the input is not shown, and why. */
  protected abstract get missing(): string | undefined;

  record(row: number): string | undefined {
    return this.store.text(row);
  }

  search(...args: Parameters<RecordStore['search']>): number[] {
    return this.store.search(...args);
  }
}
