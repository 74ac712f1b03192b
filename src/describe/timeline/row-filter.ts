import type { Endpoint } from '../../codec/bytes/endpoint.js';
import { matchesAny, endpointPattern, type EndpointPattern } from '../../traffic/selection/endpoint-pattern.js';
import { isInRange, type ConnectionRange, type NumberRange } from '../../traffic/selection/ranges.js';
import {
  closeCodeRange,
  connectionNumbers,
  opcodeBits,
  statedExpression,
} from '../../traffic/selection/stated-criteria.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** Which rows the page shows; what is given has to hold altogether. */
export interface RowCriteria {
  /** A bit for each opcode. */
  readonly opcodes?: number;
  readonly sender?: 'client' | 'server';
  /** Connections, as ranges of numbers. */
  readonly connections?: readonly ConnectionRange[];
  /** Any of them has to match. */
  readonly client?: readonly EndpointPattern[];
  readonly server?: readonly EndpointPattern[];
  readonly violations?: true;
  /** Packets of application protocols. */
  readonly packets?: true;
  /** Connections in trouble. */
  readonly trouble?: true;
  readonly closed?: readonly (NumberRange | 'none')[];
  /** `RE` or `/RE/flags`. Searched in the records, by whoever has them. */
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

/** A word that is no criterion, and what it has to be, where that is known. */
export interface WrongWord {
  readonly wrong: string;
  readonly why?: string;
}

/** The criteria that a text states, in the words of the command line; or what of it is not understood. */
export function criteriaOf(text: string): RowCriteria | WrongWord {
  let all: RowCriteria = {};
  let rest = text.trim();
  const words: string[] = [];
  while (rest !== '') {
    const [whole, word = '', quoted, plain = ''] = /^([a-z-]+:|)(?:"([^"]*)"|(\S*))\s*/.exec(rest)!;
    const isRest = word === 'grep:' && quoted === undefined;
    const value = isRest ? rest.slice(word.length) : (quoted ?? plain);
    rest = isRest ? '' : rest.slice(whole.length);
    if (word === '' && !Object.hasOwn(SIMPLE, value)) words.push(value);
    else {
      const one = criterionOf(word, value);
      if ('wrong' in one) return one;
      if (one.grep !== undefined && all.grep !== undefined) return { wrong: word + value, why: ONE_GREP };
      all = { ...all, ...one };
    }
  }
  if (words.length === 0) return all;
  if (all.grep !== undefined) return { wrong: words.join(' '), why: ONE_GREP };
  // Words without a colon belong together: `hello world` is one text.
  return { ...all, grep: words.join(' ').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') };
}

const ONE_GREP = 'One expression is searched, and no other words.';

const SIMPLE: Readonly<Record<string, RowCriteria>> = {
  violations: { violations: true },
  trouble: { trouble: true },
  packets: { packets: true },
};

type CriterionReader = (value: string) => RowCriteria | undefined;

/** The words before a colon, as the options of the command line have them: read by the same functions, which throw. */
const WORDS: Readonly<Record<string, CriterionReader>> = {
  '': (value) => SIMPLE[value],
  'opcode:': (value) => ({ opcodes: listOf(value, opcodeBits).reduce((bits, one) => bits | one, 0) }),
  'client:': (value) => (value === '' ? { sender: 'client' } : { client: listOf(value, endpointPattern) }),
  'server:': (value) => (value === '' ? { sender: 'server' } : { server: listOf(value, endpointPattern) }),
  'direction:': (value) => (value === 'client' || value === 'server' ? { sender: value } : undefined),
  'connection:': (value) => ({ connections: listOf(value, (one) => connectionNumbers(one.replace(/^#/, ''))) }),
  'closed:': (value) => ({ closed: listOf(value, closeCodeRange) }),
  'grep:': (value) => (value !== '' && statedExpression(value) ? { grep: value } : undefined),
};

function criterionOf(word: string, value: string): RowCriteria | WrongWord {
  const wrong = word + value;
  try {
    return (Object.hasOwn(WORDS, word) ? WORDS[word]!(value) : undefined) ?? { wrong };
  } catch (error) {
    return { wrong, why: (error as Error).message };
  }
}

function listOf<T>(text: string, read: (part: string) => T): T[] {
  return text.split(',').map((part) => read(part.trim()));
}

/**
 * The expression that `grep:` states, as that of the command line; undefined: it is none. It can be tested again and
 * again: `g` does nothing, and with `y` a match begins where the text does.
 */
export function expressionOf(text: string): RegExp | undefined {
  try {
    const { source, flags, sticky } = statedExpression(text);
    return new RegExp(sticky ? `(?<![^])(?:${source})` : source, flags.replace(/[gy]/g, ''));
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
  const wanted = lanes.filter(({ connection, outcome, code }) => {
    if (connections?.some((range) => isInRange(connection, range)) === false) return false;
    if (
      closed !== undefined &&
      (outcome === 'open' || outcome === 'unknown' || !closed.some((codes) => isClosedWith(code, codes)))
    )
      return false;
    if (trouble && outcome !== 'trouble' && outcome !== 'refused') return false;
    const ends = endsOf(connection);
    return isAt(ends?.client, client) && isAt(ends?.server, server);
  });
  return new Set(wanted.map(({ connection }) => connection));
}

/** `code` 0: none is known. */
function isClosedWith(code: number, codes: NumberRange | 'none'): boolean {
  return codes === 'none' || code === 0 ? codes === 'none' && code === 0 : isInRange(code, codes);
}

function isAt(end: string | undefined, patterns: readonly EndpointPattern[] | undefined): boolean {
  return patterns === undefined || (end !== undefined && matchesAny(patterns, endpointOf(end)));
}

/** `10.0.0.1:80`, `[::1]:80`. */
function endpointOf(end: string): Endpoint {
  const colon = end.lastIndexOf(':');
  return { address: end.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(end.slice(colon + 1)) };
}
