import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { pcapngReader } from '../../src/sources/files/pcapng.js';
import { has } from '../tools.js';
import { decodeDirection, generate, generateAll, generated, naiveDirections, readFlows, Scratch } from './captures.js';
import type { Directed } from './captures.js';
import { readAll } from './packets.js';

const python = has('python3');
const editcap = has('editcap');
const tshark = has('tshark');
const scratch = new Scratch();
afterAll(() => scratch.remove());

const LINK_BYTES: Readonly<Record<string, number>> = { eth: 14, null: 4, raw: 0, sll: 16, sll2: 20 };

/** Options of the generator; `truth`: nothing is lost, so that the frames have to add up. */
const RUNS: readonly { readonly options: string; readonly truth: boolean }[] = [
  ...['eth', 'null', 'raw', 'sll', 'sll2'].map((link) => ({
    options: `--profile small --mb 0.3 --link ${link}`,
    truth: true,
  })),
  ...['small', 'packed', 'large', 'deflate'].flatMap((profile) => [
    { options: `--profile ${profile} --mb 0.7`, truth: true },
    { options: `--profile ${profile} --mb 0.7 --swap 0.2 --dup 0.2 --fragment 3`, truth: true },
    { options: `--profile ${profile} --mb 0.7 --flows 3 --swap 0.4 --seed 7`, truth: true },
    { options: `--profile ${profile} --mb 0.7 --no-handshake`, truth: true },
    { options: `--profile ${profile} --mb 0.7 --drop 0.05`, truth: false },
    { options: `--profile ${profile} --mb 0.7 --drop 0.2 --swap 0.2 --dup 0.1 --flows 5`, truth: false },
  ]),
  { options: '--profile deflate --mb 1 --no-takeover --wbits 9 --swap 0.1', truth: true },
  { options: '--profile small --mb 1 --no-handshake --swap 0.3 --flows 400', truth: true },
];

const linkOf = (options: string): string => /--link (\w+)/.exec(options)?.[1] ?? 'eth';

describe.skipIf(!python)('the generator’s captures', () => {
  const pathOf = (options: string): string => scratch.file(`${RUNS.findIndex((run) => run.options === options)}.pcap`);
  beforeAll(() => generateAll(new Map(RUNS.map(({ options }) => [pathOf(options), options.split(' ')]))));

  it.each(RUNS)('$options', ({ options, truth: complete }) => {
    const { file, truth } = generated(pathOf(options));
    const { directions, problems, counters } = readFlows(pcapReader(), file, 65_536);
    expect(problems).toEqual([]);
    expect(counters).toMatchObject({
      packets: truth.totals.packets,
      notIp: 0,
      notTcp: 0,
      malformed: 0,
      stray: 0,
      ignored: expect.any(Number) as number,
    });
    expect(counters.connections).toBe(truth.flows.length);
    expectSame(directions, naiveDirections(file, LINK_BYTES[linkOf(options)]!));
    expect(counters.lostBytes === 0).toBe(complete);
    if (!complete) return;
    for (const flow of truth.flows) {
      const decode = (name: string) =>
        decodeDirection(directions.get(name)!.bytes, options.includes('deflate'), !options.includes('no-takeover'));
      expect(decode(`${flow.client}>${flow.server}`)).toEqual(flow.c2s);
      expect(decode(`${flow.server}>${flow.client}`)).toEqual(flow.s2c);
    }
  });

  it('the size of the chunks does not matter', () => {
    const { file } = generate(
      scratch.file('chunks.pcap'),
      '--profile packed --mb 0.3 --swap 0.2 --drop 0.02'.split(' '),
    );
    const whole = readFlows(pcapReader(), file, file.length);
    for (const size of [1, 7, 1000, 4096]) {
      const { directions, counters } = readFlows(pcapReader(), file, size);
      expect(counters).toEqual(whole.counters);
      expectSame(directions, whole.directions);
    }
  });

  it('a capture that is cut anywhere shows what was whole', () => {
    const { file } = generate(scratch.file('cut.pcap'), '--profile small --mb 0.02 --flows 2'.split(' '));
    const all = readAll(pcapReader(), file).packets;
    let [record, count] = [24, 0];
    for (let end = 24; end < 3000; end++) {
      if (all[count] !== undefined && record + 16 + all[count]!.bytes.length <= end)
        record += 16 + all[count++]!.bytes.length;
      const { packets, problems } = readAll(pcapReader(), file.subarray(0, end));
      expect(packets).toHaveLength(count);
      expect(problems.map(({ offset }) => offset)).toEqual(record === end ? [] : [record]);
    }
  });
});

