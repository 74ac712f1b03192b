import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../bench/free-port.js';
import { has, PYTHON } from '../tools.js';
import { decrypt } from '../traffic/tls-captures.js';
import { started, stopPrograms } from './programs.js';
import { closeServers, peer } from './servers.js';
import { selfSigned, type Pair } from './tls-server.js';
import { captureOf, recordedWire, type RecordedWire } from './tls-wire.js';

/** wss of real peers, recorded and decrypted: nginx before a server, Python's ssl and websockets at both ends. */

let folder: string;
let pair: Pair;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wss-captures-'));
  pair = selfSigned(folder);
});
afterAll(() => {
  stopPrograms();
  closeServers();
  rmSync(folder, { recursive: true, force: true });
});

const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** Each comes back reversed, as bytes. */
const MESSAGES: readonly (string | Uint8Array)[] = [
  'hello',
  new Uint8Array(70_000).map((_, i) => (i * 31) & 255),
  '',
  'x'.repeat(3000),
  Uint8Array.of(1, 2, 3),
  'the end',
];
const hexOf = (message: string | Uint8Array): string => Buffer.from(message).toString('hex');
const reversed = (message: string | Uint8Array): string => Buffer.from(Buffer.from(message).reverse()).toString('hex');
const EXPECTED = {
  client: MESSAGES.map((message) => `client ${typeof message === 'string' ? 'text' : 'binary'} ${hexOf(message)}`),
  server: MESSAGES.map((message) => `server binary ${reversed(message)}`),
};

async function nginx(): Promise<number> {
  const server = await peer((socket) => {
    socket.on('message', (data) => socket.send(Buffer.from(data as Buffer).reverse(), { binary: true }));
  });
  const port = await freePort();
  const config = written(
    'nginx.conf',
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {}
     http { access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder};
       fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
       server { listen 127.0.0.1:${port} ssl; ssl_certificate ${pair.cert}; ssl_certificate_key ${pair.key};
         ssl_protocols TLSv1.2 TLSv1.3;
         location / { proxy_pass http://127.0.0.1:${server.port}; proxy_http_version 1.1;
           proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } } }`,
  );
  await started(port, 'nginx', ['-p', folder, '-c', config]);
  return port;
}

const PYTHON_SERVER = `
import asyncio, ssl, sys, websockets
port, cert, key, log = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
context.keylog_filename = log
async def handle(socket, path=None):
    async for message in socket:
        await socket.send((message.encode() if isinstance(message, str) else message)[::-1])
async def main():
    async with websockets.serve(handle, "127.0.0.1", int(port), ssl=context): await asyncio.Future()
asyncio.run(main())
`;

async function pythonServer(): Promise<number> {
  const port = await freePort();
  const script = written('server.py', PYTHON_SERVER);
  await started(port, PYTHON, [script, String(port), pair.cert, pair.key, join(folder, 'server.keys')]);
  return port;
}

interface Talked {
  readonly keys: Uint8Array;
  /** The replies, in hex. */
  readonly received: readonly string[];
}

type Version = 'TLSv1.2' | 'TLSv1.3';

async function nodeClient({ port }: RecordedWire, version: Version): Promise<Talked> {
  const keys: Buffer[] = [];
  const socket = new WebSocket(`wss://localhost:${port}/chat`, {
    ca: readFileSync(pair.cert),
    minVersion: version,
    maxVersion: version,
    lookup: (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    finishRequest: (request) => {
      request.on('socket', (tls) => (tls as TLSSocket).on('keylog', (line) => keys.push(line)));
      request.end();
    },
  });
  await once(socket, 'open');
  const received: string[] = [];
  for (const message of MESSAGES) {
    socket.send(message);
    const [reply] = (await once(socket, 'message')) as [Buffer];
    received.push(reply.toString('hex'));
  }
  socket.close(1000);
  await once(socket, 'close');
  return { keys: Buffer.concat(keys), received };
}

const PYTHON_CLIENT = `
import asyncio, json, ssl, sys, websockets
port, cert, version = sys.argv[1:]
context = ssl.create_default_context(cafile=cert)
context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
async def main():
    async with websockets.connect(f"wss://localhost:{port}/chat", host="127.0.0.1", server_hostname="localhost", ssl=context) as socket:
        for kind, digits in json.load(sys.stdin):
            message = bytes.fromhex(digits)
            await socket.send(message.decode() if kind == "text" else message)
            print((await socket.recv()).hex())
asyncio.run(main())
`;

async function pythonClient({ port }: RecordedWire, version: Version): Promise<Talked> {
  const log = join(folder, `client-${version}-${port}.keys`);
  const script = written('client.py', PYTHON_CLIENT);
  const child: ChildProcess = spawn(PYTHON, [script, String(port), pair.cert, version.replace('.', '_')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, SSLKEYLOGFILE: log },
  });
  child.stdin!.end(JSON.stringify(MESSAGES.map((one) => [typeof one === 'string' ? 'text' : 'binary', hexOf(one)])));
  let printed = '';
  child.stdout!.on('data', (data: Buffer) => (printed += data.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  return { keys: new Uint8Array(readFileSync(log)), received: printed.split('\n').slice(0, -1) };
}

const SERVERS = { nginx, Python: pythonServer };
const CLIENTS = { Node: nodeClient, Python: pythonClient };
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

const inspected = (capture: Uint8Array, keys: Uint8Array): unknown => {
  const { messages, facts, notices } = decrypt(capture, keys);
  const of = (side: string): string[] => messages.map(([, what]) => what).filter((what) => what.startsWith(side));
  return { client: of('client'), server: of('server'), facts, notices };
};
const shown = (version: Version): unknown => ({
  ...EXPECTED,
  facts: [
    expect.objectContaining({
      version: `TLS ${version.slice(-3)}`,
      sni: 'localhost',
      decrypted: true,
      names: ['localhost', '127.0.0.1'],
    }),
  ],
  notices: [],
});

describe.runIf(has('openssl', 'nginx', 'python websockets')).each(['nginx', 'Python'] as const)(
  'wss to %s',
  (server) => {
    let port: number;
    beforeAll(async () => {
      port = await SERVERS[server]();
    });

    it.each(VERSIONS.flatMap((version) => (['Node', 'Python'] as const).map((client) => [client, version] as const)))(
      'of a client of %s in %s is decrypted',
      async (client, version) => {
        const wire = await recordedWire(port);
        const { keys, received } = await CLIENTS[client](wire, version);
        await wire.close();
        expect(received).toEqual(MESSAGES.map(reversed));
        expect(inspected(captureOf(wire.pieces), keys)).toEqual(shown(version));
      },
    );

    it.runIf(server === 'Python')('is decrypted with the key log of the server', async () => {
      const wire = await recordedWire(port);
      await nodeClient(wire, 'TLSv1.3');
      await wire.close();
      const keys = new Uint8Array(readFileSync(join(folder, 'server.keys')));
      expect(inspected(captureOf(wire.pieces), keys)).toEqual(shown('TLSv1.3'));
    });
  },
);
