import { latin1 } from '../../traffic/toolbox/bytes.js';

const LF = 0x0a;
/** The first characters of our records. */
const CONNECTION = /^\{"type":"[a-z]+","connection":(\d+)[,}]/;
const BEGINNING = 64;
/** Runs of lines whose places are kept at one time: 16 MB. */
const MOST_RUNS = 1_000_000;

/** The places of a connection's records in a journal: pairs of begin and end. */
export interface JournalPart {
  readonly connection: number;
  readonly extents: readonly number[];
}

/** Finds the records of each connection in a journal, which has them in the order of events, in bounded memory. */
export class JournalIndex {
  constructor(
    /** Bytes from that offset; none at the end. */
    private readonly read: (at: number) => Uint8Array,
    private readonly most = MOST_RUNS,
  ) {}

  /** One connection after the other, by their numbers. */
  async *connections(): AsyncGenerator<JournalPart> {
    const runs = new Map<number, number>();
    await this.scan((connection) => void runs.set(connection, (runs.get(connection) ?? 0) + 1));
    const numbers = [...runs.keys()].sort((a, b) => a - b);
    let group: number[] = [];
    let size = 0;
    for (const [index, number] of numbers.entries()) {
      group.push(number);
      size += runs.get(number)!;
      const next = numbers[index + 1];
      if (next !== undefined && size + runs.get(next)! <= this.most) continue;
      yield* await this.extentsOf(new Set(group));
      group = [];
      size = 0;
    }
  }

  private async extentsOf(group: ReadonlySet<number>): Promise<JournalPart[]> {
    const parts = new Map<number, number[]>([...group].map((connection) => [connection, []]));
    await this.scan((connection, begin, end) => void parts.get(connection)?.push(begin, end));
    return [...parts].map(([connection, extents]) => ({ connection, extents }));
  }

  /** Reports each run of lines of one connection. A last line without its end is left out. */
  private async scan(run: (connection: number, begin: number, end: number) => void): Promise<void> {
    let [begin, end, current] = [0, 0, -1];
    const line = (beginning: string, from: number, to: number): void => {
      const [, number] = CONNECTION.exec(beginning) ?? [];
      if (number === undefined) return;
      if (Number(number) === current && from === end) {
        end = to;
        return;
      }
      if (current >= 0) run(current, begin, end);
      [begin, end, current] = [from, to, Number(number)];
    };
    await this.lines(line);
    if (current >= 0) run(current, begin, end);
  }

  private async lines(line: (beginning: string, from: number, to: number) => void): Promise<void> {
    let [at, from, beginning] = [0, 0, ''];
    for (let chunk = this.read(0); chunk.length > 0; chunk = this.read(at)) {
      let next = 0;
      while (next < chunk.length) {
        const found = chunk.indexOf(LF, next);
        const stop = found < 0 ? chunk.length : found;
        if (beginning.length < BEGINNING) {
          beginning += latin1(chunk, next, Math.min(stop, next + BEGINNING));
        }
        if (found < 0) break;
        line(beginning, from, at + found + 1);
        [from, beginning, next] = [at + found + 1, '', found + 1];
      }
      at += chunk.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