describe.skipIf(!python || !editcap)('editcap’s forms of the same capture', () => {
  const convert = (from: string, to: string, options: readonly string[]): Uint8Array => {
    execFileSync('editcap', [...options, scratch.file(from), scratch.file(to)], { stdio: 'ignore' });
    return new Uint8Array(readFileSync(scratch.file(to)));
  };

  it.each([
    ['pcapng', pcapngReader],
    ['nsecpcap', pcapReader],
    ['pcap', pcapReader],
  ] as const)('%s', (form, reader) => {
    for (const link of Object.keys(LINK_BYTES)) {
      const { file } = generate(scratch.file('form.pcap'), [
        '--profile',
        'small',
        '--mb',
        '0.1',
        '--flows',
        '9',
        '--link',
        link,
      ]);
      const converted = convert('form.pcap', `form.${form}`, ['-F', form]);
      const [expected, found] = [readAll(pcapReader(), file), readAll(reader(), converted, 1000)];
      expect(found.problems).toEqual([]);
      expect(found.packets.length).toBe(expected.packets.length);
      const shape = ({ packets }: typeof found) =>
        packets.map(({ link: type, original, time }) => [type, original, time.toFixed(6)]);
      const content = ({ packets }: typeof found) => Buffer.concat(packets.map(({ bytes }) => bytes));
      expect(shape(found)).toEqual(shape(expected));
      expect(Buffer.compare(content(found), content(expected))).toBe(0);
    }
  });

  it('cut by the snap length: all lengths stay, nothing is made up', () => {
    generate(scratch.file('snap.pcap'), '--profile packed --mb 0.3'.split(' '));
    const full = readFlows(pcapReader(), new Uint8Array(readFileSync(scratch.file('snap.pcap'))), 65_536);
    for (const snap of ['60', '66', '100', '1000']) {
      const cut = readFlows(pcapngReader(), convert('snap.pcap', 'snap.pcapng', ['-F', 'pcapng', '-s', snap]), 65_536);
      expect(cut.counters.malformed).toBe(0);
      expect(cut.counters.deliveredBytes + cut.counters.lostBytes).toBe(full.counters.deliveredBytes);
      for (const [name, { bytes, lost }] of cut.directions) {
        const expected = full.directions.get(name)!.bytes.slice();
        for (const [from, to] of lost) expected.fill(0, from, to);
        expect(Buffer.compare(bytes, expected)).toBe(0);
      }
    }
  });
});

describe.skipIf(!python || !tshark)('tshark', () => {
  it('numbers the connections alike, and follows the same bytes', () => {
    const options = '--profile packed --mb 0.4 --flows 4 --swap 0.05 --dup 0.05'.split(' ');
    const { file } = generate(scratch.file('follow.pcap'), options);
    const { directions } = readFlows(pcapReader(), file, 65_536);
    const names = [...directions.keys()];
    for (const stream of [0, 3]) {
      const text = execFileSync('tshark', ['-r', scratch.file('follow.pcap'), '-q', '-z', `follow,tcp,raw,${stream}`], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 1 << 26,
      });
      const lines = text.split('\n').filter((line) => /^\t?[0-9a-f]+$/.test(line));
      const side = (isServer: boolean): Buffer =>
        Buffer.from(
          lines
            .filter((line) => line.startsWith('\t') === isServer)
            .join('')
            .replaceAll('\t', ''),
          'hex',
        );
      expect(Buffer.compare(side(false), directions.get(names[stream * 2]!)!.bytes)).toBe(0);
      expect(Buffer.compare(side(true), directions.get(names[stream * 2 + 1]!)!.bytes)).toBe(0);
    }
  });
});

function expectSame(found: ReadonlyMap<string, Directed>, expected: ReadonlyMap<string, Directed>): void {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, { bytes, lost }] of expected) {
    const direction = found.get(name)!;
    expect([name, direction.bytes.length, merged(direction.lost)]).toEqual([name, bytes.length, merged(lost)]);
    expect([name, Buffer.compare(direction.bytes, bytes)]).toEqual([name, 0]);
  }
}

/** Ranges that touch are one. */
function merged(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const all: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = all.at(-1);
    if (last?.[1] === from) last[1] = to;
    else all.push([from, to]);
  }
  return all;
}
