import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { listening, type Running } from './servers.js';
import type { Pair } from './tls-server.js';

export interface Proxying extends Running {
  /** Where its clients wanted to go, and with which credentials. */
  readonly asked: string[];
}

const refuse: RequestListener = (_, response) => {
  response.writeHead(400);
  response.end();
};

/** An HTTP proxy that makes tunnels; with `pair`, over TLS. Everything leads to `to`, where that is given. */
export async function httpProxy(options: { pair?: Pair; status?: number; to?: number } = {}): Promise<Proxying> {
  const { pair, status = 200, to } = options;
  const asked: string[] = [];
  const server = pair
    ? createHttpsServer({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) }, refuse)
    : createHttpServer(refuse);
  server.on('connect', (request, socket: Socket) => {
    asked.push([request.url, request.headers['proxy-authorization']].filter(Boolean).join(' '));
    socket.on('error', () => undefined);
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const [, host = '', port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(request.url ?? '') ?? [];
    const other = connect(to ?? Number(port), to === undefined ? host : '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n');
      socket.pipe(other).pipe(socket);
    });
    other.on('error', () => socket.destroy());
  });
  return { ...(await listening(server)), asked };
}

/** A SOCKS5 proxy (RFC 1928), which asks for `user:password` (RFC 1929) where there is one, and answers with `reply`. */
export async function socksProxy(options: { login?: string; reply?: number; to?: number } = {}): Promise<Proxying> {
  const { login, reply = 0, to } = options;
  const asked: string[] = [];
  const server = createServer((socket) => {
    let held = Buffer.alloc(0);
    let state: 'greeting' | 'login' | 'request' | 'tunnel' = 'greeting';
    const take = (length: number): Buffer | undefined => {
      if (held.length < length) return undefined;
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    };
    socket.on('error', () => undefined);
    const step = (): boolean => {
      if (state === 'greeting') {
        if (held.length < 2 || !take(2 + held[1]!)) return false;
        // The answer comes in two pieces.
        socket.write(Buffer.of(5));
        setImmediate(() => socket.write(Buffer.of(login === undefined ? 0 : 2)));
        state = login === undefined ? 'request' : 'login';
      } else if (state === 'login') {
        const user = held.subarray(2, 2 + held[1]!).toString();
        const password = held.subarray(3 + held[1]!).toString();
        if (!take(3 + user.length + password.length)) return false;
        asked.push(`${user}:${password}`);
        socket.write(Buffer.of(1, `${user}:${password}` === login ? 0 : 1));
        state = 'request';
      } else if (state === 'request') {
        if (held.length < 5) return false;
        const length = { 1: 4, 3: 1 + held[4]!, 4: 16 }[held[3]!] ?? 0;
        const request = take(4 + length + 2);
        if (!request) return false;
        const host =
          request[3] === 3
            ? request.subarray(5, 4 + length).toString()
            : [...request.subarray(4, 4 + length)].join('.');
        const port = request.readUInt16BE(4 + length);
        asked.push(`${host}:${port}`);
        const answer = Buffer.from([5, reply, 0, 3, 4, ...Buffer.from('here'), 0, 0]);
        if (reply !== 0) return (void socket.end(answer), false);
        state = 'tunnel';
        const other = connect(to ?? port, to === undefined ? host : '127.0.0.1', () => {
          socket.write(answer);
          socket.removeAllListeners('data');
          if (held.length > 0) other.write(held);
          socket.pipe(other).pipe(socket);
        });
        other.on('error', () => socket.destroy());
        return false;
      }
      return state !== 'tunnel';
    };
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      while (step());
    });
  });
  return { ...(await listening(server)), asked };
}
