import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { codes, readAll, readerOf, said, type Sent } from './read-all.js';

const HEADERS: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/WS a.invalid;branch=z9hG4bK1',
  'Max-Forwards': '70',
  From: '<sip:a@b>;tag=1',
  To: '<sip:a@b>',
  'Call-ID': 'x',
  CSeq: '1 OPTIONS',
  'Content-Length': '0',
};

/** A message; a header that is undefined is left out. */
function sip(
  changes: Readonly<Record<string, string | undefined>> = {},
  line = 'OPTIONS sip:b SIP/2.0',
  body = '',
): string {
  const lines = Object.entries({ ...HEADERS, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line}\r\n${lines.join('')}\r\n${body}`;
}

const OK = 'SIP/2.0 200 OK';
const REGISTER = { CSeq: '1 REGISTER', Contact: '<sip:a@c.invalid>' };

describe('rules of SIP', () => {
  it.each<[string, Sent[], string[]]>([
    ['a message', [['C', sip()]], []],
    ['no start line', [['C', 'hello']], ['sip-start-line']],
    ['no empty line', [['C', sip().slice(0, -2)]], ['sip-header']],
    ['a header without a colon', [['C', sip({ To: '<a>\r\nnothing' })]], ['sip-header']],
    ['no Call-ID', [['C', sip({ 'Call-ID': undefined })]], ['sip-missing-header']],
    ['no Max-Forwards', [['C', sip({ 'Max-Forwards': undefined })]], ['sip-missing-header']],
    ['another Content-Length', [['C', sip({ 'Content-Length': '5' })]], ['sip-content-length']],
    ['two messages in one', [['C', sip() + sip()]], ['sip-several']],
    ['a branch of RFC 2543', [['C', sip({ Via: 'SIP/2.0/WS a;branch=1' })]], ['sip-branch']],
    ['another transport', [['C', sip({ Via: 'SIP/2.0/UDP a;branch=z9hG4bK1' })]], ['sip-transport']],
    ['another method in CSeq', [['C', sip({ CSeq: '1 INVITE' })]], ['sip-cseq-method']],
    ['a CSeq without a number', [['C', sip({ CSeq: 'OPTIONS' })]], ['sip-cseq']],
    ['a response without request', [['S', sip({}, OK)]], ['sip-unknown-transaction']],
    [
      'a response',
      [
        ['C', sip()],
        ['S', sip({ 'Max-Forwards': undefined }, OK)],
      ],
      [],
    ],
    [
      'a REGISTER without the contact in its answer',
      [
        ['C', sip(REGISTER, 'REGISTER sip:b SIP/2.0')],
        ['S', sip({ CSeq: '1 REGISTER' }, OK)],
      ],
      ['sip-missing-contact'],
    ],
    ['short names, folded', [['C', sip({ From: undefined, f: '<sip:a@b>\r\n ;tag=1' })]], []],
  ])('%s', (_, sent, expected) => {
    expect(codes(readAll(readerOf('sip'), sent))).toEqual(expected);
  });

  it('pairs provisional and final answers, and keepalives', () => {
    const packets = readAll(readerOf('sip'), [
      ['C', sip({ CSeq: '1 INVITE' }, 'INVITE sip:b SIP/2.0')],
      ['S', sip({ CSeq: '1 INVITE' }, 'SIP/2.0 180 Ringing')],
      ['S', sip({ CSeq: '1 INVITE' }, 'SIP/2.0 486 Busy Here')],
      ['C', sip({ CSeq: '1 ACK' }, 'ACK sip:b SIP/2.0')],
      ['C', '\r\n\r\n'],
      ['S', '\r\n'],
    ]);
    expect(said(packets)).toEqual([
      'request INVITE',
      'response INVITE',
      'response INVITE',
      'request ACK',
      'keepalive ping',
      'keepalive pong',
    ]);
    const key = 'z9hG4bK1 INVITE';
    expect(packets.map(({ asks, answers }) => asks ?? answers?.[0])).toEqual([
      key,
      { key, isLast: false },
      { key, isLast: true },
      undefined,
      'keepalive',
      { key: 'keepalive' },
    ]);
  });

  it('says nothing of requests before it joined', () => {
    expect(codes(readAll(readerOf('sip', { isJoined: true }), [['S', sip({}, OK)]]))).toEqual([]);
  });
});

it('has fields that tile the message, and ends for any bytes', () => {
  const [packet] = readAll(readerOf('sip'), [['C', sip({ 'Content-Length': '2' }, undefined, 'hi')]]);
  let at = 0;
  for (const { span } of packet!.fields()) {
    expect(span.start).toBe(at);
    at = span.end;
  }
  expect(at).toBe(packet!.bytes.length);
  const piece = fc.constantFrom(
    'SIP/2.0 200 x',
    'A b SIP/2.0',
    '\r\n',
    '\n',
    ':',
    ' ',
    'Via',
    'l',
    '5',
    ',',
    ';branch=',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      expect(readAll(readerOf('sip'), [['C', pieces.join('')]]).length).toBe(1);
    }),
    { numRuns: 200 },
  );
});
