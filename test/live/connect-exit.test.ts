import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { records, Workshop, wsinspect, type Ran } from '../cli/binary.js';
import type { HeldClock } from '../cli/held-clock.js';
import { bare, closeServers, echo, http, listening, peer, saying, switching } from './servers.js';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  closeServers();
  shop.remove();
});

const connect = (...args: string[]): Promise<Ran> => wsinspect(['connect', ...args]);

function certificate(): { cert: string; key: string } {
  const [cert, key] = [`${shop.folder}/cert.pem`, `${shop.folder}/key.pem`];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
      .concat(['-keyout', key, '-out', cert])
      .concat(subject),
    { stdio: 'ignore' },
  );
  return { cert, key };
}

/** Each code of the contract, and one way to it. */
const TABLE: readonly (readonly [exit: number, name: string, run: () => Promise<Ran>, told: RegExp])[] = [
  [0, 'the reply came', async () => connect((await echo()).url, '-x', 'hi', '-1'), /^$/],
  [0, 'closed with 1001', async () => connect((await peer((s) => s.close(1001))).url, '--no-stdin'), /^$/],
  [0, 'closed without a code', async () => connect((await peer((s) => s.close())).url, '--no-stdin'), /^$/],
  [
    0,
    'the code that was expected',
    async () => connect((await peer((s) => s.close(4007, 'bye'))).url, '--expect-close', '4007', '--no-stdin'),
    /^$/,
  ],
  [
    0,
    'a drop that was expected',
    async () => connect((await peer((s) => s.terminate())).url, '--expect-close', '1006', '--no-stdin'),
    /^$/,
  ],
  [
    1,
    'too few messages',
    async () => {
      const two = await peer((s) => {
        s.send('a');
        s.send('b');
        s.close(1000);
      });
      return connect(two.url, '--count', '3', '--no-stdin');
    },
    /the server closed with 1000 Normal Closure, and 2 of 3 messages came/,
  ],
  [
    1,
    'nothing matches',
    async () => connect((await echo()).url, '-x', 'hi', '-1', '--expect', 'ho'),
    /none of 1 .*\/ho\//,
  ],
  [2, 'no scheme', () => connect('localhost:9001/x'), /did you mean ws:\/\/localhost:9001\/x/],
  [2, 'no scheme, a public host', () => connect('example.com/x'), /did you mean wss:\/\/example.com\/x/],
  [2, 'http', () => connect('http://localhost/'), /did you mean ws:\/\/localhost\//],
  [2, 'no URL', () => connect(), /a URL is missing/],
  [2, 'a code that must not be sent', () => connect('ws://x/', '--close', '1005'), /must not be sent.*--raw-frame/],
  [
    2,
    'no UTF-8 on stdin',
    async () => wsinspect(['connect', (await echo()).url], { stdin: Buffer.from('ok\n\xff\n', 'latin1') }),
    /stdin: message 2 is not UTF-8/,
  ],
  [
    3,
    'a masked frame',
    async () => connect((await saying('8182 00000000 6869')).url, '--no-stdin'),
    /protocol broken: .*RFC 6455 §5\.1/,
  ],
  [
    3,
    'a reserved opcode',
    async () => connect((await saying('8300')).url, '--no-stdin'),
    /protocol broken: .*reserved-opcode/,
  ],
  [
    3,
    'a length that ws lets pass',
    async () => connect((await saying('817e0002 6869 880203e8', (s) => s.end())).url, '--no-stdin'),
    /length-not-minimal/,
  ],
  [
    3,
    'a frame that is refused before its end',
    async () => connect((await saying('827f ffffffff ffffffff')).url, '--wait', '0.5'),
    /protocol broken: .*length-top-bit, RFC 6455 §5\.2/,
  ],
  [
    57,
    'a code before the wait is over, and TCP that the server does not end',
    async () => connect((await saying('8802 03f3')).url, '--wait', '0.5'),
    /the server closed with 1011 Internal Error/,
  ],
  [4, 'another accept value', () => badAccept(), /the handshake is invalid: .*response-accept-value/],
  [
    4,
    'an extension that was not offered',
    async () =>
      connect(
        (await bare(({ accept, socket }) => socket.write(switching(accept, 'Sec-WebSocket-Extensions: x-y')))).url,
      ),
    /response-extension-offered/,
  ],
  [
    4,
    'no Upgrade header',
    async () =>
      connect(
        (
          await bare(({ accept, socket }) =>
            socket.write(`HTTP/1.1 101 Fine\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`),
          )
        ).url,
      ),
    /response-upgrade-missing/,
  ],
  [4, 'no HTTP', async () => connect((await bare(({ socket }) => socket.write('SSH-2.0-x\r\n'))).url), /no HTTP/],
  [5, 'no such proxy', () => connect('ws://127.0.0.1:1/', '--proxy', 'http://nosuch.invalid:3128'), /nosuch\.invalid/],
  [6, 'no such host', () => connect('ws://nosuch.invalid/'), /nosuch\.invalid:80: no such host/],
  [7, 'an unknown zone', () => connect('ws://[fe80::1%25nope0]:1/'), /nope0\]:1: it is no address to connect to/],
  [7, 'nobody listens', () => connect('ws://127.0.0.1:1/'), /127\.0\.0\.1:1: connection refused/],
  [
    22,
    'refused',
    async () =>
      connect(
        (
          await http((_, response) => {
            response.writeHead(403, { 'X-Why': 'because' });
            response.end('no entry\x1b[2J\nhere\n');
          })
        ).url,
      ),
    /the upgrade was refused: 403 Forbidden\nwhy: 403, and no Origin was sent[^\n]*\n│ HTTP\/1\.1 403 Forbidden\n[^]*│ X-Why: because\n[^]*\n│ \n│ no entry\\x1b\[2J\n│ here\n$/,
  ],
  [
    22,
    'refused, and reset within the body',
    async () =>
      connect(
        (
          await http((_, response) => {
            response.writeHead(403, { 'Content-Length': '100' });
            response.write('no', () => response.socket!.resetAndDestroy());
          })
        ).url,
      ),
    /the upgrade was refused: 403 Forbidden\n/,
  ],
  [28, 'the time is up', async () => connect((await echo()).url, '-m', '0.4', '--no-stdin'), /--max-time/],
  [
    28,
    'the wait is over',
    async () => connect((await echo()).url, '-x', 'a', '-w', '0.2', '--expect', 'b'),
    /the wait is over/,
  ],
  [
    28,
    'no answer to the handshake',
    () => unanswered(300, '--connect-timeout', '0.3'),
    /does not answer the handshake in time/,
  ],
  [
    28,
    'no pong',
    async () =>
      connect(
        (await peer(() => undefined, { autoPong: false })).url,
        ...['--no-stdin', '--ping-interval', '0.1', '--ping-timeout', '0.2'],
      ),
    /no pong came in time/,
  ],
  [35, 'no TLS', async () => connect((await echo()).url.replace('ws:', 'wss:')), /TLS with 127\.0\.0\.1/],
  [60, 'a certificate that nobody signed', () => untrusted(), /TLS with 127\.0\.0\.1: .*self.signed/],
  [
    56,
    'dropped',
    async () => connect((await peer((s) => s.terminate())).url, '--no-stdin'),
    /without a close frame \(1006/,
  ],
  [
    56,
    'dropped before the answer',
    async () => connect((await bare(({ socket }) => socket.destroy())).url),
    /ended before it was open/,
  ],
  [
    57,
    'another close code',
    async () => connect((await peer((s) => s.close(1011, 'oh \x1b[31m'))).url, '--no-stdin'),
    /the server closed with 1011 Internal Error "oh \\x1b\[31m"/,
  ],
  [
    57,
    'not the code that was expected',
    async () => connect((await peer((s) => s.close(1000))).url, '--no-stdin', '--expect-close', '1001'),
    /1000 Normal Closure, expected was 1001/,
  ],
  [130, 'interrupted', () => signalled('SIGINT'), /^$/],
  [143, 'terminated', () => signalled('SIGTERM'), /^$/],
];

async function badAccept(...args: string[]): Promise<Ran> {
  const { url } = await bare(({ socket }) => socket.write(switching('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')));
  return connect(url, ...args);
}

/** Time passes when the server has the request, and says nothing. */
async function unanswered(wait: number, ...args: string[]): Promise<Ran> {
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const { url } = await bare(() => asked());
  const clock = (held: HeldClock): Promise<void> => isAsked.then(() => held.advance(wait));
  return wsinspect(['connect', url, ...args], { clock });
}

async function untrusted(): Promise<Ran> {
  const { cert, key } = certificate();
  const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) });
  new WebSocketServer({ server });
  const { port } = await listening(server);
  return connect(`wss://127.0.0.1:${port}/`, '--no-stdin');
}

