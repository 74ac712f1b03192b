import { describe, expect, it } from 'vitest';
import { bytesOf } from '../codec/vectors.js';
import {
  buildRefusal,
  buildRequest,
  buildResponse,
  ClientEndpoint,
  createKey,
  decodeUtf8,
  encodeFrame,
  encodeUtf8,
  ServerEndpoint,
  type EndpointEvent,
} from '../../src/index.js';
import { ClientEndpoint as PureClient } from '../../src/index.browser.js';
import { openServer, Pair, seeded } from './pair.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const REQUEST = buildRequest({ url: 'ws://localhost/', key: KEY });
const masked = (opcode: number, payload: Uint8Array | string, fin = true, rsv = 0): Uint8Array =>
  encodeFrame({
    fin,
    rsv,
    opcode,
    key: 0x01020304,
    payload: typeof payload === 'string' ? encodeUtf8(payload) : payload,
  });

function typesOf(events: readonly EndpointEvent[]): string[] {
  return events.map(({ type }) => type);
}

function faultOf(events: readonly EndpointEvent[]): (EndpointEvent & { type: 'fault' }) | undefined {
  return events.find((event) => event.type === 'fault');
}

function written(events: readonly EndpointEvent[]): string {
  return events.map((event) => (event.type === 'write' ? decodeUtf8(event.bytes) : '')).join('');
}

describe('a connection', () => {
  it('opens, talks and closes', () => {
    const pair = new Pair({ subprotocols: ['a', 'b'], deflate: true }, { subprotocols: ['b'], deflate: true });
    pair.send('client', { type: 'text', text: 'hello' });
    pair.send('server', { type: 'binary', payload: Uint8Array.of(1, 2) });
    pair.send('client', { type: 'ping', payload: encodeUtf8('?') });
    pair.send('client', { type: 'close', code: 1000, reason: 'bye' });
    pair.end();
    expect(pair.types('client')).toBe('open, binary, pong, close, closed');
    expect(pair.types('server')).toBe(
      'request, write response, open, text, ping, write pong, close, write close, end, closed',
    );
    expect(pair.events.client[0]).toMatchObject({ subprotocol: 'b', deflate: { clientMaxWindowBits: 15 } });
    expect(pair.events.server.at(-1)).toEqual({ type: 'closed', code: 1000, reason: 'bye', clean: true });
    expect(pair.events.client.at(-1)).toEqual({ type: 'closed', code: 1000, reason: '', clean: true });
  });

  it('has states', () => {
    const pair = new Pair({}, { autoClose: false });
    expect([pair.client.state, pair.server.state]).toEqual(['open', 'open']);
    pair.send('client', { type: 'close' });
    expect([pair.client.state, pair.client.canSend]).toEqual(['closing', false]);
    expect([pair.server.state, pair.server.canSend]).toEqual(['closing', true]);
    pair.send('server', { type: 'text', text: 'a last word' });
    pair.send('server', { type: 'close', code: 1001 });
    pair.end();
    expect(pair.types('client')).toBe('open, text, close, closed');
    expect(pair.events.server.at(-1)).toEqual({ type: 'closed', code: 1005, reason: '', clean: true });
    expect([pair.client.state, pair.server.state]).toEqual(['closed', 'closed']);
    expect(pair.client.end()).toEqual([]);
    const { client } = new Pair();
    client.end();
    expect(client.canSend).toBe(false);
    expect(() => client.send({ type: 'text', text: '' })).toThrow('closed');
    expect(pair.client.receive(Uint8Array.of(0x81))).toEqual([]);
  });

  it('a second close frame is not sent, and no other frame follows one', () => {
    const pair = new Pair();
    pair.send('client', { type: 'close' });
    expect(pair.client.send({ type: 'close' })).toHaveLength(0);
    expect(() => pair.client.send({ type: 'text', text: '' })).toThrow(TypeError);
  });

  it('fragments, with control frames between them', () => {
    const pair = new Pair({ fragmentBytes: 2 }, {});
    pair.send('client', { type: 'text', text: 'Grüße' });
    pair.send('client', { type: 'binary', payload: Uint8Array.of(1), fin: false });
    pair.send('client', { type: 'ping' });
    pair.send('client', { type: 'continuation', payload: Uint8Array.of(2), fin: false });
    pair.send('client', { type: 'continuation', payload: Uint8Array.of(3) });
    expect(pair.events.server.slice(3)).toMatchObject([
      { type: 'text', text: 'Grüße' },
      { type: 'ping' },
      { type: 'write', what: 'pong' },
      { type: 'binary', payload: Uint8Array.of(1, 2, 3) },
    ]);
  });

  it('answers no ping and no close frame where it is not to', () => {
    const server = openServer({ autoPong: false, autoClose: false });
    expect(typesOf(server.receive(masked(9, 'x')))).toEqual(['ping']);
    expect(typesOf(server.receive(masked(8, '')))).toEqual(['close']);
  });

  it('the end of TCP without a close frame is 1006, and what it cuts off is a fault', () => {
    const server = openServer();
    server.receive(masked(1, 'hello').subarray(0, 8));
    const [fault, closed] = server.end();
    expect(fault).toMatchObject({ type: 'fault', diagnostics: [{ code: 'frame-truncated' }] });
    expect(closed).toEqual({ type: 'closed', code: 1006, reason: '', clean: false });
  });

  it('masking keys come from the random source', () => {
    const [one, two, other] = [7, 7, 8].map((seed) => {
      const { client } = new Pair({ random: seeded(seed) });
      return client.send({ type: 'text', text: 'same' });
    });
    expect(one).toEqual(two);
    expect(one).not.toEqual(other);
    const { client } = new Pair({ random: (bytes: Uint8Array) => globalThis.crypto.getRandomValues(bytes as never) });
    const keys = new Set(Array.from({ length: 300 }, () => client.send({ type: 'text', text: '' }).slice(2).join()));
    expect(keys.size).toBe(300);
  });
});

