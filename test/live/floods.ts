import { createServer, type Socket } from 'node:net';
import { connect } from 'node:net';
import { bare, listening, switching, type Running } from './servers.js';

/** Peers that send without end, or say nothing, or do not read: what a signal has to end nevertheless. */

/** Repeats bytes up to some 64 KiB, so that the peer spends its time on sending. */
function many(hex: string): Buffer {
  const one = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return Buffer.concat(Array.from({ length: Math.max(1, Math.floor(65536 / one.length)) }, () => one));
}

/** What is sent again and again after `first`. */
interface Flood {
  readonly first?: Buffer;
  readonly again: Buffer;
  /** It reads nothing. */
  readonly deaf?: true;
  /** Nothing is sent again. */
  readonly once?: true;
}

const X = '78'.repeat(16);

/** Floods of a server's frames; a client's are the same with a mask. */
export const FRAME_FLOODS: Readonly<Record<string, (masked: boolean) => Flood>> = {
  'tiny messages': (masked) => ({ again: many(masked ? '8180 00000000' : '8100') }),
  pings: (masked) => ({ again: many(masked ? '8980 00000000' : '8900') }),
  'pings of a peer that does not read': (masked) => ({
    again: many(masked ? `8990 00000000 ${X}` : `8910 ${X}`),
    deaf: true,
  }),
  pongs: (masked) => ({ again: many(masked ? '8a80 00000000' : '8a00') }),
  fragments: (masked) => ({
    first: Buffer.from(masked ? '018000000000' : '0100', 'hex'),
    again: many(masked ? '0081 00000000 78' : '0001 78'),
  }),
  'one endless message': (masked) => ({
    first: Buffer.from(masked ? '82ff001000000000000000000000' : '827f0010000000000000', 'hex'),
    again: many('78'),
  }),
  'large messages': (masked) => ({
    again: many(masked ? `82fe4000 00000000 ${X.repeat(1024)}` : `827e4000 ${X.repeat(1024)}`),
  }),
};

/** Sends a flood on a socket for as long as the socket lives. */
export function pour(socket: Socket, { first, again, deaf, once }: Flood): void {
  socket.on('error', () => undefined);
  if (deaf) socket.pause();
  else socket.resume();
  if (first) socket.write(first);
  if (once) return;
  const more = (): void => {
    while (socket.writable && socket.write(again));
  };
  socket.on('drain', more);
  more();
}

/** A server whose connections are counted together: bytes that the other end's system has taken. */
export class Hostile {
  private constructor(
    readonly running: Running,
    private readonly sockets: ReadonlySet<Socket>,
  ) {}

  /** The first `spared` connections get one piece of the flood, and end. */
  static async upgrading(flood: Flood, spared = 0): Promise<Hostile> {
    const all = new Set<Socket>();
    const running = await bare(({ accept, socket }) => {
      all.add(socket);
      socket.write(switching(accept));
      const isSpared = all.size <= spared;
      pour(socket, isSpared ? { ...flood, first: flood.first ?? flood.again, once: true } : flood);
      if (isSpared) socket.end();
    });
    return Hostile.of(running, all);
  }

  /** Whatever is said to the request, and does not end. */
  static async answering(first: Buffer, again: Buffer): Promise<Hostile> {
    const all = new Set<Socket>();
    const running = await bare(({ socket }) => {
      all.add(socket);
      pour(socket, { first, again });
    });
    return Hostile.of(running, all);
  }

  /** Nothing is read at all. */
  static async silent(): Promise<Hostile> {
    const all = new Set<Socket>();
    const running = await listening(createServer((socket) => void all.add(socket.pause())));
    return Hostile.of(running, all);
  }

  private static of(running: Running, all: Set<Socket>): Hostile {
    return new Hostile(running, all);
  }

  get url(): string {
    return this.running.url;
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** Bytes that were handed over, those in buffers of the system included. */
  get sent(): number {
    let sum = 0;
    for (const socket of this.sockets) sum += socket.bytesWritten - socket.writableLength;
    return sum;
  }
}

/** Resolves as soon as it holds. */
export async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A client that upgrades at a server of ours and floods it. */
export function intrude(port: number, path: string, flood: Flood): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => {
      pour(socket, flood);
      resolve(socket);
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
  });
}
