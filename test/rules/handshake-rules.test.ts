import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { readHandshake, type Handshake } from '../../src/codec/handshake/handshake.js';
import { HeadReader } from '../../src/codec/http1/head-reader.js';
import type { Head, HeadKind, RequestHead, ResponseHead } from '../../src/codec/http1/head.js';
import { HANDSHAKE_RULES, HTTP1_CODES, type HandshakeCode } from '../../src/rules/handshake/catalogue.js';
import { handshakeChecklist, isRefused, judgeHandshake, type ChecklistRow } from '../../src/rules/handshake/rules.js';
import { headOf } from '../codec/http2/http2-bytes.js';
import { BROKEN_HEADS, latin1Bytes, RFC_REQUEST, RFC_RESPONSE, SEED_REQUEST } from '../codec/head-texts.js';
import { both, VECTORS, type Pair } from './handshake-vectors.js';

function read(bytes: Uint8Array, kind: HeadKind): Head | undefined {
  const reader = new HeadReader({ kind });
  return reader.push(bytes)?.head ?? reader.end();
}

function handshake({ request, response, http2 }: Pair): Handshake {
  if (http2) {
    const [asked, answered] = [http2.request, http2.response];
    return readHandshake({
      ...(asked && { request: headOf('request', asked, http2.connects) as RequestHead }),
      ...(answered && { response: headOf('response', answered) as ResponseHead }),
    });
  }
  return readHandshake({
    ...(request !== undefined && { request: read(latin1Bytes(request), 'request') as RequestHead }),
    ...(response !== undefined && { response: read(latin1Bytes(response), 'response') as ResponseHead }),
    acceptOf: acceptKey,
  });
}

const codes = (pair: Pair): HandshakeCode[] => judgeHandshake(handshake(pair)).map((d) => d.code);
const row = (pair: Pair, code: HandshakeCode): ChecklistRow | undefined =>
  handshakeChecklist(handshake(pair)).find((each) => each.code === code);
const CODES = Object.keys(HANDSHAKE_RULES) as HandshakeCode[];

describe('the catalogue', () => {
  it('has two vectors for every code, one that fires it and one that comes close', () => {
    expect(Object.keys(VECTORS).sort()).toEqual([...CODES].sort());
    for (const { fires, near } of Object.values(VECTORS))
      expect([fires.length > 0, near.length > 0]).toEqual([true, true]);
  });

  it.each(CODES)('%s is a rule with its section and words', (code) => {
    const rule = HANDSHAKE_RULES[code];
    expect(rule.rfc).toMatch(/^RFC \d{4} §\d+(\.\d+)*$/);
    expect(rule.requirement).toMatch(/^([A-Z]|(client|server)_max)[^{}]*\.$/);
    expect(rule.message).not.toMatch(/[A-Z][a-z ]+\.$/);
  });

  it.each(CODES)('%s fires', (code) => {
    for (const pair of VECTORS[code].fires) {
      const found = judgeHandshake(handshake(pair));
      expect(found.map((d) => d.code)).toContain(code);
      for (const { args, span, code: each } of found) {
        // Every placeholder has its argument.
        for (const [, name] of HANDSHAKE_RULES[each].message.matchAll(/\{(\w+)\}/g))
          expect(args).toHaveProperty(name as string);
        expect(span.end).toBeGreaterThanOrEqual(span.start);
      }
      expect(handshakeChecklist(handshake(pair)).find((row) => row.code === code)?.result).toBe(
        HANDSHAKE_RULES[code].severity === 'error' ? 'fail' : 'pass',
      );
    }
  });

  it.each(CODES)('%s does not fire on what comes close', (code) => {
    for (const pair of VECTORS[code].near) expect(codes(pair)).not.toContain(code);
  });
});

