import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { UsageError } from './exit.js';

/** A certificate with its private key, both valid. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly passphrase?: string;
}

/** A file that an option names. */
export interface NamedPem {
  readonly option: string;
  readonly path: string;
  readonly bytes: Buffer;
}

/** Certificate and key of two files. Throws a UsageError where they can't be used together. */
export function tlsPair(cert: NamedPem, key: NamedPem, passphrase: string | undefined): TlsPair {
  const certificate = certificateIn(cert);
  const secret = privateKeyIn(key, passphrase);
  if (!certificate.checkPrivateKey(secret)) {
    throw new UsageError(`${shown(key)}: it is not the key of the certificate in ${shown(cert)}`);
  }
  const pair = { cert: cert.bytes, key: key.bytes, ...(passphrase !== undefined && { passphrase }) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new UsageError(`${shown(cert)} and ${shown(key)} can't be used: ${wordsOf(error)}`);
  }
  return pair;
}

/** Authorities: at least one certificate. Throws a UsageError. */
export function authoritiesIn(file: NamedPem): Buffer {
  certificateIn(file);
  return file.bytes;
}

function certificateIn(file: NamedPem): X509Certificate {
  if (!/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(file.bytes.toString('latin1'))) {
    throw new UsageError(`${shown(file)}: there is no certificate in it (PEM: BEGIN CERTIFICATE)`);
  }
  try {
    return new X509Certificate(file.bytes);
  } catch (error) {
    throw new UsageError(`${shown(file)}: the certificate can't be read: ${wordsOf(error)}`);
  }
}

function privateKeyIn(file: NamedPem, passphrase: string | undefined): ReturnType<typeof createPrivateKey> {
  const text = file.bytes.toString('latin1');
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text)) {
    throw new UsageError(`${shown(file)}: there is no private key in it (PEM: BEGIN PRIVATE KEY)`);
  }
  const isEncrypted = /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (isEncrypted && passphrase === undefined) {
    throw new UsageError(`${shown(file)}: the key is encrypted: --passphrase-file or --passphrase decrypts it`);
  }
  try {
    return createPrivateKey({ key: file.bytes, ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    const reason = isEncrypted ? 'the passphrase does not decrypt the key' : `the key can't be read: ${wordsOf(error)}`;
    throw new UsageError(`${shown(file)}: ${reason}`);
  }
}

function shown({ option, path }: NamedPem): string {
  return `${option} ${path}`;
}

/** OpenSSL's words come after the last colons: `error:0A00018F:SSL routines::ee key too small`. */
function wordsOf(error: unknown): string {
  const { message } = error as Error;
  return message
    .slice(message.lastIndexOf('::') + 1)
    .replace(/^:/, '')
    .trimEnd();
}
