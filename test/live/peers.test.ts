import { execFile, execFileSync, spawn } from 'node:child_process';
import { get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { ROOT, Workshop, wsinspect, type Ran } from '../cli/binary.js';
import { freePort } from '../../bench/free-port.js';
import { has, PYTHON } from '../tools.js';
import { Client, Refused, Serving } from './serving.js';

/** `serve` with clients that are not ours; each is skipped, and says so, where it is not installed. */

const run = promisify(execFile);
const shop = new Workshop();
afterAll(() => shop.remove());

const WEBSOCKETS = `
import asyncio, sys, websockets
async def main():
    async with websockets.connect(sys.argv[1], subprotocols=["chat.v1"]) as ws:
        await ws.send("text from python")
        assert await ws.recv() == "text from python"
        await ws.send(bytes(range(256)))
        assert await ws.recv() == bytes(range(256))
        await ws.send("z" * 100000)
        assert await ws.recv() == "z" * 100000
        await (await ws.ping())
        print(ws.subprotocol, "ok")
asyncio.run(main())
`;

const WSPROTO = `
import socket, sys
from urllib.parse import urlparse
from wsproto import WSConnection, ConnectionType
from wsproto.events import Request, AcceptConnection, TextMessage, CloseConnection, Ping, Pong
url = urlparse(sys.argv[1])
sock = socket.create_connection((url.hostname, url.port))
ws = WSConnection(ConnectionType.CLIENT)
sock.sendall(ws.send(Request(host=url.netloc, target="/")))
seen = []
def pump(kind):
    while True:
        for event in ws.events():
            seen.append(type(event).__name__)
            if isinstance(event, kind): return event
        ws.receive_data(sock.recv(65536) or None)
pump(AcceptConnection)
sock.sendall(ws.send(TextMessage(data="from wsproto")))
assert pump(TextMessage).data == "from wsproto"
sock.sendall(ws.send(Ping(payload=b"p")))
assert pump(Pong).payload == b"p"
sock.sendall(ws.send(CloseConnection(code=1000, reason="bye")))
assert pump(CloseConnection).code == 1000
print("ok")
`;

/** The statuses that a browser gets which knows the proxy as `name`. */
async function throughProxy(port: number, name: string): Promise<Record<string, number>> {
  const headers = { host: name, origin: `https://${name}` };
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false, headers };
  const status = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      get({ ...options, path }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
    });
  const channel = Client.open(`wss://127.0.0.1:${port}/.inspect`, options, ['wsinspect.inspect']).then(
    ({ socket }) => (socket.terminate(), 101),
    (error: unknown) => (error instanceof Refused ? error.status : NaN),
  );
  return { page: await status('/'), poll: await status('/poll'), channel: await channel };
}

describe('serve and peers of others', () => {
  let server: Serving;
  beforeAll(async () => {
    server = await Serving.start('--subprotocol', 'chat.v1', '--deflate', '--allow-host', 'chat.example', '--no-token');
  });
  afterAll(() => server.stop());

  it.runIf(has('python websockets'))('python websockets, with permessage-deflate', async () => {
    const script = shop.write('peer.py', WEBSOCKETS);
    expect((await run(PYTHON, [script, server.url])).stdout).toBe('chat.v1 ok\n');
    await server.until((out) => out.includes('"text from pyt') && out.includes('RSV1'));
  });

  it.runIf(has('python wsproto'))('python wsproto', async () => {
    const script = shop.write('proto.py', WSPROTO);
    expect((await run(PYTHON, [script, server.url])).stdout).toBe('ok\n');
    await server.until((out) => out.includes('"from wsproto"') && out.includes('"bye"'));
  });

  it.runIf(has('curl'))('curl gets a 101, and polls', async () => {
    const url = server.url.replace(/^ws/, 'http');
    const upgrade = ['-H', 'Upgrade: websocket', '-H', 'Connection: Upgrade', '-H', 'Sec-WebSocket-Version: 13'];
    const child = spawn('curl', ['-sv', ...upgrade, '-H', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', url]);
    let head = '';
    // It would go on waiting for what follows the 101.
    for await (const chunk of child.stderr) if (/^< \r?\n/m.test((head += String(chunk)))) break;
    child.kill();
    expect(head).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect((await run('curl', ['-s', `${url}poll?since=0`])).stdout).toBe('{"cursor":0,"messages":[]}\n');
  });

  it('wscat', async () => {
    const wscat = join(ROOT, 'node_modules/wscat/bin/wscat');
    const ran = await run(process.execPath, [wscat, '-c', `${server.url}by/wscat`, '-x', 'from wscat', '-w', '0.3']);
    expect(ran.stderr).toBe('');
    await server.until((out) => out.includes('GET /by/wscat') && out.split('"from wscat"').length > 2);
    const port = await freePort();
    const listening = spawn(process.execPath, [wscat, '-l', String(port)], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      let said = '';
      listening.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('hi there')) listening.stdin.write('typed at wscat\n');
      });
      const talk = (): Promise<Ran> =>
        wsinspect(['connect', `ws://127.0.0.1:${port}/`, '-x', 'hi there', '--expect', 'typed', '-m', '60']);
      let talked = await talk();
      while (talked.exit === 7 && listening.exitCode === null) talked = await talk();
      expect(talked).toMatchObject({ exit: 0, out: 'typed at wscat\n' });
      expect(said).toContain('hi there');
    } finally {
      listening.kill();
    }
  });

  it.runIf(has('nginx', 'openssl'))('nginx before it, with TLS', async () => {
    const { folder } = shop;
    const [cert, key] = [`${folder}/nginx.pem`, `${folder}/nginx.key`];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const port = await freePort();
    const config = shop.write(
      'nginx.conf',
      `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {}
       http { access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder};
         fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
         server { listen 127.0.0.1:${port} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key};
           location / { proxy_pass http://127.0.0.1:${server.port}; proxy_http_version 1.1;
             proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
             proxy_set_header Host $http_host; } } }`,
    );
    const proxy = spawn('nginx', ['-p', folder, '-c', config], { stdio: 'ignore' });
    try {
      let client: Client | undefined;
      while (client === undefined) {
        if (proxy.exitCode !== null) throw new Error('nginx ended');
        client = await Client.open(`wss://127.0.0.1:${port}/through/nginx`, { rejectUnauthorized: false }).catch(
          () => undefined,
        );
        if (!client) await sleep(50);
      }
      client.socket.send('through a proxy');
      expect(await client.got(1)).toEqual(['through a proxy']);
      client.socket.close(1000);
      await client.closed;
      await server.until((out) => out.includes('GET /through/nginx') && out.includes('"through a pro'));
      expect(await throughProxy(port, 'chat.example')).toEqual({ page: 200, poll: 200, channel: 101 });
      expect(await throughProxy(port, 'evil.example')).toEqual({ page: 403, poll: 403, channel: 403 });
    } finally {
      proxy.kill('SIGTERM');
    }
  });
});
