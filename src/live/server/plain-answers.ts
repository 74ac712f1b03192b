import type * as http from 'node:http';

/** Answers with a line of text. */
export function answerText(response: http.ServerResponse, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length });
  response.end(body);
}

/** The target as a URL: its host has no meaning here. */
export function targetOf(request: http.IncomingMessage): URL {
  const { url = '/' } = request;
  try {
    return new URL(url.startsWith('/') ? `http://host${url}` : url);
  } catch {
    return new URL('http://host/');
  }
}
