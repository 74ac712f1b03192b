import { OPCODES } from '../../codec/frames/registry.js';
import {
  connectionRange,
  isInRange,
  numberRange,
  type ConnectionRange,
  type NumberRange,
} from '../../traffic/selection/ranges.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** Which rows the page shows; what is given has to hold altogether. */
export interface RowCriteria {
  /** A bit for each opcode. */
  readonly opcodes?: number;
  readonly sender?: 'client' | 'server';
  /** Connections, as ranges of numbers. */
  readonly connections?: readonly ConnectionRange[];
  /** An address, `address:port` or `:port` of an end. */
  readonly client?: string;
  readonly server?: string;
  readonly violations?: true;
  /** Packets of application protocols. */
  readonly packets?: true;
  /** Connections in trouble. */
  readonly trouble?: true;
  readonly closed?: readonly NumberRange[];
  /** Searched in the records, by whoever has them. */
  readonly grep?: string;
  /** Seconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
}

/** What is known of connections, for criteria about them. */
export interface LaneFacts {
  readonly connection: number;
  readonly outcome: string;
  readonly code: number;
}

export interface LaneEnds {
  readonly client?: string | undefined;
  readonly server?: string | undefined;
}

/** The criteria that a text states, in the words of the command line; or what of it is not understood. */
export function criteriaOf(text: string): RowCriteria | { readonly wrong: string } {
  let all: RowCriteria = {};
  let rest = text.trim();
  while (rest !== '') {
    const [whole, word = '', quoted, plain = ''] = /^([a-z-]+:|)(?:"([^"]*)"|(\S*))\s*/.exec(rest)!;
    const isRest = word === 'grep:' && quoted === undefined;
    const value = isRest ? rest.slice(word.length) : (quoted ?? plain);
    const one = criterionOf(word, value);
    if (one === undefined) return { wrong: word + value };
    all = { ...all, ...one, ...(one.grep !== undefined && { grep: joined(all.grep, one.grep) }) };
    rest = isRest ? '' : rest.slice(whole.length);
  }
  return all;
}

/** Words without a colon belong together: `hello world` is one text. */
function joined(before: string | undefined, next: string): string {
  return before === undefined ? next : `${before} ${next}`;
}

const SIMPLE: Readonly<Record<string, RowCriteria>> = {
  violations: { violations: true },
  trouble: { trouble: true },
  packets: { packets: true },
};

type CriterionReader = (value: string) => RowCriteria | undefined;

/** The words before a colon, as the options of the command line have them. */
const WORDS: Readonly<Record<string, CriterionReader>> = {
  '': (value) => SIMPLE[value] ?? { grep: value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') },
  'opcode:': (value) => given('opcodes', opcodeBits(value)),
  'client:': (value) => (value === '' ? { sender: 'client' } : { client: value }),
  'server:': (value) => (value === '' ? { sender: 'server' } : { server: value }),
  'direction:': (value) => (value === 'client' || value === 'server' ? { sender: value } : undefined),
  'connection:': (value) => given('connections', rangesOf(value, connectionRange)),
  'closed:': (value) => given('closed', rangesOf(value === 'none' ? '0' : value, numberRange)),
  'grep:': (value) => (value !== '' && expressionOf(value) ? { grep: value } : undefined),
};

function criterionOf(word: string, value: string): RowCriteria | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word]!(value) : undefined;
}

function given<Name extends keyof RowCriteria>(
  name: Name,
  value: RowCriteria[Name] | undefined,
): RowCriteria | undefined {
  return value === undefined ? undefined : { [name]: value };
}

function opcodeBits(text: string): number | undefined {
  let bits = 0;
  for (const part of text.toLowerCase().split(',')) {
    const number = /^(0x[0-9a-f]|\d{1,2})$/.test(part) ? Number(part) : NaN;
    const found = OPCODES.filter(({ name, value }) => name === part || value === number);
    if (found.length === 0) return undefined;
    for (const { value } of found) bits |= 1 << value;
  }
  return bits;
}

