import type { Server } from 'node:net';

/** What a listener does with the secrets of its TLS connections. */
export interface KeyLogged {
  /** Takes them as lines of a key log (RFC 9850). */
  readonly keylog?: (line: Uint8Array) => void;
}

/** Passes the secrets of each connection on. */
export function logKeys(server: Server, tls: KeyLogged | undefined): void {
  if (tls?.keylog) server.on('keylog', tls.keylog);
}
