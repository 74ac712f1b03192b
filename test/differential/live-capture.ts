import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { WebSocket, WebSocketServer } from 'ws';
import { tcpdump } from '../tcpdump.js';

/** What was said, as the applications know it. */
export interface Said {
  readonly client: readonly (string | Buffer)[];
  readonly server: readonly (string | Buffer)[];
}

export interface Talk {
  readonly deflate?: boolean;
  /** wss, and the client's keys in this file. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly keylog: string };
}

/** Records what two peers of `ws` say to each other: echoes, a ping, a fragmented message, a close with a reason. */
export async function record(file: string, messages: readonly (string | Buffer)[], talk: Talk = {}): Promise<Said> {
  const { server, port } = await listen(talk);
  const recorded = await tcpdump(file, `tcp port ${port}`);
  const said = await converse(server, port, messages, talk);
  await recorded();
  return said;
}

async function listen({ deflate = false, tls }: Talk): Promise<{ server: WebSocketServer; port: number }> {
  const perMessageDeflate = deflate && { threshold: 0 };
  if (!tls) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
    await once(server, 'listening');
    return { server, port: (server.address() as AddressInfo).port };
  }
  const https = createHttps({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) });
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const server = new WebSocketServer({ server: https, perMessageDeflate });
  server.on('close', () => https.close());
  return { server, port: (https.address() as AddressInfo).port };
}

async function converse(server: WebSocketServer, port: number, messages: Said['client'], talk: Talk): Promise<Said> {
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer, isBinary) => socket.send(isBinary ? data : data.toString()));
  });
  const scheme = talk.tls ? 'wss' : 'ws';
  const client = new WebSocket(`${scheme}://127.0.0.1:${port}/talk`, {
    rejectUnauthorized: false,
    perMessageDeflate: talk.deflate === true && { threshold: 0 },
  });
  if (talk.tls) {
    const { keylog } = talk.tls;
    writeFileSync(keylog, '');
    client.on('upgrade', () => undefined);
    const request = (
      client as unknown as { _req: { on(event: string, listener: (socket: NodeJS.EventEmitter) => void): void } }
    )._req;
    request.on('socket', (socket) => {
      socket.on('keylog', (line: Buffer) => writeFileSync(keylog, line, { flag: 'a' }));
    });
  }
  await once(client, 'open');
  for (const message of messages) {
    client.send(message);
    await once(client, 'message');
  }
  client.ping('are you there');
  await once(client, 'pong');
  client.send('frag', { fin: false });
  client.send('mented', { fin: true });
  await once(client, 'message');
  client.close(1000, 'bye');
  await once(client, 'close');
  server.close();
  const all = [...messages, 'fragmented'];
  return { client: all, server: all };
}

/** A certificate for the time of the tests. */
export function certificate(key: string, cert: string): void {
  const subject = ['-subj', '/CN=127.0.0.1', '-days', '1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
}
