import { readFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import type { Pair } from './tls-server.js';

/** Peers over HTTP/2 of the tests' own, by node:http2. */

const open: (() => void)[] = [];

/** Ends all servers and sessions of this file. */
export function closeHttp2(): void {
  for (const close of open.splice(0)) close();
}

export interface Http2Peer {
  readonly port: number;
  readonly sessions: ReadonlySet<http2.ServerHttp2Session>;
}

/** A server that does this with each extended CONNECT. */
export function http2Peer(
  then: (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void,
  { pair, connects = true, ...settings }: http2.Settings & { pair?: Pair; connects?: boolean } = {},
): Promise<Http2Peer> {
  const all = { settings: { ...settings, ...(connects && { enableConnectProtocol: true }) } };
  const server = pair
    ? http2.createSecureServer({ ...all, cert: readFileSync(pair.cert), key: readFileSync(pair.key) })
    : http2.createServer(all);
  const sockets = new Set<Socket>();
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('session', (session) => sessions.add(session).size);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    then(stream, headers);
  });
  open.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port, sessions }));
  });
}

/** Sends back unmasked what it gets in whole frames of up to 125 bytes, close frames too. */
export function echoFrames(stream: http2.ServerHttp2Stream): void {
  stream.respond({ ':status': 200 });
  let held = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 6 && held.length >= 6 + (held[1]! & 0x7f)) {
      const length = held[1]! & 0x7f;
      const payload = held.subarray(6, 6 + length).map((byte, i) => byte ^ held[2 + (i % 4)]!);
      stream.write(encodeFrame({ fin: true, rsv: 0, opcode: held[0]! & 0xf, payload }));
      if ((held[0]! & 0xf) === 8) stream.end();
      held = held.subarray(6 + length);
    }
  });
}

/** A session with a server, once it has announced what it takes. */
export function http2Session(
  url: string,
  options: http2.SecureClientSessionOptions = {},
): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(url, { rejectUnauthorized: false, ...options });
  // Where it is destroyed while node:http2 reports that the peer reset a stream, Node.js 20 writes frames without an end.
  open.push(() => void setImmediate(() => session.destroy()));
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    session.on('remoteSettings', () => resolve(session));
  });
}

/** A WebSocket on a session, without an endpoint. */
export class Http2Socket {
  status: number | undefined;
  headers: http2.IncomingHttpHeaders = {};
  readonly stream: http2.ClientHttp2Stream;
  private received = Buffer.alloc(0);
  private look = (): void => undefined;
  readonly closed: Promise<number>;

  constructor(session: http2.ClientHttp2Session, path: string, headers: http2.OutgoingHttpHeaders = {}) {
    const own = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': path, 'sec-websocket-version': '13' };
    this.stream = session.request({ ...own, ...headers }, { endStream: false });
    this.stream.on('error', () => undefined);
    this.stream.on('response', (answer) => {
      this.status = answer[':status'];
      this.headers = answer;
      this.look();
    });
    this.stream.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.look();
    });
    this.closed = new Promise((resolve) => {
      this.stream.on('close', () => {
        this.look();
        setImmediate(() => resolve(this.stream.rstCode ?? 0));
      });
    });
  }

  /** A frame, masked with zeros. */
  send(text: string, opcode = 1): void {
    this.stream.write(encodeFrame({ fin: true, rsv: 0, opcode, key: 0, payload: Buffer.from(text, 'latin1') }));
  }

  /** Waits until these bytes came, in hex. */
  async got(hex: string): Promise<void> {
    await this.until(() => this.received.toString('hex').includes(hex));
  }

  async answered(): Promise<number | undefined> {
    await this.until(() => this.status !== undefined);
    return this.status;
  }

  private until(test: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.look = () => {
        if (test()) resolve();
        else if (this.stream.destroyed) reject(new Error(`it ended: ${this.received.toString('hex')}`));
      };
      this.look();
    });
  }
}