async function signalled(signal: NodeJS.Signals): Promise<Ran> {
  const greeting = await peer((s) => s.send('hello'));
  const ran = await wsinspect(['connect', greeting.url, '--no-stdin'], {
    during: (child) => child.kill(signal),
  });
  expect(ran.out).toBe('hello\n');
  return ran;
}

describe.concurrent('exit codes', () => {
  it.each(TABLE)('%i: %s', async (exit, _name, run, told) => {
    const ran = await run();
    expect({ exit: ran.exit, err: ran.err }).toEqual({ exit, err: expect.stringMatching(told) as string });
    if (exit !== 0 && exit < 128) expect(ran.err).toMatch(/^wsinspect: /);
  });

  it('with --json, a failure is a record too', async () => {
    const refusing = await http((_, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic' });
      response.end('who?');
    });
    const [bad, gone, refused] = await Promise.all([
      badAccept('--json'),
      connect('ws://127.0.0.1:1/', '--json'),
      connect(refusing.url, '--json'),
    ]);
    const late = await unanswered(300, '--json', '-m', '0.3');
    expect(records(late.out).map(({ type }) => type)).toEqual(['handshake', 'connection', 'error', 'summary']);
    expect(records(late.out).at(-1)).toMatchObject({ exit: 28 });
    const errors = [bad, gone, refused].map(({ out }) => records(out).find(({ type }) => type === 'error'));
    expect(errors).toMatchObject([
      { exit: 4 },
      { exit: 7, cause: { code: 'nothing-listens' } },
      { exit: 22, status: 401, body: 'who?' },
    ]);
    for (const { err } of [bad, gone, refused]) expect(err).toMatch(/^wsinspect: [^\n]*\n(?:why: [^\n]*\n)?$/);
    const [handshake] = records(refused.out);
    expect(handshake).toMatchObject({ type: 'handshake', response: { line: 'HTTP/1.1 401 Unauthorized' } });
    expect(records(refused.out).at(-1)).toMatchObject({ type: 'summary', exit: 22 });
  });

  it('an endless body of a refusal is cut', async () => {
    const endless = await http((_, response) => {
      response.writeHead(500);
      const timer = setInterval(() => response.write('x'.repeat(65536)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const { exit, err } = await connect(endless.url);
    expect(exit).toBe(22);
    expect(err.length).toBeLessThan(70_000);
    expect(err).toMatch(/…\n$/);
  });

  it('a server that closes ends the process, though stdin stays open', async () => {
    const server = await peer((s) => s.close(1000));
    expect((await wsinspect(['connect', server.url], { open: true })).exit).toBe(0);
  });

  it('a peer that never ends the connection is left after a bounded wait', async () => {
    const { url } = await saying('880203e8');
    expect((await connect(url, '--no-stdin')).exit).toBe(0);
  });
});
