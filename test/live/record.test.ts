import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { records, Workshop, wsinspect } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { harOf } from './har-schema.js';
import { Serving } from './serving.js';
import { closeServers, echo, listening, peer } from './servers.js';
import { selfSigned, tlsEcho } from './tls-server.js';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

type Json = Readonly<Record<string, unknown>>;

let shop: Workshop;
const running: Serving[] = [];
beforeAll(() => {
  shop = new Workshop();
});
afterEach(async () => {
  await Serving.endAll(running);
});
afterAll(() => {
  closeServers();
  shop.remove();
});

async function serve(...args: string[]): Promise<Serving> {
  const serving = await Serving.start('--allow-host', 'spaced.example', ...args);
  running.push(serving);
  return serving;
}

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../schema/wsinspect.schema.json', import.meta.url), 'utf8'),
) as object;
const KINDS = ['pcapng', 'ndjson', 'har'] as const;
let files = 0;
const fileOf = (kind: string): string => `${shop.folder}/recorded-${files++}.${kind}`;

async function decoded(file: string, ...args: string[]): Promise<{ all: Json[]; exit: number | null; err: string }> {
  const { out, exit, err } = await runHere(['decode', '--json', ...args, file]);
  return { all: out === '' ? [] : records(out), exit, err };
}

const REQUEST =
  'GET /raw?a=1 HTTP/1.1\r\nHost:  spaced.example \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';

