import { latin1 } from '../../codec/http1/text.js';
import { u16 } from '../bytes/bytes.js';
import { endpointAt, type ProxyStep } from './step.js';

const CONNECT = 1;
/** RFC 1928 §3: no authentication; user name and password (RFC 1929). */
const METHOD = { none: 0, password: 2 };
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 };
/** SOCKS4: the reply that grants. */
const GRANTED = 0x5a;
/** A user name or a host name of SOCKS4 that is longer is not accepted. */
const LONGEST_NAME = 512;

/** Whether the first bytes are a client's greeting of SOCKS5, or its request of SOCKS4: no frame and no text begins so. */
export function beginsSocks(first: Uint8Array): 'yes' | 'no' | 'maybe' {
  const [version, second] = first;
  if (version !== 4 && version !== 5) return version === undefined ? 'maybe' : 'no';
  if (second === undefined) return 'maybe';
  if (version === 4 ? second !== CONNECT : second === 0) return 'no';
  return first.length < (version === 4 ? 9 : 2 + second) ? 'maybe' : 'yes';
}

/** The dialogue of SOCKS5 or SOCKS4 up to the proxy's last answer. */
export function readSocks(client: Uint8Array, server: Uint8Array): ProxyStep {
  if (client.length === 0) return 'more';
  return client[0] === 4 ? readSocks4(client, server) : client[0] === 5 ? readSocks5(client, server) : 'no';
}

/** version 4, command 1, port 2, address 4, user and a zero; SOCKS4A: address 0.0.0.x, then a name and a zero. The answer has 8 bytes. */
function readSocks4(client: Uint8Array, server: Uint8Array): ProxyStep {
  if (client.length < 9) return 'more';
  if (client[1] !== CONNECT || (server.length > 0 && server[0] !== 0)) return 'no';
  const user = nameAt(client, 8);
  if (typeof user === 'string') return user;
  const host = isNamed(client) ? nameAt(client, user.end) : undefined;
  if (typeof host === 'string') return host;
  if (server.length < 8) return 'more';
  if (server[1] !== GRANTED) return server[1]! > GRANTED && server[1]! <= GRANTED + 3 ? 'refused' : 'no';
  const port = u16(client, 2);
  const passage = host
    ? { name: 'SOCKS4A', to: `${host.text}:${port}` }
    : { name: 'SOCKS4', to: endpointAt(client, 4, 4, port) };
  return { client: (host ?? user).end, server: 8, passage };
}

function isNamed(client: Uint8Array): boolean {
  return client[4] === 0 && client[5] === 0 && client[6] === 0 && client[7] !== 0;
}

/** A text that a zero ends. */
function nameAt(bytes: Uint8Array, start: number): 'more' | 'no' | { readonly text: string; readonly end: number } {
  const stop = Math.min(bytes.length, start + LONGEST_NAME);
  const zero = bytes.subarray(0, stop).indexOf(0, start);
  if (zero < 0 && stop - start === LONGEST_NAME) return 'no';
  return zero < 0 ? 'more' : { text: latin1(bytes, start, zero), end: zero + 1 };
}

/** RFC 1928: greeting and choice of a method, possibly a password, request and answer. */
function readSocks5(client: Uint8Array, server: Uint8Array): ProxyStep {
  if (client.length < 2 || client.length < 2 + client[1]!) return 'more';
  if (client[1] === 0 || (server.length > 0 && server[0] !== 5)) return 'no';
  if (server.length < 2) return 'more';
  const method = server[1]!;
  const greeted = 2 + client[1]!;
  if (method === METHOD.none) return readRequest(client, greeted, server, 2);
  if (method !== METHOD.password) return method === 0xff ? 'refused' : 'no';
  const proven = passwordEnd(client, greeted);
  if (typeof proven === 'string') return proven;
  if (server.length < 4) return 'more';
  if (server[2] !== 1) return 'no';
  return server[3] === 0 ? readRequest(client, proven, server, 4) : 'refused';
}

/** RFC 1929 §2: version 1, length and user name, length and password. */
function passwordEnd(client: Uint8Array, start: number): number | 'more' | 'no' {
  if (client.length > start && client[start] !== 1) return 'no';
  const userEnd = start + 2 + (client[start + 1] ?? 0);
  const end = userEnd + 1 + (client[userEnd] ?? 0);
  return userEnd >= client.length || end > client.length ? 'more' : end;
}

/** RFC 1928 §4, §6: version 5, command or reply, reserved 0, address. */
function readRequest(client: Uint8Array, asked: number, server: Uint8Array, answered: number): ProxyStep {
  const target = addressAt(client, asked);
  if (typeof target === 'string') return target;
  if (client[asked + 1] !== CONNECT) return 'no';
  const bound = addressAt(server, answered);
  if (typeof bound === 'string') return bound;
  if (server[answered + 1] !== 0) return 'refused';
  return { client: target.end, server: bound.end, passage: { name: 'SOCKS5', to: target.text } };
}

/** RFC 1928 §5: type 1, address or a length and a name, port 2; after three bytes of which the first is 5 and the last 0. */
function addressAt(bytes: Uint8Array, start: number): 'more' | 'no' | { readonly text: string; readonly end: number } {
  if (bytes.length > start && bytes[start] !== 5) return 'no';
  if (bytes.length < start + 5) return 'more';
  const type = bytes[start + 3];
  if (bytes[start + 2] !== 0) return 'no';
  const at = start + (type === ADDRESS.name ? 5 : 4);
  const length = type === ADDRESS.ipv4 ? 4 : type === ADDRESS.ipv6 ? 16 : type === ADDRESS.name ? bytes[start + 4]! : 0;
  if (length === 0) return 'no';
  const end = at + length + 2;
  if (bytes.length < end) return 'more';
  const port = u16(bytes, at + length);
  const text =
    type === ADDRESS.name ? `${latin1(bytes, at, at + length)}:${port}` : endpointAt(bytes, at, length, port);
  return { text, end };
}
