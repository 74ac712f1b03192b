import * as zlib from 'node:zlib';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { DeflateWindows, SlidingWindow } from '../../src/codec/deflate/windows.js';
import {
  MessageDeflater,
  MessageInflater,
  type InflateOutcome,
  type RawDeflate,
} from '../../src/codec/deflate/message-deflate.js';
import { decodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { deflateWith, nodeDeflate, type NodeDeflateOptions } from '../../src/codec/deflate/node-zlib.js';
import { FreeSender, sentMessage as sent } from './deflate-sender.js';
import { liveBuffers } from '../live-buffers.js';
import { bytesOf } from './vectors.js';

const MEGA = 1 << 20;
const PLAIN = { windowBits: 15, noContextTakeover: false };
const NO_WINDOW = new SlidingWindow(1 << 15, () => undefined);
/** The same without streams, as Node documents it: a decoder of its own for each message. */
const documented = deflateWith(zlib, { after: Infinity });
const whole: RawDeflate = {
  inflate: (input, options) => documented.inflate(input, options),
  deflate: (input, options) => documented.deflate(input, options),
};

function streaming(options: NodeDeflateOptions = {}): RawDeflate {
  return deflateWith(zlib, { after: 0, ...options });
}

/** Streams alone: what they leave to the other way fails. */
function streamsOnly(options: NodeDeflateOptions = {}): RawDeflate {
  return { ...streaming(options), inflate: () => ({ status: 'invalid', reason: 'not by the stream' }) };
}

/** What stays of an outcome once the next message came. */
function kept(outcome: InflateOutcome): unknown {
  return outcome.status === 'ok' ? { ...outcome, bytes: Buffer.from(outcome.bytes).toString('hex') } : outcome;
}

function text(outcome: InflateOutcome): string {
  return outcome.status === 'ok' ? decodeUtf8(outcome.bytes) : outcome.status;
}

function noiseOf(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24);
}

/**
 * A block of dynamic codes that ends before its first symbol, or `missing` bits earlier: there is the 0 of the number
 * of lengths of distance codes. `lengths`, at most 9, are those of the codes of `a`, `b`, ..., `i` and of the end.
 */
function cutOff(final: number, lengths: readonly number[], missing: number): Uint8Array {
  const bits: number[] = [];
  const number = (value: number, width: number): void => {
    for (let i = 0; i < width; i++) bits.push((value >> i) & 1);
  };
  number(final | (2 << 1), 3);
  const counts = bits.length;
  number(15 << 10, 14);
  // Lengths of the codes of lengths, in the order of RFC 1951 §3.2.7: 1 bit for 0, 4 for 1 to 7, 5 for 8 and 9.
  for (const length of [0, 0, 0, 1, 5, 4, 5, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0]) number(length, 3);
  for (let symbol = 0; symbol <= 256; symbol++) {
    const length = (symbol === 256 ? lengths.at(-1) : lengths.slice(0, -1)[symbol - 97]) ?? 0;
    const code = ['0', '1000', '1001', '1010', '1011', '1100', '1101', '1110', '11110', '11111'][length]!;
    bits.push(...[...code].map(Number));
  }
  let distances = 1;
  for (bits.push(0); bits.length % 8 > 0; distances++) bits.push(0);
  bits.splice(counts, 14);
  const after = bits.splice(counts);
  number(0, 5);
  number(distances + missing - 1, 5);
  number(15, 4);
  bits.push(...after);
  return Uint8Array.from({ length: bits.length / 8 }, (_, i) =>
    bits.slice(i * 8, i * 8 + 8).reduce((byte, bit, at) => byte | (bit << at), 0),
  );
}

type Damage =
  | { readonly kind: 'none' | 'lose' | 'close' }
  | { readonly kind: 'flip' | 'cut' | 'extend' | 'noise'; readonly at: number; readonly byte: number };
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Damage>({ kind: 'none' }) },
  { weight: 1, arbitrary: fc.constantFrom<Damage>({ kind: 'lose' }, { kind: 'close' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('flip', 'cut', 'extend', 'noise'),
      at: fc.nat(),
      byte: fc.integer({ min: 1, max: 255 }),
    }),
  },
);