/** Several connections at once: fragmented, compressed, malformed, cut off. */
async function converse(server: Serving): Promise<void> {
  const [plain, deflated, raw, cut] = await Promise.all([
    server.open('/plain'),
    server.open('/deflated', { perMessageDeflate: { threshold: 0 } }),
    server.raw(),
    server.raw(),
  ]);
  raw.write(REQUEST);
  cut.write(REQUEST);
  plain.socket.send('hello');
  deflated.socket.send('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
  plain.socket.send(Buffer.from([0, 1, 2, 255]));
  deflated.socket.send('größer', { fin: false });
  plain.socket.send('frag', { fin: false });
  deflated.socket.send(' als ASCII', { fin: true });
  plain.socket.ping('p');
  plain.socket.send('ment', { fin: true });
  plain.socket.send('x'.repeat(3000));
  deflated.socket.send('{"json":[1,2,3]}');
  await Promise.all([plain.got(4), deflated.got(3), sleep(100)]);
  // Text that is no UTF-8, and not masked; a length of 2^62 and a key that no frame follows.
  raw.write(Buffer.from('8102c328', 'hex'));
  cut.write(Buffer.from('82ff4000000000000000aabbccdd010203', 'hex'));
  await sleep(100);
  cut.destroy();
  plain.socket.close(1000, 'bye');
  deflated.socket.terminate();
  await plain.closed;
  raw.end(Buffer.from('81', 'hex'));
  await server.until((out) => (out.match(/"type":"connection"/g) ?? []).length === 4);
}

/** The traffic alone, a list for each connection and direction. */
function traffic(all: readonly Json[], types: readonly string[]): Record<string, Json[]> {
  const lists: Record<string, Json[]> = {};
  for (const record of all) {
    if (!types.includes(record['type'] as string)) continue;
    (lists[`${String(record['connection'])} ${String(record['direction'])}`] ??= []).push(record);
  }
  return lists;
}

/** The same without times, and these by themselves. */
function untimed(lists: Record<string, Json[]>): { lists: Record<string, Json[]>; times: number[] } {
  const times: number[] = [];
  const bare = Object.entries(lists).map(([key, list]) => {
    times.push(...list.map(({ time }) => time as number));
    return [key, list.map((record) => ({ ...record, time: undefined }))] as const;
  });
  return { lists: Object.fromEntries(bare), times };
}

describe('what is recorded of a server', () => {
  it('as records is what it printed, to the last digit', async () => {
    const file = fileOf('ndjson');
    const server = await serve('--json', '--deflate', '--record', file);
    await converse(server);
    expect(await server.stop()).toBe(130);
    const { all, exit, err } = await decoded(file);
    expect({ exit, err }).toEqual({ exit: 1, err: '' });
    const validate = new Ajv2020({ strictRequired: false, strictTypes: false }).compile(SCHEMA);
    const lines = records(readFileSync(file, 'utf8'));
    expect(lines.filter((line) => !validate(line))).toEqual([]);
    expect(new Set(lines.map(({ type }) => type))).toEqual(
      new Set(['opened', 'handshake', 'frame', 'bytes', 'diagnostic', 'connection']),
    );
    const types = ['frame', 'handshake', 'diagnostic'];
    expect(traffic(all, types)).toEqual(traffic(server.records, types));
    const closing = (list: readonly Json[]): Json[] =>
      list
        .filter(({ type }) => type === 'connection')
        .toSorted((a, b) => Number(a['connection']) - Number(b['connection']));
    for (const [i, connection] of closing(all).entries()) {
      const { duration, ...rest } = closing(server.records)[i]!;
      expect(connection).toMatchObject(rest);
      expect(connection['duration']).toBeCloseTo(duration as number, 4);
    }
  });

  it('as packets is what it printed, to the microsecond', async () => {
    const file = fileOf('pcapng');
    const server = await serve('--json', '--deflate', '--record', file);
    await converse(server);
    await server.stop();
    const { all } = await decoded(file);
    const [found, printed] = [all, server.records].map((list) => untimed(traffic(list, ['frame'])));
    expect(found!.lists).toEqual(printed!.lists);
    for (const [i, time] of found!.times.entries()) expect(Math.abs(time - printed!.times[i]!)).toBeLessThan(1e-6);
    const ends = (list: readonly Json[]): unknown[] =>
      list
        .filter(({ type }) => type === 'connection')
        .map(({ connection, client, server: to, closeCode }) => [connection, client, to, closeCode])
        .toSorted();
    expect(ends(all)).toEqual(ends(server.records));
  });

  it('as an HTTP archive has the messages that it printed', async () => {
    const file = fileOf('har');
    const server = await serve('--json', '--view', 'messages', '--deflate', '--record', file);
    await converse(server);
    await server.stop();
    expect(existsSync(`${file}.part`)).toBe(false);
    const { har, faults } = harOf(readFileSync(file, 'utf8'));
    expect(faults).toEqual([]);
    const urls = har.log.entries.map(({ request }) => new URL(request.url).pathname);
    expect(urls.toSorted()).toEqual(['/deflated', '/plain', '/raw', '/raw']);
    expect(har.log.entries.map(({ response }) => response.status)).toEqual([101, 101, 101, 101]);
    const keep = ['connection', 'direction', 'opcode', 'text', 'hex', 'bytes', 'time'];
    const of = (list: readonly Json[]): Record<string, unknown[]> =>
      Object.fromEntries(
        Object.entries(traffic(list, ['message'])).map(([key, messages]) => [
          key,
          messages
            .filter(({ diagnostics }) => !JSON.stringify(diagnostics).includes('utf8'))
            .map((message) => Object.fromEntries(keep.map((name) => [name, message[name]]))),
        ]),
      );
    const { all, err } = await decoded(file, '--view', 'messages');
    const printed = of(server.records);
    expect(of(all)).toMatchObject(Object.fromEntries(Object.entries(printed).filter(([, list]) => list.length > 0)));
    expect(err.match(/a HAR has messages, not frames/g)).toHaveLength(1);
  });

  it.each(KINDS)('as %s survives a SIGKILL, all but the last frame at most', async (kind) => {
    const file = fileOf(kind);
    const server = await serve('-q', '--record', file);
    const client = await server.open();
    for (let i = 0; i < 200; i++) client.socket.send(`message ${i}`);
    await client.got(200);
    await running.pop()!.stop('SIGKILL');
    const { all } = await decoded(kind === 'har' ? `${file}.part` : file);
    for (const direction of ['client', 'server']) {
      const texts = all.filter((record) => record['direction'] === direction).map(({ text }) => text);
      expect(texts.slice(0, 199)).toEqual(Array.from({ length: 199 }, (_, i) => `message ${i}`));
    }
  });

  it('is refused where the journal of a run that was broken off would be lost', async () => {
    const file = fileOf('har');
    writeFileSync(`${file}.part`, '{"type":"opened","connection":0}\n');
    const { exit, err } = await runHere(['serve', '0', '--record', file]);
    expect(exit).toBe(2);
    expect(err).toContain(`${file}.part is left from an interrupted run: decode it, or remove it`);
  });

  it('covers refusals, and what is printed without a reader', async () => {
    const file = fileOf('ndjson');
    const server = await serve('-q', '--reject', '403', '--record', file);
    await expect(server.open('/no')).rejects.toThrow('403');
    await server.stop();
    const { all } = await decoded(file);
    expect(all[0]).toMatchObject({ type: 'handshake', response: { line: 'HTTP/1.1 403 Forbidden' }, valid: false });
    expect(readFileSync(file, 'utf8')).toContain('"type":"bytes"');
  });
});

describe('what is recorded of a client', () => {
  it.each(KINDS)('inside TLS is plain: %s', async (kind) => {
    const pair = selfSigned(shop.folder);
    const { port } = await tlsEcho(pair);
    const file = fileOf(kind);
    const url = `wss://localhost:${port}/a?b=c`;
    expect(await runHere(['connect', url, '--ca', pair.cert, '-x', 'secret', '-1', '--record', file])).toMatchObject({
      exit: 0,
      out: 'secret\n',
    });
    const { all } = await decoded(file, '--view', 'messages');
    expect(all.filter(({ type }) => type === 'message').map(({ text }) => text)).toEqual(['secret', 'secret']);
    if (kind === 'har') expect(harOf(readFileSync(file, 'utf8')).har.log.entries[0]!.request.url).toBe(url);
  });

  it.each(KINDS)('over a Unix socket has both sides: %s', async (kind) => {
    const path = `${shop.folder}/${kind}.sock`;
    const http = createServer();
    new WebSocketServer({ server: http }).on('connection', (socket) =>
      socket.on('message', (data) => socket.send(data as Buffer, { binary: false })),
    );
    await listening(http, path);
    const file = fileOf(kind);
    expect((await runHere(['connect', `ws+unix:${path}`, '-x', 'hi', '-1', '--record', file])).exit).toBe(0);
    const { all } = await decoded(file);
    expect(all.filter(({ text }) => text === 'hi')).toHaveLength(2);
    const named = all.find(({ type }) => type === 'connection')!['server'];
    expect(named).toBe(kind === 'pcapng' ? '192.0.2.2:80' : path);
  });

  it('that connects again is all in one file', async () => {
    const { url } = await peer((socket) => setTimeout(() => socket.terminate(), 20));
    const file = fileOf('ndjson');
    await runHere(['connect', url, '-w', '-1', '--reconnect=1', '--no-stdin', '--record', file]);
    const { all } = await decoded(file, '--stats');
    expect(all.filter(({ type }) => type === 'connection').map(({ connection }) => connection)).toEqual([0, 1]);
  });

  it.each(KINDS)('to a full disk ends with an error, and the traffic continues: %s', async (kind) => {
    const { url } = await echo();
    const file = fileOf(kind);
    symlinkSync('/dev/full', kind === 'har' ? `${file}.part` : file);
    const messages = Array.from({ length: 20 }, (_, i) => ['-x', String(i)]).flat();
    const { exit, out, err } = await runHere(['connect', url, ...messages, '--count', '20', '--record', file]);
    expect(out.trim().split('\n')).toHaveLength(20);
    expect(err).toBe(
      `wsinspect: --record: ${file}: can't be written: the disk is full: recording has ended, the traffic continues\n`,
    );
    expect(exit).toBe(2);
  });

  it('replaces a file, but none for a run that does not come about', async () => {
    const { url } = await echo();
    const file = fileOf('ndjson');
    writeFileSync(file, 'x'.repeat(100_000));
    const failing = (path: string): Promise<unknown> =>
      runHere(['connect', url, '-x', 'hi', '--ca', '/nowhere', '--record', path]);
    const wrong = (path: string): Promise<unknown> => runHere(['serve', 'nosuch.invalid:1', '--record', path]);
    for (const run of [failing, wrong]) {
      expect(await run(file)).toMatchObject({ exit: 2 });
      expect(statSync(file).size).toBe(100_000);
      for (const kind of KINDS) {
        const fresh = fileOf(kind);
        expect(await run(fresh)).toMatchObject({ exit: 2 });
        expect([fresh, `${fresh}.part`].filter((path) => existsSync(path))).toEqual([]);
      }
    }
    expect((await runHere(['connect', url, '-x', 'hi', '-1', '--record', file])).exit).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"type":"opened"/);
  });
});

