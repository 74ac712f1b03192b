import { InvalidArgumentError, Option } from 'commander';
import { suggestsList } from './suggested-values.js';
import type { ConnectionCriteria, RecordCriteria, TimeBound } from '../../traffic/selection/filters.js';
import { endpointPattern, portNumber } from '../../traffic/selection/endpoint-pattern.js';
import {
  closeCodeRange,
  connectionNumbers,
  opcodeBits,
  OPCODE_NAMES,
} from '../../traffic/selection/stated-criteria.js';
import type { ClosingCriteria } from '../../traffic/selection/closing-filter.js';
import type { WindowCriteria } from '../../traffic/selection/record-window.js';
import type { SortKey } from '../../traffic/tally/order.js';
import { integer, items, regExp, stated } from './option-values.js';
import { packetFilterOptions } from './packet-options.js';

/** The options of `decode` that say which records are shown, and what becomes of them. */
export interface FilterOptions extends ConnectionCriteria, RecordCriteria, ClosingCriteria, WindowCriteria {
  /** Records shown, from 1. */
  limit?: number;
  stats?: true;
  sort?: SortKey;
  extract?: string;
  write?: string;
  relativeTime?: true;
  /** Ports. */
  asWebsocket?: readonly number[];
}

export function filterOptions(): Option[] {
  return [
    new Option('--connection <numbers>', 'show only these connections, as in 0 or 0,3-5 (repeatable)').argParser(
      connections,
    ),
    new Option(
      '--client <addr[:port]>',
      'show only clients at this address, block (10.0.0.0/8) or :port (repeatable)',
    ).argParser(endpoints),
    new Option('--server <addr[:port]>', 'show only servers at this address, block or :port (repeatable)').argParser(
      endpoints,
    ),
    new Option(
      '--trouble',
      'show only connections that ended badly, broke a rule, have unanswered pings or stalled for a second',
    ),
    new Option(
      '--closed <codes>',
      'show only connections closed with these codes, as in 1006,4000-4999; none: no code is known (repeatable)',
    ).argParser(closeCodes),
    suggestsList(
      new Option(
        '--opcode <names>',
        `show only frames of these opcodes: ${OPCODE_NAMES.join(', ')} or numbers`,
      ).argParser(opcodes),
      OPCODE_NAMES,
    ),
    new Option('--grep <re>', 'show only text that this regular expression matches (RE or /RE/flags)').argParser(
      regExp,
    ),
    new Option('-A, --after <number>', 'also show N records of the connection after each match of --grep').argParser(
      integer(0),
    ),
    new Option('-B, --before <number>', 'also show N records of the connection before each match of --grep').argParser(
      integer(0),
    ),
    new Option('-C, --context <number>', 'the same as -A N -B N').argParser(integer(0)),
    ...packetFilterOptions(),
    new Option('--violations', 'show only what breaks a rule: errors and warnings'),
    new Option(
      '--from-time <time>',
      'show only records from this time on: ISO 8601, HH:MM:SS, seconds since the epoch, or +SECONDS from the first packet',
    ).argParser(time),
    new Option('--to-time <time>', 'show only records up to this time').argParser(time),
    new Option('--last <number>', 'show only the last N records of each connection')
      .argParser(limit)
      .conflicts('extract'),
    new Option('--limit <number>', 'stop after N records').argParser(limit),
    new Option('--stats', 'show only the closing table: the result of each connection'),
    new Option('--sort <key>', 'sort the closing table, the largest first').choices(SORT_NAMES),
    new Option('--extract <dir>', 'write each message to a file in this directory, which is new or empty').argParser(
      directory,
    ),
    new Option(
      '--write <file>',
      'write what the filters let through: .pcapng, .ndjson or .har, as the ending says',
    ).conflicts(['last', 'slow', 'after', 'before', 'context']),
    new Option('--relative-time', 'show times as seconds from the first packet'),
    new Option('--as-websocket <ports>', 'read connections with these ports as WebSocket (repeatable)').argParser(
      ports,
    ),
  ];
}

