import { lookup } from 'node:dns';
import * as net from 'node:net';
import * as tls from 'node:tls';
import { endpointText, endpointTexts, hostPort, type Endpoints } from '../../codec/bytes/endpoint.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { dialCauseBy } from '../../rules/causes/dial-catalogue.js';
import { causeOfDial, type DialFacts } from '../../rules/causes/dialing.js';
import { connectFacts, tlsFacts, watchCertificate } from './dial-facts.js';
import { ProxyRefusal, proxyText, socks5, tunnel, variableText, type Proxy } from './proxy.js';
import { readOut } from '../sockets/defer-write-errors.js';
import { localEnd, remoteEnd } from '../sockets/socket-ends.js';
import { tlsReason } from '../sockets/tls-reason.js';
import { takeTurns } from '../sockets/turns.js';
import { redirected, resolved, withoutZone, type HostPort, type Redirected, type Resolved } from './route.js';

/** The stage that it reached. */
export type DialStage = 'proxy-name' | 'name' | 'connect' | 'tls' | 'certificate' | 'time';

/** No connection was established. */
export class DialError extends Error {
  override readonly name = 'DialError';
  constructor(
    readonly stage: DialStage,
    message: string,
    /** Why, where more is known than the message states. */
    readonly why?: Cause,
  ) {
    super(message);
  }
}

/** How a connection is made. */
export interface DialRoute {
  /** The server that the URL names. */
  readonly place: HostPort;
  readonly unixSocket?: string;
  readonly proxy?: Proxy;
  readonly resolve: readonly Resolved[];
  readonly connectTo: readonly Redirected[];
  /** TLS is used with the other end: with these certificates. */
  readonly tls?: TlsMaterial;
}

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly passphrase?: string;
  /** Application protocols that are offered (RFC 7301); HTTP/1.1 by default. */
  readonly alpn?: readonly string[];
  /** Any certificate is accepted. */
  readonly insecure?: true;
  /** Takes the secrets of each connection, as lines of a key log. */
  readonly keylog?: (line: Uint8Array) => void;
}

/** A connection, nothing sent or read yet. */
export interface DialledConnection {
  readonly stream: net.Socket;
  readonly ends: Endpoints;
  /** How it was made, in words. */
  readonly words: string;
}

/** Connects, through proxies and TLS where the route has some. Throws a DialError; `signal` aborts it (stage `time`). */
export async function dial(route: DialRoute, signal: AbortSignal): Promise<DialledConnection> {
  const to = redirected(route.place, route.connectTo);
  const raw = await reach(route, to, signal);
  try {
    // A zone is this machine's own business (RFC 4007 §11.2): no certificate names it.
    const host = withoutZone(route.place.host);
    const stream = route.tls ? await secure(raw, host, route.tls, signal) : raw;
    stream.setNoDelay(true);
    readOut(stream);
    takeTurns(stream);
    return { stream, ends: endsOf(raw, route, to), words: wordsOf(stream, route, to) };
  } catch (error) {
    raw.destroy();
    throw error;
  }
}

/** The socket that reaches the other end, in the clear. */
async function reach(route: DialRoute, to: HostPort, signal: AbortSignal): Promise<net.Socket> {
  const { unixSocket, proxy } = route;
  if (unixSocket !== undefined)
    return connected(net.connect({ path: unixSocket }), { name: unixSocket, host: unixSocket }, 'name', signal);
  const addresses = resolved(to, route.resolve);
  if (proxy === undefined)
    return connected(openSocket(to, addresses), { name: hostPort(to.host, to.port), ...to }, 'name', signal);
  const name = proxyText(proxy);
  const stream = await connected(
    openSocket(proxy, resolved(proxy, route.resolve)),
    { name, host: proxy.host, port: proxy.port, isProxy: true },
    'proxy-name',
    signal,
  );
  try {
    const line = proxy.kind === 'https' ? await secure(stream, proxy.host, {}, signal, proxy) : stream;
    const host = addresses?.[0] ?? (proxy.kind === 'socks5' ? await addressOf(to.host) : to.host);
    const ask = proxy.kind === 'http' || proxy.kind === 'https' ? tunnel : socks5;
    await givenUp(ask(line, { host, port: to.port }, proxy), name, signal);
    return line;
  } catch (error) {
    stream.destroy();
    const { message } = error as Error;
    if (error instanceof ProxyRefusal) {
      throw new DialError('connect', `${message}${variableText(proxy.variable)}`, error.why);
    }
    if (error instanceof DialError) throw error;
    throw new DialError('connect', `${name}: ${message}`);
  }
}

function openSocket({ host, port }: HostPort, addresses: readonly string[] | undefined): net.Socket {
  if (addresses === undefined) return net.connect({ host, port });
  const all = addresses.map((address) => ({ address, family: net.isIP(address) }));
  return net.connect({
    host: net.isIP(host) === 0 ? host : addresses[0]!,
    port,
    lookup: (_name, options, done) => {
      if (options.all) done(null, all);
      else done(null, all[0]!.address, all[0]!.family);
    },
  });
}

