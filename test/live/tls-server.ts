import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import { WebSocketServer } from 'ws';
import { listening, type Running } from './servers.js';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that signs itself, for localhost and 127.0.0.1: paths of its files. */
export function selfSigned(folder: string, name = 'localhost'): Pair {
  const pair = { cert: `${folder}/${name}-cert.pem`, key: `${folder}/${name}-key.pem` };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`];
  const args = ['req', '-x509', ...curve, '-keyout', pair.key, '-out', pair.cert, ...subject];
  execFileSync('openssl', args, { stdio: 'ignore' });
  return pair;
}

/** An echo server over TLS. */
export function tlsEcho({ cert, key }: Pair, options: ServerOptions = {}): Promise<Running> {
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), ...options });
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
  });
  return listening(server);
}
