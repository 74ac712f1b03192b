import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { Head } from '../../codec/http1/head.js';
import { causeOfTunnel } from '../../rules/causes/tunnels.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { hostPort } from '../../codec/bytes/endpoint.js';
import type { HostPort } from './route.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import { takeBytes, takeFrom } from '../sockets/read-prefix.js';

/**
 * Tunnels through proxies. The agents that npm has for it are made for `http.Agent` and keep the socket to themselves;
 * here we need it before anything is read from it, and both protocols together are shorter than the code to adapt them.
 */
export interface Proxy extends HostPort {
  readonly kind: 'http' | 'https' | 'socks5' | 'socks5h';
  readonly user?: string;
  readonly password?: string;
  /** The variable of the environment that names it. */
  readonly variable?: string;
}

/** The proxy as errors name it. */
export function proxyText({ host, port, variable }: Proxy): string {
  return `the proxy ${hostPort(host, port)}${variableText(variable)}`;
}

/** Whoever wonders why a proxy is asked at all learns it here. */
export function variableText(variable: string | undefined): string {
  return variable === undefined ? '' : ` (from ${variable})`;
}

/** The proxy answered, and refuses the connection. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  constructor(
    message: string,
    /** Why, where its answer shows it. */
    readonly why?: Cause,
  ) {
    super(message);
  }
}

/** Requests a tunnel from an HTTP proxy (RFC 9110 §9.3.6). What follows on the stream is the other end's. */
export async function tunnel(stream: Duplex, to: HostPort, { user, password = '' }: Proxy): Promise<void> {
  const place = hostPort(to.host, to.port);
  const lines = [
    `CONNECT ${place} HTTP/1.1`,
    `Host: ${place}`,
    ...(user === undefined ? [] : [`Proxy-Authorization: ${basicAuth(user, password)}`]),
  ];
  stream.write(`${lines.join('\r\n')}\r\n\r\n`);
  const reader = new HeadReader({ kind: 'response', limit: MOST_HEAD });
  const head = await takeFrom<Head>(stream, (chunk) => {
    const result = reader.push(chunk);
    if (reader.tooLarge)
      throw new ProxyRefusal(`the head of the proxy's answer is longer than ${MOST_HEAD / 1024} KiB`);
    return result && { value: result.head, rest: result.rest };
  });
  if (head.kind !== 'response' || head.status === undefined) throw new ProxyRefusal('the proxy does not speak HTTP');
  if (head.status >= 200 && head.status <= 299) return;
  const why = causeOfTunnel({ response: head, target: place, hasCredentials: user !== undefined });
  throw new ProxyRefusal(`the proxy answers ${head.line}`, why);
}

/** Credentials as a header's value (RFC 7617 §2). */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const VERSION = 5;
const NO_AUTH = 0;
const USER_AND_PASSWORD = 2;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
const REPLIES: readonly string[] = [
  'succeeded',
  'general failure',
  'connection not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'the time to live ran out',
  'command not supported',
  'address type not supported',
];

/** Requests a connection from a SOCKS5 proxy (RFC 1928), with user and password where there are some (RFC 1929). */
export async function socks5(stream: Duplex, to: HostPort, { user, password = '' }: Proxy): Promise<void> {
  const methods = user === undefined ? [NO_AUTH] : [NO_AUTH, USER_AND_PASSWORD];
  stream.write(Uint8Array.from([VERSION, methods.length, ...methods]));
  const [version, method] = await takeBytes(stream, 2);
  if (version !== VERSION) throw new ProxyRefusal('the proxy does not speak SOCKS5');
  if (!methods.includes(method!)) {
    throw new ProxyRefusal(user === undefined ? 'the proxy asks for a user' : 'the proxy takes no user and password');
  }
  if (method === USER_AND_PASSWORD) {
    stream.write(Buffer.concat([Uint8Array.of(1), counted(user!), counted(password)]));
    const [, status] = await takeBytes(stream, 2);
    if (status !== 0) throw new ProxyRefusal('the proxy does not accept this user and password');
  }
  const port = Uint8Array.of(to.port >> 8, to.port & 0xff);
  stream.write(Buffer.concat([Uint8Array.of(VERSION, 1, 0), address(to.host), port]));
  const [, reply, , type] = await takeBytes(stream, 4);
  if (reply !== 0) throw new ProxyRefusal(`the proxy answers: ${REPLIES[reply!] ?? `error ${reply}`}`);
  // The address that the proxy connects from.
  const length = type === IPV4 ? 4 : type === IPV6 ? 16 : (await takeBytes(stream, 1))[0]!;
  await takeBytes(stream, length + 2);
}

function address(host: string): Uint8Array {
  const version = isIP(host);
  if (version === 4) return Uint8Array.from([IPV4, ...host.split('.').map(Number)]);
  if (version === 6) return Buffer.concat([Uint8Array.of(IPV6), ipv6Bytes(host)]);
  return Buffer.concat([Uint8Array.of(NAME), counted(host)]);
}

/** Text after one byte with its length. */
function counted(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new ProxyRefusal('SOCKS5 takes names, users and passwords of at most 255 bytes');
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

/** The 16 bytes of a valid address (RFC 4291 §2.2). */
function ipv6Bytes(host: string): Uint8Array {
  const plain = host
    .replace(/%[^]*/, '')
    .replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (_, ...parts: string[]) =>
      [0, 2].map((i) => ((Number(parts[i]) << 8) | Number(parts[i + 1])).toString(16)).join(':'),
    );
  const [left = '', right] = plain.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const ends = [groups(left), groups(right ?? '')] as const;
  const zeros = Array.from({ length: 8 - ends[0].length - ends[1].length }, () => '0');
  const all = [...ends[0], ...(right === undefined ? [] : zeros), ...ends[1]].map((group) => parseInt(group, 16));
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
