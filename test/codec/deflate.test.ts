import { constants, deflateRawSync } from 'node:zlib';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { MessageDeflater, MessageInflater, type RawDeflate } from '../../src/codec/deflate/message-deflate.js';
import { decodeUtf8, encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { bytesOf } from './vectors.js';

const PLAIN = { windowBits: 15, noContextTakeover: false };
const MEGA = 1 << 20;

function inflater(parameters = PLAIN, limit = MEGA, fromStart = true): MessageInflater {
  return new MessageInflater(nodeDeflate, parameters, limit, fromStart);
}

function text(outcome: ReturnType<MessageInflater['inflate']>): string {
  return outcome.status === 'ok' ? decodeUtf8(outcome.bytes) : outcome.status;
}

describe('inflating messages (RFC 7692 §7.2.3)', () => {
  it.each([
    ['§7.2.3.1', 'f248cdc9c90700'],
    ['§7.2.3.3, a stored block', '000500faff48656c6c6f00'],
    ['§7.2.3.4, BFINAL 1', 'f348cdc9c9070000'],
    ['BFINAL 1 without the octet behind it', 'f348cdc9c90700'],
    ['§7.2.3.5, two blocks', 'f24805000000ffffcac9c90700'],
  ])('%s', (_, hex) => {
    expect(text(inflater().inflate(bytesOf(hex)))).toBe('Hello');
  });

  it('an empty message is one octet (§7.2.3.6)', () => {
    expect(text(inflater().inflate(bytesOf('00')))).toBe('');
    expect(inflater().inflate(bytesOf(''))).toMatchObject({ status: 'invalid' });
  });

  it('a second message that uses the window of the first, §7.2.3.2', () => {
    const one = inflater();
    expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
    expect(text(one.inflate(bytesOf('f200110000')))).toBe('Hello');
  });

  it('the same where a final block ended the first', () => {
    const one = inflater();
    expect(text(one.inflate(bytesOf('f348cdc9c9070000')))).toBe('Hello');
    expect(text(one.inflate(bytesOf('f200110000')))).toBe('Hello');
  });

  it('a window that was given up is not used', () => {
    const one = inflater({ windowBits: 15, noContextTakeover: true });
    expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
    expect(one.inflate(bytesOf('f200110000'))).toMatchObject({ status: 'invalid' });
  });

  it('a stream joined in its middle: what refers back is lost, what does not is read', () => {
    const one = inflater(PLAIN, MEGA, false);
    expect(text(one.inflate(bytesOf('f200110000')))).toBe('context-lost');
    expect(text(one.inflate(bytesOf('f248cdc9c90700')))).toBe('Hello');
    expect(text(one.inflate(bytesOf('f200110000')))).toBe('Hello');
  });

  it.each(['f248cdc9', 'f2', 'f248cdc9c907', 'ffffffff', '0005'])('%s is no whole message', (hex) => {
    expect(inflater().inflate(bytesOf(hex))).toMatchObject({ status: 'invalid' });
  });

  it('stops at the limit, and marks the context as lost', () => {
    const bomb = new MessageDeflater(nodeDeflate, PLAIN).deflate(new Uint8Array(MEGA + 1));
    const one = inflater();
    expect(one.inflate(bomb)).toEqual({ status: 'too-large', limit: MEGA });
    expect(text(one.inflate(bytesOf('f200110000')))).toBe('context-lost');
    expect(text(inflater(PLAIN, MEGA + 1).inflate(bomb)).length).toBe(MEGA + 1);
  });

  it('a message of thousands of final blocks is refused, not worked through', () => {
    const many = new Uint8Array(Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.from('0300', 'hex'))));
    let decoders = 0;
    const counting: RawDeflate = {
      ...nodeDeflate,
      inflate(input, options) {
        decoders++;
        return nodeDeflate.inflate(input, options);
      },
    };
    expect(new MessageInflater(counting, PLAIN, MEGA).inflate(many)).toMatchObject({ status: 'invalid' });
    expect(decoders).toBeLessThan(300);
  });
});

describe('deflating and inflating again', () => {
  const windows = [8, 9, 10, 11, 12, 13, 14, 15];
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.string({ maxLength: 2000 }).map(encodeUtf8),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 40 }))
      .map(([piece, times]) => Uint8Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length]!)),
  );

  it.each(windows.flatMap((bits) => [[bits, false] as const, [bits, true] as const]))(
    'window of %i bits, no context takeover: %s',
    (windowBits, noContextTakeover) => {
      fc.assert(
        fc.property(fc.array(message, { maxLength: 6 }), (messages) => {
          const parameters = { windowBits, noContextTakeover };
          const out = new MessageDeflater(nodeDeflate, parameters);
          const back = inflater(parameters);
          for (const bytes of messages) {
            const outcome = back.inflate(out.deflate(bytes));
            expect(outcome.status).toBe('ok');
            if (outcome.status === 'ok') expect(Buffer.compare(outcome.bytes, bytes)).toBe(0);
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  it('never refers back further than a window of 8 bits allows', () => {
    const period = Uint8Array.from({ length: 4000 }, (_, i) => (i % 257) ^ (i >> 3));
    const parameters = { windowBits: 8, noContextTakeover: false };
    const deflated = new MessageDeflater(nodeDeflate, parameters).deflate(period);
    expect(inflater(parameters).inflate(deflated)).toMatchObject({ status: 'ok' });
    // The same data with a window of 9 bits does refer further back.
    const wide = deflateRawSync(period, { windowBits: 15, finishFlush: constants.Z_SYNC_FLUSH });
    expect(deflated.length).toBeGreaterThan(wide.length - 4);
  });
});
