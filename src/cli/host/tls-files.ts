import { Interrupted, UsageError } from './exit.js';
import type { Io } from './io.js';
import { keyLogOf, type KeyLogTaker } from './key-log-file.js';
import { authoritiesIn, tlsPair, type TlsPair } from './tls-pair.js';
import { concat } from '../../traffic/toolbox/bytes.js';

/** The source of the passphrase of an encrypted key. */
export interface PassphraseOptions {
  passphrase?: string;
  passphraseFile?: string;
}

export interface TlsFiles extends PassphraseOptions {
  cert?: string;
  key?: string;
  clientCa?: string;
  /** Written to. */
  keylog?: string;
}

export interface ServerTls extends TlsPair {
  readonly ca?: Buffer;
  readonly requestCert?: true;
  readonly rejectUnauthorized?: true;
  readonly keylog?: KeyLogTaker;
}

/** The options that name a pair. */
interface PairNames {
  readonly cert: string;
  readonly key: string;
}

const OWN: PairNames = { cert: '--cert', key: '--key' };
const LISTENER: PairNames = { cert: '--listen-cert', key: '--listen-key' };

/** The files of a server's certificate; undefined: it serves without TLS. Throws a UsageError. */
export async function tlsOf(io: Io, files: TlsFiles, names = OWN): Promise<ServerTls | undefined> {
  const { clientCa } = files;
  const certified = await pairOf(io, files, names);
  if (certified === undefined) {
    if (clientCa !== undefined) throw new UsageError('--client-ca needs --cert and --key');
    return undefined;
  }
  const keylog = keyLogOf(io, files.keylog);
  const pair = { ...certified, ...(keylog && { keylog }) };
  if (clientCa === undefined) return pair;
  return { ...pair, ca: await caOf(io, '--client-ca', clientCa), requestCert: true, rejectUnauthorized: true };
}

/** The same for a listener of `--listen-cert` and `--listen-key`. */
export function listenerTlsOf(
  io: Io,
  options: PassphraseOptions & { readonly listenCert?: string; readonly listenKey?: string; readonly keylog?: string },
): Promise<ServerTls | undefined> {
  const { listenCert: cert, listenKey: key, passphrase, passphraseFile, keylog } = options;
  const files = { cert, key, passphrase, passphraseFile, keylog };
  return tlsOf(io, Object.fromEntries(Object.entries(files).filter(([, value]) => value !== undefined)), LISTENER);
}

/** Certificate and key, valid and matching; undefined: neither was given. Throws a UsageError. */
export async function pairOf(io: Io, files: TlsFiles, names = OWN): Promise<TlsPair | undefined> {
  const { cert, key } = files;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UsageError(`${names.cert} and ${names.key} belong together`);
  const passphrase = await passphraseOf(io, files);
  const certFile = { option: names.cert, path: cert, bytes: await fileOf(io, cert) };
  return tlsPair(certFile, { option: names.key, path: key, bytes: await fileOf(io, key) }, passphrase);
}

/** Authorities of a file. Throws a UsageError where there are none. */
export async function caOf(io: Io, option: string, path: string): Promise<Buffer> {
  return authoritiesIn({ option, path, bytes: await fileOf(io, path) });
}

/** Of a file the first line is used, as OpenSSL reads it. */
async function passphraseOf(io: Io, { passphrase, passphraseFile }: PassphraseOptions): Promise<string | undefined> {
  if (passphraseFile === undefined) return passphrase;
  if (passphrase !== undefined) throw new UsageError('--passphrase and --passphrase-file exclude each other');
  const [line = ''] = (await fileOf(io, passphraseFile)).toString().split(/\r?\n/, 1);
  return line;
}

/** A small file, whole. */
export async function fileOf(io: Io, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.readFile(path)) chunks.push(chunk);
  // A signal ends the reading, and what was read so far is not the whole file.
  if (io.interrupted.aborted) throw new Interrupted();
  return Buffer.from(concat(chunks));
}
