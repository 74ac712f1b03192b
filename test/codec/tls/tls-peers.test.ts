import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import * as crypto from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tlsCryptoWith } from '../../../src/codec/tls/node-crypto.js';
import { browserTlsCrypto } from '../../../src/codec/tls/noble-crypto.js';
import type { Side } from '../../../src/codec/bytes/stream-taker.js';
import { TlsTraffic } from '../../../src/traffic/layers/tls-traffic.js';
import { recordedWire, type Piece } from '../../live/tls-wire.js';

/** Sessions of real peers: openssl s_server and Node.js, by way of a socket that takes note of the bytes. */

let folder: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-peers-'));
  for (const [name, ...kind] of [
    ['ec', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
    ['rsa', '-newkey', 'rsa:2048'],
  ] as const) {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:two.example,IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-nodes', '-days', '2', ...files, ...subject], {
      stdio: 'ignore',
    });
  }
}, 60_000);

afterAll(() => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function serverOf(args: readonly string[]): Promise<number> {
  const port = await new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(free));
    });
  });
  const pairs = ['-cert', 'ec.pem', '-key', 'ec.key', '-dcert', 'rsa.pem', '-dkey', 'rsa.key'];
  const child = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, ...pairs, '-rev', ...args], {
    cwd: folder,
  });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => data.includes('ACCEPT') && resolve());
    child.on('exit', () => reject(new Error('s_server ended')));
  });
  return port;
}

