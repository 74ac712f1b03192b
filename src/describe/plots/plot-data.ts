import { ROW_FLAG, ROW_KIND, type RowColumns } from '../timeline/row-columns.js';
import { roundStep, secondsText } from '../timeline/ticks.js';

/** What is counted for a part of an axis, by the side that sent it. */
export interface PlotBin {
  /** `16-31 B`, `2 ms to 5 ms`. */
  readonly label: string;
  /** What stands at its left edge on the axis. */
  readonly edge: string;
  readonly client: number;
  readonly server: number;
}

/** A plot of a connection: bars of the client above the axis, bars of the server below. */
export interface ConnectionPlot {
  readonly title: string;
  /** Of the axis of the bins, with its unit. */
  readonly across: string;
  /** What the bars count, with its unit. */
  readonly upwards: string;
  readonly bins: readonly PlotBin[];
  /** Shown where there is nothing to plot. */
  readonly empty: string;
}

/** At most. */
const TIME_BINS = 48;
/** Seconds: less is not in a number that counts from the epoch. */
const LEAST_SPAN = 1e-6;
/** Of a decade. */
const STEPS = [1, 2, 5] as const;
/** Seconds: 1 µs to some 5 days. */
const LEAST_EXPONENT = -6;
const MOST_EXPONENT = 5;
const WAITS: readonly number[] = [
  0,
  ...Array.from({ length: MOST_EXPONENT - LEAST_EXPONENT + 1 }, (_, i) => i + LEAST_EXPONENT).flatMap((exponent) =>
    STEPS.map((step) => Number(`${step}e${exponent}`)),
  ),
];
const SIZES: readonly number[] = [0, ...Array.from({ length: 32 }, (_, i) => 2 ** i)];
const RATIOS: readonly number[] = [0, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Counts in bins with fixed edges, by side. */
class Histogram {
  private readonly client: Uint32Array;
  private readonly server: Uint32Array;

  /** `edges` ascend; the last bin has no end. */
  constructor(private readonly edges: readonly number[]) {
    this.client = new Uint32Array(edges.length);
    this.server = new Uint32Array(edges.length);
  }

  add(value: number, flag: number): void {
    const counts = flag & ROW_FLAG.client ? this.client : flag & ROW_FLAG.server ? this.server : undefined;
    if (counts === undefined || !(value >= this.edges[0]!)) return;
    let [low, high] = [0, this.edges.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.edges[middle]! <= value) low = middle;
      else high = middle;
    }
    counts[low]!++;
  }

  /** The bins from the first to the last with something in it. */
  bins(label: (from: number, to: number | undefined) => string, edge: (from: number) => string): PlotBin[] {
    const { client, server, edges } = this;
    const isUsed = (at: number): boolean => client[at]! + server[at]! > 0;
    const used = [...edges.keys()].filter(isUsed);
    const [first, last] = [used[0] ?? 0, used.at(-1) ?? -1];
    const bins: PlotBin[] = [];
    for (let at = first; at <= last; at++) {
      const [from, to] = [edges[at]!, edges[at + 1]];
      bins.push({ label: label(from, to), edge: edge(from), client: client[at]!, server: server[at]! });
    }
    return bins;
  }
}

/** The plots of a connection. `rows` are numbers of its rows, by time. In a time that grows with their number alone. */
export function connectionPlots(columns: RowColumns, rows: ArrayLike<number>): ConnectionPlot[] {
  const sizes = new Histogram(SIZES);
  const gaps = new Histogram(WAITS);
  const waits = new Histogram(WAITS);
  const ratios = new Histogram(RATIOS);
  const last = { client: NaN, server: NaN };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (columns.kinds[row]! >= ROW_KIND.handshake) continue;
    const [flag, time] = [columns.flags[row]!, columns.times[row]!];
    sizes.add(columns.sizes[row]!, flag);
    waits.add(columns.waits[row]!, flag);
    ratios.add(columns.ratios[row]!, flag);
    const side = flag & ROW_FLAG.client ? 'client' : flag & ROW_FLAG.server ? 'server' : undefined;
    if (side === undefined) continue;
    gaps.add(time - last[side], flag);
    last[side] = time;
  }
  return [
    throughput(columns, rows),
    {
      title: 'Sizes',
      across: 'payload of a frame, bytes',
      upwards: 'frames',
      bins: sizes.bins(sizeRange, sizeShort),
      empty: 'no frames whose sender is known',
    },
    {
      title: 'Inter-arrival times',
      across: 'time since the frame before, of the same sender',
      upwards: 'frames',
      bins: gaps.bins(waitRange, waitShort),
      empty: 'no two frames with times',
    },
    {
      title: 'Round trips',
      across: 'time from a ping to its pong, or from a call to its reply; by who answered',
      upwards: 'answers',
      bins: waits.bins(waitRange, waitShort),
      empty: 'no pong or reply that is sure to answer a ping or a call',
    },
    {
      title: 'Compression',
      across: 'bytes of a message for each byte on the wire',
      upwards: 'messages',
      bins: ratios.bins(ratioRange, String),
      empty: 'no compressed messages that could be inflated',
    },
  ];
}

function throughput(columns: RowColumns, rows: ArrayLike<number>): ConnectionPlot {
  const { times, kinds, sizes, flags } = columns;
  let [first, last] = [Infinity, -Infinity];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (kinds[row]! >= ROW_KIND.handshake || Number.isNaN(times[row]!)) continue;
    first = Math.min(first, times[row]!);
    last = Math.max(last, times[row]!);
  }
  const base = { title: 'Throughput', across: 'time since the first frame', upwards: 'payload, bytes/s' };
  const empty = 'no frames at different times';
  if (!(last - first >= LEAST_SPAN)) return { ...base, bins: [], empty };
  const step = roundStep(last - first, TIME_BINS);
  const count = Math.floor((last - first) / step) + 1;
  const bytes = { client: new Float64Array(count), server: new Float64Array(count) };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (kinds[row]! >= ROW_KIND.handshake || Number.isNaN(times[row]!)) continue;
    const at = Math.floor((times[row]! - first) / step);
    if (flags[row]! & ROW_FLAG.client) bytes.client[at]! += sizes[row]!;
    else if (flags[row]! & ROW_FLAG.server) bytes.server[at]! += sizes[row]!;
  }
  const bins = Array.from({ length: count }, (_, i) => ({
    label: `${secondsText(i * step, step)} to ${secondsText((i + 1) * step, step)}`,
    edge: secondsText(i * step, step),
    client: bytes.client[i]! / step,
    server: bytes.server[i]! / step,
  }));
  return { ...base, bins, empty };
}

function sizeRange(from: number, to = 2 ** 32): string {
  return to - from <= 1 ? `${sizeShort(from)} B` : `${sizeShort(from)} to ${sizeShort(to)} B`;
}

/** `512`, `4 Ki`, `2 Mi`. */
function sizeShort(bytes: number): string {
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return power === 0 ? String(bytes) : `${bytes / 1024 ** power} ${' KMG'[power]!}i`;
}

function waitRange(from: number, to?: number): string {
  return to === undefined ? `${waitShort(from)} or more` : `${waitShort(from)} to ${waitShort(to)}`;
}

function waitShort(seconds: number): string {
  if (seconds === 0) return '0';
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${Math.round(seconds * 1e3)} ms`;
  return seconds < 1000 ? `${seconds} s` : `${seconds / 1000} ks`;
}

function ratioRange(from: number, to?: number): string {
  return to === undefined ? `${from} or more` : `${from} to ${to}`;
}