describe('a message of 100 MB', () => {
  const SIZE = 100 * 1024 * 1024;

  it.each(KINDS)('is recorded in bounded memory: %s', async (kind) => {
    const { url } = await peer((socket) => socket.send(Buffer.alloc(SIZE, 'x'), { binary: true }));
    const args = ['connect', url, '-1', '-q', '--no-stdin'];
    const file = fileOf(kind);
    const [plain, recorded] = [await wsinspect(args), await wsinspect([...args, '--record', file])];
    expect([plain.exit, recorded.exit]).toEqual([0, 0]);
    expect(recorded.peak - plain.peak).toBeLessThan(250);
    const { all, exit } = await decoded(file, '--preview', '10');
    const [frame] = all.filter(({ type, opcode }) => type === 'frame' && opcode === 2);
    expect(frame).toMatchObject({ payloadLength: SIZE, hex: '78'.repeat(10) });
    expect(exit).toBe(kind === 'pcapng' ? 0 : 1);
    if (kind === 'pcapng') return;
    expect(frame).toMatchObject({ truncated: true, payloadBytes: 16 * 1024 * 1024 });
    expect(statSync(file).size).toBeLessThan(40 * 1024 * 1024);
    const { err } = await wsinspect([...args.slice(0, -2), '--no-stdin', '--record', fileOf(kind), '--json']);
    expect(err).toMatch(/^--record: .*: 1 payload of more than 16 MiB is cut there: a \.pcapng keeps all\n$/);
  });
});
