import { causeOfIdle, isSameTime } from '../../rules/causes/idle.js';
import type { ConnectionSummary } from '../tally/summary.js';

/** The ends of the connections to one server, by one side, that an idle timeout would explain. Seconds. */
interface ServerEnds {
  readonly silence: Range;
  readonly life: Range;
  /** ServerEnds at different times. */
  count: number;
  /** Of the last one that counts. */
  at: number;
}

interface Range {
  min: number;
  max: number;
}

/** Servers that are remembered; ends at those beyond them prove nothing. */
const MOST_SERVERS = 1000;
/** Connections that end this close to each other have one event in common. Seconds. */
const APART = 1;

/** Compares the ends of connections: those that all end after the same silence, at different times, prove an idle timeout. */
export class IdleEnds {
  private readonly byServer = new Map<string, ServerEnds>();

  /** Each connection once, when it has ended. */
  add(summary: ConnectionSummary): void {
    const { idle, endedAt = NaN } = summary;
    const key = keyOf(summary);
    if (idle === undefined || key === undefined || Number.isNaN(endedAt)) return;
    const ends = this.byServer.get(key) ?? this.remembered(key);
    if (ends === undefined) return;
    widen(ends.silence, idle.silence);
    widen(ends.life, idle.sinceOpen ?? NaN);
    if (ends.count > 0 && Math.abs(endedAt - ends.at) < APART) return;
    ends.count++;
    ends.at = endedAt;
  }

  /** With the cause that the ends of all prove, as far as they were added. */
  explained(summary: ConnectionSummary): ConnectionSummary {
    const { idle } = summary;
    const ends = this.byServer.get(keyOf(summary) ?? '');
    if (idle === undefined || ends === undefined || ends.count < 2 || !isOne(ends.silence)) return summary;
    const cause = causeOfIdle(idle, { ends: ends.count, sameLife: isOne(ends.life) });
    return cause === undefined ? summary : { ...summary, cause };
  }

  private remembered(key: string): ServerEnds | undefined {
    if (this.byServer.size >= MOST_SERVERS) return undefined;
    const range = (): Range => ({ min: Infinity, max: -Infinity });
    const ends = { silence: range(), life: range(), count: 0, at: NaN };
    this.byServer.set(key, ends);
    return ends;
  }
}

function keyOf({ server, idle }: ConnectionSummary): string | undefined {
  return server === undefined || idle === undefined ? undefined : `${idle.by} ${server}`;
}

function widen(range: Range, value: number): void {
  range.min = Math.min(range.min, value);
  range.max = Math.max(range.max, value);
}

/** One limit of time explains all of them. */
function isOne({ min, max }: Range): boolean {
  return isSameTime(min, max);
}
