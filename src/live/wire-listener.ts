import * as net from 'node:net';
import * as tls from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import { readOut } from './read-out.js';
import { SocketWire } from './wire.js';

export interface WireListener {
  readonly port: number;
  /** Takes nobody in any more, and ends whoever is there. */
  close(): Promise<void>;
}

export interface WireListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: tls.TlsOptions;
  /** At one time; more are refused. */
  readonly connections: number;
}

/** A socket server without a protocol: each connection is a wire. */
export function listenForWires(
  { host, port, tls: material, connections }: WireListenerOptions,
  take: (wire: SocketWire) => void,
): Promise<WireListener> {
  const sockets = new Set<Socket>();
  const welcome = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    readOut(socket);
    take(new SocketWire(socket));
  };
  const shape = { allowHalfOpen: true };
  const server = material ? tls.createServer({ ...material, ...shape }, welcome) : net.createServer(shape, welcome);
  server.maxConnections = connections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
