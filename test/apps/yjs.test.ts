import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { AppRecognition } from '../../src/apps/recognition.js';
import { APP_SIGNS } from '../../src/apps/sign-table.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { codes, readAll, readerOf, said, type Sent } from './read-all.js';

const of = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const sized = (text: string): number[] => [text.length, ...encodeUtf8(text)];
const awareness = (clock: number, state: string): Uint8Array => {
  const inner = [1, 7, clock, ...sized(state)];
  return of(1, inner.length, ...inner);
};
const STEP1 = of(0, 0, 1, 0);
const EMPTY_STEP2 = of(0, 1, 2, 0, 0);

describe('rules of Yjs', () => {
  it.each<[string, Sent[], string[]]>([
    [
      'a synchronization',
      [
        ['C', STEP1],
        ['S', EMPTY_STEP2],
      ],
      [],
    ],
    ['a length beyond the message', [['C', of(0, 0, 9, 0)]], ['yjs-malformed']],
    ['a number without end', [['C', of(0x80, 0x80)]], ['yjs-malformed']],
    ['a number beyond 2^53', [['C', new Uint8Array(40).fill(0xff)]], ['yjs-malformed']],
    ['bytes left over', [['C', of(0, 0, 1, 0, 5)]], ['yjs-left-over']],
    ['an unknown type', [['C', of(9)]], ['yjs-unknown-type']],
    ['an unknown sync type', [['C', of(0, 5)]], ['yjs-unknown-type']],
    ['an update that does not decode', [['C', of(0, 2, 1, 1)]], ['yjs-update']],
    ['an update with bytes left over', [['C', of(0, 2, 3, 0, 0, 0)]], ['yjs-update']],
    ['a step 2 without step 1', [['S', EMPTY_STEP2]], ['yjs-unasked-step2']],
    ['a state that is no JSON', [['C', awareness(1, '{')]], ['yjs-awareness-state']],
    [
      'a clock that goes back',
      [
        ['C', awareness(2, '{}')],
        ['C', awareness(1, '{}')],
      ],
      ['yjs-awareness-clock'],
    ],
    [
      'a client that goes',
      [
        ['C', awareness(2, '{}')],
        ['C', awareness(2, 'null')],
      ],
      [],
    ],
  ])('%s', (_, sent, expected) => {
    expect(codes(readAll(readerOf('yjs', { isStated: true }), sent))).toEqual(expected);
  });

  it('says nothing of what came before it joined', () => {
    expect(codes(readAll(readerOf('yjs', { isJoined: true }), [['S', EMPTY_STEP2]]))).toEqual([]);
  });

  it('is given up where the other side uses another protocol', () => {
    const reader = readerOf('yjs');
    expect(said(readAll(reader, [['C', STEP1]]))).toEqual(['sync step1']);
    const bytes = of(9, 9);
    expect(reader.read({ index: 1, direction: 'server', isText: false, bytes, length: 2, time: 0 })).toBeUndefined();
  });

  it('ends for any bytes', () => {
    for (const protocol of ['yjs', 'hocuspocus']) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
          const [packet] = readAll(readerOf(protocol, { isStated: true }), [['C', bytes]]);
          expect(packet!.fields().at(-1)?.span.end ?? 0).toBe(bytes.length);
        }),
        { numRuns: 300 },
      );
    }
    // A count of structs that no message could hold, and values in one another.
    expect(
      codes(readAll(readerOf('yjs', { isStated: true }), [['C', of(0, 2, 6, 1, 0xff, 0xff, 0xff, 0x7f, 1)]])),
    ).toEqual(['yjs-update']);
  });
});

