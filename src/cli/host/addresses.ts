import type { HostPort } from '../../live/client/route.js';
import { hostPort } from '../../traffic/toolbox/bytes.js';
import { UsageError } from './exit.js';
import { shownUrl } from '../options/passwords.js';

/** `PORT`, `HOST`, `HOST:PORT`, `[::1]:PORT`, `:PORT`. */
export function parseAddress(text: string, otherwise: HostPort): HostPort {
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d+))?$/.exec(text) ?? [];
  const isPort = bracketed === undefined && port === undefined && /^\d+$/.test(plain);
  const number = isPort ? Number(plain) : port === undefined ? otherwise.port : Number(port);
  const host = isPort ? otherwise.host : (bracketed ?? plain);
  const isSound = !(bracketed === undefined && plain === '' && port === undefined) && number <= 65535;
  if (!isSound) throw new UsageError(`${shownUrl(text)}: an address is PORT, HOST:PORT or [::1]:PORT`);
  return { host: host === '' ? otherwise.host : host, port: number };
}

/** Only this machine can reach it (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Where a listener is reached. */
export function listenUrl(isSecure: boolean, host: string, port: number): string {
  return `${isSecure ? 'wss' : 'ws'}://${hostPort(host, port)}/`;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
};

/** Why it is not possible to listen there. */
export function listenError({ host, port }: HostPort, { code = '', message }: NodeJS.ErrnoException): UsageError {
  return new UsageError(`can't listen on ${hostPort(host, port)}: ${REASONS[code] ?? message}`);
}
