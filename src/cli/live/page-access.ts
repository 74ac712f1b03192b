import { createRequire } from 'node:module';
import { Page } from '../../live/server/page.js';
import { TOKEN_BYTES, tokenOf, type PageToken } from '../../live/server/page-token.js';
import type { PageServerOptions } from '../../live/server/page-server.js';
import { fileOf } from '../host/tls-files.js';
import type { Io } from '../host/io.js';

/** Where the build puts the page: next to the command line. A path in the bundle, a URL in the sources. */
const web = createRequire(import.meta.url);

/** What the page has in common with the command line: CommonJS, of which the page needs these names. */
const APPS = { name: '../cli/apps.js', exported: ['openApp', 'payloadPacket'] };

/** A file of the page. */
export async function pageFile(io: Io, name: string): Promise<Uint8Array> {
  const bytes = await fileOf(io, web.resolve(`../web/${name}`));
  return name === APPS.name ? Buffer.from(asModule(Buffer.from(bytes).toString(), APPS.exported)) : bytes;
}

/** The document of the page is written for `app.js`. */
function withScript(name: string, bytes: Uint8Array, script: string): Uint8Array {
  if (name !== 'index.html') return bytes;
  return Buffer.from(Buffer.from(bytes).toString().replace('/app.js', `/${script}`));
}

/** CommonJS that requires nothing, as a module for browsers. */
function asModule(text: string, exported: readonly string[]): string {
  const names = exported.map((name, i) => `${name}:x${i}`).join();
  const given = exported.map((name, i) => `x${i} as ${name}`).join();
  return `const m={};(module=>{${text}\n})(m);const{${names}}=m.exports;export{${given}};`;
}

/** The page of a listener: its files, its token, its address. */
export interface PageAddress {
  /** Undefined: none is needed. */
  readonly token: PageToken | undefined;
  readonly page: PageServerOptions['page'];
  /** Where a browser finds the page of the listener at that URL. */
  url(listening: string): string;
}

/** `script`: of the page of a file, or of live traffic. */
export function pageAccess(io: Io, hasToken: boolean, script: 'app.js' | 'live.js'): PageAddress {
  const token = hasToken ? tokenOf(io.random(TOKEN_BYTES)) : undefined;
  const page = new Page(async (name) => withScript(name, await pageFile(io, name), script), token);
  return {
    token,
    page: (request, response, target) => page.answer(request, response, target),
    url: (listening) => {
      const url = new URL(listening.replace(/^ws/, 'http'));
      // It listens at every address of this machine: the page needs one.
      if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
      if (url.hostname === '[::]') url.hostname = '[::1]';
      if (token) url.searchParams.set('token', token.text);
      return url.href;
    },
  };
}
