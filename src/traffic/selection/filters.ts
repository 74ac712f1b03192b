import type { Endpoint } from '../../codec/bytes/endpoint.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { isFinding } from '../../rules/catalogue.js';
import { hasAppFinding } from '../apps/findings.js';
import { packetFilter, type PacketCriteria, type PacketFilter } from '../apps/packet-filter.js';
import { packetText } from '../apps/packet-text.js';
import type { Judged } from '../judged.js';
import { matchesAny, type EndpointPattern } from './endpoint-pattern.js';
import { isInRange, type ConnectionRange } from './ranges.js';

/** Seconds from the epoch, from the capture's first packet, or from the local midnight before that packet. */
export interface TimeBound {
  readonly base: 'epoch' | 'start' | 'midnight';
  readonly seconds: number;
}

/** Of one list any has to match, of the lists all. */
export interface ConnectionCriteria {
  readonly connection?: readonly ConnectionRange[];
  readonly client?: readonly EndpointPattern[];
  readonly server?: readonly EndpointPattern[];
}

/** What is given has to hold altogether. */
export interface RecordCriteria extends PacketCriteria {
  /** A bit for each opcode. */
  readonly opcode?: number;
  readonly grep?: RegExp;
  readonly violations?: true;
  readonly fromTime?: TimeBound;
  readonly toTime?: TimeBound;
}

/** What decides, besides the filters, which records are selected. */
export interface RecordScope {
  readonly direction?: Direction;
  /** With `messages`, a frame that completes a message counts by the opcode of the message. */
  readonly records?: 'frames' | 'messages';
}

export interface Connected {
  /** Undefined: it may still be any; NaN: it has none. */
  readonly number: number | undefined;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** It is asked whether any of the WebSockets that it may carry over HTTP/2 is wanted. */
  readonly mayCarry?: true;
}

/** Numbers of texts in which no match was found, and that may have one. */
export interface Unsearched {
  /** There is none in the part that was kept of them, and they continue after it. */
  readonly cut: number;
  /** The search would take too long. */
  readonly slow: number;
}

/** Whether a text matches; undefined: to find it out would take too long. */
export type TextSearch = (text: string) => boolean | undefined;

export type ConnectionFilter = (connection: Connected) => boolean;
export interface RecordFilter {
  (record: Judged): boolean;
  /** With `grep`: texts that may match nevertheless. */
  unsearched?(this: void): Unsearched;
  /** With `grep`: what the other criteria let through; undefined: everything. */
  readonly scope?: RecordFilter | undefined;
}

/** Which connections are read at all; undefined: all of them. */
export function connectionFilter({ connection, client, server }: ConnectionCriteria): ConnectionFilter | undefined {
  const tests: ConnectionFilter[] = [];
  if (connection) {
    const isNumber = (number: number, mayCarry?: true): boolean =>
      connection.some((range) => isInRange(number, range, mayCarry));
    tests.push(({ number, mayCarry }) => number === undefined || isNumber(number, mayCarry));
  }
  if (client) tests.push((connected) => matchesAny(client, connected.client));
  if (server) tests.push((connected) => matchesAny(server, connected.server));
  return all(tests);
}

/**
 * Which records are shown; undefined: all of them. Throws a RangeError where no time is within the bounds. `captureStart` gives the time of the capture's first packet, and is
 * asked again with each record, so that it may be another for the next input. Cheap tests come first.
 */
export function recordFilter(
  criteria: RecordCriteria & RecordScope,
  captureStart: () => number | undefined,
  /** Searches for `grep`. */
  searchFor: (grep: RegExp) => TextSearch = plainSearch,
): RecordFilter | undefined {
  const { opcode, grep, violations, fromTime, toTime, direction = 'unknown', records } = criteria;
  const tests: RecordFilter[] = [];
  const packets = packetFilter(criteria);
  if (direction !== 'unknown') tests.push((record) => record.type === 'handshake' || record.direction === direction);
  if (opcode !== undefined) tests.push(opcodeTest(opcode, records === 'messages'));
  if (fromTime || toTime) tests.push(timeTest(fromTime, toTime, captureStart));
  if (violations) tests.push(breaksRule);
  if (packets) tests.push(packetTest(packets));
  if (!grep) return all(tests);
  const search = grepSearch(searchFor(grep));
  return Object.assign(all([...tests, search.test])!, { unsearched: () => search.unsearched, scope: all(tests) });
}

