import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Flows } from '../../src/sources/tcp/flows.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { pcapngReader } from '../../src/sources/files/pcapng.js';
import type { LinkType } from '../../src/sources/bytes/types.js';
import { concat, ENCAPSULATIONS, handshake, ipv4, ipv6, LINK_NUMBER, pcapFile, SERVER, tcp, text } from './packets.js';

/** More with `FUZZ_RUNS=100000`; another seed with `FUZZ_SEED`. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 4000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/captures/${name}`, import.meta.url)));

/** Every link layer with a handshake, early segments, fragments and IPv6 options in it. */
function madeUp([, link, wrap]: (typeof ENCAPSULATIONS)[number]): Uint8Array {
  const segments = [
    ...handshake(10, 20).map(({ seq = 0, ack = 0, flags = 16 }) => tcp({ seq, ack, flags })),
    tcp({ seq: 14, payload: text('late') }),
    tcp({ seq: 11, payload: text('abc') }),
    tcp({ seq: 18, flags: 17 }),
  ];
  const whole = tcp({ seq: 11, payload: text('y'.repeat(44)) });
  const datagrams = [
    ...segments.map((segment) => ipv4(segment)),
    ...segments.map((segment) => ipv6(concat([6, 0, 1, 4, 0, 0, 0, 0], segment), { next: 0 })),
    ipv4(whole.subarray(32), { src: SERVER, offset: 32 }),
    ipv4(whole.subarray(0, 32), { src: SERVER, more: true }),
    ipv6(concat([6, 0, 0, 1, 0, 0, 0, 9], whole.subarray(0, 32)), { next: 44 }),
    ipv6(concat([6, 0, 0, 32, 0, 0, 0, 9], whole.subarray(32)), { next: 44 }),
  ];
  return pcapFile(
    datagrams.map((ip) => ({ bytes: wrap(ip) })),
    { link: LINK_NUMBER[link as Exclude<LinkType, 'unknown'>] },
  );
}

const CORPUS = [
  ...['loopback.pcap', 'any-ipv6.pcap', 'two-interfaces.pcapng'].map(fixture),
  ...ENCAPSULATIONS.map(madeUp),
];

/** A stream of numbers below the argument, from a seed. */
function dice(seed: number): (sides: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
}

const MUTATIONS: readonly ((bytes: Uint8Array, roll: (sides: number) => number) => Uint8Array)[] = [
  (bytes, roll) => bytes.map((byte, at) => (at >= 24 && roll(200) === 0 ? roll(256) : byte)),
  (bytes, roll) => bytes.with(roll(bytes.length), roll(256)),
  (bytes, roll) => bytes.with(24 + roll(60), 0xff),
  (bytes, roll) => bytes.subarray(0, roll(bytes.length)),
  (bytes, roll) => {
    const [from, to] = [roll(bytes.length), roll(bytes.length)];
    return concat(bytes.subarray(0, from), bytes.subarray(to));
  },
  (bytes, roll) => {
    const at = roll(bytes.length);
    return concat(
      bytes.subarray(0, at),
      Uint8Array.from({ length: roll(40) }, () => roll(256)),
      bytes.subarray(at),
    );
  },
];

function run(seed: number): void {
  const roll = dice(seed);
  let bytes = CORPUS[roll(CORPUS.length)]!;
  for (let count = 1 + roll(3); count > 0 && bytes.length > 100; count--)
    bytes = MUTATIONS[roll(MUTATIONS.length)]!(bytes, roll);
  const tight =
    roll(2) === 0 ? {} : { connections: 3, closedConnections: 1, streamSegments: 2, totalBytes: 3000, latePackets: 2 };
  const offsets = new Map<string, number>();
  const step = (connection: number, side: number, offset: number, length: number): void => {
    const key = `${connection} ${side}`;
    if (length <= 0 || offset !== (offsets.get(key) ?? 0)) throw new Error(`${key}: ${length} bytes at ${offset}`);
    offsets.set(key, offset + length);
  };
  const flows = new Flows(
    {
      opened({ order: number, a, b, streams }) {
        if (roll(10) === 0) return undefined;
        if (a.address === '' || b.port < 0) throw new Error('no endpoint');
        return {
          data: (side, _bytes, start, end) => step(number, side, streams[side].offset - (end - start), end - start),
          gap: (side, length) => step(number, side, streams[side].offset - length, length),
          fin: () => undefined,
          reset: () => undefined,
          close: () => undefined,
        };
      },
    },
    tight,
  );
  let problems = 0;
  const inferred = roll(3) === 0;
  const visitor = {
    packet(link: LinkType, chunk: Uint8Array, start: number, end: number, original: number, time: number) {
      if (start < 0 || end < start || end > chunk.length || original < end - start)
        throw new Error(`packet ${start} to ${end} of ${chunk.length}`);
      if (problems > 0) throw new Error('a packet behind a problem');
      flows.packet(inferred ? 'unknown' : link, chunk, start, end, original, time);
    },
    notice: () => undefined,
    problem({ offset }: { readonly offset: number }) {
      if (offset < 0 || offset > bytes.length) throw new Error(`a problem at ${offset} of ${bytes.length}`);
      problems++;
    },
  };
  for (const reader of [pcapReader(), pcapngReader()]) {
    problems = 0;
    const size = 1 + roll(2000);
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size), visitor);
    reader.end(visitor);
    if (problems > 1) throw new Error('more than one problem');
  }
  flows.end();
}

describe('damaged captures', () => {
  it(`never throw, and never say what can't be (${RUNS} from seed ${SEED})`, { timeout: 600_000 }, () => {
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      try {
        run(seed);
      } catch (error) {
        expect.fail(
          `FUZZ_SEED=${seed} FUZZ_RUNS=1: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
    }
  });
});