/** Sends each line, waits for its reverse, and gives what was on the wire. */
async function talk(
  port: number,
  lines: readonly string[],
  options: tls.ConnectionOptions,
): Promise<{ pieces: Piece[]; log: Buffer; session: Buffer | undefined }> {
  const keys: Buffer[] = [];
  const wire = await recordedWire(port);
  const socket = tls.connect({
    port: wire.port,
    host: '127.0.0.1',
    servername: 'localhost',
    rejectUnauthorized: false,
    ...options,
  });
  let session: Buffer | undefined;
  socket.on('keylog', (line) => keys.push(line));
  socket.on('session', (made) => (session = made));
  let received = '';
  let wake: () => void = () => undefined;
  socket.on('data', (data: Buffer) => {
    received += data.toString('latin1');
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  let expected = '';
  for (const line of lines) {
    socket.write(`${line}\n`);
    expected += `${[...line].reverse().join('')}\n`;
    while (received.length < expected.length) await new Promise<void>((resolve) => (wake = resolve));
  }
  expect(received).toBe(expected);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.destroySoon();
  await ended;
  await wire.close();
  return { pieces: wire.pieces, log: Buffer.concat(keys), session };
}

type Lost = { readonly side: Side; readonly gap: number };

function decrypted(
  pieces: readonly (Piece | Lost)[],
  log: Uint8Array,
  traffic = new TlsTraffic(tlsCryptoWith(crypto)),
): { plain: [string, string]; facts: unknown } {
  const reader = traffic.log((message) => expect(message).toBe(''));
  reader.push(log);
  reader.end();
  const plain: [string, string] = ['', ''];
  const layer = traffic.open({
    carries: () => ({
      data: (side, bytes, start, end) => (plain[side] += Buffer.from(bytes.subarray(start, end)).toString('latin1')),
      gap: (side, length) => (plain[side] += `<${length} lost>`),
      fin: () => undefined,
      reset: () => undefined,
      close: () => undefined,
    }),
  })!;
  for (const piece of pieces) {
    if ('gap' in piece) layer.gap(piece.side, piece.gap, 0);
    else layer.data(piece.side, piece.bytes, 0, piece.bytes.length, 0);
  }
  layer.close('fin', 0);
  return { plain, facts: layer.tls };
}

const LINES = ['hello', 'x'.repeat(3000), '', 'z'.repeat(9000), 'the end'];
const WEAK = '@SECLEVEL=0';

const tls13 = (suite: string): tls.ConnectionOptions => ({
  minVersion: 'TLSv1.3',
  ciphers: `${suite}:DEFAULT:${WEAK}`,
});
const tls12 = (cipher: string): tls.ConnectionOptions => ({ maxVersion: 'TLSv1.2', ciphers: `${cipher}:${WEAK}` });
const older = (version: 'TLSv1' | 'TLSv1.1', cipher: string): tls.ConnectionOptions => ({
  minVersion: version,
  maxVersion: version,
  ciphers: `${cipher}:${WEAK}`,
});

type Case = readonly [
  version: string,
  cipher: string,
  client: tls.ConnectionOptions,
  server: readonly string[] | undefined,
];

const CASES: readonly Case[] = (
  [
    ...[
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
      'TLS_AES_128_CCM_SHA256',
      'TLS_AES_128_CCM_8_SHA256',
    ].map((suite) => ['TLS 1.3', suite, tls13(suite), ['-ciphersuites', suite]] as const),
    ['TLS 1.3', 'TLS_AES_256_GCM_SHA384', tls13('TLS_AES_256_GCM_SHA384'), ['-record_padding', '512']],
    ['TLS 1.3', 'TLS_AES_128_GCM_SHA256', tls13('TLS_AES_128_GCM_SHA256'), ['-max_send_frag', '512']],
    // A key share that the server refuses: HelloRetryRequest.
    [
      'TLS 1.3',
      'TLS_AES_128_GCM_SHA256',
      { ...tls13('TLS_AES_128_GCM_SHA256'), ecdhCurve: 'X25519:P-384' },
      ['-groups', 'P-384'],
    ],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', tls12('ECDHE-ECDSA-AES128-GCM-SHA256')],
    [
      'TLS 1.2',
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      tls12('ECDHE-RSA-AES256-GCM-SHA384'),
      ['-max_send_frag', '600'],
    ],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', tls12('ECDHE-ECDSA-CHACHA20-POLY1305')],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM', tls12('ECDHE-ECDSA-AES128-CCM')],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8', tls12('ECDHE-ECDSA-AES256-CCM8')],
    ['TLS 1.2', 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', tls12('DHE-RSA-AES128-GCM-SHA256')],
    ['TLS 1.2', 'TLS_RSA_WITH_AES_256_CBC_SHA256', tls12('AES256-SHA256')],
    ['TLS 1.2', 'TLS_RSA_WITH_AES_128_CBC_SHA', tls12('AES128-SHA'), ['-no_etm']],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384', tls12('ECDHE-ECDSA-AES256-SHA384')],
    ['TLS 1.2', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', tls12('ECDHE-RSA-AES128-SHA256'), ['-no_etm']],
    ['TLS 1.2', 'TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256', tls12('ECDHE-RSA-CAMELLIA128-SHA256')],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384', tls12('ECDHE-ECDSA-CAMELLIA256-SHA384')],
    ['TLS 1.2', 'TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384', tls12('ECDHE-RSA-CAMELLIA256-SHA384'), ['-no_etm']],
    ['TLS 1.2', 'TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256', tls12('DHE-RSA-ARIA128-GCM-SHA256')],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384', tls12('ECDHE-ECDSA-ARIA256-GCM-SHA384')],
    ['TLS 1.1', 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', older('TLSv1.1', 'ECDHE-ECDSA-AES128-SHA')],
    ['TLS 1.0', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', older('TLSv1', 'ECDHE-RSA-AES256-SHA')],
    ['TLS 1.0', 'TLS_RSA_WITH_AES_128_CBC_SHA', older('TLSv1', 'AES128-SHA'), ['-no_etm']],
  ] as readonly (readonly [string, string, tls.ConnectionOptions, (readonly string[])?])[]
).map(([version, cipher, client, server]) => [version, cipher, client, server]);

const plainOf = (lines: readonly string[]): [string, string] => [
  lines.map((line) => `${line}\n`).join(''),
  lines.map((line) => `${[...line].reverse().join('')}\n`).join(''),
];

describe('a session of openssl s_server and Node.js', () => {
  it.each(CASES)('in %s with %s is read', async (version, cipher, client, server) => {
    const port = await serverOf(['-cipher', `ALL:${WEAK}`, ...(server ?? [])]);
    const { pieces, log } = await talk(port, LINES, client);
    const { plain, facts } = decrypted(pieces, log);
    expect(facts).toMatchObject({
      version,
      cipher,
      sni: 'localhost',
      decrypted: true,
      names: ['localhost', 'two.example', '127.0.0.1'],
    });
    expect(facts).not.toHaveProperty('reason');
    expect(plain).toEqual(plainOf(LINES));
    if (/CAMELLIA|ARIA/.test(cipher)) return;
    expect(decrypted(pieces, log, new TlsTraffic(browserTlsCrypto))).toEqual({ plain, facts });
  });

  it.each([
    ['TLSv1.2', []],
    ['TLSv1.2', ['-no_ticket']],
    ['TLSv1.3', []],
  ] as const)('that is resumed in %s %j is read', async (version, server) => {
    const port = await serverOf([...server, '-keylogfile', 'server.keys']);
    const options: tls.ConnectionOptions = { minVersion: version, maxVersion: version };
    const first = await talk(port, ['one'], options);
    const second = await talk(port, ['two', 'three'], { ...options, ...(first.session && { session: first.session }) });
    const traffic = new TlsTraffic(tlsCryptoWith(crypto));
    expect(decrypted(first.pieces, first.log, traffic).plain).toEqual(plainOf(['one']));
    // Of TLS 1.2, the master secret of the first session is enough.
    const log = version === 'TLSv1.2' ? new Uint8Array(0) : second.log;
    expect(decrypted(second.pieces, log, traffic).plain).toEqual(plainOf(['two', 'three']));
    expect(readFileSync(join(folder, 'server.keys'), 'latin1')).toContain(
      version === 'TLSv1.2' ? 'CLIENT_RANDOM' : 'TRAFFIC_SECRET_0',
    );
  });

  it('is read where the server requested another ClientHello, and the first is lost', async () => {
    const port = await serverOf(['-groups', 'P-384']);
    const { pieces, log } = await talk(port, LINES, { minVersion: 'TLSv1.3', ecdhCurve: 'X25519:P-384' });
    const [first, ...others] = pieces;
    expect([first!.side, others[0]!.side]).toEqual([0, 1]);
    const gap = { side: 0 as const, gap: first!.bytes.length };
    const ways: (readonly (Piece | Lost)[])[] = [
      pieces,
      others,
      [gap, ...others],
      [others[0]!, gap, ...others.slice(1)],
    ];
    for (const [i, way] of ways.entries()) expect(decrypted(way, log).plain, `${i}`).toEqual(plainOf(LINES));
  });

  /** Records of TLS 1.0 are decrypted with the end of the record before them. */
  it.each([[[]], [['-no_etm']]] as const)(
    'in TLS 1.0 %j shows nothing that was not sent, whatever is lost',
    async (server) => {
      const port = await serverOf(['-cipher', `ALL:${WEAK}`, ...server]);
      const lines = ['first', 'second', 'third', 'the last'].map((line) => `${line} line, of several blocks`);
      const { pieces, log } = await talk(port, lines, older('TLSv1', 'AES128-SHA'));
      const expected = plainOf(lines);
      for (const [lost, { side, bytes }] of pieces.entries()) {
        const { plain } = decrypted(pieces.with(lost, { side, gap: bytes.length } as never), log);
        for (const by of [0, 1] as const) {
          let at = 0;
          for (const part of plain[by].split(/<\d+ lost>/)) {
            const place = expected[by].indexOf(part, at);
            expect(place, `without ${lost}: ${JSON.stringify(part)}`).toBeGreaterThanOrEqual(at);
            at = place + part.length;
          }
        }
        const isAfterHandshake = lost > 4 && lost < pieces.length - 6;
        if (isAfterHandshake) expect(plain.join()).toContain(lines.at(-1));
      }
    },
  );

  it('is read byte by byte', async () => {
    const port = await serverOf([]);
    const { pieces, log } = await talk(port, LINES.slice(0, 2), {});
    const bytes = pieces.flatMap((piece) =>
      Array.from(piece.bytes, (byte) => ({ ...piece, bytes: Uint8Array.of(byte) })),
    );
    expect(decrypted(bytes, log).plain).toEqual(plainOf(LINES.slice(0, 2)));
  });
});
