import { createServer } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { runHere, type RanHere } from '../cli/in-process.js';
import { Serving } from './serving.js';
import { closeServers, echo, http } from './servers.js';

const running: Serving[] = [];
afterAll(async () => {
  closeServers();
  for (const serving of running) await serving.stop('SIGKILL');
});

const connect = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RanHere> =>
  runHere(['connect', ...args], { env });

describe('a request that a browser copied as cURL', () => {
  /** As Chromium and Firefox write it, but for the URL. */
  const COPIED = {
    Chromium: [
      'Upgrade: websocket',
      'Origin: https://app.example',
      'Cache-Control: no-cache',
      'Pragma: no-cache',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'User-Agent: Mozilla/5.0',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    ],
    Firefox: [
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Extensions: permessage-deflate',
      'Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==',
      'Connection: keep-alive, Upgrade',
      'Upgrade: websocket',
    ],
  };
  const NOTES =
    '-H Sec-WebSocket-Key is passed over: each connection has a fresh key\n' +
    '-H Sec-WebSocket-Extensions is passed over: permessage-deflate is offered with --deflate only\n';
  const options = (copied: readonly string[]): string[] => copied.flatMap((line) => ['-H', line]);

  it.each(Object.entries(COPIED))('of %s works: what is of its own handshake is passed over', async (_, copied) => {
    const { url } = await echo({ perMessageDeflate: true });
    const order = copied.findIndex((line) => line.includes('-Key')) < copied.findIndex((line) => line.includes('-Ext'));
    const notes = order ? NOTES : NOTES.split('\n').slice(0, 2).toReversed().join('\n') + '\n';
    const args = [url, ...options(copied), '-x', 'hi', '-1'];
    expect(await connect(args)).toMatchObject({ exit: 0, out: 'hi\n', err: notes });
    expect(await connect([...args, '-q'])).toMatchObject({ exit: 0, err: '' });
    const { err, out, exit } = await connect([...args, '--deflate']);
    expect({ out, exit }).toEqual({ out: 'hi\n', exit: 0 });
    expect(err).not.toContain('Extensions');
    expect(await runHere(['check', url, '--only', '1.1.1', ...options(copied)])).toMatchObject({
      exit: 0,
      err: expect.stringContaining(notes) as string,
    });
  });

  it('proxy lets the client have its own key', async () => {
    const proxy = await Serving.proxy((await echo()).url, ...options(COPIED.Chromium));
    running.push(proxy);
    const client = await proxy.open();
    client.socket.send('hi');
    expect(await client.got(1)).toEqual(['hi']);
    expect(proxy.err).toContain(NOTES);
  });
});

describe('a proxy of the environment', () => {
  it.each([
    ['http_proxy', 'ws://server.example/', 'http://127.0.0.1:1'],
    ['ALL_PROXY', 'ws://server.example/', 'socks5://127.0.0.1:1'],
    ['HTTPS_PROXY', 'wss://server.example/', '127.0.0.1:1'],
  ])('is named with its variable %s', async (name, url, value) => {
    const { exit, err } = await connect([url, '-x', 'hi'], { [name]: value });
    expect(exit).toBe(7);
    expect(err).toContain(`wsinspect: the proxy 127.0.0.1:1 (from ${name}): connection refused\n`);
    expect((await connect([url, '--proxy', value])).err).toContain('the proxy 127.0.0.1:1: connection refused\n');
  });

  it('is named where it refuses', async () => {
    const refusing = createServer();
    refusing.on('connect', (_, socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'));
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const { port } = refusing.address() as { port: number };
    const { err } = await connect(['wss://server.example/'], { https_proxy: `http://127.0.0.1:${port}` });
    refusing.close();
    expect(err).toContain('the proxy answers HTTP/1.1 407 No (from https_proxy)\n');
  });
});

describe('an address with a zone', () => {
  it.each<[string, (port: number) => string[]]>([
    ['in a URL', (port) => [`ws://[::1%25lo]:${port}/`]],
    ['in a URL, with % alone', (port) => [`ws://[::1%lo]:${port}/`]],
    ['in --connect-to', (port) => [`ws://[::1]:${port}/`, '--connect-to', `::[::1%25lo]:${port}`]],
    ['in --connect-to, with % alone', (port) => [`ws://[::1]:${port}/`, '--connect-to', `[::1]::[::1%lo]:`]],
    ['in --resolve', (port) => [`ws://[::1]:${port}/`, '--resolve', `[::1]:${port}:[::1%lo]`]],
  ])('%s is used, and it is not sent to the server', async (_, args) => {
    const hosts: (string | undefined)[] = [];
    const server = createServer();
    new WebSocketServer({ server }).on('connection', (socket, request) => {
      hosts.push(request.headers.host);
      socket.on('message', (data) => socket.send((data as Buffer).toString()));
    });
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    const { port } = server.address() as { port: number };
    const ran = await connect([...args(port), '-x', 'hi', '-1']);
    server.close();
    expect(ran).toMatchObject({ exit: 0, out: 'hi\n', err: '' });
    expect(hosts).toEqual([`[::1]:${port}`]);
  });

  it('that no interface has is an address that is not reached', async () => {
    const { exit, err } = await connect(['ws://[fe80::1%25nowhere]:9/', '-x', 'hi']);
    expect([6, 7]).toContain(exit);
    expect(err).toContain('[fe80::1%nowhere]:9: ');
  });
});

describe('--connect-to', () => {
  it.each([
    ['a line end', 'a:1:b\r\nX-Evil: 1:2'],
    ['a control character', 'a:1:b\x1b:2'],
    ['a blank', 'a:1:b c:2'],
    ['a path', 'a:1:b/c:2'],
    ['a port that is none', 'a:1:b:99999'],
    ['a line end in brackets', 'a:1:[::1\r\n]:2'],
  ])('%s in it is a usage error', async (_, value) => {
    const { exit, err } = await connect(['ws://a:1/', '--connect-to', value]);
    expect(exit).toBe(2);
    expect(err).toMatch(/^wsinspect: --connect-to /);
  });
});

describe('CONNECT', () => {
  it.each<[string, () => Promise<Serving>]>([
    ['proxy', async () => Serving.proxy((await http((_, response) => response.end())).url)],
    ['serve', () => Serving.start()],
    ['check --listen', () => Serving.testing()],
  ])('%s answers it with 405 and a sentence', async (_, start) => {
    const serving = await start();
    running.push(serving);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connectTcp(serving.port, '127.0.0.1', () =>
        socket.write('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n'),
      );
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 405 Method Not Allowed\r\n/);
    expect(answer).toMatch(/^Allow: GET\r$/m);
    expect(answer).toContain('this is no forward proxy');
    await serving.until((_out, err) => err.includes('refused with 405: CONNECT asks for a tunnel'));
  });
});