const LONG = new Uint8Array(126);
/** What a client does wrong, with what the server fails the connection for (RFC 6455 §7.1.7). */
const FAULTS: readonly (readonly [name: string, bytes: Uint8Array, code: string, closeCode: number])[] = [
  ['an unmasked frame', bytesOf('8100'), 'client-frame-unmasked', 1002],
  ['a reserved bit', masked(1, '', true, 2), 'rsv-without-extension', 1002],
  ['RSV1 without an extension', masked(1, '', true, 4), 'rsv-without-extension', 1002],
  ['a reserved opcode', masked(3, ''), 'reserved-opcode', 1002],
  ['a long ping', masked(9, LONG), 'control-too-long', 1002],
  ['a fragmented ping', masked(9, '', false), 'control-fragmented', 1002],
  ['a stray continuation', masked(0, ''), 'continuation-stray', 1002],
  ['a message in a message', bytesOf('0180000000018180 00000001'), 'message-interrupted', 1002],
  ['no UTF-8', masked(1, Uint8Array.of(0xff)), 'text-not-utf8', 1007],
  ['half a character', masked(1, Uint8Array.of(0xc3)), 'text-cut-inside-character', 1007],
  ['no UTF-8 in a reason', masked(8, Uint8Array.of(3, 0xe8, 0xff)), 'close-reason-not-utf8', 1007],
  ['half a close code', masked(8, Uint8Array.of(3)), 'close-body-one-byte', 1002],
  ['a close code that is not sent', masked(8, Uint8Array.of(3, 0xed)), 'close-code-local', 1002],
  ['a length in the long form', bytesOf('82fe0001 00000001 00'), 'length-not-minimal', 1002],
  ['a length of 2^63', bytesOf('82ff8000000000000000 00000001'), 'length-top-bit', 1002],
  ['a large message', masked(2, new Uint8Array(1001)), 'message-too-large', 1009],
];

