import { NO_CONNECTION, ROW_FLAG, ROW_KIND, type TimelineRow } from './row-columns.js';

/** What the page gets of a record: that of `--json`, of a frame its bytes as well. */
export type PageRecord = Readonly<Record<string, unknown>>;

/** What the page gets of a frame besides (`pageRecord`). */
export interface FrameExtras {
  /** Seconds from the ping to this pong. */
  readonly roundTrip?: number;
  /** Seconds from the call to the reply that its message completes. */
  readonly latency?: number;
  /** Of the last frame of a compressed message. */
  readonly message?: { readonly wireBytes: number; readonly bytes: number };
}

/** The rule of bytes that are missing in a capture. */
const GAP = 'bytes-not-captured';
const MOST_SIZE = 0xffff_ffff;

/** A record of the page (docs/json.md, and what the page gets besides) as a row of the overview. */
export function rowOfRecord(record: PageRecord): TimelineRow {
  const { connection = NO_CONNECTION, time = NaN } = record as { connection?: number; time?: number };
  const flags = findingFlags(record) | sideFlag(record['direction']);
  const base = { connection, time, size: 0, flags };
  switch (record['type']) {
    case 'frame': {
      const { opcode, payloadLength } = record as { opcode: number; payloadLength: number | string };
      return { ...base, kind: opcode, size: Math.min(MOST_SIZE, Number(payloadLength)), ...waitOf(record) };
    }
    case 'handshake': {
      const flags = base.flags | (record['valid'] === true && isUpgraded(record['response']) ? 0 : ROW_FLAG.trouble);
      return { ...base, kind: ROW_KIND.handshake, flags };
    }
    case 'packet':
      return { ...base, kind: ROW_KIND.packet, size: Math.min(MOST_SIZE, record['payloadBytes'] as number) };
    case 'connection':
      return { ...base, ...endOf(record, time) };
    case 'stall':
      return { ...base, kind: ROW_KIND.stall, wait: record['duration'] as number };
    default:
      return { ...base, kind: record['code'] === GAP ? ROW_KIND.gap : ROW_KIND.note };
  }
}

/** What a frame answers took that time, and that is how its message was compressed. */
function waitOf(record: PageRecord): Pick<TimelineRow, 'wait' | 'ratio'> {
  const { roundTrip, latency, message } = record as FrameExtras;
  const wait = roundTrip ?? latency;
  const isMeasured = message !== undefined && message.wireBytes > 0;
  return { ...(wait !== undefined && { wait }), ...(isMeasured && { ratio: message.bytes / message.wireBytes }) };
}

function endOf(record: PageRecord, time: number): Pick<TimelineRow, 'kind' | 'time' | 'size' | 'flags'> {
  const { duration = 0, closeCode = 0 } = record as { duration?: number; closeCode?: number };
  const flags = sideFlag(record['closedBy']) | (record['trouble'] === true ? ROW_FLAG.trouble : 0);
  return { kind: ROW_KIND.ended, time: time + duration, size: closeCode, flags: flags | unseenFlag(record) };
}

/** A close frame says more than what ended after it. */
function unseenFlag({ ended, closeCode }: PageRecord): number {
  if (closeCode !== undefined) return 0;
  return ended === 'end' ? ROW_FLAG.open : ended === 'unrecorded' ? ROW_FLAG.unrecorded : 0;
}

/** 101, and over HTTP/2 any 2xx (RFC 8441 §5). */
function isUpgraded(response: unknown): boolean {
  const line = String((response as { line?: string } | undefined)?.line ?? '');
  return /^HTTP\/(?:\d\.\d 101|2 2\d\d)\b/.test(line);
}

function sideFlag(side: unknown): number {
  return side === 'client' ? ROW_FLAG.client : side === 'server' ? ROW_FLAG.server : 0;
}

/** The diagnostics that a record has, or that it is. */
function findingFlags(record: PageRecord): number {
  const own = record['diagnostics'];
  const severities: unknown[] = Array.isArray(own) ? own.map((one: PageRecord) => one['severity']) : [];
  if (record['type'] === 'diagnostic') severities.push(record['severity']);
  return (severities.includes('error') ? ROW_FLAG.error : 0) | (severities.includes('warning') ? ROW_FLAG.warning : 0);
}
