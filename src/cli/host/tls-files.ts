import { Interrupted, UsageError } from './exit.js';
import type { Io } from './io.js';
import { keyLogOf, type KeyLogTaker } from './key-log-file.js';
import { concat } from '../../traffic/toolbox/bytes.js';

export interface TlsFiles {
  cert?: string;
  key?: string;
  clientCa?: string;
  /** Written to. */
  keylog?: string;
}

export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly requestCert?: true;
  readonly rejectUnauthorized?: true;
  readonly keylog?: KeyLogTaker;
}

/** The files of a server's certificate; undefined: it serves without TLS. */
export async function tlsOf(
  io: Io,
  { cert, key, clientCa, keylog: path }: TlsFiles,
  names = '--cert and --key',
): Promise<ServerTls | undefined> {
  if (cert === undefined && key === undefined) {
    if (clientCa !== undefined) throw new UsageError('--client-ca needs --cert and --key');
    return undefined;
  }
  if (cert === undefined || key === undefined) throw new UsageError(`${names} need each other`);
  const keylog = keyLogOf(io, path);
  const pair = { cert: await fileOf(io, cert), key: await fileOf(io, key), ...(keylog && { keylog }) };
  if (clientCa === undefined) return pair;
  return { ...pair, ca: await fileOf(io, clientCa), requestCert: true, rejectUnauthorized: true };
}

/** The same for a listener of `--listen-cert` and `--listen-key`. */
export function listenerTlsOf(
  io: Io,
  options: { readonly listenCert?: string; readonly listenKey?: string; readonly keylog?: string },
): Promise<ServerTls | undefined> {
  const { listenCert: cert, listenKey: key, keylog } = options;
  return tlsOf(
    io,
    { ...(cert && { cert }), ...(key && { key }), ...(keylog && { keylog }) },
    '--listen-cert and --listen-key',
  );
}

/** A small file, whole. */
export async function fileOf(io: Io, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.readFile(path)) chunks.push(chunk);
  // A signal ends the reading, and what came so far is not the file.
  if (io.interrupted.aborted) throw new Interrupted();
  return Buffer.from(concat(chunks));
}