describe('failing the connection', () => {
  it.each(FAULTS)('%s', (_, bytes, code, closeCode) => {
    const server = openServer({ maxMessageBytes: 1000 });
    const events = server.receive(bytes);
    expect(typesOf(events)).toEqual(['fault', 'write', 'end']);
    expect(faultOf(events)).toMatchObject({ closeCode, diagnostics: [{ code, severity: 'error' }] });
    expect(faultOf(events)!.diagnostics[0]!.rfc).toMatch(/^RFC \d+ §/);
    const [, write] = events;
    expect(write).toMatchObject({ what: 'close', bytes: Uint8Array.of(0x88, 2, closeCode >> 8, closeCode & 255) });
    expect(server.receive(masked(1, 'more'))).toEqual([]);
    expect(server.end()).toEqual([{ type: 'closed', code: 1006, reason: '', clean: false }]);
  });

  it.each([
    ['the header alone', bytesOf('82ff00000000000f4240'), 'message-too-large'],
    ['fragments', bytesOf('0281 00000001 00 80fe03e8 00000001'), 'message-too-large'],
    ['the first bytes of a text', bytesOf('81fe0100 00000000 61ff'), 'text-not-utf8'],
    ['the header of an unmasked frame', bytesOf('817e1000'), 'client-frame-unmasked'],
  ])('does not wait for the rest: %s', (_, bytes, code) => {
    const key = bytes[0] === 0x82 ? bytesOf('00000001') : new Uint8Array(0);
    const server = openServer({ maxMessageBytes: 1000 });
    expect(faultOf([...server.receive(bytes), ...server.receive(key)])?.diagnostics[0]).toMatchObject({ code });
  });

  it('messages up to the limit pass', () => {
    const server = openServer({ maxMessageBytes: 1000 });
    const events = [...server.receive(masked(2, new Uint8Array(1000))), ...server.receive(masked(1, 'x'.repeat(1000)))];
    expect(typesOf(events)).toEqual(['binary', 'text']);
  });

  it('a compressed message that inflates beyond the limit, and one that is no DEFLATE data', () => {
    const bomb = new Pair({ deflate: true }, { deflate: true, maxMessageBytes: 1000 });
    bomb.send('client', { type: 'binary', payload: new Uint8Array(1001) });
    expect(faultOf(bomb.events.server)).toMatchObject({
      closeCode: 1009,
      diagnostics: [{ code: 'deflate-too-large' }],
    });
    const pair = new Pair({ deflate: true }, { deflate: true });
    pair.deliver('server', masked(1, Uint8Array.of(0xff, 0xff), true, 4));
    expect(faultOf(pair.events.server)).toMatchObject({ closeCode: 1007, diagnostics: [{ code: 'deflate-invalid' }] });
  });

  it('what came before the fault is handed on', () => {
    const server = openServer();
    const bytes = Uint8Array.from([...masked(1, 'one'), ...masked(3, ''), ...masked(1, 'two')]);
    expect(typesOf(server.receive(bytes))).toEqual(['text', 'fault', 'write', 'end']);
  });
});

describe('the server and a request', () => {
  const refusedWith = (text: string): [string | undefined, string] => {
    const server = new ServerEndpoint();
    const events = server.receive(encodeUtf8(text));
    expect(typesOf(events)).toEqual(['fault', 'write', 'end']);
    expect(server.state).toBe('closed');
    return [faultOf(events)!.diagnostics[0]!.code, written(events).split('\r\n')[0]!];
  };
  const lines = decodeUtf8(REQUEST);

  it.each([
    ['no upgrade', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'request-upgrade-missing', 'HTTP/1.1 426 Upgrade Required'],
    ['version 8', lines.replace('13', '8'), 'request-version-draft', 'HTTP/1.1 426 Upgrade Required'],
    ['a short key', lines.replace(KEY, 'AAAA'), 'request-key-length', 'HTTP/1.1 400 Bad Request'],
    ['a body', lines.replace('Host', 'Content-Length: 3\r\nHost'), 'request-body', 'HTTP/1.1 400 Bad Request'],
    ['POST', lines.replace('GET', 'POST'), 'request-method', 'HTTP/1.1 400 Bad Request'],
    ['no end', `GET / HTTP/1.1\r\n${'x'.repeat(300_000)}`, undefined, 'HTTP/1.1 431 Request Header Fields Too Large'],
  ])('refuses %s', (_, text, code, line) => {
    const [found, first] = refusedWith(text);
    if (code !== undefined) expect(found).toBe(code);
    expect(first).toBe(line);
  });

  it('reads what comes with the request', () => {
    const server = new ServerEndpoint({ maxMessageBytes: 10 });
    const frames = Array.from({ length: 9 }, () => [...masked(1, 'hello')]).flat();
    const events = server.receive(Uint8Array.from([...REQUEST, ...frames]));
    expect(typesOf(events)).toEqual(['request', 'write', 'open', ...Array.from({ length: 9 }, () => 'text')]);
  });

  it('waits for its user', () => {
    const server = new ServerEndpoint({ autoAccept: false });
    expect(typesOf(server.receive(REQUEST))).toEqual(['request']);
    expect(server.receive(masked(1, 'early'))).toEqual([]);
    const events = server.accept({ headers: [['Set-Cookie', 'a=b']] });
    expect(typesOf(events)).toEqual(['write', 'open', 'text']);
    expect(written(events)).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSet-Cookie: a=b\r\n');
    expect(() => server.accept()).toThrow(TypeError);
  });

  it('an answer that comes after the end of TCP is nothing', () => {
    for (const answer of [(of: ServerEndpoint) => of.accept(), (of: ServerEndpoint) => of.refuse({ status: 403 })]) {
      const server = new ServerEndpoint({ autoAccept: false });
      server.receive(REQUEST);
      expect(typesOf(server.end())).toEqual(['closed']);
      expect(answer(server)).toEqual([]);
      expect(server.state).toBe('closed');
    }
  });

  it('refuses what its user refuses', () => {
    const server = new ServerEndpoint({ autoAccept: false });
    server.receive(REQUEST);
    const events = server.refuse({ status: 403, body: 'no' });
    expect(written(events)).toBe('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno');
    expect(typesOf(events)).toEqual(['write', 'end']);
    expect(server.receive(masked(1, 'x'))).toEqual([]);
    expect(server.end()).toEqual([{ type: 'closed', code: 1006, reason: '', clean: false }]);
  });

  it('keeps a bounded number of bytes that come before the answer', () => {
    const server = new ServerEndpoint({ autoAccept: false, maxMessageBytes: 100 });
    server.receive(REQUEST);
    expect(server.receive(new Uint8Array(100))).toEqual([]);
    expect(typesOf(server.receive(new Uint8Array(1)))).toEqual(['fault', 'write', 'end']);
  });

  it('declines a bad offer of permessage-deflate, and takes a good one', () => {
    const server = new ServerEndpoint({ deflate: { serverNoContextTakeover: true } });
    const offer = 'permessage-deflate; bogus, permessage-deflate; server_max_window_bits=10';
    const request = lines.replace('\r\n\r\n', `\r\nSec-WebSocket-Extensions: ${offer}\r\n\r\n`);
    const events = server.receive(encodeUtf8(request));
    expect(written(events)).toContain('permessage-deflate; server_no_context_takeover; server_max_window_bits=10\r\n');
    const hinted = encodeUtf8(request.replace(offer, 'permessage-deflate; client_no_context_takeover'));
    expect(written(new ServerEndpoint({ deflate: true }).receive(hinted))).toContain('client_no_context_takeover\r\n');
    const widest = encodeUtf8(request.replace(offer, 'permessage-deflate; server_max_window_bits=15'));
    expect(written(new ServerEndpoint({ deflate: true }).receive(widest))).toContain('server_max_window_bits=15\r\n');
  });
});

