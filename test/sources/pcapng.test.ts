import { describe, expect, it } from 'vitest';
import { pcapngReader, pcapngSource } from '../../src/sources/files/pcapng.js';
import { concat, pcapngBlocks, readAll, text } from './packets.js';

const ONE = text('first packet');
const TWO = text('odd');
/** 1 700 000 000.25 s in microseconds, as two words. */
const MICROS = 1_700_000_000_250_000;
const words = (ticks: number | bigint): [number, number] => [
  Number(BigInt(ticks) >> 32n),
  Number(BigInt(ticks) & 0xffffffffn),
];

describe.each([false, true])('pcapng, big endian: %s', (big) => {
  const b = pcapngBlocks(big);
  const start = concat(b.section(), b.iface(1));
  const enhanced = b.enhanced(0, ...words(MICROS), ONE);

  it.each([1, 3, 28, 1000])('enhanced, obsolete and simple packets, others skipped (chunks of %i)', (size) => {
    const file = concat(
      start,
      b.block(0x0bad, text('no such block')),
      enhanced,
      b.obsolete(0, ...words(MICROS), TWO, 70),
      b.block(5, b.u32(0), b.u32(0), b.u32(0)),
      b.simple(TWO, 3),
    );
    const { packets, notices, problems } = readAll(pcapngReader(), file, size);
    expect({ notices, problems }).toEqual({ notices: [], problems: [] });
    expect(packets).toEqual([
      { link: 'ethernet', bytes: ONE, original: ONE.length, time: 1_700_000_000.25 },
      { link: 'ethernet', bytes: TWO, original: 70, time: 1_700_000_000.25 },
      { link: 'ethernet', bytes: TWO, original: 3, time: NaN },
    ]);
  });

  it.each([
    ['microseconds', [], MICROS, 1_700_000_000.25],
    ['10^-9', [b.option(9, [9])], 1_700_000_000_250_000_000n, 1_700_000_000.25],
    ['2^-10', [b.option(9, [0x8a])], 1_700_000_000 * 1024 + 256, 1_700_000_000.25],
    ['10^0', [b.option(9, [0])], 1_700_000_000, 1_700_000_000],
    [
      'an offset of 1000 s',
      [b.option(14, big ? [0, 0, 0, 0, 0, 0, 3, 0xe8] : [0xe8, 3, 0, 0, 0, 0, 0, 0])],
      MICROS,
      1_700_001_000.25,
    ],
    ['an offset of -1 s', [b.option(14, Array<number>(8).fill(0xff))], MICROS, 1_699_999_999.25],
    ['other options in front', [b.option(2, [...text('lo')]), b.option(9, [0]), b.option(0, [])], 17, 17],
    ['options behind the end', [b.option(0, []), b.option(9, [0])], 1_000_000, 1],
    ['an option that does not fit', [concat(b.u16(9), b.u16(400))], 1_000_000, 1],
  ] as const)('time: %s', (_name, options, ticks, time) => {
    const file = concat(b.section(), b.iface(1, 0, concat(...options)), b.enhanced(0, ...words(ticks), ONE));
    expect(readAll(pcapngReader(), file).packets[0]?.time).toBe(time);
  });

  it('several interfaces, one of them unknown', () => {
    const file = concat(
      ...[b.section(), b.iface(113), b.iface(189), b.iface(276)],
      ...[b.enhanced(2, 0, 0, ONE), b.enhanced(1, 0, 0, ONE), b.enhanced(0, 0, 0, TWO), b.enhanced(1, 0, 0, ONE)],
    );
    const { packets, notices } = readAll(pcapngReader(), file);
    expect(packets.map(({ link }) => link)).toEqual(['sll2', 'sll']);
    expect(notices).toEqual(['link type 189 (USB) is not read: its packets are passed over']);
  });

  it('several sections, each with its own byte order and interfaces', () => {
    const other = pcapngBlocks(!big);
    const file = concat(
      start,
      enhanced,
      other.section(),
      other.iface(0),
      other.enhanced(0, ...words(MICROS), TWO),
      b.section(),
      b.iface(101),
      enhanced,
    );
    const { packets, problems } = readAll(pcapngReader(), file, 11);
    expect(problems).toEqual([]);
    expect(packets.map(({ link, time }) => [link, time])).toEqual([
      ['ethernet', 1_700_000_000.25],
      ['null', 1_700_000_000.25],
      ['raw', 1_700_000_000.25],
    ]);
  });

  it('a simple packet is cut by the snap length', () => {
    const file = concat(b.section(), b.iface(1, 4), b.simple(ONE.subarray(0, 4), 12));
    expect(readAll(pcapngReader(), file).packets).toEqual([
      { link: 'ethernet', bytes: ONE.subarray(0, 4), original: 12, time: NaN },
    ]);
  });

  const at = start.length + enhanced.length;
  const good = concat(start, enhanced);
  const wrongBehind = concat(good, enhanced.subarray(0, enhanced.length - 4), b.u32(48));
  it.each([
    ['not a section header first', enhanced, 0, 'not a pcapng file: it does not begin with a section header', 0],
    [
      'a section header with another magic',
      concat(b.u32(0x0a0d0d0a), b.u32(28), b.u32(1), new Uint8Array(16)),
      0,
      'damaged section header: unknown byte order',
      0,
    ],
    [
      'a block cut off',
      concat(good, enhanced.subarray(0, 20)),
      1,
      `cut off in the middle of a block: ${enhanced.length - 20} of ${enhanced.length} bytes are missing`,
      at,
    ],
    [
      'a block header cut off',
      concat(good, [1, 2, 3]),
      1,
      'cut off in the middle of a block: 9 of 12 bytes are missing',
      at,
    ],
    ['a block too short', concat(good, b.u32(6), b.u32(8), b.u32(8)), 1, 'damaged block header: it claims 8 bytes', at],
    [
      'a block too long',
      concat(good, b.u32(6), b.u32(0x10000000), b.u32(8)),
      1,
      'damaged block header: it claims 268435456 bytes',
      at,
    ],
    [
      'lengths that differ',
      wrongBehind,
      1,
      `damaged block: its length is ${enhanced.length} at its start and 48 at its end`,
      at,
    ],
    [
      'an interface that nobody described',
      concat(good, b.enhanced(3, 0, 0, ONE)),
      1,
      'damaged packet block: no interface 3 was described',
      at,
    ],
    [
      'more captured than there is',
      concat(good, b.block(6, b.u32(0), b.u32(0), b.u32(0), b.u32(99), b.u32(99), ONE)),
      1,
      'damaged packet block: it claims 99 captured bytes and has room for 12',
      at,
    ],
    ['a packet block without its fields', concat(good, b.block(6, b.u32(0))), 1, 'damaged packet block: too short', at],
    [
      'an interface without its fields',
      concat(good, b.block(1, b.u32(0))),
      1,
      'damaged interface description: too short',
      at,
    ],
  ] as const)('%s: the packets before it, then the problem', (_name, file, packetsBefore, message, offset) => {
    for (const size of [1, 17, file.length]) {
      const { packets, problems } = readAll(pcapngReader(), file, size);
      expect(problems).toEqual([{ message, offset }]);
      expect(packets).toHaveLength(packetsBefore);
    }
  });

  it('is a Source: without a time where the capture has none', () => {
    const source = pcapngSource();
    const events = [...source.push(concat(start, b.simple(TWO, 3))), ...source.end()];
    expect(events).toEqual([{ type: 'packet', packet: { link: 'ethernet', bytes: TWO, originalLength: 3 } }]);
  });
});

