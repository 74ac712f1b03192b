import * as ws from 'ws';

/** What `ws`'s Receiver made of some bytes. */
export interface PeerReading {
  /** `text`, `binary`, `ping`, `pong` with their payload, `close` with its code; in order. */
  readonly events: readonly (readonly [kind: string, content: string])[];
  /** The close code that it fails the connection with. */
  readonly failed?: number;
}

interface ReceiverLike {
  on(event: string, listener: (...args: never[]) => void): void;
  write(chunk: Uint8Array): void;
  end(callback: () => void): void;
}
interface PeerInternals {
  Receiver: new (options: object) => ReceiverLike;
  Sender: { frame(data: Buffer, options: object): Buffer[] };
  PerMessageDeflate: new (options: object) => { accept(offers: object[]): void };
}

export const peer = ws as unknown as PeerInternals;

/** Reads bytes with `ws` as the receiving side: `isServer` expects masked frames. */
export async function readWithWs(
  chunks: readonly Uint8Array[],
  isServer: boolean,
  deflate: boolean,
): Promise<PeerReading> {
  const events: [string, string][] = [];
  const extensions: Record<string, unknown> = {};
  if (deflate) {
    const extension = new peer.PerMessageDeflate({ isServer, threshold: 0 });
    extension.accept([{}]);
    extensions['permessage-deflate'] = extension;
  }
  const receiver = new peer.Receiver({ isServer, extensions, binaryType: 'nodebuffer', allowSynchronousEvents: true });
  return new Promise((resolve) => {
    const hex = (data: Buffer): string => data.toString('hex');
    receiver.on('message', (data: Buffer, binary: boolean) => events.push([binary ? 'binary' : 'text', hex(data)]));
    receiver.on('ping', (data: Buffer) => events.push(['ping', hex(data)]));
    receiver.on('pong', (data: Buffer) => events.push(['pong', hex(data)]));
    receiver.on('conclude', (code: number, reason: Buffer) => {
      events.push(['close', `${code} ${hex(reason)}`]);
      resolve({ events });
    });
    receiver.on('error', (error: Record<symbol, number>) => {
      const symbol = Object.getOwnPropertySymbols(error).find((s) => s.description === 'status-code')!;
      resolve({ events, failed: error[symbol]! });
    });
    for (const chunk of chunks) receiver.write(Buffer.from(chunk));
    receiver.end(() => setImmediate(() => resolve({ events })));
  });
}
