import type { HostPort } from '../../live/client/route.js';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ListenPlace } from '../../live/listener/listen-at.js';
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

/** Bytes of the path of a Unix socket that each system takes (`sun_path`, with a NUL). */
const MOST_PATH = 103;

/** The same of a socket that exists, as Linux takes it: elsewhere it is a little less. */
const MOST_REACHED = 107;

/** The path of a Unix socket that exists: systems take the beginning of one that is not possible, which may be another socket. */
export function checkSocketPath(path: string): void {
  if (path.includes('\0')) throw new UsageError(`the path of a Unix socket has no NUL: ${path}`);
  if (Buffer.byteLength(path) <= MOST_REACHED) return;
  throw new UsageError(`the path of a Unix socket has up to ${MOST_REACHED} bytes: ${path}`);
}

/** The same, or `unix:PATH`. */
export function parsePlace(text: string, otherwise: HostPort): ListenPlace {
  const [, path] = /^unix:([^]*)$/i.exec(text) ?? [];
  if (path === undefined) return parseAddress(text, otherwise);
  if (path === '') throw new UsageError(`${text}: a Unix socket is unix:PATH`);
  const whole = resolve(path);
  if (Buffer.byteLength(whole) > MOST_PATH) {
    throw new UsageError(`${text}: the path of a Unix socket has up to ${MOST_PATH} bytes`);
  }
  return { host: 'localhost', port: 0, path: whole };
}

/** Only this machine can reach it (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Where a listener is reached. */
export function listenUrl(isSecure: boolean, { host, path }: ListenPlace, port: number): string {
  const scheme = isSecure ? 'wss' : 'ws';
  if (path !== undefined) return `${scheme}+unix:${path.replace(/[%:]/g, encodeURIComponent)}:/`;
  return `${scheme}://${hostPort(host.replace('%', '%25'), port)}/`;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
  ENOENT: 'no such directory',
  ENOTSOCK: 'there is a file that is no socket',
};

/** Why it is not possible to listen there. */
export function listenError(
  { host, port, path }: ListenPlace,
  { code = '', message }: NodeJS.ErrnoException,
): UsageError {
  if (path !== undefined) {
    // The system's ENOENT comes as EACCES (libuv).
    const known = code === 'EACCES' && !existsSync(dirname(path)) ? 'ENOENT' : code;
    const reason = code === 'EADDRINUSE' ? 'another process listens there' : (REASONS[known] ?? message);
    return new UsageError(`can't listen on ${path}: ${reason}`);
  }
  return new UsageError(`can't listen on ${hostPort(host, port)}: ${REASONS[code] ?? message}`);
}