function addressOf(host: string): Promise<string> {
  if (net.isIP(host) !== 0) return Promise.resolve(host);
  return new Promise((resolve, reject) => {
    lookup(host, (error, address) => {
      if (error) reject(new DialError('name', `${host}: ${REASONS[error.code ?? ''] ?? error.message}`));
      else resolve(address);
    });
  });
}

function connected(
  socket: net.Socket,
  { name, ...place }: { readonly name: string } & Pick<DialFacts, 'host' | 'port' | 'isProxy'>,
  nameStage: 'name' | 'proxy-name',
  signal: AbortSignal,
): Promise<net.Socket> {
  const made = new Promise<net.Socket>((resolve, reject) => {
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
  const explained = made.catch((error: Error) => {
    const { code = '', syscall } = firstOf(error);
    const stage = syscall === 'getaddrinfo' ? nameStage : 'connect';
    const why = causeOfDial(connectFacts(error, place));
    throw new DialError(stage, `${name}: ${REASONS[code] ?? (error.message || code)}`, why);
  });
  return givenUp(explained, name, signal, socket);
}

/** Of several addresses each had its own error. */
function firstOf(error: Error): NodeJS.ErrnoException {
  return error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name service does not answer',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ECONNRESET: 'it reset the connection',
  EADDRNOTAVAIL: 'this machine has no address from which it is reached',
  EINVAL: 'it is no address to connect to (an unknown zone, or a wrong one)',
  ENOENT: 'no such socket',
  EACCES: 'permission denied',
};

const NO_H2 = 'the server does not take HTTP/2 (ALPN h2)';
const HTTP1: readonly string[] = ['http/1.1'];

function secure(
  socket: net.Socket,
  host: string,
  { ca, cert, key, passphrase, insecure, keylog, alpn = HTTP1 }: TlsMaterial,
  signal: AbortSignal,
  proxy?: Proxy,
): Promise<tls.TLSSocket> {
  const stream = tls.connect({
    socket,
    ...(net.isIP(host) === 0 ? { servername: host } : { host }),
    ALPNProtocols: [...alpn],
    rejectUnauthorized: insecure !== true,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(passphrase !== undefined && { passphrase }),
  });
  if (keylog) stream.on('keylog', keylog);
  const certificate = watchCertificate(stream);
  const peer = proxy ? proxyText(proxy) : host;
  const made = new Promise<tls.TLSSocket>((resolve, reject) => {
    const fail = (error: Error): void => {
      const isCertificate = Boolean(stream.authorizationError);
      const isForHttp2 = !alpn.includes('http/1.1') && /no application protocol/.test(error.message);
      const why = isForHttp2
        ? dialCauseBy('h2-alpn-refused', {})
        : causeOfDial(tlsFacts(error, { host, isProxy: proxy !== undefined }, certificate()));
      const words = isForHttp2 ? NO_H2 : tlsReason(error, 'client');
      reject(new DialError(isCertificate ? 'certificate' : 'tls', `TLS with ${peer}: ${words}`, why));
    };
    stream.once('secureConnect', () => {
      stream.off('error', fail);
      stream.off('close', ended);
      if (!alpn.includes('http/1.1') && stream.alpnProtocol !== 'h2') {
        stream.destroy();
        reject(new DialError('tls', `TLS with ${peer}: ${NO_H2}`, dialCauseBy('h2-alpn-refused', {})));
      } else resolve(stream);
    });
    const ended = (): void => fail(new Error('it closed the connection'));
    stream.once('error', fail);
    stream.once('close', ended);
  });
  return givenUp(made, host, signal, stream);
}

/** The same, with a time limit. */
function givenUp<T>(made: Promise<T>, name: string, signal: AbortSignal, socket?: net.Socket): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => {
      socket?.destroy();
      reject(new DialError('time', `${name}: it took too long to connect`));
    };
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    made.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

function endsOf(raw: net.Socket, { unixSocket, proxy }: DialRoute, to: HostPort): Endpoints {
  if (unixSocket !== undefined) return { server: unixSocket };
  const server = proxy ? { address: to.host, port: to.port } : remoteEnd(raw);
  return endpointTexts({ client: localEnd(raw), server });
}

function wordsOf(stream: net.Socket, { unixSocket, proxy, tls: material }: DialRoute, to: HostPort): string {
  const goal = hostPort(to.host, to.port);
  const end = remoteEnd(stream);
  const where = unixSocket ?? (end ? endpointText(end) : goal);
  const through = proxy ? `, to ${goal} through ${proxyText(proxy)}` : '';
  if (material === undefined || !(stream instanceof tls.TLSSocket)) return `connected to ${where}${through}`;
  const { name } = stream.getCipher();
  const known = stream.authorized ? '' : ', certificate not verified';
  return `connected to ${where}${through}, ${stream.getProtocol()} ${name}${known}`;
}
