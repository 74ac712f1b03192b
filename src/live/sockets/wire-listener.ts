import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Socket } from 'node:net';
import { listenAt, type ListenPlace } from '../listener/listen-at.js';
import { readOut } from './defer-write-errors.js';
import { takeTurns } from './turns.js';
import { tlsReason } from './tls-reason.js';
import { SocketWire } from './wire.js';
import { logKeys, type KeyLogged } from './key-log.js';

export interface WireListener {
  readonly port: number;
  /** Accepts no more clients, and ends the present ones. */
  close(): Promise<void>;
}

/** The limits of the listener. */
export interface WireLimits {
  /** Connections at one time. */
  readonly connections: number;
  /** The answer to one above the limit. */
  readonly refusal: Uint8Array;
  /** One was refused. */
  refused(this: void): void;
}

/** Why the TLS handshake with a client failed, in words. */
type TlsTrouble = (words: string) => void;

export interface WireListenerOptions {
  readonly place: ListenPlace;
  readonly tls?: tls.TlsOptions & KeyLogged;
  readonly limits: WireLimits;
  readonly trouble: TlsTrouble;
  /** What clients may select by ALPN; HTTP/1.1 by default. */
  readonly alpn?: string;
}

/** Connections that get the reason of their refusal, and the time that they have to read it (milliseconds): others are only ended. */
const MOST_REFUSED = 32;
const TAKING = 1000;
/** Milliseconds for the handshake of TLS. */
const TLS_TIME = 10_000;

function refuse(socket: Socket, { refusal, refused }: WireLimits): void {
  refused();
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(refusal);
  setTimeout(() => socket.destroy(), TAKING).unref();
}

/** A socket server without a protocol: each connection is a wire. */
export async function listenForWires(
  { place, tls: material, limits, trouble, alpn = 'http/1.1' }: WireListenerOptions,
  take: (wire: SocketWire) => void,
): Promise<WireListener> {
  const sockets = new Set<Socket>();
  const welcome = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    takeTurns(socket);
    if (sockets.size > limits.connections) return refuse(socket, limits);
    readOut(socket);
    take(new SocketWire(socket));
  };
  const shape = { allowHalfOpen: true };
  const server = material
    ? tls.createServer({ ...material, ...shape, handshakeTimeout: TLS_TIME, ALPNProtocols: [alpn] }, welcome)
    : net.createServer(shape, welcome);
  logKeys(server, material);
  // TLS handshakes count too.
  server.maxConnections = limits.connections + MOST_REFUSED;
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    trouble(`a TLS handshake failed: ${tlsReason(error, 'server')}`);
  });
  server.on('drop', limits.refused);
  const port = await listenAt(server, place);
  return {
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
