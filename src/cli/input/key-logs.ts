import { escapedLines } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import type { TlsTraffic } from '../../traffic/tls-traffic.js';
import { builtin } from '../entries/builtin.js';
import type * as packets from '../entries/packets.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';

type PacketsModule = typeof packets;

/** What opens the TLS sessions of a run. node:crypto is loaded with the first of them. */
export function tlsTraffic({ TlsTraffic: Traffic, tlsCryptoWith }: PacketsModule, options: DecodeOptions): TlsTraffic {
  let loaded: ReturnType<typeof tlsCryptoWith> | undefined;
  const crypto = (): ReturnType<typeof tlsCryptoWith> =>
    (loaded ??= tlsCryptoWith(builtin('node:crypto') as Parameters<typeof tlsCryptoWith>[0]));
  const lazy: ReturnType<typeof tlsCryptoWith> = {
    supports: (suite) => crypto().supports(suite),
    hmac: (...args) => crypto().hmac(...args),
    open: (...args) => crypto().open(...args),
    decryptCbc: (...args) => crypto().decryptCbc(...args),
    encryptBlocks: (...args) => crypto().encryptBlocks(...args),
  };
  return new Traffic(lazy, { mostTrials: options.keylogSearch });
}

/** Reads the key logs of the command line up to their ends. */
export async function readKeyLogs(
  io: Io,
  files: readonly string[],
  traffic: TlsTraffic,
  notice: (message: Printable) => void,
): Promise<void> {
  for (const name of files) {
    const reader = traffic.log((message) => notice(print`${escapedLines(name)}: ${escapedLines(message)}`));
    for await (const chunk of io.readFile(name)) reader.push(chunk);
    reader.end();
    if (reader.secrets === 0) notice(print`${escapedLines(name)}: no TLS secret in it`);
  }
  const { leftOut } = traffic.secrets;
  if (leftOut > 0) notice(print`${leftOut} lines of the key logs were left out: there are too many`);
}
