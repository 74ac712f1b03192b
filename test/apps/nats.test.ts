import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import fc from '../fc.js';
import { codes, readAll, readerOf, said, type Sent } from './read-all.js';

const START: readonly Sent[] = [
  ['S', 'INFO {"server_id":"a","max_payload":8}\r\n'],
  ['C', 'CONNECT {"verbose":false}\r\n'],
];
const after = (...sent: Sent[]): string[] => codes(readAll(readerOf('nats'), [...START, ...sent]));

describe('rules of NATS', () => {
  it.each<[string, Sent[], string[]]>([
    ['an unknown operation', [['C', 'HELLO\r\nPING\r\n']], ['nats-operation']],
    ['an operation of the other side', [['S', 'PUB a 0\r\n\r\n']], ['nats-sender']],
    ['a size that is no number', [['C', 'PUB a x\r\nPING\r\n']], ['nats-arguments']],
    ['arguments too many', [['C', 'SUB a b c d\r\n']], ['nats-arguments']],
    ['a line without CR', [['C', 'PING\n']], ['nats-arguments']],
    ['no CRLF after the payload', [['C', 'PUB a 2\r\nhello\r\n']], ['nats-payload-end']],
    ['a payload above max_payload', [['C', 'PUB a 9\r\n123456789\r\n']], ['nats-max-payload']],
    ['no JSON', [['C', 'CONNECT {\r\n']], ['nats-json']],
    ['a sid of no SUB', [['S', 'MSG a 7 1\r\nx\r\n']], ['nats-unknown-sid']],
    ['headers larger than the total', [['C', 'HPUB a 9 2\r\nxx\r\n']], ['nats-header-size']],
    ['headers of no version', [['C', 'HPUB a 4 4\r\nA: b\r\n']], ['nats-header-version']],
    ['empty tokens', [['C', 'PUB a..b 0\r\n\r\n']], ['nats-subject']],
    [
      'a message after an UNSUB that was read',
      [
        ['C', 'SUB a 1\r\nUNSUB 1\r\n'],
        ['S', 'MSG a 1 0\r\n\r\n'],
        ['C', 'PING\r\n'],
        ['S', 'PONG\r\nMSG a 1 0\r\n\r\n'],
      ],
      ['nats-after-unsub'],
    ],
    [
      'as many as UNSUB allows',
      [
        ['C', 'SUB a 1\r\nUNSUB 1 2\r\nPING\r\n'],
        ['S', 'PONG\r\nMSG a 1 0\r\n\r\nMSG a 1 0\r\n\r\n'],
      ],
      [],
    ],
    ['words in any case, tabs', [['C', 'sub\ta  1\r\nping\r\n']], []],
  ])('%s', (_, sent, expected) => {
    expect(after(...sent)).toEqual(expected);
  });

  it('CONNECT and INFO come first', () => {
    expect(codes(readAll(readerOf('nats'), [['C', 'PING\r\n']]))).toEqual(['nats-first-operation']);
    expect(codes(readAll(readerOf('nats'), [['S', 'PING\r\n']]))).toEqual(['nats-first-operation']);
  });

  it('says nothing of what it has not seen', () => {
    const joined = (...sent: Sent[]): string[] => said(readAll(readerOf('nats', { isJoined: true }), sent));
    expect(joined(['S', 'MSG a 7 1\r\nx\r\n'], ['C', 'PING\r\n'])).toEqual(['MSG a', 'PING']);
    expect(joined(['S', 'rest of a payload\r\nPING\r\n'])).toEqual([]);
  });

  it('keeps passwords out of the summary', () => {
    const [packet] = readAll(readerOf('nats'), [['C', 'CONNECT {"user":"ann","pass":"secret","lang":"x"}\r\n']]);
    expect(packet!.summary).toBe('lang x, user ann');
  });
});

const TRAFFIC = encodeUtf8(
  'CONNECT {}\r\nSUB a 1\r\nPUB b c 6\r\n\r\nPING\r\nHPUB d 12 14\r\nNATS/1.0\r\n\r\nhi\r\nUNSUB 1\r\n',
);

describe('operations over messages', () => {
  it('are the same in any chunking, and their fields tile them', () => {
    const whole = readAll(readerOf('nats'), [['C', TRAFFIC]]);
    expect(said(whole)).toEqual(['CONNECT', 'SUB a', 'PUB b', 'HPUB d', 'UNSUB']);
    for (const { bytes, fields } of whole) {
      let at = 0;
      for (const { span } of fields()) {
        expect(span.start).toBe(at);
        at = span.end;
      }
      expect(at).toBe(bytes.length);
    }
    for (const size of [1, 2, 3, 7]) {
      const pieces: Sent[] = [];
      for (let at = 0; at < TRAFFIC.length; at += size) pieces.push(['C', TRAFFIC.subarray(at, at + size)]);
      expect(said(readAll(readerOf('nats'), pieces))).toEqual(said(whole));
    }
  });

  it('ends for any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (parts) => {
        const packets = readAll(
          readerOf('nats'),
          parts.map((bytes): Sent => ['C', bytes]),
        );
        expect(packets.length).toBeLessThan(300);
      }),
      { numRuns: 100 },
    );
    expect(said(readAll(readerOf('nats'), [['S', 'A'.repeat(100_000)]]))).toEqual(['invalid !nats-operation']);
    expect(after(['C', 'PUB a 9999999999\r\n']).length).toBe(0);
  });
});
