import { lstatSync, unlinkSync } from 'node:fs';
import { connect, type AddressInfo, type Server } from 'node:net';
import type { HostPort } from '../client/route.js';

/** Where a listener is: at an address, or at a Unix socket, whose requests name the host nevertheless. */
export interface ListenPlace extends HostPort {
  readonly path?: string;
}

/** Only the owner of a socket may connect. */
const OTHERS = 0o177;

/** Listens; gives the port, which is 0 for a Unix socket. A socket file at which no process listens any more is replaced. */
export async function listenAt(server: Server, { host, port, path }: ListenPlace): Promise<number> {
  if (path === undefined) {
    await listening(server, () => server.listen(port, host));
    return (server.address() as AddressInfo).port;
  }
  try {
    await listening(server, () => listenPrivately(server, path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (!lstatSync(path).isSocket()) throw Object.assign(error as Error, { code: 'ENOTSOCK' });
    if (!(await isAbandoned(path))) throw error;
    unlinkSync(path);
    await listening(server, () => listenPrivately(server, path));
  }
  return 0;
}

/** The file is made while the call runs, so that it never has another mode. */
function listenPrivately(server: Server, path: string): void {
  const before = process.umask(OTHERS);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off('error', settle);
      server.off('listening', settle);
      if (error) reject(error);
      else resolve();
    };
    server.on('error', settle);
    server.on('listening', settle);
    listen();
  });
}

/** Whoever made the socket has ended without removing it. */
function isAbandoned(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
}
