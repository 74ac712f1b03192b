import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { runHere } from '../cli/in-process.js';
import { bare, closeServers, echo, switching } from './servers.js';
import { Client, Serving } from './serving.js';

/** Heads of up to 256 KiB are read in both directions; beyond that, the limit is named. */

const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
});
afterAll(closeServers);

const cookies = (bytes: number): string[] =>
  Array.from({ length: Math.floor(bytes / 4096) }, (_, i) => `Set-Cookie: c${i}=${'x'.repeat(4070)}`);
/** A server whose answer has a head of this size. */
const baking = (bytes: number): Promise<{ readonly url: string }> =>
  bare(({ accept, socket }) => {
    socket.end(
      Buffer.concat([Buffer.from(switching(accept, ...cookies(bytes))), Buffer.from('81026869880203e8', 'hex')]),
    );
  });

describe.each([20, 100, 240])('%i KiB', (size) => {
  it('connect takes such an answer, also through proxy', async () => {
    const { url } = await baking(size * 1024);
    const proxy = await Serving.proxy(url);
    running.push(proxy);
    for (const at of [url, proxy.url]) {
      expect(await runHere(['connect', at, '--no-stdin'])).toMatchObject({ exit: 0, out: 'hi\n', err: '' });
    }
  });

  it('serve and proxy take such a request', async () => {
    const serving = await Serving.start();
    const proxy = await Serving.proxy((await echo({ maxPayload: 1 })).url);
    running.push(serving, proxy);
    const headers = Object.fromEntries(cookies(size * 1024).map((_, i) => [`X-${i}`, 'x'.repeat(4080)]));
    (await Client.open(serving.url, { headers })).socket.terminate();
    // The server after it, of Node.js alone, takes 16 KiB: its refusal comes through.
    await expect(Client.open(proxy.url, { headers })).rejects.toMatchObject({ status: 431 });
  });
});

it('beyond, the limit is named', async () => {
  const { url } = await baking(300 * 1024);
  const { exit, err } = await runHere(['connect', url, '--no-stdin']);
  expect(err).toContain('the head of the answer is longer than this end reads (256 KiB)');
  expect(exit).toBe(4);
  const serving = await Serving.start();
  running.push(serving);
  const headers = Object.fromEntries(cookies(300 * 1024).map((_, i) => [`X-${i}`, 'x'.repeat(4080)]));
  await Client.open(serving.url, { headers }).catch(() => undefined);
  await serving.until((_, text) => text.includes('the head is longer than 256 KiB'));
});

describe('serve refuses what its rules refuse', () => {
  const HEADERS = [
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];
  it.each([
    ['GET / HTTP/1.0', 'the HTTP version is HTTP/1.0'],
    ['GET ws://localhost/ HTTP/1.1', 'the request target is ws://localhost/'],
  ])('%s', async (line, reason) => {
    const serving = await Serving.start();
    running.push(serving);
    const socket = await serving.raw();
    socket.write([line, ...HEADERS, '', ''].join('\r\n'));
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(reason);
    await serving.until((out) => out.includes('400'));
    expect(serving.out).not.toContain('response-accepted-invalid');
  });

  it('an absolute target of http is none of it', async () => {
    const serving = await Serving.start();
    running.push(serving);
    const socket = await serving.raw();
    socket.write(['GET http://localhost/ HTTP/1.1', ...HEADERS, '', ''].join('\r\n'));
    const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(first.toString()).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
  });
});