const connections = listOf(connectionNumbers);
const endpoints = listOf(endpointPattern);
const ports = listOf(portNumber);
const closeCodes = listOf(closeCodeRange);

/** Items separated by commas, after those of the same option before it. */
function listOf<T>(item: (text: string) => T): (value: string, before: readonly T[] | undefined) => T[] {
  return (value, before = []) => [...before, ...items(value).map(stated(item))];
}

function opcodes(value: string, before = 0): number {
  return items(value).reduce((bits, text) => bits | stated(opcodeBits)(text), before);
}

const SORT_NAMES = ['bytes', 'frames', 'ping', 'duration'] as const satisfies readonly SortKey[];

function limit(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= 1 && number <= Number.MAX_SAFE_INTEGER) return number;
  throw new InvalidArgumentError('It has to be a whole number from 1 on.');
}

function directory(value: string): string {
  if (value === '') throw new InvalidArgumentError('It has to be the name of a directory.');
  return value;
}

const CLOCK = String.raw`(\d\d?):(\d\d)(?::(\d\d)([.,]\d+)?)?`;
const CLOCK_TIME = new RegExp(`^${CLOCK}$`);
const DATE_TIME = new RegExp(String.raw`^(\d{4})-(\d\d)-(\d\d)[T ]${CLOCK} ?(Z|[+-]\d\d(?::?\d\d)?)?$`, 'i');
const SECONDS = /^(\+?)(\d+(?:\.\d+)?)$/;
/** In the year 5138: in milliseconds, it is 1973. */
const LATEST_SECOND = 1e11;

function time(value: string): TimeBound {
  const text = value.trim();
  const seconds = SECONDS.exec(text);
  if (seconds) return secondsBound(seconds[1] === '+' ? 'start' : 'epoch', Number(seconds[2]));
  const clock = CLOCK_TIME.exec(text);
  if (clock) return { base: 'midnight', seconds: clockSeconds(clock.slice(1)) };
  const dated = DATE_TIME.exec(text);
  if (dated) return { base: 'epoch', seconds: dateSeconds(dated.slice(1)) };
  throw new InvalidArgumentError(
    'It has to be a time as in 2026-11-22T15:12:37Z, "2026-11-22 15:12:37.5" or 15:12:37 (local time), ' +
      '1795360357.5 (seconds since the epoch), or +10 (seconds from the first packet).',
  );
}

function secondsBound(base: 'epoch' | 'start', seconds: number): TimeBound {
  if (base === 'start' || seconds < LATEST_SECOND) return { base, seconds };
  throw new InvalidArgumentError('It has to be in seconds since the epoch, and looks like milliseconds.');
}

/** Hour, minute, second and fraction as they are written. */
function clockSeconds([hour, minute, second = '0', fraction = '.0']: readonly (string | undefined)[]): number {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw new InvalidArgumentError('Hours go up to 23, minutes and seconds up to 59.');
  }
  const whole = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return whole + Number(`0.${fraction.slice(1)}`);
}

/** Without a zone it is the local time, as tcpdump -tttt prints it. */
function dateSeconds(fields: readonly (string | undefined)[]): number {
  const [year, month, day] = fields.slice(0, 3).map(Number) as [number, number, number];
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const written = midnight.toISOString().slice(0, 10);
  if (written !== fields.slice(0, 3).join('-')) throw new InvalidArgumentError('There is no such day.');
  const clock = clockSeconds(fields.slice(3, 7));
  const zone = fields[7];
  // `new Date` takes the seconds of the day by the clock on the wall, also on days that have an hour more or less.
  const local = (): number => new Date(year, month - 1, day, 0, 0, Math.trunc(clock)).getTime() / 1000 + (clock % 1);
  return zone === undefined ? local() : midnight.getTime() / 1000 + clock - zoneSeconds(zone);
}

function zoneSeconds(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) {
    throw new InvalidArgumentError('The zone after the time has hours up to 23 and minutes up to 59.');
  }
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