function damaged(payload: Uint8Array, how: Damage): Uint8Array {
  switch (how.kind) {
    case 'none':
    case 'lose':
    case 'close':
      return payload;
    case 'flip':
      return payload.map((byte, i) => (i === how.at % payload.length ? byte ^ how.byte : byte));
    case 'cut':
      return payload.subarray(0, how.at % payload.length);
    case 'extend':
      return Buffer.concat([payload, Buffer.of(how.byte, how.at & 255)]);
    case 'noise':
      return Uint8Array.from({ length: how.at % 40 }, (_, i) => Math.imul(how.byte + i, how.at) >>> 11);
  }
}

const windows = [8, 9, 10, 11, 12, 13, 14, 15];

describe('streams read what a decoder for each message reads', () => {
  const traffic = fc.array(fc.record({ direction: fc.nat(3), sent, damage }), { maxLength: 14 });

  it.each(windows.flatMap((bits) => [[bits, false] as const, [bits, true] as const]))(
    'window of %i bits, no context takeover: %s',
    (windowBits, noContextTakeover) => {
      const streams = [{ handles: 1, buffer: 64 }, { handles: 2 }, {}].map(streaming);
      fc.assert(
        fc.property(traffic, fc.constantFrom(0, 700, 50_000, MEGA), fc.boolean(), (steps, budget, fromStart) => {
          const parameters = { windowBits, noContextTakeover };
          const senders = Array.from({ length: 4 }, () => new FreeSender(windowBits, noContextTakeover));
          const ways = [whole, ...streams].map((raw) => {
            const limit = new DeflateWindows(budget);
            const inflaters = senders.map(() => new MessageInflater(raw, parameters, MEGA, fromStart, limit));
            return { limit, inflaters };
          });
          for (const step of steps) {
            const payload = damaged(senders[step.direction]!.send(step.sent), step.damage);
            const before = Buffer.from(payload);
            const outcomes = ways.map(({ inflaters, limit }) => {
              const one = inflaters[step.direction]!;
              if (step.damage.kind === 'lose') one.loseContext();
              if (step.damage.kind === 'close') one.close();
              return { outcome: kept(one.inflate(payload)), held: limit.held, evicted: limit.evicted };
            });
            for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
            expect(outcomes[0]!.held).toBeLessThanOrEqual(budget);
            expect(before.equals(payload)).toBe(true);
          }
          for (const { inflaters, limit } of ways) {
            for (const one of inflaters) one.close();
            expect(limit.held).toBe(0);
          }
        }),
        // Of damaged data each way says that it is invalid, in words of its own where the window is tiny: `npm run fuzz` draws others.
        { numRuns: 40, seed: 20261128 },
      );
    },
  );

  it('all messages of one octet, and some of two', () => {
    const one = streaming();
    for (let first = 0; first < 256; first++) {
      for (let second = -1; second < 256; second += 20 + ((first * 7) % 31)) {
        const payload = second < 0 ? Uint8Array.of(first) : Uint8Array.of(first, second);
        const [expected, got] = [whole, one].map((raw) => {
          const inflater = new MessageInflater(raw, PLAIN, MEGA);
          inflater.inflate(bytesOf('f248cdc9c90700'));
          const outcomes = [kept(inflater.inflate(payload)), kept(inflater.inflate(bytesOf('f200110000')))];
          inflater.close();
          return outcomes;
        });
        expect(got, `${first} ${second}`).toEqual(expected);
      }
    }
  });

  it('references beyond a small window, which zlib lets pass here and there', () => {
    const repeated = fc.array(fc.tuple(fc.integer({ min: 10, max: 9000 }), fc.nat(20_000), fc.nat(255)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.constantFrom(8, 9, 10, 12, 14), repeated, (windowBits, parts) => {
        const pieces = parts.map(([length, noise, seed]) =>
          Buffer.concat([Buffer.from('a phrase that comes again and again'.repeat(2)), noiseOf(length + noise, seed)]),
        );
        const sender = new FreeSender(15, false);
        const [one, other] = [whole, streaming()].map(
          (raw) => new MessageInflater(raw, { windowBits, noContextTakeover: false }, MEGA),
        );
        for (let i = 0; i < pieces.length; i += 2) {
          const sent = { pieces: pieces.slice(i, i + 2), level: 6, strategy: 0, final: false, tailless: false };
          const payload = sender.send(sent);
          expect(kept(other!.inflate(payload))).toEqual(kept(one!.inflate(payload)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    // The end has nine one bits, and all other codes begin with ones and have a zero.
    ['for codes', [1, 2, 3, 4, 5, 6, 7, 8, 9, 9], 0, 'a'.repeat(16)],
    ['for the end of its header', [1, 2, 3, 4, 5, 6, 7, 8, 9, 9], 16, ''],
    // The end is 10, eight one bits are `h`: it comes after the tail.
    ['and more for codes', [1, 3, 4, 5, 6, 7, 8, 8, 2], 0, undefined],
  ] as [string, number[], number, string | undefined][])(
    'a block that is cut short and takes the tail %s',
    (_, lengths, missing, expected) => {
      const [payload, final] = [0, 1].map((each) => cutOff(each, lengths, missing)) as [Uint8Array, Uint8Array];
      const inflated = nodeDeflate.inflate(Buffer.concat([final, bytesOf('0000ffff00')]), {
        windowBits: 15,
        dictionary: new Uint8Array(0),
        maxOutput: MEGA,
      });
      expect(inflated).toMatchObject(
        expected === undefined ? { final: false } : { final: true, output: new Uint8Array(Buffer.from(expected)) },
      );
      for (const raw of [whole, streaming()]) {
        expect(new MessageInflater(raw, PLAIN, MEGA).inflate(payload)).toMatchObject({ status: 'invalid' });
        // A header without a symbol after it can't be distinguished from one that the tail belongs to.
        const outcome = new MessageInflater(raw, PLAIN, MEGA).inflate(final);
        expect(outcome.status).toBe(expected === '' ? 'ok' : 'invalid');
      }
      for (const each of [payload, final]) {
        expect(streaming().open!({ windowBits: 15 })!.inflate(each, NO_WINDOW, MEGA)).toBeUndefined();
      }
    },
  );

  it.each([0, 1, 63, 64, 65, 1000, 65_535, 65_536, 65_537, 300_000])('a limit of %i bytes', (limit) => {
    for (const length of [limit - 1, limit, limit + 1, limit * 3].filter((each) => each >= 0)) {
      const plain = Uint8Array.from({ length }, (_, i) => (i * i) >> 9);
      const payload = new MessageDeflater(whole, PLAIN).deflate(plain);
      for (const raw of [whole, streaming(), streaming({ buffer: 64 })]) {
        const outcome = new MessageInflater(raw, PLAIN, limit).inflate(payload);
        if (length > limit) expect(outcome).toEqual({ status: 'too-large', limit });
        else expect(outcome.status === 'ok' && Buffer.compare(outcome.bytes, plain)).toBe(0);
      }
    }
  });
});

describe('a stream reads on its own', () => {
  it.each(windows)('ordinary messages, window of %i bits', (windowBits) => {
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 8 }), fc.boolean(), (messages, noContextTakeover) => {
        const raw = streamsOnly();
        const sender = new FreeSender(windowBits, noContextTakeover);
        const back = new MessageInflater(raw, { windowBits, noContextTakeover }, MEGA);
        for (const message of messages) {
          const outcome = back.inflate(sender.send({ ...message, final: false }));
          expect(kept(outcome)).toEqual(kept({ status: 'ok', bytes: Buffer.concat(message.pieces) }));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('many directions with one native decoder, by giving it each one’s window', () => {
    const raw = streamsOnly({ handles: 1 });
    const directions = Array.from({ length: 5 }, (_, i) => ({
      out: new MessageDeflater(whole, PLAIN),
      back: new MessageInflater(raw, PLAIN, MEGA),
      plain: Buffer.from(`direction ${i}: `.repeat(500 * (i + 1))),
    }));
    for (let round = 0; round < 8; round++) {
      for (const { out, back, plain } of directions) {
        const outcome = back.inflate(out.deflate(plain));
        expect(outcome.status === 'ok' && plain.equals(outcome.bytes)).toBe(true);
      }
    }
  });

  it.each([
    ['a final block in front', 'f348cdc9c9070000', 'Hello'],
    ['a final block that ends it', 'f348cdc9c90700', 'Hello'],
    ['two final blocks', 'f348cdc9c90700f348cdc9c9070000', 'HelloHello'],
    ['its last block final: BFINAL is free (RFC 7692 §7.2.1)', '01', ''],
    ['the same behind other blocks', 'f248cdc9c90704', 'Hello'],
    ['a final block that would take the tail for its data', '010400fbff', 'invalid'],
  ])('leaves to the other way, or reads as it: %s', (_, hex, expected) => {
    for (const raw of [whole, streaming()]) {
      const one = new MessageInflater(raw, PLAIN, MEGA);
      expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
      expect(text(one.inflate(bytesOf(hex)))).toBe(expected);
      const after = expected === 'invalid' ? 'context-lost' : 'Hello';
      expect(text(one.inflate(bytesOf('f200110000')))).toBe(after);
      expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
      expect(text(one.inflate(bytesOf('f200110000')))).toBe('Hello');
    }
  });

  it('opens no more native decoders than allowed, and closes those of another window size', () => {
    const open = new Set<object>();
    let most = 0;
    const counting = {
      ...zlib,
      createInflateRaw: (options?: zlib.ZlibOptions) => {
        const stream = zlib.createInflateRaw(options);
        const close = stream.close.bind(stream);
        stream.close = () => void (open.delete(stream), close());
        open.add(stream);
        most = Math.max(most, open.size);
        return stream;
      },
    };
    const raw = deflateWith(counting, { after: 0, handles: 3 });
    for (let i = 0; i < 40; i++) {
      const windowBits = 9 + (i % 7);
      const one = new MessageInflater(raw, { windowBits, noContextTakeover: false }, MEGA);
      expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
    }
    expect(most).toBe(3);
    expect(open.size).toBe(3);
  });

  it('takes the native decoder of the direction that was read longest ago', () => {
    let taken = 0;
    const counting = (options?: zlib.ZlibOptions): zlib.InflateRaw => {
      const stream = zlib.createInflateRaw(options);
      const reset = stream.reset.bind(stream);
      return Object.assign(stream, { reset: () => void (taken++, reset()) });
    };
    const raw = deflateWith({ ...zlib, createInflateRaw: counting }, { after: 0, handles: 2 });
    const [a, b, c] = [0, 1, 2].map(() => new MessageInflater(raw, PLAIN, MEGA));
    const read = (each: MessageInflater | undefined): number => {
      const before = taken;
      expect(text(each!.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
      return taken - before;
    };
    read(a);
    read(b);
    expect([a, c, a, b, c, c, b, a].map(read)).toEqual([0, 1, 0, 1, 1, 0, 0, 1]);
  });

  it('releases large memory: after 64 small messages, and at once where it was not used', () => {
    const block = zlib.deflateRawSync(Buffer.alloc(20 * MEGA), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    const one = new MessageInflater(streaming(), PLAIN, 64 * MEGA);
    expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
    const before = liveBuffers();
    expect(one.inflate(new Uint8Array(block.subarray(0, -4)))).toMatchObject({ status: 'ok' });
    expect(liveBuffers() - before).toBeGreaterThan(20 * MEGA);
    for (let i = 0; i < 70; i++) expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
    expect(liveBuffers() - before).toBeLessThan(MEGA);
    expect(one.inflate(Buffer.concat([block, bytesOf('ffff')]))).toMatchObject({ status: 'invalid' });
    expect(liveBuffers() - before).toBeLessThan(MEGA);
  });

  it('a message of 20 MB in place of the shared buffer, then small ones', () => {
    const raw = streamsOnly();
    const plain = Buffer.alloc(20 * MEGA, 'abcdefg');
    const [out, back] = [new MessageDeflater(whole, PLAIN), new MessageInflater(raw, PLAIN, 64 * MEGA)];
    for (const message of [plain, Buffer.from('Hello'), plain.subarray(1), Buffer.from('Hello')]) {
      const outcome = back.inflate(out.deflate(message));
      expect(outcome.status === 'ok' && message.equals(outcome.bytes)).toBe(true);
    }
  });

  it('stops a bomb of 1 GB at its limit, and takes little more memory than that', () => {
    const block = zlib.deflateRawSync(Buffer.alloc(1 << 24), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    const bomb = new Uint8Array(Buffer.concat(Array.from({ length: 64 }, () => block)).subarray(0, -4));
    const one = new MessageInflater(streaming(), PLAIN, 8 * MEGA);
    const before = process.memoryUsage().arrayBuffers;
    expect(one.inflate(bomb)).toEqual({ status: 'too-large', limit: 8 * MEGA });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12 * MEGA);
    expect(text(one.inflate(bytesOf('f200110000')))).toBe('context-lost');
  });
});
