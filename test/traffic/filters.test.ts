import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filterOptions, type FilterOptions } from '../../src/cli/options/filter-options.js';
import {
  connectionFilter,
  recordFilter,
  type RecordScope,
  type TimeBound,
} from '../../src/traffic/selection/filters.js';
import { DEFAULT_DEFLATE_PARAMETERS } from '../../src/codec/handshake/deflate-params.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { Inspector } from '../../src/traffic/inspector.js';
import type { Judged } from '../../src/traffic/judged.js';

/** What a command line gives, or throws. */
function parsed(...args: string[]): FilterOptions {
  const command = new Command('x').exitOverride().configureOutput({ outputError: () => undefined });
  for (const option of filterOptions()) command.addOption(option);
  return command.parse(args, { from: 'user' }).opts<FilterOptions>();
}

const ZONE = process.env['TZ'];
beforeAll(() => void (process.env['TZ'] = 'America/New_York'));
afterAll(() => {
  if (ZONE === undefined) delete process.env['TZ'];
  else process.env['TZ'] = ZONE;
});

describe('filterOptions', () => {
  it.each<[string[], FilterOptions]>([
    [[], {}],
    [['--connection', '3'], { connection: [{ low: 3, high: 3 }] }],
    [
      ['--connection', '0,3-5', '--connection', '9-'],
      {
        connection: [
          { low: 0, high: 0 },
          { low: 3, high: 5 },
          { low: 9, high: Infinity },
        ],
      },
    ],
    [['--opcode', 'text'], { opcode: 0b10 }],
    [['--opcode', 'Text, binary', '--opcode', '0x8,9'], { opcode: 0b11_0000_0110 }],
    [['--opcode', 'reserved'], { opcode: 0b1111_1000_1111_1000 }],
    [['--opcode', 'continuation,ping,pong,15'], { opcode: 0b1000_0110_0000_0001 }],
    [['--grep', 'a.b'], { grep: /a.b/ }],
    [['--grep', '/a\\/b/is'], { grep: /a\/b/is }],
    [['--grep', '/chat/room'], { grep: /\/chat\/room/ }],
    [['--grep', '/'], { grep: /\// }],
    [['--limit', '7'], { limit: 7 }],
    [['--trouble', '--last', '5', '--sort', 'ping'], { trouble: true, last: 5, sort: 'ping' }],
    [
      ['--closed', '1006, none', '--closed', '4000-4999,5000-'],
      {
        closed: [{ low: 1006, high: 1006 }, 'none', { low: 4000, high: 4999 }, { low: 5000, high: Infinity }],
      },
    ],
    [['-A', '2', '-B', '0x3'], { after: 2, before: 3 }],
    [['-C', '0'], { context: 0 }],
    [['--extract', 'out'], { extract: 'out' }],
    [['--as-websocket', '80,8080', '--as-websocket', '0'], { asWebsocket: [80, 8080, 0] }],
    [['--violations', '--stats', '--relative-time'], { violations: true, stats: true, relativeTime: true }],
  ])('%j', (args, options) => {
    expect(parsed(...args)).toEqual(options);
  });

  it.each([
    ['--closed', 'x', /a close code from 0 to 65535, none, a range/],
    ['--closed', '-1', /a close code from 0 to 65535/],
    ['--closed', '65536', /a close code from 0 to 65535/],
    ['--closed', '1011-1006', /begins with its larger number/],
    ['--closed', '1006,', /nothing between two commas/],
    ['--last', '0', /whole number from 1 on/],
    ['-C, --context', '-1', /whole number from 0 on/],
    ['--sort', 'size', /bytes, frames, ping, duration/],
    ['--connection', 'x', /number from 0 on/],
    ['--connection', '-1', /number from 0 on/],
    ['--connection', '5-3', /5-3 begins with its larger number/],
    ['--connection', '1,,2', /nothing between two commas/],
    ['--connection', '', /It is empty/],
    ['--client', '80', /as in :80/],
    ['--client', 'example.com', /Names are not looked up/],
    ['--client', 'localhost:80', /Names are not looked up/],
    ['--client', 'fe80::1%eth0', /zones/],
    ['--client', '10.0.0.256', /has to be an address/],
    ['--client', '10.0.0.010', /has to be an address/],
    ['--client', '10.0.0', /has to be an address/],
    ['--client', '10.0.0.1:', /A port is/],
    ['--client', '10.0.0.1:http', /A port is/],
    ['--client', '10.0.0.1:65536', /A port is/],
    ['--client', ':', /A port is/],
    ['--client', '/8', /has to be an address/],
    ['--client', '10.0.0.0/33', /IPv4 block .* to 32/],
    ['--client', '10.0.0.0/', /IPv4 block .* to 32/],
    ['--client', '10.0.0.0/8/8', /has to be an address/],
    ['--server', '[::1', /has to be an address/],
    ['--server', '[::1]80', /has to be an address/],
    ['--server', '::1:50000', /\[IPv6\]:PORT/],
    ['--server', '10.0.0.1:/8', /has to be an address/],
    ['--server', '::1::', /has to be an address/],
    ['--server', ':::', /has to be an address/],
    ['--server', '1:2:3:4:5:6:7', /has to be an address/],
    ['--server', '1:2:3:4::5:6:7:8', /has to be an address/],
    ['--server', '1:2:3:4:5:6:7:8:9', /has to be an address/],
    ['--server', '::12345', /has to be an address/],
    ['--server', '::1.2.3', /has to be an address/],
    ['--server', '::1.2.3.4:5', /has to be an address/],
    ['--server', 'fd00::/129', /IPv6 block .* to 128/],
    ['--opcode', 'txt', /list of text, binary/],
    ['--opcode', '16', /numbers from 0 to 15/],
    ['--opcode', 'text,', /nothing between two commas/],
    ['--grep', '(', /no regular expression of JavaScript: .*Unterminated group/],
    ['--grep', '/a/gg', /no regular expression of JavaScript: .*flags/],
    ['--limit', '0', /whole number from 1 on/],
    ['--limit', 'all', /whole number from 1 on/],
    ['--extract', '', /name of a directory/],
    ['--as-websocket', '70000', /A port is/],
    ['--from-time', 'yesterday', /2026-11-22T15:12:37Z.*\+10/],
    ['--from-time', '2026-11-22', /has to be a time/],
    ['--from-time', '-5', /has to be a time/],
    ['--from-time', '2026-02-30T00:00:00', /no such day/],
    ['--from-time', '2026-13-01T00:00:00', /no such day/],
    ['--from-time', '2026-00-00T00:00:00Z', /no such day/],
    ['--from-time', '2026-11-22T24:00:00', /Hours go up to 23/],
    ['--from-time', '2026-11-22T15:12:37+24:00', /zone after the time/],
    ['--to-time', '15:60:00', /minutes and seconds up to 59/],
    ['--to-time', '1795360357000', /milliseconds/],
  ])('%s %j is a mistake that is named', (option, value, message) => {
    const name = option.split(', ').at(-1)!;
    expect(() => parsed(name, value)).toThrow(message);
    expect(() => parsed(name, value)).toThrow(`option '${option} <`);
  });

  it.each<[string, TimeBound]>([
    ['2026-11-22T15:12:37Z', { base: 'epoch', seconds: 1795360357 }],
    ['2026-11-22T15:12:37.25Z', { base: 'epoch', seconds: 1795360357.25 }],
    ['2026-11-22t15:12:37,5z', { base: 'epoch', seconds: 1795360357.5 }],
    ['2026-11-22 15:12:37+00:00', { base: 'epoch', seconds: 1795360357 }],
    ['2026-11-22T20:42:37+05:30', { base: 'epoch', seconds: 1795360357 }],
    ['2026-11-22T12:12:37-0300', { base: 'epoch', seconds: 1795360357 }],
    ['2026-11-23T00:12:37 +09', { base: 'epoch', seconds: 1795360357 }],
    ['2026-11-22T15:12Z', { base: 'epoch', seconds: 1795360320 }],
    ['2026-11-22 10:12:37', { base: 'epoch', seconds: 1795360357 }],
    ['2026-11-22T10:12:37.125', { base: 'epoch', seconds: 1795360357.125 }],
    // The day on which New York puts its clocks forward.
    ['2026-03-08 12:00:00', { base: 'epoch', seconds: Date.UTC(2026, 2, 8, 16) / 1000 }],
    ['15:12:37.5', { base: 'midnight', seconds: 54757.5 }],
    ['9:05', { base: 'midnight', seconds: 32700 }],
    ['1795360357.5', { base: 'epoch', seconds: 1795360357.5 }],
    ['0', { base: 'epoch', seconds: 0 }],
    ['+1.5', { base: 'start', seconds: 1.5 }],
  ])('--from-time and --to-time %j', (text, bound) => {
    expect(parsed('--from-time', text, '--to-time', text)).toEqual({ fromTime: bound, toTime: bound });
  });
});

describe('connectionFilter', () => {
  const connection = (client: string, server = '192.0.2.1', number = 0) => ({
    number,
    client: { address: client, port: 50000 },
    server: { address: server, port: 80 },
  });

  it('is none without criteria', () => {
    expect(connectionFilter(parsed('--opcode', 'text'))).toBeUndefined();
  });

  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['::ffff:a00:1', '10.0.0.1', true],
    ['[::ffff:10.0.0.1]:50000', '10.0.0.1', true],
    ['10.0.0.1:50000', '10.0.0.1', true],
    ['10.0.0.1:50001', '10.0.0.1', false],
    [':50000', '10.0.0.1', true],
    [':50000', '2001:db8::1', true],
    [':5000', '10.0.0.1', false],
    ['::1', '::1', true],
    ['[::1]', '::1', true],
    ['[::1]:50000', '::1', true],
    ['[::1]:1', '::1', false],
    ['::1:5000', '::1', false],
    ['::1:5000', '::1:5000', true],
    ['::', '::', true],
    ['0:0:0:0:0:0:0:1', '::1', true],
    ['2001:DB8::', '2001:db8::', true],
    ['2001:db8::ff00:42:8329', '2001:db8::ff00:42:8329', true],
    ['fe80::a:b', 'fe80::a:c', false],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', true],
    ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', true],
    ['10.0.0.0/8', '10.255.0.9', true],
    ['10.1.2.3/8', '10.255.0.9', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.2.3.4', true],
    ['10.0.0.0/8:50000', '10.2.3.4', true],
    ['10.0.0.0/8:1', '10.2.3.4', false],
    ['192.168.1.128/25', '192.168.1.200', true],
    ['192.168.1.128/25', '192.168.1.100', false],
    ['10.0.0.1/32', '10.0.0.1', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '10.0.0.1', false],
    ['::ffff:0:0/96', '10.0.0.1', true],
    ['fd00::/8', 'fdff::1', true],
    ['fd00::/8', 'fc00::1', false],
    ['fd00::/8:50000', 'fd12::1', true],
    ['[fd00::/8]:50000', 'fd12::1', true],
    ['[fd00::]/8:1', 'fd12::1', false],
    ['2001:db8:8000::/33', '2001:db8:ffff::', true],
    ['2001:db8:8000::/33', '2001:db8:7fff::', false],
    ['10.0.0.9,10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', 'no address', false],
  ])('--client %s of %s: %s', (pattern, address, matches) => {
    expect(connectionFilter(parsed('--client', pattern))!(connection(address))).toBe(matches);
    const swapped = { number: 0, client: { address: '9.9.9.9', port: 1 }, server: connection(address).client };
    expect(connectionFilter(parsed('--server', pattern))!(swapped)).toBe(matches);
  });

  it.each([
    [
      ['--connection', '0,3-5', '--connection', '9-'],
      [0, 3, 4, 5, 9, 10, 99],
    ],
    [['--connection', '4'], [4]],
  ])('%j', (args, numbers) => {
    const filter = connectionFilter(parsed(...args))!;
    const all = [...Array(11).keys(), 99];
    expect(all.filter((number) => filter(connection('::1', '::1', number)))).toEqual(numbers);
  });

  it('takes any of one option, and all options together', () => {
    const filter = connectionFilter(
      parsed('--client', '10.0.0.1', '--client', '10.0.0.2', '--server', ':80', '--connection', '1-2'),
    )!;
    expect(filter(connection('10.0.0.2', '192.0.2.1', 1))).toBe(true);
    expect(filter(connection('10.0.0.3', '192.0.2.1', 1))).toBe(false);
    expect(filter(connection('10.0.0.2', '192.0.2.1', 0))).toBe(false);
  });
});

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

interface Setting {
  readonly time?: number;
  readonly deflate?: true;
  readonly preview?: number;
  readonly direction?: 'client' | 'server';
}

function records(input: string | Uint8Array, { time, deflate, preview, direction }: Setting = {}): Judged[] {
  const inspector = new Inspector({
    raw: nodeDeflate,
    ...(deflate && { deflate: DEFAULT_DEFLATE_PARAMETERS }),
    ...(preview !== undefined && { previewBytes: preview, messageBytes: preview }),
    ...(direction && { direction }),
  });
  const pushed = inspector.push(typeof input === 'string' ? bytes(input) : input, time);
  return [...pushed, ...inspector.end(time)];
}

/** A handshake that is refused, with its body. */
const REFUSED = ascii(`${REQUEST}\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno`);
/** RFC 7692 §7.2.3.1, its message in two fragments: `Hello`. */
const DEFLATED = '4103f248cd8004c9c90700';
/** `Hel`, a ping, `lo`; binary 00; text `yes`; a reserved opcode; a close frame; the beginning of a header. */
const FRAMES = '010348656c' + '8900' + '80026c6f' + '820100' + '8103796573' + '8300' + '880203e8' + '81';

/** The positions of the records that are shown. */
function shown(args: string[], all: readonly Judged[], more: RecordScope = {}, start?: number): number[] {
  const filter = recordFilter({ ...parsed(...args), ...more }, () => start);
  return all.flatMap((record, index) => (!filter || filter(record) ? [index] : []));
}

describe('recordFilter', () => {
  it('is none without criteria', () => {
    const options = { ...parsed('--connection', '1', '--limit', '3', '--stats'), direction: 'unknown' } as const;
    expect(recordFilter(options, () => undefined)).toBeUndefined();
  });

  it('recognises its records', () => {
    const types = (input: string | Uint8Array): string[] => records(input).map(({ type }) => type);
    expect(types(FRAMES)).toEqual([...Array<string>(7).fill('frame'), 'tail']);
    expect(types(REFUSED)).toEqual(['handshake', 'body']);
  });

  it.each<[string[], number[], RecordScope['records']?]>([
    [
      ['--opcode', 'text'],
      [0, 4],
    ],
    [['--opcode', 'text'], [0, 2, 4], 'messages'],
    [['--opcode', 'continuation'], [2]],
    [['--opcode', 'continuation'], [], 'messages'],
    [
      ['--opcode', 'ping,close,reserved'],
      [1, 5, 6],
    ],
    [['--opcode', '2'], [3]],
    [
      ['--grep', 'Hel'],
      [0, 2],
    ],
    [['--grep', '^hello$'], []],
    [['--grep', '/^hello$/i'], [2]],
    [
      ['--grep', '/e/g'],
      [0, 2, 4],
    ],
    [
      ['--grep', '/H/y'],
      [0, 2],
    ],
    [
      ['--grep', ''],
      [0, 2, 4],
    ],
    [['--grep', '\\0'], []],
    [['--violations'], [5, 7]],
    [['--opcode', 'reserved,text', '--violations'], [5]],
    [['--opcode', 'text', '--grep', 'l'], [0]],
    [['--opcode', 'text', '--grep', 'l'], [0, 2], 'messages'],
  ])('%j shows %j', (args, indices, of) => {
    const all = records(FRAMES);
    expect(shown(args, all, of && { records: of })).toEqual(indices);
    // The same once more: no state is left by the first record.
    expect(shown(args, [...all, ...all], of && { records: of })).toEqual([
      ...indices,
      ...indices.map((index) => index + 8),
    ]);
  });

  it.each([
    ['--opcode', 'text'],
    ['--grep', ''],
  ])('%s shows only frames', (...args) => {
    expect(shown(args, records(REFUSED))).toEqual([]);
  });

  it.each<[string, string, Setting, number[]]>([
    ['a compressed, fragmented message by its plain text', DEFLATED, { deflate: true }, [1]],
    ['no message that is not inflated', 'c104f248cdc9', { deflate: true }, []],
    ['a frame that is cut', '81094865', {}, [0]],
    ['what is kept of a long one', '810548656c6c6f', { preview: 2 }, [0]],
    ['nothing behind that', '81056c6c6f4865', { preview: 2 }, []],
    ['no binary frame', '820548656c6c6f', {}, []],
    ['no ping', '890548656c6c6f', {}, []],
    ['no fragment of an unknown message', '800548656c6c6f', {}, []],
    ['a masked frame by its plain text', '818537fa213d7f9f4d5158', {}, [0]],
  ])('--grep finds %s', (_, hex, setting, indices) => {
    expect(shown(['--grep', '^He'], records(hex, setting))).toEqual(indices);
  });

  it('--grep matches no empty text where a message could not be inflated', () => {
    expect(shown(['--grep', '^$'], records('c104f248cdc9', { deflate: true }))).toEqual([]);
    expect(shown(['--grep', '^$'], records('8100'))).toEqual([0]);
  });

  it('--violations counts warnings, and shows what is no frame too', () => {
    // A ping after a close frame: a warning. A key that is all zeros: a notice.
    expect(shown(['--violations'], records('88008900'))).toEqual([1]);
    expect(shown(['--violations'], records('81810000000061'))).toEqual([]);
    expect(shown(['--violations'], records(REFUSED))).toEqual([0]);
  });

  it('--direction lets handshakes stay', () => {
    const all = [...records(REFUSED), ...records('8100', { direction: 'server' })];
    expect(shown([], all, { direction: 'client' })).toEqual([0]);
    expect(shown([], all, { direction: 'server' })).toEqual([0, 1, 2]);
    expect(shown([], all, { direction: 'unknown' })).toEqual([0, 1, 2]);
  });
});

describe('times', () => {
  /** 10:12:37.123456 in New York. */
  const START = 1795360357 + 0.123456;
  const after = [0, 0.000001, 1, 1.5, 60, 86400];
  const all = after.flatMap((seconds) => records('8100', { time: START + seconds }));

  it.each([
    [
      ['--from-time', '+1'],
      [2, 3, 4, 5],
    ],
    [
      ['--to-time', '+1'],
      [0, 1, 2],
    ],
    [
      ['--from-time', '+0.000001', '--to-time', '+1.5'],
      [1, 2, 3],
    ],
    [
      ['--from-time', '2026-11-22T15:12:37.123457Z'],
      [1, 2, 3, 4, 5],
    ],
    [['--to-time', '2026-11-22 10:12:37.123456'], [0]],
    [['--to-time', '1795360357.123456'], [0]],
    [
      ['--from-time', '10:12:37.123457', '--to-time', '10:13:00'],
      [1, 2, 3],
    ],
    [
      ['--from-time', '10:13'],
      [4, 5],
    ],
    [['--from-time', '23:59:59'], [5]],
    [['--to-time', '2026-11-22T15:12:37Z'], []],
    [
      ['--from-time', '+1', '--to-time', '10:12:39'],
      [2, 3],
    ],
  ])('%j shows %j', (args, indices) => {
    expect(shown(args, all, {}, START)).toEqual(indices);
  });

  it.each([
    ['without a capture only absolute times are known', ['--from-time', '+0'], undefined, []],
    ['a clock needs the day', ['--from-time', '00:00'], undefined, []],
    ['absolute times need no capture', ['--from-time', '2026-11-23T00:00:00Z'], undefined, [5]],
    ['a start that is not a number is none', ['--from-time', '+0'], NaN, []],
  ])('%s', (_, args, start, indices) => {
    expect(shown(args, all, {}, start)).toEqual(indices);
  });

  it('shows nothing whose time is not known', () => {
    expect(shown(['--from-time', '0'], records('8100'), {}, START)).toEqual([]);
  });

  it('counts from the start of the capture that is being read', () => {
    let start: number | undefined;
    const filter = recordFilter(parsed('--from-time', '+1', '--to-time', '+2'), () => start)!;
    const [record] = records('8100', { time: START + 1 });
    const told = [undefined, START, START - 60, START].map((time) => {
      start = time;
      return filter(record!);
    });
    expect(told).toEqual([false, true, false, true]);
  });

  it('follows the clock on the wall on the day that is put forward', () => {
    const noon = Date.UTC(2026, 2, 8, 16) / 1000;
    const around = [-1, 0, 1].flatMap((seconds) => records('8100', { time: noon + seconds }));
    expect(shown(['--from-time', '12:00:00'], around, {}, noon - 10 * 3600)).toEqual([1, 2]);
  });

  it.each([
    ['+2', '+1'],
    ['12:00', '11:59:59.9'],
    ['2026-11-22T15:12:37Z', '1795360356'],
  ])('from %s to %s is a mistake', (from, to) => {
    expect(() => recordFilter(parsed('--from-time', from, '--to-time', to), () => START)).toThrow(
      '--from-time is later than --to-time',
    );
  });
});