describe('the client and an answer', () => {
  function asking(options = {}): ClientEndpoint {
    const client = new ClientEndpoint({ url: 'ws://localhost/', random: (bytes) => bytes.fill(1), ...options });
    client.start();
    return client;
  }
  const key = createKey((bytes) => bytes.fill(1));
  const accepted = decodeUtf8(buildResponse({ key }));

  it('takes frames that come with it, and passes over answers that are none yet', () => {
    const early = `HTTP/1.1 103 Early Hints\r\n\r\n${accepted}`;
    const events = asking().receive(Uint8Array.from([...encodeUtf8(early), 0x81, 1, 0x61]));
    expect(typesOf(events)).toEqual(['open', 'text']);
  });

  it.each([
    ['a wrong accept value', accepted.replace(/Accept: ./, 'Accept: ='), /^response-accept-/],
    ['no Upgrade', accepted.replace('Upgrade: websocket\r\n', ''), /^response-upgrade-missing$/],
    [
      'a subprotocol',
      accepted.replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: x\r\n\r\n'),
      /^response-protocol-offered$/,
    ],
    [
      'an extension',
      accepted.replace('\r\n\r\n', '\r\nSec-WebSocket-Extensions: x\r\n\r\n'),
      /^response-extension-offered$/,
    ],
    ['no HTTP', 'SSH-2.0-x\r\n\r\n', /^head-status-line$/],
    ['HTTP/2', 'HTTP/2.0\r\n\r\n', /./],
    ['no end', 'x'.repeat(300_000), /./],
  ])('fails the connection for %s', (_, text, code) => {
    const client = asking();
    const events = client.receive(encodeUtf8(text));
    expect(typesOf(events)).toEqual(['fault', 'end']);
    expect(faultOf(events)!.diagnostics[0]!.code).toMatch(code);
    expect(client.state).toBe('closed');
  });

  it('reports a refusal with its body, and where that ends', () => {
    const client = asking();
    const bytes = buildRefusal({ status: 401, body: 'who?' });
    const events = [...client.receive(bytes.subarray(0, -2)), ...client.receive(bytes.subarray(-2))];
    expect(typesOf(events)).toEqual(['refused', 'body', 'body', 'end']);
    expect(events[0]).toMatchObject({ status: 401 });
    expect(client.receive(bytes)).toEqual([]);
    expect(typesOf(asking().receive(buildRefusal({ status: 404 })))).toEqual(['refused', 'end']);
    expect(typesOf(asking().receive(encodeUtf8('HTTP/1.0 500 x\r\n\r\nbody')))).toEqual(['refused', 'body']);
  });

  it('an end inside the head is a fault', () => {
    const client = asking();
    client.receive(encodeUtf8('HTTP/1.1 101 Sw'));
    expect(typesOf(client.end())).toEqual(['fault', 'closed']);
    expect(typesOf(asking().end())).toEqual(['closed']);
  });
});

