import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { DeflateWindows, SlidingWindow } from '../../src/codec/deflate/windows.js';
import { MessageDeflater, MessageInflater, type RawDeflate } from '../../src/codec/deflate/message-deflate.js';
import { decodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { deflateWith, nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { FreeSender, sentMessage } from './deflate-sender.js';
import { bytesOf } from './vectors.js';

const MEGA = 1 << 20;
const PLAIN = { windowBits: 15, noContextTakeover: false };
const HELLO = bytesOf('f248cdc9c90700');
/** Refers to the five bytes before it. */
const AGAIN = bytesOf('f200110000');
const WAYS: [string, () => RawDeflate][] = [
  ['streams', () => deflateWith(zlib, { after: 0 })],
  ['one native decoder', () => deflateWith(zlib, { after: 0, handles: 1 })],
  ['a decoder for each message', () => deflateWith(zlib, { after: Infinity })],
];

function text(outcome: ReturnType<MessageInflater['inflate']>): string {
  return outcome.status === 'ok' ? decodeUtf8(outcome.bytes) : outcome.status;
}

/** `bytes` deflated by someone who has them `distance` bytes back. */
function farBack(bytes: Uint8Array, distance: number): Uint8Array {
  const dictionary = Buffer.concat([bytes, Buffer.alloc(distance - bytes.length, 0x01)]);
  return deflateRawSync(bytes, { dictionary, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

describe.each(WAYS)('a context with a hole, read by %s', (_, create) => {
  it.each([9, 12, 15])(
    'what refers to nothing before the hole is read, and nothing else: window of %i bits',
    (bits) => {
      const size = 1 << bits;
      const met = { ok: 0, 'context-lost': 0 };
      const steps = fc.array(fc.record({ sent: sentMessage, lost: fc.constantFrom(true, false, false, false) }), {
        maxLength: 14,
      });
      fc.assert(
        fc.property(steps, fc.boolean(), (messages, fromStart) => {
          const sender = new FreeSender(bits, false);
          const one = new MessageInflater(create(), { windowBits: bits, noContextTakeover: false }, MEGA, fromStart);
          let complete = fromStart;
          let known = Buffer.alloc(0);
          for (const { sent, lost } of messages) {
            const payload = sender.send({ ...sent, final: false });
            const plain = Buffer.concat(sent.pieces);
            if (lost) one.loseContext();
            // Two stand-ins for what is not known: a message that refers to it comes out differently.
            const readings = [0x00, 0xff].map((filler) => {
              const dictionary = Buffer.concat([Buffer.alloc(size, filler), known]).subarray(-size);
              return inflateRawSync(Buffer.concat([payload, bytesOf('0000ffff')]), {
                dictionary,
                finishFlush: constants.Z_SYNC_FLUSH,
              });
            });
            const expected = lost || (!complete && !readings[0]!.equals(readings[1]!)) ? 'context-lost' : 'ok';
            if (!lost) {
              const outcome = one.inflate(payload);
              expect(outcome.status).toBe(expected);
              if (outcome.status === 'ok') expect(plain.equals(outcome.bytes)).toBe(true);
              met[expected]++;
            }
            known = expected === 'ok' ? Buffer.concat([known, plain]).subarray(-size) : Buffer.alloc(0);
            complete = expected === 'ok' && (complete || known.length === size);
          }
        }),
        { numRuns: 60 },
      );
      expect(met.ok).toBeGreaterThan(0);
      expect(met['context-lost']).toBeGreaterThan(0);
    },
  );

  it('beyond a window that is known again, a reference is a fault; before, it may be valid', () => {
    const phrase = Buffer.from('something longer than three bytes');
    for (const [known, status] of [
      [511, 'context-lost'],
      [512, 'invalid'],
    ] as const) {
      const one = new MessageInflater(create(), { windowBits: 9, noContextTakeover: false }, MEGA, false);
      for (const length of [200, known - 200]) {
        const stored = deflateRawSync(Buffer.alloc(length, 'x'), { level: 0, finishFlush: constants.Z_SYNC_FLUSH });
        expect(one.inflate(stored.subarray(0, -4))).toMatchObject({ status: 'ok' });
      }
      expect(one.inflate(farBack(phrase, 2000)).status).toBe(status);
      // And it is unknown once more.
      expect(text(one.inflate(AGAIN))).toBe('context-lost');
      expect(text(one.inflate(HELLO))).toBe('Hello');
      expect(text(one.inflate(AGAIN))).toBe('Hello');
      expect(one.inflate(farBack(phrase, 2000)).status).toBe('context-lost');
    }
  });

  it('a message that refers to known and unknown bytes adds nothing to the window', () => {
    const one = new MessageInflater(create(), PLAIN, MEGA, false);
    expect(text(one.inflate(HELLO))).toBe('Hello');
    const both = deflateRawSync(Buffer.from('HelloHello, unknown phrase'), {
      dictionary: Buffer.from('unknown phrase Hello'),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    expect(text(one.inflate(both.subarray(0, -4)))).toBe('context-lost');
    expect(text(one.inflate(AGAIN))).toBe('context-lost');
  });

  it('without context takeover there is nothing to lose', () => {
    const one = new MessageInflater(create(), { windowBits: 15, noContextTakeover: true }, MEGA, false);
    expect(one.inflate(AGAIN)).toMatchObject({ status: 'invalid' });
    one.loseContext();
    expect(text(one.inflate(HELLO))).toBe('Hello');
    expect(one.inflate(AGAIN)).toMatchObject({ status: 'invalid' });
  });

  describe('windows within a budget', () => {
    const several = (count: number, windows: DeflateWindows, raw = create()): MessageInflater[] =>
      Array.from({ length: count }, () => new MessageInflater(raw, PLAIN, MEGA, true, windows));

    it('grow with what came out, up to the window negotiated', () => {
      const windows = new DeflateWindows();
      const [one] = several(1, windows);
      const out = new MessageDeflater(nodeDeflate, PLAIN);
      expect(windows.held).toBe(0);
      for (const [length, held] of [
        [10, 256],
        [246, 256],
        [1, 512],
        [3000, 4096],
        [100_000, 32_768],
        [5, 32_768],
      ] as const) {
        expect(one!.inflate(out.deflate(new Uint8Array(length).fill(length)))).toMatchObject({ status: 'ok' });
        expect(windows.held).toBe(held);
      }
      one!.close();
      expect(windows).toMatchObject({ held: 0, evicted: 0 });
    });

    it('over it, the direction that was read longest ago loses its context, and gets a new one', () => {
      const windows = new DeflateWindows(3 * 256);
      const [a, b, c, d] = several(4, windows) as [MessageInflater, MessageInflater, MessageInflater, MessageInflater];
      for (const each of [a, b, c]) expect(text(each.inflate(HELLO))).toBe('Hello');
      expect(text(a.inflate(AGAIN))).toBe('Hello');
      expect(text(d.inflate(HELLO))).toBe('Hello');
      expect(windows).toMatchObject({ held: 3 * 256, evicted: 1 });
      expect([a, c, d].map((each) => text(each.inflate(AGAIN)))).toEqual(['Hello', 'Hello', 'Hello']);
      expect(text(b.inflate(AGAIN))).toBe('context-lost');
      // What it sends next without looking back makes room for itself at the cost of another.
      expect(text(b.inflate(HELLO))).toBe('Hello');
      expect(text(b.inflate(AGAIN))).toBe('Hello');
      expect(windows).toMatchObject({ held: 3 * 256, evicted: 2 });
      expect(text(a.inflate(AGAIN))).toBe('context-lost');
    });

    it('none at all: every message is independent', () => {
      const windows = new DeflateWindows(0);
      const [one] = several(1, windows);
      for (let i = 0; i < 3; i++) {
        expect(text(one!.inflate(HELLO))).toBe('Hello');
        expect(text(one!.inflate(AGAIN))).toBe('context-lost');
      }
      expect(windows).toMatchObject({ held: 0, evicted: 3 });
    });

    it('are given back by a loss, by a fault, and by close()', () => {
      const windows = new DeflateWindows();
      const [a, b, c, d] = several(4, windows) as [MessageInflater, MessageInflater, MessageInflater, MessageInflater];
      for (const each of [a, b, c, d]) each.inflate(HELLO);
      expect(windows.held).toBe(4 * 256);
      a.loseContext();
      expect(windows.held).toBe(3 * 256);
      expect(b.inflate(bytesOf('ffff'))).toMatchObject({ status: 'invalid' });
      expect(windows.held).toBe(2 * 256);
      c.close();
      c.close();
      expect(windows.held).toBe(256);
      expect(text(d.inflate(AGAIN))).toBe('Hello');
      expect(text(c.inflate(AGAIN))).toBe('context-lost');
      d.close();
      expect(windows).toMatchObject({ held: 0, evicted: 0 });
    });

    it('take nothing where no context is kept', () => {
      const windows = new DeflateWindows(0);
      const one = new MessageInflater(create(), { windowBits: 15, noContextTakeover: true }, MEGA, true, windows);
      for (let i = 0; i < 3; i++) expect(text(one.inflate(HELLO))).toBe('Hello');
      expect(windows).toMatchObject({ held: 0, evicted: 0 });
    });
  });
});

describe('a sliding window', () => {
  it('holds the last bytes, in memory that grows with them', () => {
    const pushes = fc.array(fc.oneof(fc.nat(20), fc.nat(700), fc.nat(3000)), { maxLength: 30 });
    fc.assert(
      fc.property(pushes, fc.integer({ min: 8, max: 12 }), (lengths, bits) => {
        const budget = new DeflateWindows();
        const window = new SlidingWindow(1 << bits, () => window.clear(), budget);
        let all = Buffer.alloc(0);
        for (const length of lengths) {
          const bytes = Uint8Array.from({ length }, (_, i) => all.length + i * 7);
          all = Buffer.concat([all, bytes]);
          window.push(bytes);
          const expected = all.subarray(-(1 << bits));
          expect(expected.equals(window.copy())).toBe(true);
          expect(expected.equals(Buffer.concat([window.first, window.second]))).toBe(true);
          expect(window.length).toBe(expected.length);
          expect(budget.held).toBeLessThanOrEqual(Math.max(expected.length * 2, all.length > 0 ? 256 : 0));
        }
      }),
    );
  });

  it('many of them in any order: what is held is the sum, and never over the limit', () => {
    const steps = fc.array(fc.tuple(fc.nat(9), fc.oneof(fc.nat(300), fc.nat(5000)), fc.nat(9)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.nat(20_000), (pushes, limit) => {
        const budget = new DeflateWindows(limit);
        const order: SlidingWindow[] = [];
        const windows = Array.from({ length: 10 }, () => {
          const window: SlidingWindow = new SlidingWindow(
            4096,
            () => (expect(order[0]).toBe(window), forget(window)),
            budget,
          );
          return window;
        });
        const forget = (window: SlidingWindow): void => {
          if (order.includes(window)) order.splice(order.indexOf(window), 1);
          window.clear();
        };
        for (const [which, length, action] of pushes) {
          const window = windows[which]!;
          if (action === 0) forget(window);
          else if (length > 0) {
            if (order.includes(window)) order.splice(order.indexOf(window), 1);
            order.push(window);
            window.push(new Uint8Array(length));
          }
          expect(budget.held).toBeLessThanOrEqual(limit);
          for (const each of windows) expect(each.length > 0).toBe(order.includes(each));
        }
        for (const window of windows) window.clear();
        expect(budget.held).toBe(0);
      }),
    );
  });
});
