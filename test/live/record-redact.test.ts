import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { records, Workshop, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { runHere } from '../cli/in-process.js';
import { closeHttp2, http2Peer } from './http2-peers.js';
import { Serving } from './serving.js';

const shop = new Workshop();
const running: Serving[] = [];
afterEach(async () => {
  closeHttp2();
  await Serving.endAll(running);
});
afterAll(() => shop.remove());

let files = 0;
const fileOf = (ending: string): string => `${shop.folder}/redacted-${files++}.${ending}`;

async function started(serving: Promise<Serving>): Promise<Serving> {
  running.push(await serving);
  return serving;
}

const SECRET = 'hunter22zebra';
const LOGIN = JSON.stringify({ user: 'ada', password: SECRET });
const COVERED = JSON.stringify({ user: 'ada', password: 'x'.repeat(SECRET.length) });

/** What a recording has, and that it has no secret. */
async function expectKept(file: string, connections: number): Promise<void> {
  const stored = readFileSync(file).toString('latin1');
  if (file.endsWith('.pcapng') && has('tshark')) {
    // Whatever protocol a free port belongs to.
    const wrong = [
      '-r',
      file,
      '-d',
      'tcp.port==1024-65535,http',
      '-Y',
      '_ws.malformed || _ws.expert.severity >= 0x600000',
    ];
    expect(execFileSync('tshark', wrong, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe('');
  }
  for (const form of [SECRET, Buffer.from(SECRET).toString('hex'), Buffer.from(SECRET).toString('base64').slice(0, 16)])
    expect(stored).not.toContain(form);
  expect(stored).not.toContain('127.0.0.1');
  const { out, exit } = await runHere(['decode', file, '--json', '--view', 'messages']);
  expect(out).not.toContain(SECRET);
  const all = records(out);
  const of = (type: string): Record<string, unknown>[] => all.filter((one) => one['type'] === type);
  expect(exit, out).toBe(0);
  expect(of('handshake').map(({ valid }) => valid)).toEqual(Array(connections).fill(true));
  expect(out).toContain(`?access_token=${'x'.repeat(SECRET.length)}`);
  expect(of('connection')).toHaveLength(connections);
  for (const { connection } of of('connection')) {
    const messages = of('message').filter((one) => one['connection'] === connection);
    expect(messages.map(({ direction, text }) => `${String(direction)} ${String(text)}`).toSorted()).toEqual([
      ...['client hello', `client ${COVERED}`, 'server hello', `server ${COVERED}`],
    ]);
  }
}

describe('--record with --redact', () => {
  it.each(
    ['pcapng', 'ndjson', 'har'].flatMap((ending) => [
      [ending, 'HTTP/1.1', 1],
      [ending, 'HTTP/2', 1],
      [ending, 'HTTP/2', 2],
    ]),
  )('keeps in a %s of %s (%i streams) all but the secrets', async (ending, version, count) => {
    const over = version === 'HTTP/2' ? ['--http2'] : [];
    const [atClient, between, atServer] = [fileOf(ending), fileOf(ending), fileOf(ending)];
    const recorded = (file: string): string[] => [...over, '--record', file, '--redact', '--redact-addresses'];
    const server = await started(Serving.start(...recorded(atServer)));
    const proxy = await started(Serving.proxy(server.url, ...recorded(between)));
    const url = `ws://127.0.0.1:${proxy.port}/?access_token=${SECRET}`;
    const streams = count > 1 ? ['--streams', String(count)] : [];
    const ran = await wsinspect([
      'connect',
      url,
      ...streams,
      '--cookie',
      `sid=${SECRET}`,
      '-x',
      'hello',
      '-x',
      LOGIN,
      '--count',
      '2',
      ...recorded(atClient),
    ]);
    expect(ran.exit, ran.err).toBe(0);
    await proxy.stop();
    await server.stop();
    expect(proxy.err).toMatch(new RegExp(`^redacted: ${count} query, ${count} cookies, `, 'm'));
    for (const file of [atClient, between, atServer]) await expectKept(file, count);
  });

  it('keeps how a stream of HTTP/2 ended, also in the output of decode', async () => {
    const { port } = await http2Peer((stream) => {
      stream.respond();
      setImmediate(() => stream.session!.goaway(11, 0, Buffer.from(`password=${SECRET}`)));
      setImmediate(() => stream.session!.destroy());
    });
    const [plain, covered] = [fileOf('ndjson'), fileOf('ndjson')];
    for (const more of [[plain], [covered, '--redact']])
      await wsinspect(['connect', `ws://127.0.0.1:${port}/`, '--http2', '--no-stdin', '--record', ...more]);
    const goneIn = (out: string): unknown => records(out).find(({ name }) => name === 'GOAWAY')?.['debug'];
    expect(goneIn(readFileSync(plain, 'utf8'))).toBe(`password=${SECRET}`);
    expect(goneIn(readFileSync(covered, 'utf8'))).toBe(`password=${'x'.repeat(SECRET.length)}`);
    const { out } = await runHere(['decode', plain, '--json', '--redact']);
    expect(goneIn(out)).toBe(`password=${'x'.repeat(SECRET.length)}`);
  });
});