describe('judgeHandshake', () => {
  it('finds nothing in a legal pair', () => {
    expect(codes(both())).toEqual([]);
  });

  it('judges the handshake of RFC 6455 §1.2, whose key is an example', () => {
    expect(codes({ request: RFC_REQUEST, response: RFC_RESPONSE })).toEqual(['request-key-random']);
  });

  it('judges the request of seed.md and the response of its article', () => {
    const response = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade:websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: lCaWI6ZCGd5I25+0bJrVqBOcDYc=',
      'WebSocket-Location: ws://127.0.0.1:9527/ws/',
      '',
      '',
    ].join('\r\n');
    expect(codes({ request: SEED_REQUEST, response })).toEqual(['obsolete-location']);
  });

  it('does not ask for headers that may have been lost', () => {
    const cut = { request: 'GET / HTTP/1.1\r\nHost: a\r\nSec-WebSock' };
    expect(codes(cut)).toEqual(['head-unfinished']);
    expect(handshakeChecklist(handshake(cut)).find((row) => row.code === 'request-key-missing')?.result).toBe(
      'not-seen',
    );
  });

  it('asks nothing of the 101 of a refusal', () => {
    const refused = { request: SEED_REQUEST, response: 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n' };
    expect(codes(refused)).toEqual(['response-status']);
  });

  it('does not check the accept value without someone to compute it', () => {
    const judged = handshake(both({}, { 'Sec-WebSocket-Accept': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }));
    const bare = readHandshake({ request: judged.request as RequestHead, response: judged.response as ResponseHead });
    expect(judgeHandshake(bare)).toEqual([]);
    expect(handshakeChecklist(bare).find((row) => row.code === 'response-accept-value')?.result).toBe('not-seen');
  });

  it('reports a fault once, and fails every requirement that it breaks', () => {
    const draft = both({ 'Sec-WebSocket-Version': '8' }, { line: 'HTTP/1.1 400 Bad Request' });
    expect(codes(draft)).toEqual(['request-version-draft', 'response-status']);
    expect(row(draft, 'request-version-value')).toMatchObject({
      result: 'fail',
      diagnostics: [],
      toldBy: 'request-version-draft',
    });
    expect(row(both(), 'request-version-value')).toMatchObject({ result: 'pass' });
    const nonsense = both({}, { 'Sec-WebSocket-Accept': 'nonsense' });
    expect(codes(nonsense)).toEqual(['response-accept-value']);
    expect(row(nonsense, 'response-accept-form')).toMatchObject({
      result: 'fail',
      diagnostics: [],
      toldBy: 'response-accept-value',
    });
  });

  it('has a result for the form of an accept value whose key is known', () => {
    expect(row(both(), 'response-accept-form')).toMatchObject({ result: 'pass', diagnostics: [] });
    expect(row(both(), 'response-accept-form')).not.toHaveProperty('toldBy');
    const another = both({}, { 'Sec-WebSocket-Accept': acceptKey('another key') });
    expect(row(another, 'response-accept-form')?.result).toBe('pass');
  });

  it('points at the bytes', () => {
    const pair = both({ 'Sec-WebSocket-Version': '14' });
    const [first] = judgeHandshake(handshake(pair));
    expect(first).toMatchObject({ code: 'request-version-value', side: 'request' });
    expect(pair.request?.slice(first?.span.start, first?.span.end)).toBe('14');
  });

  it('says a repeated fault once, however often a head has it', () => {
    const request = `GET / HTTP/1.1\n${'X: a\n'.repeat(5000)}\n`;
    expect(codes({ request }).filter((code) => code === 'head-bare-lf')).toHaveLength(1);
    expect(codes({ request: `GET / HTTP/1.1\r\n${'x\r\n'.repeat(5000)}\r\n` }).length).toBeLessThan(30);
  });

  it('never throws, and its diagnostics stay inside the head', () => {
    const texts = [
      SEED_REQUEST,
      RFC_REQUEST,
      RFC_RESPONSE,
      both().request,
      both().response,
      ...Object.values(BROKEN_HEADS),
    ] as string[];
    const mutated = fc
      .tuple(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(600), fc.constantFrom('\0', ',', ';', '"', '=', ':', '\r', '\n', ' ', '\xff', '')), {
          maxLength: 4,
        }),
      )
      .map(([text, edits]) =>
        edits.reduce(
          (s, [at, char]) => s.slice(0, at % (s.length + 1)) + char + s.slice((at % (s.length + 1)) + 1),
          text,
        ),
      );
    fc.assert(
      fc.property(mutated, mutated, fc.boolean(), (request, response, swap) => {
        const made = handshake(swap ? { request: response, response: request } : { request, response });
        for (const { side, span } of judgeHandshake(made)) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual((made[side] as Head).span.end);
        }
        expect(handshakeChecklist(made)).toHaveLength(HTTP1_CODES.length);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('isRefused', () => {
  it('is true of a response that is no 101 only', () => {
    const { request, response } = both();
    expect(isRefused(handshake({}))).toBe(false);
    expect(isRefused(handshake({ request: request as string }))).toBe(false);
    expect(isRefused(handshake({ response: response as string }))).toBe(false);
    expect(isRefused(handshake(both({}, { line: 'HTTP/1.1 403 Forbidden' })))).toBe(true);
  });
});

describe('readHandshake', () => {
  it('says what was negotiated', () => {
    const { request, response } = both();
    expect(handshake({ request: request as string, response: response as string })).toMatchObject({
      key: 'kJXuOKsrl3AR1KeFngRElQ==',
      accept: 'lCaWI6ZCGd5I25+0bJrVqBOcDYc=',
      expectedAccept: 'lCaWI6ZCGd5I25+0bJrVqBOcDYc=',
      version: '13',
      subprotocolsOffered: ['chat', 'superchat'],
      subprotocol: 'chat',
      deflate: { serverMaxWindowBits: 12, clientMaxWindowBits: 10, serverNoContextTakeover: false },
      upgraded: true,
    });
  });

  it('has no permessage-deflate before a 101 accepts it', () => {
    const { request, response } = both();
    expect(handshake({ request: request as string }).deflate).toBeUndefined();
    expect(handshake({ response: (response as string).replace('101', '200') }).deflate).toBeUndefined();
    expect(handshake({ response: response as string }).deflate).toBeDefined();
    expect(
      handshake({ response: (response as string).replace('bits=12', 'bits=99') }).deflate?.serverMaxWindowBits,
    ).toBe(15);
  });

  it('reads nothing from nothing', () => {
    expect(handshake({})).toMatchObject({ upgraded: false, extensions: [], subprotocolsOffered: [] });
    expect(judgeHandshake(handshake({}))).toEqual([]);
    expect(handshakeChecklist(handshake({})).every((row) => row.result === 'not-seen')).toBe(true);
  });
});
