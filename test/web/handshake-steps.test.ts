import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handshakeSteps } from '../../src/web/handshake/handshake-steps.js';
import type { HandshakeItem } from '../../src/web/items.js';
import { acceptKey } from '../../src/codec/handshake/accept-value.js';
import { sha1 } from '../../src/codec/handshake/sha1.js';

const KEY = 'kJXuOKsrl3AR1KeFngRElQ==';
const ACCEPT = 'lCaWI6ZCGd5I25+0bJrVqBOcDYc=';

function handshake(changes: Partial<HandshakeItem> = {}): HandshakeItem {
  return {
    kind: 'handshake',
    connection: 0,
    findings: [],
    request: { line: 'GET /ws/ HTTP/1.1', headers: [['Sec-WebSocket-Key', KEY]] },
    response: { line: 'HTTP/1.1 101 Switching Protocols', headers: [['Sec-WebSocket-Accept', ACCEPT]] },
    key: KEY,
    accept: ACCEPT,
    extensions: [],
    valid: true,
    ...changes,
  };
}

it('SHA-1 is that of node:crypto, for lengths around the block size', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff);
    expect(sha1(bytes)).toEqual(new Uint8Array(createHash('sha1').update(bytes).digest()));
  }
});

describe('the seven steps', () => {
  it('have the values of the article', () => {
    expect(acceptKey(KEY)).toBe(ACCEPT);
    const steps = handshakeSteps(handshake());
    const text = steps.map(({ lines }) => lines.map((runs) => runs.map((run) => run.text).join('')).join('|'));
    expect(text).toEqual([
      KEY,
      `${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('hex'),
      ACCEPT,
      `HTTP/1.1 101 Switching Protocols|Sec-WebSocket-Accept: ${ACCEPT}`,
      '',
      ACCEPT,
    ]);
    expect(steps.map(({ state }) => state)).toEqual(Array(7).fill('done'));
    expect(steps.every(({ rfc }) => /^RFC \d+ §/.test(rfc))).toBe(true);
  });

  it('show both values where they differ', () => {
    const last = handshakeSteps(handshake({ accept: 'AAAA', valid: false })).at(-1)!;
    expect(last.state).toBe('failed');
    expect(last.lines.flat().map(({ text }) => text)).toEqual(['expected ', ACCEPT, 'received ', 'AAAA']);
  });

  it('end where the server refuses', () => {
    const steps = handshakeSteps(
      handshake({ response: { line: 'HTTP/1.1 403 Forbidden', headers: [] }, valid: false }),
    );
    expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'failed', 'done', 'failed']);
  });

  it('do with either half', () => {
    const { request, key, ...other } = handshake();
    expect(handshakeSteps(other)[0]?.state).toBe('open');
    const { response, accept, ...half } = handshake();
    expect(handshakeSteps(half).map(({ state }) => state)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'open',
      'open',
      'open',
    ]);
    expect([request, key, response, accept].every((value) => value !== undefined)).toBe(true);
  });
});

describe('the steps over HTTP/2', () => {
  const item = (headers: [string, string][]): HandshakeItem => ({
    ...{ kind: 'handshake', connection: 0, http: '2', extensions: [], valid: true, findings: [] },
    request: { line: '? /a HTTP/2', headers },
    response: { line: 'HTTP/2 204', headers: [] },
  });

  it('are done where they were seen, on a stream of any number', () => {
    const path: [string, string] = [':path', '/a'];
    const states = (...headers: [string, string][]): string[] =>
      handshakeSteps(item(headers)).map(({ state }) => state);
    expect(states([':protocol', 'websocket'], path)).toEqual(['done', 'done']);
    expect(states(path)).toEqual(['open', 'done']);
    expect(handshakeSteps(item([[':protocol', 'websocket']]))[0]!.about).toMatch(/^on a stream of the connection/);
  });
});