describe('Hocuspocus', () => {
  const doc = (...bytes: number[]): Uint8Array => of(...sized('d'), ...bytes);

  it('reads the messages of each document', () => {
    const packets = readAll(readerOf('hocuspocus'), [
      ['C', doc(2, 0, ...sized('secret'), ...sized('3.0'))],
      ['C', doc(0, 0, 1, 0)],
      ['S', doc(2, 2, ...sized('read-write'))],
      ['S', doc(4, 1, 2, 0, 0)],
      ['C', doc(1, ...awareness(1, '{}').subarray(1))],
      ['C', doc(5, ...sized('hi'))],
      ['S', doc(8, 1)],
      ['S', doc(7, ...sized('bye'))],
      ['C', doc(9)],
    ]);
    expect(said(packets)).toEqual([
      'Auth Token',
      'Sync step1',
      'Auth Authenticated',
      'SyncReply step2',
      'Awareness',
      'Stateless',
      'SyncStatus',
      'CLOSE',
      'Ping',
    ]);
    expect(packets[0]!.summary).toBe('provider 3.0');
    expect(packets[2]!.answers).toEqual([{ key: packets[0]!.asks }]);
    expect(packets[3]!.answers).toEqual([{ key: packets[1]!.asks }]);
  });

  it.each<[string, Uint8Array, string]>([
    ['an unknown type', doc(77), 'hocuspocus-unknown-type'],
    ['an unknown auth type', doc(2, 7), 'hocuspocus-unknown-type'],
    ['a name beyond the message', of(9, 1), 'hocuspocus-malformed'],
    ['bytes left over', doc(8, 1, 1), 'hocuspocus-left-over'],
    ['a step 2 without step 1', doc(0, 1, 2, 0, 0), 'hocuspocus-unasked-step2'],
  ])('%s', (_, bytes, code) => {
    expect(codes(readAll(readerOf('hocuspocus'), [['S', bytes]]))).toEqual([code]);
  });
});

describe('Hocuspocus 4', () => {
  const doc = (...bytes: number[]): Uint8Array => of(...sized('d'), ...bytes);
  const links = (sent: Sent[]): unknown[] =>
    readAll(readerOf('hocuspocus'), sent).map(({ type, name, asks, answers, diagnostics }) => [
      [type, name].filter(Boolean).join(' '),
      asks ?? answers?.[0]?.key,
      diagnostics.length,
    ]);

  it('has pings of the connection, without a document', () => {
    expect(
      links([
        ['S', of(9)],
        ['C', of(10)],
      ]),
    ).toEqual([
      ['Ping', 'ping', 0],
      ['Pong', 'ping', 0],
    ]);
  });

  it('asks for the token again by the type alone, and does not answer what comes then', () => {
    const token = doc(2, 0, ...sized('secret'));
    expect(
      links([
        ['C', token],
        ['S', doc(2, 2, ...sized('read-write'))],
        ['S', doc(2, 0)],
        ['C', token],
      ]),
    ).toEqual([
      ['Auth Token', 'auth d', 0],
      ['Auth Authenticated', 'auth d', 0],
      ['Auth TokenSync', 'token d', 0],
      ['Auth Token', 'token d', 0],
    ]);
  });
});

describe('signs of Yjs and Hocuspocus', () => {
  const named = (isFromClient: boolean, ...bytes: number[]): string | undefined =>
    new AppRecognition(APP_SIGNS).message({
      index: 0,
      direction: isFromClient ? 'client' : 'server',
      isText: false,
      bytes: of(...bytes),
      length: bytes.length,
      time: 0,
    });

  it.each<[string, number[], string | undefined]>([
    ['step 1 of an empty document', [0, 0, 1, 0], 'yjs'],
    ['step 1 of a document', [0, 0, 4, 1, 0x87, 0x01, 9], 'yjs'],
    ['a state vector of half an entry', [0, 0, 3, 1, 0x87, 0x01], undefined],
    ['a token', [...sized('doc'), 2, 0, ...sized('secret')], 'hocuspocus'],
    ['a token with a version', [...sized('d'), 2, 0, ...sized('secret'), ...sized('3.1')], 'hocuspocus'],
    ['an empty token with a version', [...sized('doc'), 2, 0, 0, ...sized('3.1')], 'hocuspocus'],
    [
      'a long token',
      [...sized('doc'), 2, 0, 0xac, 0x02, ...Array<number>(300).fill(0x61), ...sized('3.1')],
      'hocuspocus',
    ],
    ['a name with a blank and letters', [7, ...encodeUtf8('room ü'), 2, 0, ...sized('secret')], 'hocuspocus'],
    ['a name with a session', [...sized('d\u0000s1'), 2, 0, ...sized('secret')], 'hocuspocus'],
    ['a name of control characters', [...sized('d\u0001'), 2, 0, ...sized('secret')], undefined],
    ['a name that is no UTF-8', [2, 0x61, 0xff, 2, 0, ...sized('secret')], undefined],
    ['a token that does not end', [...sized('doc'), 2, 0, 9, 1], undefined],
    ['an update of a document', [...sized('doc'), 0, 2, 2, 0, 0], undefined],
  ])('%s', (_, bytes, expected) => {
    expect(named(true, ...bytes)).toBe(expected);
  });
});
