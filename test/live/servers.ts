import { createHash } from 'node:crypto';
import { createServer, ServerResponse, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { createServer as createNetServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';

/** Servers of the tests' own: `ws`, HTTP that refuses, and bare sockets for what no sound server does. */

export interface Running {
  readonly url: string;
  readonly port: number;
}

const open: (() => void)[] = [];

/** Ends all servers of this file. */
export function closeServers(): void {
  for (const close of open.splice(0)) close();
}

export function listening(server: Server | HttpServer, path?: string): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  open.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return new Promise((resolve) => {
    const told = (): void => {
      const port = path === undefined ? (server.address() as AddressInfo).port : 0;
      resolve({ port, url: `ws://127.0.0.1:${port}/` });
    };
    if (path === undefined) server.listen(0, '127.0.0.1', told);
    else server.listen(path, told);
  });
}

/** A server that does this with each of its sockets. */
export async function peer(
  then: (socket: WebSocket, request: IncomingMessage) => void,
  options: ServerOptions = {},
): Promise<Running> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, ...options });
  sockets.on('connection', (socket, request) => {
    socket.on('error', () => undefined);
    then(socket, request);
  });
  return listening(server);
}

export function echo(options: ServerOptions = {}): Promise<Running> {
  return peer((socket) => {
    socket.on('message', (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
  }, options);
}

/** A server of plain HTTP. */
export function http(answer: Parameters<typeof createServer>[1]): Promise<Running> {
  const server = createServer(answer as () => void);
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => socket.end());
    server.emit('request', request, response);
  });
  return listening(server);
}

export interface Asked {
  readonly head: string;
  /** `Sec-WebSocket-Accept` that answers it. */
  readonly accept: string;
  readonly socket: Socket;
}

/** A bare socket: what comes first is the request's head. */
export function bare(then: (asked: Asked) => void, path?: string): Promise<Running> {
  const server = createNetServer((socket) => {
    let head = '';
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', read);
      const [, key = ''] = /^sec-websocket-key: *(\S+)/im.exec(head) ?? [];
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      then({ head, accept, socket });
    };
    socket.on('data', read);
  });
  return listening(server, path);
}

export function switching(accept: string, ...more: string[]): string {
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...more,
    '\r\n',
  ].join('\r\n');
}

/** A bare server whose answer to a sound handshake is followed at once by these bytes. */
export function saying(hex: string, then: (socket: Socket) => void = () => undefined): Promise<Running> {
  return bare(({ accept, socket }) => {
    socket.write(Buffer.concat([Buffer.from(switching(accept)), Buffer.from(hex.replaceAll(' ', ''), 'hex')]));
    then(socket);
  });
}
