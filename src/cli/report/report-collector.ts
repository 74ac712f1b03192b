import { connectionName } from '../../describe/connection-name.js';
import type { Judged } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { RecordWatcher } from '../decode/record-output.js';
import { endRecord, pageRecords, stallRecords } from '../../describe/timeline/page-records.js';
import { nodeBase64 } from '../host/node-base64.js';

/** What a report may hold: a browser opens it at once. */
export interface ReportBounds {
  readonly records: number;
  /** Characters of their JSON. */
  readonly characters: number;
  /** Ends of connections, besides: so that no lane lacks its end. */
  readonly ends: number;
}

export const REPORT_BOUNDS: ReportBounds = { records: 50_000, characters: 24 * 1024 * 1024, ends: 10_000 };

/** Connections that are named of those of which something was left out. */
const MOST_NAMED = 5;
const MOST_COUNTED = 100_000;

/** The records of a report: the first ones, up to the bounds; what is left out is counted by connection. */
export class ReportCollector implements RecordWatcher {
  readonly records: string[] = [];
  private characters = 0;
  private frames = 0;
  private ends = 0;
  private left = 0;
  private leftEnds = 0;
  private readonly cut = new Map<number, number>();

  constructor(private readonly bounds: ReportBounds = REPORT_BOUNDS) {}

  record(judged: Judged): void {
    const { records, characters } = this.bounds;
    if (this.frames >= records || this.characters >= characters) return this.leaveOut(judged.connection);
    for (const record of pageRecords(judged, nodeBase64)) {
      const text = JSON.stringify(record);
      if (this.frames >= records || this.characters + text.length > characters) this.leaveOut(judged.connection);
      else {
        this.frames++;
        this.keep(text);
      }
    }
  }

  closed(summary: ConnectionSummary): void {
    if (this.ends >= this.bounds.ends) {
      this.leftEnds++;
      return;
    }
    this.ends++;
    for (const stall of stallRecords(summary)) this.keep(JSON.stringify(stall));
    this.keep(JSON.stringify(endRecord(summary)));
  }

  /** What is not in the report; empty: nothing. */
  get note(): string {
    const { left, leftEnds, cut } = this;
    const words: string[] = [];
    if (left > 0) {
      const named = [...cut.keys()].slice(0, MOST_NAMED).map((connection) => `#${connectionName(connection)}`);
      const more = cut.size > MOST_NAMED ? ` and ${(cut.size - MOST_NAMED).toLocaleString('en')} more` : '';
      words.push(
        `${left.toLocaleString('en')} later records are left out, of connections ${named.join(', ')}${more}: filters select what a report holds`,
      );
    }
    if (leftEnds > 0) words.push(`the ends of ${leftEnds.toLocaleString('en')} connections are left out`);
    return words.join('; ');
  }

  private keep(text: string): void {
    this.characters += text.length;
    this.records.push(text);
  }

  private leaveOut(connection: number): void {
    this.left++;
    const before = this.cut.get(connection);
    if (before !== undefined || this.cut.size < MOST_COUNTED) this.cut.set(connection, (before ?? 0) + 1);
  }
}
