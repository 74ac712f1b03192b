import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Mutant, type Deflate, type Flaw } from './frame-mutant.js';
import type { Served } from './benches.js';

/** The opening handshake of the mutants, its headers taken apart with regular expressions of their own. */

interface Negotiated {
  readonly header: string;
  readonly deflate: Deflate;
}

type Parameters = ReadonlyMap<string, string | undefined>;

const SIDES = ['server', 'client'] as const;

/** The parameters of an element; undefined where they are against RFC 7692, but for the flaw. */
function parametersOf(element: string, flaw: Flaw | undefined, isOffer: boolean): Parameters | undefined {
  const [name, ...rest] = element.split(';').map((part) => part.trim());
  if (name !== 'permessage-deflate') return undefined;
  const found = new Map<string, string | undefined>();
  for (const part of rest) {
    const [key = '', quoted] = part.split('=');
    const value = quoted?.replace(/^"(.*)"$/, '$1');
    if (found.has(key) && flaw !== 'repeated-parameters') return undefined;
    found.set(key, value);
    if (!isRight(key, value, flaw, isOffer)) return undefined;
  }
  return found;
}

function isRight(key: string, value: string | undefined, flaw: Flaw | undefined, isOffer: boolean): boolean {
  if (/^(server|client)_no_context_takeover$/.test(key)) return value === undefined || flaw === 'takeover-values';
  if (!/^(server|client)_max_window_bits$/.test(key)) return flaw === 'unknown-parameters';
  if (value === undefined) return isOffer && key.startsWith('client');
  if (/^([89]|1[0-5])$/.test(value)) return true;
  return flaw === 'bits-range'
    ? /^\d+$/.test(value) && !value.startsWith('01')
    : flaw === 'bits-text' && Number(value) > 7 && Number(value) < 16;
}

/** The first offer that is right is taken. */
function negotiate(offers: string, flaw: Flaw | undefined): Negotiated | undefined {
  for (const offer of offers.split(',')) {
    const parameters = parametersOf(offer, flaw, true);
    if (!parameters) continue;
    const settings = SIDES.map((side) => ({
      bits: Math.max(8, Math.min(15, Number(parameters.get(`${side}_max_window_bits`) ?? 15))),
      noContext: parameters.has(`${side}_no_context_takeover`),
    }));
    const [ours, theirs] = settings as [Deflate['ours'], Deflate['theirs']];
    const isAsked = parameters.has('client_max_window_bits') || flaw === 'client-bits-unasked';
    const header = [
      'permessage-deflate',
      ...(ours.noContext ? ['server_no_context_takeover'] : []),
      ...(theirs.noContext ? ['client_no_context_takeover'] : []),
      ...(parameters.has('server_max_window_bits') ? [`server_max_window_bits=${ours.bits}`] : []),
      ...(isAsked ? [`client_max_window_bits=${theirs.bits}`] : []),
    ].join('; ');
    return { header, deflate: { ours, theirs } };
  }
  return undefined;
}

/** As a client: what the answer makes of the offer; null where the connection has to fail. */
function accepted(answer: string | undefined, offer: string, flaw: Flaw | undefined): Deflate | null | undefined {
  if (answer === undefined) return undefined;
  const offered = parametersOf(offer, undefined, true);
  const parameters = answer.includes(',') ? undefined : parametersOf(answer, undefined, false);
  const isLoose = flaw === 'answers-unchecked';
  if ((!offered || !parameters) && !isLoose) return null;
  const [a, o]: Parameters[] = [parameters ?? new Map<string, string>(), offered ?? new Map<string, string>()];
  const setting = (side: string): Deflate['ours'] => ({
    bits: Number(a!.get(`${side}_max_window_bits`) ?? 15),
    noContext: a!.has(`${side}_no_context_takeover`),
  });
  const [server, client] = [setting('server'), setting('client')];
  const isFine =
    (!o!.has('server_no_context_takeover') || server.noContext) &&
    server.bits <= Number(o!.get('server_max_window_bits') ?? 15) &&
    (!a!.has('client_max_window_bits') || o!.has('client_max_window_bits')) &&
    (o!.get('client_max_window_bits') === undefined || client.bits <= Number(o!.get('client_max_window_bits')));
  return isFine || isLoose ? { ours: client, theirs: server } : null;
}

function header(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)\r$`, 'im').exec(head)?.[1];
}

const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** Calls with the head as soon as it is there, and then with whatever comes. */
function afterHead(socket: Socket, opened: (head: string) => ((bytes: Buffer) => void) | undefined): void {
  let before = Buffer.alloc(0);
  let take: ((bytes: Buffer) => void) | undefined;
  let isRefused = false;
  socket.on('data', (chunk: Buffer) => {
    if (take) return take(chunk);
    if (isRefused) return;
    before = Buffer.concat([before, chunk]);
    const end = before.indexOf('\r\n\r\n');
    if (end < 0) return;
    take = opened(before.subarray(0, end + 2).toString('latin1'));
    isRefused = take === undefined;
    const rest = before.subarray(end + 4);
    if (rest.length > 0) take?.(rest);
  });
}

/** A server with that flaw, or with none. */
export function mutantServer(flaw?: Flaw): Promise<Served> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true });
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  let busy = Promise.resolve();
  server.on('connection', (socket) => {
    sockets.add(socket);
    const gone = new Promise<void>((resolve) => socket.once('close', resolve));
    socket.on('error', () => {
      if (flaw === 'dies-of-resets') close();
    });
    socket.on('close', () => sockets.delete(socket));
    if (flaw !== 'one-at-a-time') return serveOne(socket, flaw, close);
    socket.pause();
    const turn = busy;
    busy = turn.then(() => gone);
    void turn.then(() => serveOne(socket, flaw, close));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port, close }));
  });
}

function serveOne(socket: Socket, flaw: Flaw | undefined, die: () => void): void {
  socket.on('end', () => socket.end());
  afterHead(socket, (head) => {
    const agreed = negotiate(header(head, 'Sec-WebSocket-Extensions') ?? '', flaw);
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${acceptOf(header(head, 'Sec-WebSocket-Key') ?? '')}`,
        ...(agreed ? [`Sec-WebSocket-Extensions: ${agreed.header}`] : []),
        '\r\n',
      ].join('\r\n'),
    );
    const mutant = new Mutant(socket, 'server', agreed?.deflate, flaw, die);
    return (bytes) => mutant.take(bytes);
  });
  socket.resume();
}

export const OFFER = 'permessage-deflate; client_max_window_bits';

/** A client with that flaw, or with none: connects to a port and echoes. */
export function mutantClient(flaw?: Flaw, offer: string | undefined = OFFER): (port: number) => void {
  return (port) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.write(
        [
          'GET / HTTP/1.1',
          `Host: 127.0.0.1:${port}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Version: 13',
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
          ...(offer === '' ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
          '\r\n',
        ].join('\r\n'),
      );
    });
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    afterHead(socket, (head) => {
      const deflate = accepted(header(head, 'Sec-WebSocket-Extensions'), offer, flaw);
      if (deflate === null) {
        socket.destroy();
        return undefined;
      }
      const mutant = new Mutant(socket, 'client', deflate, flaw, () => socket.destroy());
      return (bytes) => mutant.take(bytes);
    });
  };
}