describe("the caller's mistakes", () => {
  const { client } = new Pair();
  const MISTAKES: readonly (readonly [string, () => unknown, typeof TypeError | typeof RangeError])[] = [
    ['no bytes', () => client.receive('x' as never), TypeError],
    ['an unknown event', () => client.send({ type: 'open' } as never), TypeError],
    ['no text', () => client.send({ type: 'text' } as never), TypeError],
    ['no payload', () => client.send({ type: 'binary', payload: 'x' } as never), TypeError],
    ['a long ping', () => client.send({ type: 'ping', payload: LONG }), RangeError],
    ['close code 1005', () => client.send({ type: 'close', code: 1005 }), RangeError],
    ['close code -1', () => client.send({ type: 'close', code: -1 }), RangeError],
    ['close code 1000.5', () => client.send({ type: 'close', code: 1000.5 }), RangeError],
    ['a long reason', () => client.send({ type: 'close', code: 1000, reason: 'x'.repeat(124) }), RangeError],
    ['a reason alone', () => client.send({ type: 'close', reason: 'x' }), TypeError],
    ['a stray continuation', () => client.send({ type: 'continuation', text: '' }), TypeError],
    ['an http: URL', () => new ClientEndpoint({ url: 'http://a/' }), TypeError],
    ['a fragment', () => new ClientEndpoint({ url: 'ws://a/#b' }), TypeError],
    [
      'a header that ends its line',
      () => new ClientEndpoint({ url: 'ws://a/', headers: [['a', 'b\r\nc: d']] }),
      TypeError,
    ],
    ['a header of the handshake', () => new ClientEndpoint({ url: 'ws://a/', headers: [['upgrade', 'b']] }), TypeError],
    ['a subprotocol with a blank', () => new ClientEndpoint({ url: 'ws://a/', subprotocols: ['a b'] }), TypeError],
    ['a subprotocol twice', () => new ClientEndpoint({ url: 'ws://a/', subprotocols: ['a', 'a'] }), TypeError],
    ['deflate without a library', () => new PureClient({ url: 'ws://a/', deflate: true }), TypeError],
    ['a limit that is none', () => new ServerEndpoint({ maxMessageBytes: NaN }), RangeError],
    ['fragments of nothing', () => new ServerEndpoint({ fragmentBytes: 0 }), RangeError],
    ['receiving before the start', () => new ClientEndpoint({ url: 'ws://a/' }).receive(LONG), TypeError],
    ['sending before the handshake', () => new ServerEndpoint().send({ type: 'text', text: '' }), TypeError],
    ['accepting nothing', () => new ServerEndpoint().accept(), TypeError],
    ['a refusal with 101', () => buildRefusal({ status: 101 }), RangeError],
    ['a reason with a line end', () => buildRefusal({ status: 400, reason: 'a\r\nb' }), TypeError],
    ['a key of 15 bytes', () => buildRequest({ url: 'ws://a/', key: 'AAAA' }), TypeError],
  ];
  it.each(MISTAKES)('%s', (_, mistake, kind) => {
    expect(mistake).toThrow(kind);
    expect(client.state).toBe('open');
  });

  it('a fragmented message is continued in its kind, and nothing else is begun', () => {
    const { client: sender } = new Pair();
    sender.send({ type: 'text', text: 'a', fin: false });
    expect(() => sender.send({ type: 'continuation', payload: LONG })).toThrow(TypeError);
    expect(() => sender.send({ type: 'text', text: 'b' })).toThrow(TypeError);
    expect(sender.send({ type: 'continuation', text: 'b' })[0]).toBe(0x80);
  });
});
