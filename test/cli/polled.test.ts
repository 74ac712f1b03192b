import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ACK, CLIENT, ipv4, pcapFile, SERVER, tcp, text } from '../sources/packets.js';
import { records, wsinspect } from './binary.js';
import { runHere } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'wsinspect-polled-'));
const file = join(folder, 'capture.pcap');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the client at `port`, or the server, sends. */
type Said = readonly [port: number, from: 'client' | 'server', payload: Uint8Array | string];

function captureOf(all: readonly Said[]): Uint8Array {
  const next = new Map<string, number>();
  const packets = all.map(([port, from, said], i) => {
    const payload = typeof said === 'string' ? text(said) : said;
    const key = `${port} ${from}`;
    const seq = next.get(key) ?? 1000;
    next.set(key, seq + payload.length);
    const ack = next.get(`${port} ${from === 'client' ? 'server' : 'client'}`) ?? 1000;
    const [sport, dport, src, dst] = from === 'client' ? [port, 80, CLIENT, SERVER] : [80, port, SERVER, CLIENT];
    return { bytes: ipv4(tcp({ sport, dport, seq, ack, flags: ACK, payload }), { src, dst }), fraction: i * 1000 };
  });
  return pcapFile(packets, { link: 101 });
}

const POLL = '/socket.io/?EIO=4&transport=polling';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
const SWITCHES = `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`;
const OPEN = '0{"sid":"S1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}';

const gets = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;

