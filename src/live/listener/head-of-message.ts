import type { IncomingMessage } from 'node:http';

/** The head of a request as Node.js has read it, in new text. */
export function headOfMessage({ method, url, httpVersion, rawHeaders }: IncomingMessage): Uint8Array {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
