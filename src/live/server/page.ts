import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageToken } from './page-token.js';

const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/live.js': ['live.js', 'text/javascript; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/record-part.js': ['record-part.js', 'text/javascript; charset=utf-8'],
  '/drawings-part.js': ['drawings-part.js', 'text/javascript; charset=utf-8'],
  '/frame-model.js': ['frame-model.js', 'text/javascript; charset=utf-8'],
  '/dropped.js': ['dropped.js', 'text/javascript; charset=utf-8'],
  '/items.js': ['items.js', 'text/javascript; charset=utf-8'],
  '/shared.js': ['shared.js', 'text/javascript; charset=utf-8'],
  '/reading.js': ['reading.js', 'text/javascript; charset=utf-8'],
  '/causes-reading.js': ['causes-reading.js', 'text/javascript; charset=utf-8'],
  '/http2-reading.js': ['http2-reading.js', 'text/javascript; charset=utf-8'],
  '/recording-reading.js': ['recording-reading.js', 'text/javascript; charset=utf-8'],
  '/text-reading.js': ['text-reading.js', 'text/javascript; charset=utf-8'],
  '/tls-reading.js': ['tls-reading.js', 'text/javascript; charset=utf-8'],
  '/apps.js': ['../cli/apps.js', 'text/javascript; charset=utf-8'],
  // Beside the folder of the page, because the library for browsers needs them as well.
  '/core.js': ['../core.js', 'text/javascript; charset=utf-8'],
  '/causes.js': ['../causes.js', 'text/javascript; charset=utf-8'],
  '/digest.js': ['../digest.js', 'text/javascript; charset=utf-8'],
  '/http2-layer.js': ['../http2-layer.js', 'text/javascript; charset=utf-8'],
  '/lists.js': ['../lists.js', 'text/javascript; charset=utf-8'],
  '/pipeline.js': ['../pipeline.js', 'text/javascript; charset=utf-8'],
  '/recordings.js': ['../recordings.js', 'text/javascript; charset=utf-8'],
  '/text.js': ['../text.js', 'text/javascript; charset=utf-8'],
  '/tls-crypto.js': ['../tls-crypto.js', 'text/javascript; charset=utf-8'],
  '/tls-layer.js': ['../tls-layer.js', 'text/javascript; charset=utf-8'],
  '/door.js': ['door.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
};

/** The document instead of the page where its token is missing, or wrong. */
const DOOR = ['door.html', 'text/html; charset=utf-8'] as const;

/** Only the page's own files, and any WebSocket: connecting elsewhere is its purpose. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The page for users: a few files, read at the first request. Only the document itself needs the token: no file has data. */
export class Page {
  private readonly files = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly read: (name: string) => Promise<Uint8Array>,
    /** Undefined: none is needed. */
    private readonly token?: PageToken,
  ) {}

  /** False: there is no such file. */
  answer(request: IncomingMessage, response: ServerResponse, target: URL): boolean {
    const file = Object.hasOwn(FILES, target.pathname) ? FILES[target.pathname] : undefined;
    if (file === undefined) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      say(response, 405, 'Use GET.');
      return true;
    }
    const isDocument = target.pathname === '/';
    const given = target.searchParams.get('token');
    const isOpen = !isDocument || this.token === undefined || this.token.matches(given);
    const [name, type] = isOpen ? file : DOOR;
    // A browser that returns without a token may have it still: that is no failure.
    const status = isOpen || given === null ? 200 : 403;
    this.file(name).then(
      (bytes) => {
        const caching = isDocument ? 'no-store' : 'no-cache';
        response.writeHead(status, {
          ...HEADERS,
          'Cache-Control': caching,
          'Content-Type': type,
          'Content-Length': bytes.length,
        });
        response.end(request.method === 'HEAD' ? undefined : bytes);
      },
      () => say(response, 500, 'The page is not in this installation.'),
    );
    return true;
  }

  private file(name: string): Promise<Uint8Array> {
    let file = this.files.get(name);
    if (file === undefined) this.files.set(name, (file = this.read(name)));
    return file;
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}
