import { describe, expect, it } from 'vitest';
import type { RequestHead } from '../../src/codec/http1/head.js';
import { headersNamed } from '../../src/codec/handshake/handshake.js';
import { Exchanges } from '../../src/live/relay/exchanges.js';

const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const handshake = (host = 'ours', more = ''): string => `GET / HTTP/1.1\r\nHost: ${host}\r\n${more}${UPGRADE}`;
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\n\r\n';
const REFUSED = 'HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno';

/** Exchanges that only let `Host: ours` through, and what came of them. */
class Bench {
  readonly out = { client: '', server: '' };
  readonly events: string[] = [];
  readonly exchanges = new Exchanges(
    { set: [], remove: [] },
    {
      now: () => 0,
      refusal: (head: RequestHead) =>
        headersNamed(head, 'host')[0]?.value === 'ours' ? undefined : { status: 403, reason: 'foreign' },
      head: (side, bytes) => void (this.out[side] += text(bytes)),
      frames: (side, bytes) => void (this.out[side] += `<${text(bytes)}>`),
      begun: () => void this.events.push('begun'),
      polled: () => undefined,
      refused: ({ status }) => void this.events.push(`refused ${status}`),
      hold: (isHeld) => void this.events.push(isHeld ? 'hold' : 'read on'),
      awaits: (isAwaited) => void (isAwaited && this.events.push('awaits')),
      ended: () => void this.events.push('ended'),
    },
  );

  client(bytes: string, size = Infinity): void {
    for (let at = 0; at < bytes.length; at += size)
      this.exchanges.take('client', Buffer.from(bytes.slice(at, at + size), 'latin1'));
  }

  server(bytes: string, size = Infinity): void {
    for (let at = 0; at < bytes.length; at += size)
      this.exchanges.take('server', Buffer.from(bytes.slice(at, at + size), 'latin1'));
  }
}
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe.each([Infinity, 1])('requests in pieces of %d bytes', (size) => {
  it('reach the server when their heads are whole', () => {
    const bench = new Bench();
    bench.client(handshake().slice(0, -1), size);
    expect(bench.out.client).toBe('');
    bench.client('\n');
    expect(bench.out.client).toBe(handshake());
  });

  it('what follows a handshake waits for its answer, and is frames after a 101', () => {
    const bench = new Bench();
    bench.client(`${handshake()}early`, size);
    expect(bench.out.client).toBe(handshake());
    bench.server(`${SWITCHED}late`, size);
    expect(bench.out.client.replaceAll('><', '')).toBe(`${handshake()}<early>`);
    bench.client('more');
    expect(bench.out.client).toMatch(/<more>$/);
    expect(bench.out.server.replaceAll('><', '')).toBe(`${SWITCHED}<late>`);
  });

  it('after a refused handshake comes another request, which is looked at too', () => {
    for (const pipelined of [true, false]) {
      const bench = new Bench();
      const two = handshake('theirs');
      bench.client(pipelined ? handshake() + two : handshake(), size);
      expect(bench.out.client).toBe(handshake());
      bench.server(`HTTP/1.1 100 Continue\r\n\r\n${REFUSED.slice(0, -1)}`, size);
      expect(bench.events).not.toContain('awaits');
      bench.server('o');
      if (!pipelined) bench.client(two, size);
      expect(bench.events.slice(0, 2)).toEqual(['begun', 'awaits']);
      expect(bench.events.at(-1)).toBe('refused 403');
      expect(bench.out.client).toBe(handshake());
      bench.client(handshake(), size);
      expect(bench.out.client).toBe(handshake());
    }
  });

  it('a second handshake is answered with a 101, when all of the first answer has come', () => {
    const bench = new Bench();
    bench.client(handshake() + handshake(), size);
    const chunked =
      'HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n26\r\nHTTP/1.1 101 Switching Protocols\r\n\r\nok\r\n0\r\n\r\n';
    bench.server(chunked, size);
    expect(bench.out.client).toBe(handshake() + handshake());
    bench.server(SWITCHED, size);
    bench.client('frame');
    expect(bench.out.client).toMatch(/<frame>$/);
    expect(bench.out.server).toBe(chunked + SWITCHED);
  });

  it('a handshake may have a body, and nothing is hidden after it', () => {
    const bench = new Bench();
    const one = handshake('ours', 'Content-Length: 4\r\n');
    bench.client(`${one}body${handshake('theirs')}`, size);
    expect(bench.out.client).toBe(`${one}body`);
    bench.server(REFUSED, size);
    expect(bench.events.at(-1)).toBe('refused 403');
    expect(bench.out.client).toBe(`${one}body`);
  });

  it('an answer without a length is the last of its connection', () => {
    const bench = new Bench();
    bench.client(handshake() + handshake('theirs'), size);
    bench.server('HTTP/1.1 401 No\r\n\r\nmuch', size);
    expect(bench.exchanges.endClient()).toBe(false);
    bench.exchanges.endServer();
    expect(bench.out.client).toBe(handshake());
    expect(bench.events.at(-1)).toBe('ended');
  });
});

describe('what waits for an answer', () => {
  it('is bounded: the client is read no further', () => {
    const bench = new Bench();
    bench.client(handshake());
    bench.client('x'.repeat(100_000), 10_000);
    expect(bench.events).toContain('hold');
    bench.server(SWITCHED);
    expect(bench.events.at(-1)).toBe('read on');
    expect(bench.out.client.length).toBe(handshake().length + 100_000 + 20);
  });

  it('is passed on before the end of the client is', () => {
    const bench = new Bench();
    bench.client(`${handshake()}last`);
    expect(bench.exchanges.endClient()).toBe(false);
    bench.server(SWITCHED);
    expect(bench.out.client).toMatch(/<last>$/);
    expect(bench.events.at(-1)).toBe('ended');
  });
});

describe('what is no request', () => {
  it.each(['\x16\x03\x01 x', 'hello\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'y'.repeat(270_000)}`])(
    'goes nowhere: %j',
    (bytes) => {
      const bench = new Bench();
      bench.client(handshake());
      bench.server(REFUSED);
      bench.client(bytes);
      expect(bench.events.at(-1)).toMatch(/^refused 4(00|03|31)$/);
      expect(bench.out.client).toBe(handshake());
    },
  );

  it('half of one goes nowhere either', () => {
    const bench = new Bench();
    bench.client(handshake());
    bench.server(REFUSED);
    bench.client('GET / HT');
    expect(bench.exchanges.endClient()).toBe(true);
    expect(bench.out.client).toBe(handshake());
  });

  it('chunks that are none end it', () => {
    const bench = new Bench();
    bench.client('POST / HTTP/1.1\r\nHost: ours\r\nTransfer-Encoding: chunked\r\n\r\n5\nabcde\r\n');
    expect(bench.events.at(-1)).toBe('refused 400');
  });
});
