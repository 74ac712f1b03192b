import type { InputProblem, Packet, Source } from '../../src/sources/bytes/types.js';

/** What a source gave, with neighbouring bytes joined, so that it does not depend on how the input was cut. */
export interface Read {
  /** All bytes in order, as hex. */
  readonly bytes: string;
  /** The same by side, where sides are known. */
  readonly sides: readonly [string, string];
  /** And by connection. */
  readonly streams: readonly string[];
  readonly packets: readonly {
    readonly hex: string;
    readonly link: string;
    readonly time: number | undefined;
    readonly originalLength: number;
  }[];
  readonly notices: readonly string[];
  readonly problem: InputProblem | undefined;
}

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const fromText = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Cuts `bytes` into pieces of the lengths that `next` gives. */
export function cut(bytes: Uint8Array, next: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + Math.max(1, next());
    // A copy: a reader that looked past its chunk would find nothing there.
    pieces.push(bytes.slice(at, end));
    at = end;
  }
  return pieces;
}

export function readChunks(source: Source, chunks: readonly Uint8Array[]): Read {
  const bytes: string[] = [];
  const sides: [string, string] = ['', ''];
  const streams: string[] = [];
  const packets: Packet[] = [];
  const notices: string[] = [];
  let problem: InputProblem | undefined;
  const events = [...chunks.flatMap((chunk) => source.push(chunk)), ...source.end(), ...source.end()];
  for (const event of events) {
    if (problem !== undefined) throw new Error(`an event follows a problem: ${event.type}`);
    if (event.type === 'bytes') {
      const hex = toHex(event.bytes);
      bytes.push(hex);
      if (event.side !== undefined) sides[event.side] += hex;
      if (event.stream !== undefined) streams[event.stream] = (streams[event.stream] ?? '') + hex;
    } else if (event.type === 'packet') packets.push(event.packet);
    else if (event.type === 'notice') notices.push(event.message);
    else if (event.type === 'problem') problem = event.problem;
  }
  return {
    bytes: bytes.join(''),
    sides,
    streams,
    packets: packets.map(({ bytes: raw, link, time, originalLength }) => ({
      hex: toHex(raw),
      link,
      time,
      originalLength,
    })),
    notices,
    problem,
  };
}

/** A small generator of numbers with a seed (mulberry32): 0 to `below` - 1. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The input whole, byte by byte and in random pieces: every source has to give the same for all of them. */
export function readAllWays(open: () => Source, input: Uint8Array): Read {
  const whole = readChunks(open(), [input]);
  const draw = random(input.length);
  const others: readonly [string, () => number][] = [
    ['byte by byte', () => 1],
    ['in pieces of up to 7', () => draw(8)],
    ['in pieces of up to 100', () => draw(101)],
  ];
  for (const [how, next] of others) {
    const read = readChunks(open(), cut(input, next));
    if (JSON.stringify(read) !== JSON.stringify(whole)) {
      throw new Error(`read ${how}, the input gives\n${JSON.stringify(read)}\nand whole\n${JSON.stringify(whole)}`);
    }
  }
  return whole;
}
