import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handshake, ipv4, pcapFile, SERVER, CLIENT, tcp } from '../sources/packets.js';
import { decode, type Call, type Ran } from '../fuzz/decode-world.js';

/** What fuzzing has found about several inputs, their names and their forms. */
const capture = new Uint8Array(readFileSync(new URL('../../fixtures/dumps/lo.pcap', import.meta.url)));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const FRAME = text('810548656c6c6f');

function decoded(files: readonly Uint8Array[], options: Call['options'] = {}, name = 'file'): Promise<Ran> {
  return decode({ files: files.map((bytes, i) => ({ name: `${name}${i}`, chunks: [bytes.slice()] })), options });
}

interface Line {
  readonly type: string;
  readonly connection?: number;
}

const linesOf = ({ out }: Ran): Line[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
const numbersOf = (ran: Ran): Set<number | undefined> =>
  new Set(
    linesOf(ran)
      .filter(({ type }) => type !== 'summary')
      .map(({ connection }) => connection),
  );

describe('the name of an input', () => {
  it.each([
    ['a capture', capture],
    ['a text', FRAME],
  ])('is escaped where -v reports what it was read as: %s', async (_, bytes) => {
    const { err } = await decoded([bytes], { verbose: true }, '\x1b[2J\u202e');
    expect(err).toMatch(/^\\x1b\[2J\\u202e0: read as \w+/);
  });
});

describe('a file that --from pcap does not take', () => {
  it('is recognised by its first bytes, in chunks of any size', async () => {
    const whole = await decoded([FRAME], { from: 'pcap' });
    const chunks = [...FRAME].map((byte) => Uint8Array.of(byte));
    const bytewise = await decode({ files: [{ name: 'file0', chunks }], options: { from: 'pcap' } });
    expect(whole.error?.message).toBe('not a pcap or pcapng file: it begins with 38 31 30 35');
    expect(bytewise.error?.message).toBe(whole.error?.message);
  });
});

describe('the pcap of patched libpcap', () => {
  const packets = handshake(1, 1).map(({ from, seq = 0, ack = 0, flags = 16 }) => {
    const ports = from === 'server' ? { sport: 80, dport: 40000 } : {};
    const hosts = from === 'server' ? { src: SERVER, dst: CLIENT } : {};
    return { bytes: ipv4(tcp({ seq, ack, flags, ...ports }), hosts) };
  });
  it.each([true, false])('is a capture (big endian: %s)', async (big) => {
    const ran = await decoded([pcapFile(packets, { magic: 0xa1b2cd34, big, link: 101 })], { json: true });
    expect(linesOf(ran)).toMatchObject([{ type: 'summary', packets: 3, connections: 1, passedOver: { silent: 1 } }]);
  });
});

describe('bytes beside a capture', () => {
  it.each([
    ['behind it', [capture, FRAME]],
    ['in front of it', [FRAME, capture]],
    ['on both sides', [FRAME, capture, FRAME]],
  ])('are a connection of their own: %s', async (_, files) => {
    const ran = await decoded(files, { json: true });
    expect(numbersOf(ran)).toEqual(new Set(files.map((_, i) => i)));
  });

  it('are counted by --stats under that number', async () => {
    const ran = await decoded([capture, FRAME], { json: true, stats: true });
    expect(linesOf(ran)).toMatchObject([
      { type: 'connection', connection: 0, ended: 'fin' },
      { type: 'connection', connection: 1, ended: 'end' },
      { type: 'summary', connections: 2 },
    ]);
  });

  it('are none where they are the text of packets: these go on with the capture', async () => {
    const dump = new Uint8Array(readFileSync(new URL('../../fixtures/dumps/any.tcpdump-x.txt', import.meta.url)));
    expect(numbersOf(await decoded([capture, dump], { json: true }))).toEqual(new Set([0]));
  });
});

describe('bytes without addresses', () => {
  it('are read by the first shard, and by no other', async () => {
    const shards = [];
    for (const index of [1, 2, 3]) shards.push(await decoded([FRAME], { json: true, shard: { index, count: 3 } }));
    expect(shards.map((ran) => linesOf(ran).length)).toEqual([1, 0, 0]);
  });
});

describe('a dump of repeated lines', () => {
  const dump = text(`00000000: ${'0000 '.repeat(8)} ................\n*\n00c00000: 00  .\n`);

  it('ends where --limit does', async () => {
    const ran = await decoded([dump], { limit: 2, json: true });
    expect(linesOf(ran)).toHaveLength(2);
  });

  it('is printed piece by piece', async () => {
    let most = 0;
    const written = (data: string | Uint8Array): void => void (most = Math.max(most, data.length));
    const files = [{ name: 'file', chunks: [dump] }];
    await decode({ files, options: { view: 'summary' }, closedAt: 1, written });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('packets that were cut when captured', () => {
  const segment = (length: number): Uint8Array =>
    Uint8Array.from([
      ...new Uint8Array(12),
      8,
      0,
      ...ipv4(tcp({ payload: new Uint8Array(length) }), { src: CLIENT, dst: SERVER }),
    ]);
  const cutAt = (snap: number): Uint8Array =>
    pcapFile([10, 100, 200].map(segment).map((bytes) => ({ bytes: bytes.subarray(0, snap), original: bytes.length })));

  it.each([
    [68, '2 of 3 packets were cut when captured, after 68 bytes at most'],
    [200, '1 of 3 packets was cut when captured, after 200 bytes at most'],
    [40, 'no TCP connection in its packets (3 of 3 packets were cut when captured, after 40 bytes at most'],
  ])('are counted: after %i bytes', async (snap, words) => {
    const { err, error } = await decoded([cutAt(snap)], { view: 'summary' });
    expect(error?.message ?? err).toContain(words);
    expect(error?.message ?? err).toContain('tcpdump -s 0');
  });

  it('are not where they are whole', async () => {
    const { err } = await decoded([cutAt(65_535)], { view: 'summary' });
    expect(err).not.toContain('cut');
  });
});
