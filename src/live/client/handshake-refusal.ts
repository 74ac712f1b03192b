import type { IncomingMessage } from 'node:http';

/** An answer to the handshake that is not 101 (RFC 6455 §4.1, §4.2.2). */
export interface RefusedHandshake {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Its beginning, at most `MOST_BODY` bytes. */
  readonly body: Uint8Array;
  /** There was more of it. */
  readonly isCut: boolean;
  /** It came over HTTP/2, where a status has no reason. */
  readonly http2?: true;
  /** Where it redirects to (RFC 9110 §15.4). */
  readonly location?: string;
}

const MOST_BODY = 64 * 1024;
/** For a body that does not end: milliseconds. */
const BODY_TIME = 3000;

/** The whole answer, its body as far as it comes in time; `isHttp2`: a stream of HTTP/2 gave it the form of HTTP/1.1, with a Connection field. */
export function refusalOf(response: IncomingMessage, isHttp2: boolean): Promise<RefusedHandshake> {
  const { statusCode = 0, statusMessage = '', rawHeaders } = response;
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (!isHttp2 || name.toLowerCase() !== 'connection') headers.push([name, rawHeaders[i + 1]!]);
  }
  const { location } = response.headers;
  const isRedirect = statusCode >= 300 && statusCode < 400 && location !== undefined;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isDone = false;
    const done = (isCut: boolean): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(late);
      const body = Buffer.concat(chunks).subarray(0, MOST_BODY);
      const over = isHttp2 ? { http2: true as const } : {};
      const known = { status: statusCode, reason: statusMessage, headers, body, isCut, ...over };
      resolve(isRedirect ? { ...known, location } : known);
    };
    const late = setTimeout(() => done(true), BODY_TIME);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BODY) done(true);
    });
    response.on('end', () => done(false));
    response.on('error', () => done(true));
    response.on('close', () => done(!response.complete));
  });
}
