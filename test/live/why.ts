import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { expect } from 'vitest';
import { records } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { listening, type Running } from './servers.js';

/** The code of the cause, in text and in JSON the same; undefined: none. */
export async function causeOf(url: string, ...options: string[]): Promise<string | undefined> {
  const args = ['connect', url, ...options];
  const [text, json] = await Promise.all([runHere(args), runHere([...args, '--json'])]);
  const [, told] = /^why: .* \(([a-z-]+)\)$/m.exec(text.err) ?? [];
  const error = records(json.out).find(({ type }) => type === 'error') as { cause?: { code: string } } | undefined;
  expect(error?.cause?.code).toBe(told);
  return told;
}

/** `ws` beside an HTTP server that wants an upgrade, as most have it. */
export function upgradeOnly(): Promise<Running> {
  const server = createServer((_, response) => {
    response.writeHead(426);
    response.end('Upgrade Required');
  });
  new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  return listening(server);
}
