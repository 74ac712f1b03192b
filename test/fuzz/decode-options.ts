import { decodeOptions, type DecodeOptions } from '../../src/cli/options/options.js';
import type { Dice } from './dice.js';

/** Options of `decode`: as they are written on a command line, and as the command gets them. */
export interface DrawnOptions {
  readonly words: readonly string[];
  readonly options: DecodeOptions;
}

type Value = string | ((dice: Dice) => string);
interface Drawn {
  readonly name: string;
  /** Drawn once in that number of times. */
  readonly once: number;
  /** None: the option has no value. */
  readonly values?: readonly Value[];
}

const number =
  (low: number, high: number) =>
  (dice: Dice): string =>
    String(low + dice.roll(high - low + 1));

/** What changes how it is shown. */
const LOOKS: readonly Drawn[] = [
  { name: 'view', once: 2, values: ['annotated', 'summary', 'messages'] },
  { name: 'color', once: 4, values: ['always', 'never'] },
  { name: 'verbose', once: 6 },
  { name: 'quiet', once: 30 },
  { name: 'pretty', once: 6 },
  { name: 'base64', once: 8 },
  { name: 'preview', once: 6, values: ['all', number(0, 200)] },
  { name: 'strict', once: 6 },
  { name: 'relative-time', once: 6 },
];
/** What changes how it is read. */
const READING: readonly Drawn[] = [
  { name: 'from', once: 10, values: ['pcap', 'pcap', 'hex', 'dump', 'binary', 'base64', 'ndjson', 'har'] },
  { name: 'deflate', once: 5, values: ['', 'server_no_context_takeover', 'client_max_window_bits=9', 'nonsense'] },
  { name: 'as-websocket', once: 5, values: ['80', '9001,19527', number(0, 65535)] },
];
const LIMITS: readonly Drawn[] = [
  { name: 'max-message', once: 10, values: [number(1, 1000)] },
  { name: 'max-connections', once: 12, values: [number(1, 3)] },
  { name: 'max-held', once: 12, values: [number(4096, 9000)] },
  { name: 'max-windows', once: 12, values: [number(0, 100_000)] },
];
/** What leaves something out. */
const FILTERS: readonly Drawn[] = [
  { name: 'direction', once: 3, values: ['client', 'server', 'unknown'] },
  { name: 'connection', once: 3, values: ['0', '0,2-', number(0, 4)] },
  { name: 'client', once: 4, values: ['10.0.0.1', '10.0.0.0/8', ':40000', '::1', '2001:db8::/32', '127.0.0.1'] },
  { name: 'server', once: 4, values: [':80', ':19527', '10.1.0.1:80', '::/0'] },
  { name: 'opcode', once: 4, values: ['text', 'binary,close', 'ping,pong', 'reserved', '0'] },
  { name: 'grep', once: 4, values: ['a', '/h.llo/i', '^.*$', '/x+/gy'] },
  { name: 'violations', once: 4 },
  { name: 'from-time', once: 5, values: ['+0.001', '1700000000.5', '00:00:00', '2026-11-22T15:12:37Z'] },
  { name: 'to-time', once: 5, values: ['+0.002', '1700000001', '23:59:59'] },
  { name: 'limit', once: 4, values: [number(1, 9)] },
  { name: 'shard', once: 4, values: ['1/1', '1/2', '2/2', '3/7'] },
];

const OPTIONS = new Map(decodeOptions().map((option) => [option.name(), option]));

/** Options of one call; `json` and `stats` are for the caller to add. */
export function drawOptions(dice: Dice): DrawnOptions & { readonly isFiltered: boolean; readonly isLimited: boolean } {
  const looks = [...LOOKS, ...READING].filter(({ once }) => dice.once(once));
  const limits = LIMITS.filter(({ once }) => dice.once(once));
  const filters = dice.once(3) ? FILTERS.filter(({ once }) => dice.once(once)) : [];
  const drawn = [...looks, ...limits, ...filters].map((one) => written(dice, one));
  return { ...merged(drawn), isFiltered: filters.length > 0, isLimited: limits.length > 0 };
}

function written(dice: Dice, { name, values }: Drawn): DrawnOptions {
  if (values === undefined) return { words: [`--${name}`], options: { [camel(name)]: true } };
  const drawn = dice.pick(values);
  const value = typeof drawn === 'string' ? drawn : drawn(dice);
  const parsed: unknown = OPTIONS.get(name)?.parseArg?.(value, undefined) ?? value;
  return { words: [`--${name}=${value}`], options: { [camel(name)]: parsed } };
}

export function merged(drawn: readonly DrawnOptions[]): DrawnOptions {
  return {
    words: drawn.flatMap(({ words }) => words),
    options: Object.assign({}, ...drawn.map(({ options }) => options)) as DecodeOptions,
  };
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