function packetTest(filter: PacketFilter): RecordFilter {
  return (record) => record.type === 'frame' && record.packets?.some(filter) === true;
}

function breaksRule(record: Judged): boolean {
  return record.diagnostics.some((diagnostic) => isFinding(diagnostic, true)) || hasAppFinding(record, true);
}

function all<T>(tests: readonly ((value: T) => boolean)[]): ((value: T) => boolean) | undefined {
  if (tests.length <= 1) return tests[0];
  return (value) => {
    for (const test of tests) if (!test(value)) return false;
    return true;
  };
}

function opcodeTest(opcodes: number, ofMessages: boolean): RecordFilter {
  return (record) => {
    if (record.type !== 'frame') return false;
    const { frame } = record;
    // Read only where it counts: it may be made on demand.
    const opcode = ofMessages ? frame.message?.opcode : undefined;
    return ((opcodes >> (opcode ?? frame.header.opcode)) & 1) === 1;
  };
}

function plainSearch(grep: RegExp): TextSearch {
  return (text) => {
    // With the flags g and y a match would begin where the last one ended.
    grep.lastIndex = 0;
    return grep.test(text);
  };
}

function grepSearch(matches: TextSearch): {
  test(this: void, record: Judged): boolean;
  readonly unsearched: Unsearched;
} {
  const unsearched = { cut: 0, slow: 0 };
  const test = (record: Judged): boolean => {
    if (record.type !== 'frame') return false;
    const text = textOf(record.frame);
    const texts = [...(text === undefined ? [] : [text]), ...(record.packets ?? []).map(packetText)];
    const results = texts.map(matches);
    if (results.includes(true)) return true;
    if (results.includes(undefined)) unsearched.slow++;
    else if (goesOn(record.frame)) unsearched.cut++;
    return false;
  };
  return { test, unsearched };
}

/** There is more text than was kept: it exceeds the limit. */
function goesOn({ header, message, compressed, payload, received }: Frame): boolean {
  if (!message) return header.opcode === OPCODE.text && !compressed && received > payload.length;
  if (message.opcode !== OPCODE.text) return false;
  return message.inflation === 'too-large' || (message.bytes ?? 0) > message.payload.length;
}

/** The text of the message that the frame completes, else its own, as far as it was kept. */
function textOf({ header, message, compressed, payload }: Frame): string | undefined {
  if (!message) return header.opcode === OPCODE.text && !compressed ? decodeUtf8(payload) : undefined;
  return message.opcode === OPCODE.text && message.bytes !== undefined ? decodeUtf8(message.payload) : undefined;
}

/** Times are sums of doubles: to the microsecond, what is written as T counts as T. */
const HALF_MICROSECOND = 5e-7;

/** Both bounds belong to what is shown. A record whose time is not known is not between them. */
function timeTest(
  from: TimeBound | undefined,
  to: TimeBound | undefined,
  captureStart: () => number | undefined,
): RecordFilter {
  if (from && to && from.base === to.base && from.seconds > to.seconds) {
    throw new RangeError('--from-time is later than --to-time: nothing is in between');
  }
  const lowAt = (start: number): number => (from ? secondsOf(from, start) - HALF_MICROSECOND : -Infinity);
  const highAt = (start: number): number => (to ? secondsOf(to, start) + HALF_MICROSECOND : Infinity);
  let known = NaN;
  let low = lowAt(known);
  let high = highAt(known);
  return ({ time }) => {
    if (time === undefined) return false;
    const start = captureStart() ?? NaN;
    if (!Object.is(start, known)) {
      known = start;
      low = lowAt(start);
      high = highAt(start);
    }
    return time >= low && time <= high;
  };
}

/** The bound in seconds since the epoch. Without the start that it takes it is NaN, and nothing is within it. */
function secondsOf({ base, seconds }: TimeBound, start: number): number {
  if (base === 'epoch') return seconds;
  if (base === 'start') return start + seconds;
  // By the clock on the wall: on a day that is put forward or back, noon is not twelve hours after midnight.
  const wall = new Date(start * 1000).setHours(0, 0, Math.trunc(seconds), 0);
  return wall / 1000 + (seconds % 1);
}