function rangesOf<Range>(text: string, rangeOf: (part: string) => Range | undefined): Range[] | undefined {
  const ranges = text.split(',').map((part) => rangeOf(part.replace(/^#/, '')));
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

/** The expression that `grep:` states; undefined: it is none. */
export function expressionOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'u');
  } catch {
    return undefined;
  }
}

/**
 * The numbers of the rows that the criteria let through, all but `grep`; undefined: all of them. Notes and handshakes
 * have neither opcode nor sender, packets have no opcode: they are left out where one is given.
 */
export function filteredRows(
  columns: RowColumns,
  criteria: RowCriteria,
  lanes: readonly LaneFacts[],
  endsOf: (connection: number) => LaneEnds | undefined,
): Uint32Array | undefined {
  const { opcodes, sender, violations, packets, from, to } = criteria;
  const wanted = wantedLanes(criteria, lanes, endsOf);
  const isOpen = [opcodes, sender, violations, packets, from, to, wanted].every((one) => one === undefined);
  if (isOpen) return undefined;
  const { connections, length } = columns;
  const isFitting = rowTest(columns, criteria);
  const rows = new Uint32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) {
    if ((wanted === undefined || wanted.has(connections[row]!)) && isFitting(row)) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** What a row itself shows. */
function rowTest(columns: RowColumns, criteria: RowCriteria): (row: number) => boolean {
  const { opcodes, sender, violations, packets, from = -Infinity, to = Infinity } = criteria;
  const { kinds, flags, times } = columns;
  const sides = sender === undefined ? 0 : sender === 'client' ? ROW_FLAG.client : ROW_FLAG.server;
  const isTimed = criteria.from !== undefined || criteria.to !== undefined;
  return (row) => {
    const kind = kinds[row]!;
    if (packets && kind !== ROW_KIND.packet) return false;
    if (opcodes !== undefined && !(kind < ROW_KIND.handshake && (opcodes >> kind) & 1)) return false;
    const isSent = kind < ROW_KIND.handshake || kind === ROW_KIND.packet;
    if (sides !== 0 && !(isSent && flags[row]! & sides)) return false;
    if (violations && !(flags[row]! & (ROW_FLAG.error | ROW_FLAG.warning))) return false;
    return !isTimed || (times[row]! >= from && times[row]! <= to);
  };
}

/** Of an ascending list of rows, those from `start` up to `end`; undefined stands for all rows. */
export function rowsBetween(rows: Uint32Array | undefined, start: number, end: number): Uint32Array {
  return rows === undefined
    ? Uint32Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)
    : rows.filter((row) => row >= start && row < end);
}

/** Of two ascending lists of rows, what is in both. */
export function rowsInBoth(one: Uint32Array, other: Uint32Array): Uint32Array {
  const both = new Uint32Array(Math.min(one.length, other.length));
  let count = 0;
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (one[i] === other[j]) both[count++] = one[i]!;
    if (one[i]! <= other[j]!) {
      if (one[i] === other[j]) j++;
      i++;
    } else j++;
  }
  return both.subarray(0, count);
}

function wantedLanes(
  { connections, client, server, trouble, closed }: RowCriteria,
  lanes: readonly LaneFacts[],
  endsOf: (connection: number) => LaneEnds | undefined,
): ReadonlySet<number> | undefined {
  if ([connections, client, server, trouble, closed].every((one) => one === undefined)) return undefined;
  const isIn = (ranges: readonly ConnectionRange[] | undefined, number: number): boolean =>
    ranges === undefined || ranges.some((range) => isInRange(number, range));
  const wanted = lanes.filter(({ connection, outcome, code }) => {
    if (!isIn(connections, connection)) return false;
    if (closed !== undefined && (outcome === 'open' || !isIn(closed, code))) return false;
    if (trouble && outcome !== 'trouble' && outcome !== 'refused') return false;
    const ends = endsOf(connection);
    return isAt(ends?.client, client) && isAt(ends?.server, server);
  });
  return new Set(wanted.map(({ connection }) => connection));
}

/** `address`, `[address]`, `address:port` or `:port` names the end. */
function isAt(end: string | undefined, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  if (end === undefined) return false;
  const colon = end.lastIndexOf(':');
  const address = end.slice(0, colon).replace(/^\[|\]$/g, '');
  return pattern === end || pattern.replace(/^\[|\]$/g, '') === address || pattern === end.slice(colon);
}