describe.each([false, true])('TLS secrets in pcapng, big endian: %s', (big) => {
  const b = pcapngBlocks(big);
  const LINE = `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n`;
  const TLS_KEY_LOG = 0x544c534b;
  const secretsIn = (file: Uint8Array): { secrets: string[]; problems: string[] } => {
    const secrets: string[] = [];
    const problems: string[] = [];
    const visitor = {
      packet: () => undefined,
      secrets: (keyLog: Uint8Array) => void secrets.push(new TextDecoder().decode(keyLog)),
      notice: () => undefined,
      problem: ({ message }: { message: string }) => void problems.push(message),
    };
    const reader = pcapngReader();
    reader.push(file, visitor);
    reader.end(visitor);
    return { secrets, problems };
  };
  const section = (...options: Uint8Array[]): Uint8Array =>
    b.block(0x0a0d0d0a, b.u32(0x1a2b3c4d), b.u16(1), b.u16(0), b.u32(0xffffffff), b.u32(0xffffffff), ...options);

  it('are those of Decryption Secrets Blocks that hold a key log', () => {
    const block = (type: number, lines: string, length = lines.length): Uint8Array =>
      b.block(10, b.u32(type), b.u32(length), text(lines));
    const other = block(0x57474b4c, 'WireGuard');
    expect(secretsIn(concat(b.section(), block(TLS_KEY_LOG, LINE), other, block(TLS_KEY_LOG, '')))).toEqual({
      secrets: [LINE, ''],
      problems: [],
    });
    expect(secretsIn(concat(b.section(), block(TLS_KEY_LOG, LINE, 10_000))).problems).toEqual([
      expect.stringContaining('damaged secrets block'),
    ]);
  });

  it('are lines of a key log in a comment of the capture', () => {
    const comment = (words: string): Uint8Array => b.option(1, [...text(words)]);
    expect(
      secretsIn(section(b.option(2, [1, 2, 3]), comment(`made by me\n${LINE}`), comment('CLIENT_RANDOM'))),
    ).toEqual({
      secrets: [LINE],
      problems: [],
    });
    expect(secretsIn(section(concat(b.u16(1), b.u16(60_000)))).problems).toEqual([]);
  });
});
