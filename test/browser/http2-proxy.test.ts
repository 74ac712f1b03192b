import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { records, wsinspect } from '../cli/binary.js';
import { Serving } from '../live/serving.js';
import { selfSigned, type Pair } from '../live/tls-server.js';
import { captureOf, recordedWire } from '../live/tls-wire.js';
import { has } from '../tools.js';
import { Pages } from './browser.js';

/** A WebSocket of Chromium over HTTP/2 through `proxy`: what it shows, what the server got, and what a capture with Chromium's keys has. */

const isHere = has('chromium', 'openssl');

type Sent = readonly [name: 'text' | 'binary', content: string];

/** Of each kind and form of the length, and one that takes several windows of a stream. */
const MESSAGES: readonly Sent[] = [
  ['text', 'hello'],
  ['text', ''],
  ['binary', '00ff80'],
  ['text', 'grüße 👋'],
  ['text', 'x'.repeat(300)],
  ['binary', 'a5'.repeat(200_000)],
  ['text', 'the end'],
];

/** Sends each when the one before it has come back; gives what came, and how it ended. */
const TALK = `(messages) => new Promise((resolve, reject) => {
  const socket = new WebSocket('wss://' + location.host + '/from-chromium?a=b');
  socket.binaryType = 'arraybuffer';
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (one) => one.toString(16).padStart(2, '0')).join('');
  const came = [];
  const next = () => {
    if (came.length === messages.length) return socket.close(3001, 'bye');
    const [name, content] = messages[came.length];
    socket.send(name === 'text' ? content : bytes(content));
  };
  socket.onopen = next;
  socket.onmessage = ({ data }) => {
    came.push(typeof data === 'string' ? ['text', data] : ['binary', hex(data)]);
    next();
  };
  socket.onerror = () => reject(new Error('the WebSocket failed'));
  socket.onclose = ({ code, reason, wasClean }) => resolve({ came, code, reason, wasClean });
})`;
const talk = (page: Page): Promise<unknown> => page.evaluate(`(${TALK})(${JSON.stringify(MESSAGES)})`);

type Shown = Readonly<Record<string, unknown>>;

const FRAME_FIELDS = ['direction', 'name', 'fin', 'maskingKey', 'payloadLength', 'text', 'hex', 'closeCode'] as const;
/** What of frames does not depend on who shows them. */
const framesIn = (shown: readonly Shown[]): Shown[] =>
  shown
    .filter(({ type }) => type === 'frame')
    .map((frame) => Object.fromEntries(FRAME_FIELDS.map((name) => [name, frame[name]])));

/** Whole messages of a side: a browser may send one in several frames. */
function messagesOf(side: string, shown: readonly Shown[]): string[] {
  const messages: string[] = [];
  for (const { name, text, hex } of framesIn(shown).filter(({ direction }) => direction === side)) {
    const content = typeof text === 'string' ? text : String(hex);
    if (name === 'continuation') messages[messages.length - 1] += content;
    else if (name !== 'close') messages.push(`${String(name)} ${content}`);
  }
  return messages;
}

const SENT = MESSAGES.map(([name, content]) => `${name} ${content}`);
const isOver = (serving: Serving): Promise<void> => serving.until((out) => out.includes('"type":"connection"'));
/** The requests of WebSockets, by who shows them. */
const requestsIn = (shown: readonly Shown[]): unknown[] =>
  shown
    .filter(({ type }) => type === 'handshake')
    .map(({ http, valid, request }) => [http ?? '1.1', valid, (request as { line: string }).line]);

describe.skipIf(!isHere)('Chromium over HTTP/2 through proxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-proxy-page-'));
  const keys = join(folder, 'chromium.keys');
  const pages = new Pages('--ignore-certificate-errors', `--ssl-key-log-file=${keys}`);
  const running: Serving[] = [];
  let pair: Pair;
  beforeAll(async () => {
    pair = selfSigned(folder);
    await pages.start();
  });
  afterAll(async () => {
    await pages.end();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const serving of running.splice(0)) await serving.stop('SIGKILL');
  });

  it.each([
    ['--http2', ['--http2'], ['2', true, 'CONNECT /from-chromium?a=b HTTP/2']],
    ['--http2=clients', [], ['1.1', true, 'GET /from-chromium?a=b HTTP/1.1']],
  ] as const)('%s passes and shows what the page sends and gets', async (mode, serves, asked) => {
    const tls = mode === '--http2' ? ['--cert', pair.cert, '--key', pair.key] : [];
    const server = await Serving.start(...serves, ...tls, '--json', '--preview', 'all');
    running.push(server);
    const listen = ['--listen-cert', pair.cert, '--listen-key', pair.key];
    const proxy = await Serving.proxy(server.url, mode, '-k', ...listen, '--json', '--preview', 'all');
    running.push(proxy);
    const wire = await recordedWire(proxy.port);
    // A WebSocket is a stream of a connection of HTTP/2 that is there (RFC 8441): that of the page.
    const page = await pages.open(`https://127.0.0.1:${wire.port}/icon.svg`, { ignoreHTTPSErrors: true });
    expect(await talk(page)).toEqual({ came: MESSAGES, code: 3001, reason: 'bye', wasClean: true });
    await Promise.all([isOver(server), isOver(proxy)]);
    await page.context().close();

    const frames = framesIn(proxy.records);
    expect(requestsIn(proxy.records)).toEqual([['2', true, 'CONNECT /from-chromium?a=b HTTP/2']]);
    expect(requestsIn(server.records)).toEqual([asked]);
    for (const side of ['client', 'server']) expect(messagesOf(side, proxy.records)).toEqual(SENT);
    expect(frames.filter(({ name }) => name === 'close').map((one) => [one['direction'], one['closeCode']])).toEqual([
      ['client', 3001],
      ['server', 3001],
    ]);
    expect(framesIn(server.records)).toEqual(frames);

    const capture = join(folder, `${mode}.pcap`);
    writeFileSync(capture, captureOf(wire.pieces));
    expect(readFileSync(keys, 'utf8')).toContain('CLIENT_TRAFFIC_SECRET_0');
    const decoded = await wsinspect([
      ...['decode', '-f', capture, '--keylog', keys, '--json', '--view', 'summary', '--preview', 'all'],
    ]);
    const shown = records(decoded.out);
    expect(requestsIn(shown)).toEqual(requestsIn(proxy.records));
    const bySide = (side: string): Shown[] => framesIn(shown).filter(({ direction }) => direction === side);
    for (const side of ['client', 'server'])
      expect(bySide(side)).toEqual(frames.filter(({ direction }) => direction === side));
  });
});
