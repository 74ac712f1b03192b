import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PageToken } from '../../src/live/server/page-token.js';
import { Page } from '../../src/live/server/page.js';

describe('the files of the page', () => {
  const read: string[] = [];
  const page = new Page((name) => {
    read.push(name);
    return name === 'icon.svg' ? Promise.reject(new Error('none')) : Promise.resolve(Buffer.from(`the ${name}`));
  });
  const server = http.createServer((request, response) => {
    if (!page.answer(request, response, new URL(request.url!, 'http://host'))) response.writeHead(404).end();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());

  async function ask(path: string, method = 'GET'): Promise<Response> {
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method });
  }

  it('are read once, at the first request', async () => {
    expect(read).toEqual([]);
    for (let i = 0; i < 3; i++) expect(await (await ask('/app.js')).text()).toBe('the app.js');
    expect(read).toEqual(['app.js']);
  });

  it('are served alone', async () => {
    const { headers } = await ask('/');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    const statuses = ['/nothing', '/../package.json', '/constructor', '/index.html', '/compare.json'].map(
      async (path) => (await ask(path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 404, 404, 404]);
  });

  it('have what they share with the library beside their folder', async () => {
    const response = await ask('/core.js');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await response.text()).toBe('the ../core.js');
  });

  it('are only looked at', async () => {
    const head = await ask('/', 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '14', '']);
    expect((await ask('/', 'POST')).status).toBe(405);
  });

  it('need the token, the document alone', async () => {
    const guarded = new Page((name) => Promise.resolve(Buffer.from(name)), new PageToken('secret'));
    const own = http.createServer((request, response) => {
      guarded.answer(request, response, new URL(request.url!, 'http://host'));
    });
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
    const { port } = own.address() as AddressInfo;
    const answers = ['/', '/?token=secret', '/?token=Secret', '/?token=', '/?token=x&token=secret', '/app.js'].map(
      async (path) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`);
        return [response.status, await response.text()];
      },
    );
    expect(await Promise.all(answers)).toEqual([
      [200, 'door.html'],
      [200, 'index.html'],
      [403, 'door.html'],
      [403, 'door.html'],
      [403, 'door.html'],
      [200, 'app.js'],
    ]);
    const { headers } = await fetch(`http://127.0.0.1:${port}/?token=secret`);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
    own.close();
  });

  it('may be missing in a build', async () => {
    expect((await ask('/icon.svg')).status).toBe(500);
  });
});