const posts = (target: string, body: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

function answers(body: Uint8Array | string, coding = ''): Uint8Array {
  const bytes = typeof body === 'string' ? text(body) : body;
  return Buffer.concat([text(`HTTP/1.1 200 OK\r\n${coding}Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
}

const upgrades = (sid: string): string =>
  `GET /socket.io/?EIO=4&transport=websocket&sid=${sid} HTTP/1.1\r\nHost: a\r\n${UPGRADE}${KEY}`;

const serverSays = (message: string): Uint8Array => Buffer.concat([Buffer.of(0x81, message.length), text(message)]);
const clientSays = (message: string): Uint8Array =>
  Buffer.concat([Buffer.of(0x81, 0x80 + message.length, 0, 0, 0, 0), text(message)]);

/** A session that begins with polling, by the ports 1 and 2, and continues as the WebSocket of port 3. */
function session(open: Uint8Array = answers(OPEN)): Said[] {
  return [
    [1, 'client', gets('/page')],
    [1, 'server', answers('<html>')],
    [1, 'client', gets(`${POLL}&t=a`)],
    [1, 'server', open],
    [2, 'client', posts(`${POLL}&t=b&sid=S1`, '40')],
    [2, 'server', answers('ok')],
    [1, 'client', gets(`${POLL}&t=c&sid=S1`)],
    [1, 'server', answers('40{"sid":"x"}\x1e42["hi"]')],
    [2, 'client', posts(`${POLL}&t=d&sid=S1`, '420["early"]')],
    [2, 'server', answers('ok')],
    [3, 'client', upgrades('S1')],
    [3, 'server', SWITCHES],
    [3, 'client', clientSays('2probe')],
    [3, 'server', serverSays('3probe')],
    [1, 'client', gets(`${POLL}&t=e&sid=S1`)],
    [1, 'server', answers('6')],
    [3, 'client', clientSays('5')],
    [3, 'server', serverSays('430[]')],
  ];
}

/** The same with the script of JSONP as the form of its answers. */
const asJsonp = ([port, from, said]: Said): Said => [
  port,
  from,
  typeof said === 'string' ? said.replace('transport=polling', 'transport=polling&j=0') : said,
];

/** The packets of its only WebSocket, in short: direction, number, type, the call that it answers; `~` where it was polled. */
async function packetsOf(all: readonly Said[], ...args: string[]): Promise<string[]> {
  return inShort(await decoded(all, runHere, ...args));
}

type Run = (args: readonly string[]) => Promise<{ readonly out: string }>;

async function decoded(all: readonly Said[], run: Run, ...args: string[]): Promise<string> {
  writeFileSync(file, captureOf(all));
  const { out } = await run(['decode', '-f', file, '--json', '--view', 'apps', ...args]);
  return out;
}

function inShort(out: string): string[] {
  const packets = records(out).filter(({ type }) => type === 'packet');
  return packets.map(({ connection, direction, index, packet, replyTo, transport }) => {
    expect(connection).toBe(0);
    const side = direction === 'client' ? '→' : '←';
    const reply = replyTo === undefined ? '' : ` of ${replyTo as number}`;
    return `${side}${index as number} ${packet as string}${reply}${transport === 'polling' ? ' ~' : ''}`;
  });
}

const WHOLE = [
  '→0 CONNECT ~',
  '→1 EVENT ~',
  '→2 ping',
  '←0 open ~',
  '←1 CONNECT of 0 ~',
  '←2 EVENT ~',
  '←3 pong of 2',
  '→3 upgrade',
  '←4 noop ~',
  '←5 ACK of 1',
];

describe('what a client of Socket.IO polls', () => {
  it('is in the messages of the WebSocket that continues its session, with pairs over both', async () => {
    expect(await packetsOf(session())).toEqual(WHOLE);
    expect(inShort(await decoded(session(), wsinspect, '--jobs', '2'))).toEqual(WHOLE);
  });

  it.each([
    ['gzip', gzipSync(OPEN)],
    ['deflate', deflateSync(OPEN)],
    ['br', brotliCompressSync(OPEN)],
  ])('is read in the coding %s', async (name, body) => {
    expect(await packetsOf(session(answers(body, `Content-Encoding: ${name}\r\n`)))).toEqual(WHOLE);
  });

  it('is left out in a coding that is not known', async () => {
    const found = await packetsOf(session(answers('xx', 'Content-Encoding: x\r\n')));
    expect(found).not.toContain('←0 open ~');
    expect(found).toContain('←0 CONNECT of 0 ~');
  });

  it('of another session, or of another server, is not', async () => {
    const other = session().map(([port, from, said]): Said => {
      const isUpgrade = typeof said === 'string' && said.includes('transport=websocket');
      return [port, from, isUpgrade ? upgrades('S2') : said];
    });
    expect(await packetsOf(other)).toEqual(['→0 ping', '←0 pong of 0', '→1 upgrade', '←1 ACK']);
  });

  it('is not read with --app none, nor where secrets are covered', async () => {
    expect(await packetsOf(session(), '--app', 'none')).toEqual([]);
    expect((await packetsOf(session(), '--redact')).filter((packet) => packet.endsWith('~'))).toEqual([]);
  });

  it.each<readonly [string, Said[], readonly string[], string]>([
    [
      'where secrets are covered',
      session(),
      ['--redact'],
      'what clients of Socket.IO polled over HTTP is not read with --redact',
    ],
    ['as JSONP', session().map(asJsonp), [], 'what clients of Socket.IO polled as JSONP is not read'],
  ])('is named where it is not read: %s', async (_, all, args, notice) => {
    writeFileSync(file, captureOf(all));
    const { err } = await runHere(['decode', '-f', file, '--stats', ...args]);
    expect(err.split(notice)).toHaveLength(2);
  });

  it.each([[], ['--redact=email']])('no notice where nothing was polled, or it was read: %j', async (...args) => {
    const all = args.length > 0 ? session().slice(8) : session();
    writeFileSync(file, captureOf(all.filter(([port]) => args.length === 0 || port === 3)));
    expect((await runHere(['decode', '-f', file, '--stats', ...args])).err).not.toContain('polled');
  });

  it('ends where bytes are missing, and begins again', async () => {
    const all = session();
    // The answer with CONNECT and the event.
    const lost = [...all.slice(0, 7), ...all.slice(8)];
    const found = await packetsOf(lost);
    expect(found).toContain('←0 open ~');
    expect(found.at(-1)).toMatch(/ACK of 1$/);
  });
});
