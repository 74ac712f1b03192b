import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { closeServers, listening, type Running } from './servers.js';
import { Serving } from './serving.js';
import { selfSigned, tlsEcho, type Pair } from './tls-server.js';

/** Keys and certificates that can't be used end a command in one line, exit 2, before it connects or listens. */

let shop: Workshop;
let pair: Pair;
let other: Pair;
let files: Readonly<Record<'encrypted' | 'legacy' | 'secret' | 'wrong' | 'text', string>>;
beforeAll(() => {
  shop = new Workshop();
  pair = selfSigned(shop.folder);
  other = selfSigned(shop.folder, 'other');
  const encrypted = `${shop.folder}/encrypted.pem`;
  const legacy = `${shop.folder}/legacy.pem`;
  const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' });
  openssl('pkcs8', '-topk8', '-in', pair.key, '-out', encrypted, '-passout', 'pass:žluťoučký');
  openssl('ec', '-in', pair.key, '-aes128', '-out', legacy, '-passout', 'pass:žluťoučký');
  files = {
    ...{ encrypted, legacy },
    secret: shop.write('secret', 'žluťoučký\r\nanother line\n'),
    wrong: shop.write('wrong', 'wrong\n'),
    text: shop.write('text.pem', 'no PEM at all\n'),
  };
});
const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
  closeServers();
});
afterAll(() => shop.remove());

/** How each command is given a pair; nothing listens at the URL, so that a connection would be another exit code. */
const COMMANDS = [
  ['connect', ['connect', 'wss://127.0.0.1:1/'], '--cert', '--key'],
  ['check', ['check', 'wss://127.0.0.1:1/'], '--cert', '--key'],
  ['proxy', ['proxy', '0', 'wss://127.0.0.1:1/'], '--cert', '--key'],
  ['serve', ['serve', '0'], '--cert', '--key'],
  ['proxy, its listener', ['proxy', '0', 'ws://127.0.0.1:1/'], '--listen-cert', '--listen-key'],
  ['check --listen', ['check', '--listen', '0'], '--listen-cert', '--listen-key'],
] as const;

describe.each(COMMANDS)('%s', (_name, args, cert, key) => {
  const refused = async (...more: string[]): Promise<string> => {
    const { exit, err, out } = await runHere([...args, ...more]);
    expect({ exit, out, lines: err.split('\n').length }).toEqual({ exit: 2, out: '', lines: 2 });
    return err;
  };

  it('an encrypted key without its passphrase, or with a wrong one', async () => {
    for (const file of [files.encrypted, files.legacy]) {
      expect(await refused(cert, pair.cert, key, file)).toContain(
        `${key} ${file}: the key is encrypted: --passphrase-file`,
      );
      const wrong = await refused(cert, pair.cert, key, file, '--passphrase-file', files.wrong);
      expect(wrong).toContain(`${key} ${file}: the passphrase does not decrypt the key`);
    }
  });

  it('a key of another certificate', async () => {
    const line = `${key} ${other.key}: it is not the key of the certificate in ${cert} ${pair.cert}`;
    expect(await refused(cert, pair.cert, key, other.key)).toContain(line);
  });

  it('files without a certificate or a key', async () => {
    expect(await refused(cert, files.text, key, pair.key)).toContain(`${cert} ${files.text}: there is no certificate`);
    expect(await refused(cert, pair.cert, key, files.text)).toContain(`${key} ${files.text}: there is no private key`);
    expect(await refused(cert, pair.key, key, pair.cert)).toContain('there is no certificate');
    expect(await refused(cert, pair.cert)).toContain(`${cert} and ${key} belong together`);
  });
});

it.each([
  ['connect', ['connect', 'wss://127.0.0.1:1/', '--cacert']],
  ['check', ['check', 'wss://127.0.0.1:1/', '--cacert']],
  ['proxy', ['proxy', '0', 'wss://127.0.0.1:1/', '--cacert']],
])('%s: authorities in a file without a certificate', async (_name, args) => {
  for (const file of [files.text, pair.key, shop.write('empty.pem', '')]) {
    const { exit, err } = await runHere([...args, file]);
    expect(err).toContain(`--cacert ${file}: there is no certificate in it`);
    expect(exit).toBe(2);
  }
});

it('serve: --client-ca without a certificate', async () => {
  const { exit, err } = await runHere([
    'serve',
    '0',
    '--cert',
    pair.cert,
    '--key',
    pair.key,
    '--client-ca',
    files.text,
  ]);
  expect([exit, err]).toEqual([
    2,
    `wsinspect: --client-ca ${files.text}: there is no certificate in it (PEM: BEGIN CERTIFICATE)\n`,
  ]);
});

it('an encrypted key is used with its passphrase, given or in a file, by listeners and clients', async () => {
  const secret = ['--passphrase-file', files.secret];
  const server = await Serving.start(
    '--cert',
    pair.cert,
    '--key',
    files.encrypted,
    '--client-ca',
    pair.cert,
    ...secret,
  );
  running.push(server);
  const listener = ['--listen-cert', pair.cert, '--listen-key', files.legacy];
  const client = ['--cacert', pair.cert, '--cert', pair.cert, '--key', files.encrypted];
  const proxy = await Serving.proxy(server.url, ...listener, ...client, ...secret);
  running.push(proxy);
  for (const url of [server.url, proxy.url]) {
    const mine = [...client, '--passphrase', 'žluťoučký'];
    expect(await runHere(['connect', url, '-x', 'hi', '-1', ...mine])).toMatchObject({
      exit: 0,
      out: 'hi\n',
      err: '',
    });
  }
  const both = ['--passphrase', 'x', '--passphrase-file', files.secret];
  const clash = await runHere(['connect', server.url, '--cert', pair.cert, '--key', files.encrypted, ...both]);
  expect([clash.exit, clash.err]).toEqual([2, expect.stringContaining('exclude each other')]);
});

describe('a client certificate is requested', () => {
  const asking = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<Running> =>
    tlsEcho(pair, { ca: readFileSync(pair.cert), requestCert: true, rejectUnauthorized: true, maxVersion });
  const words = 'the server asks for a client certificate (--cert, --key)';

  it('TLS 1.3: connect and check, exit 35', async () => {
    const url = (await asking('TLSv1.3')).url.replace('ws:', 'wss:');
    for (const command of [
      ['connect', url, '-k', '-x', 'hi', '-1'],
      ['check', url, '-k', '--only', '1.1.1'],
    ]) {
      const { exit, err } = await runHere(command);
      expect(err).toContain(words);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      expect(exit).toBe(35);
    }
  });

  it('TLS 1.3: proxy says so', async () => {
    const proxy = await Serving.proxy((await asking('TLSv1.3')).url.replace('ws:', 'wss:'), '-k');
    running.push(proxy);
    const client = runHere(['connect', proxy.url, '-x', 'hi', '-1']);
    await proxy.until((_, err) => err.includes(`TLS with the server: ${words}`));
    expect((await client).exit).toBe(56);
  });

  it('another ending before the answer is none', async () => {
    const { createServer } = await import('node:tls');
    const server = createServer({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) }, (socket) =>
      socket.destroy(),
    );
    const { exit, err } = await runHere([
      'connect',
      (await listening(server)).url.replace('ws:', 'wss:'),
      '-k',
      '-x',
      'hi',
    ]);
    expect(err).not.toContain('certificate');
    expect(exit).toBe(56);
  });
});
