import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Workshop, wsinspect } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { Client, Refused, Serving } from './serving.js';

/** Every option of `serve` that `--help` lists, each with a test that fails if the option did nothing. */

type Tests = Readonly<Record<string, () => Promise<void>>>;

let shop: Workshop;
const files = { cert: '', key: '' };
beforeAll(() => {
  shop = new Workshop();
  files.cert = `${shop.folder}/cert.pem`;
  files.key = `${shop.folder}/key.pem`;
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync(
    'openssl',
    [...made, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', files.key, '-out', files.cert],
    { stdio: 'ignore' },
  );
});
afterAll(() => shop.remove());

const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
});
async function serve(...args: string[]): Promise<Serving> {
  const serving = await (args.includes('-q') ? Serving.start(...args) : Serving.here('serve', '0', ...args));
  running.push(serving);
  return serving;
}
async function refusedWith(opening: Promise<unknown>): Promise<number> {
  const error: unknown = await opening.then(
    () => new Error('it was let in'),
    (reason: unknown) => reason,
  );
  return error instanceof Refused ? error.status : NaN;
}
/** The built tool, which has the page. */
async function serveBuilt(...args: string[]): Promise<Serving> {
  const serving = await Serving.start(...args);
  running.push(serving);
  return serving;
}

/** One with a clock that stands still until the test lets time pass. */
async function serveHeld(...args: string[]): Promise<Serving> {
  const serving = await Serving.startHeld(...args);
  running.push(serving);
  return serving;
}
/** What a view prints of an echoed text. */
async function shown(text: string | Uint8Array, ...args: string[]): Promise<string> {
  const server = await serve(...args);
  const client = await server.open();
  client.socket.send(text);
  await client.got(1);
  client.socket.close();
  await client.closed;
  await server.stop();
  return server.out;
}

/** A recording of a server that says hi that number of seconds after the handshake. */
function recording(seconds: number): string {
  const start = 1_795_356_000;
  const bytes = (direction: string, time: number, hex: string): object => ({
    ...{ type: 'bytes', connection: 0, direction },
    ...{ time: start + time, hex },
  });
  const opened = { type: 'opened', connection: 0, time: start };
  const all = [opened, bytes('client', 0, '8a8000000000'), bytes('server', seconds, '81026869')];
  return shop.write(`hi-${seconds}.ndjson`, all.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** The records that `decode` reads of a recording of a text that was echoed. */
async function recorded(text: string, ...args: string[]): Promise<string> {
  const file = `${shop.folder}/redacted.ndjson`;
  const server = await serve('--record', file, ...args);
  const client = await server.open();
  client.socket.send(text);
  await client.got(1);
  await server.stop();
  return readFileSync(file, 'utf8') + (await runHere(['decode', file, '--json', '--view', 'messages'])).out;
}

const TESTS: Tests = {
  '--mode': async () => {
    const [sink, broadcast] = await Promise.all([serve('--mode', 'sink'), serve('--mode', 'broadcast')]);
    const mute = await sink.open();
    mute.socket.send('a');
    await sink.until((out) => out.includes('"a"'));
    expect(mute.messages).toEqual([]);
    const [one, two] = await Promise.all([broadcast.open(), broadcast.open()]);
    one.socket.send('to all');
    one.socket.send(Buffer.from([1, 2]));
    expect(await Promise.all([one.got(2), two.got(2)])).toEqual([
      ['to all', '0102'],
      ['to all', '0102'],
    ]);
    const silent = await serve('--mode', 'silent');
    const ignored = await silent.open();
    ignored.socket.send('b');
    await silent.until((out) => out.includes('"b"'));
    expect(ignored.messages).toEqual([]);
    expect((await runHere(['serve', '--mode', 'shout'])).exit).toBe(2);
  },
  '--compare': async () => {
    const { out, exit } = await wsinspect(['serve', '--compare']);
    expect(exit).toBe(0);
    for (const name of ['short polling', 'long polling', 'WebSocket']) expect(out).toContain(name);
    const overhead = [...out.matchAll(/^(.*?) {2,}█.* ([\d,]+) B$|^(WebSocket) .* ([\d,]+) B$/gm)];
    expect(overhead).toHaveLength(3);
    const bytes = Object.fromEntries(
      overhead.map(([, a, b, c, d]) => [(a ?? c)!.trim(), Number((b ?? d)!.replace(',', ''))]),
    );
    expect((await runHere(['serve', '--compare', '--deflate'])).exit).toBe(2);
    expect(bytes['WebSocket']! * 3).toBeLessThan(Math.min(bytes['short polling']!, bytes['long polling']!));
  },
  '--subprotocol': async () => {
    const server = await serve('--subprotocol', 'chat.v2', '--subprotocol', 'chat.v1');
    const opened = await Promise.all([server.open('/', {}, ['chat.v1', 'chat.v2']), server.open('/', {}, ['chat.v1'])]);
    expect(opened.map(({ socket }) => socket.protocol)).toEqual(['chat.v2', 'chat.v1']);
    await expect(server.open('/', {}, ['other'])).rejects.toThrow('no subprotocol');
    await server.until((_, err) => err.includes('browsers fail this: --subprotocol other'));
  },
  '--allow-origin': async () => {
    const server = await serve('--allow-origin', 'https://good.example', '--allow-origin', 'https://also.example');
    await server.open('/', { origin: 'https://good.example' });
    await server.open('/', { origin: 'https://also.example' });
    await server.open('/');
    expect(await refusedWith(server.open('/', { origin: 'https://evil.example' }))).toBe(403);
    expect((await runHere(['serve', '--allow-origin', 'good.example'])).exit).toBe(2);
  },
  '--allow-host': async () => {
    const server = await serveBuilt('--allow-host', 'chat.example', '--allow-host', 'also.example');
    const body = '{"sender":"a","msg":"b"}';
    const posted = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const status = async (host: string, path: string, origin?: string): Promise<number> => {
      const socket = await server.raw();
      const start = `${path === '/send' ? 'POST' : 'GET'} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
      const from = origin === undefined ? '' : `Origin: ${origin}\r\n`;
      socket.write(`${start}${from}${path === '/send' ? posted : '\r\n'}`);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      return Number(answer.slice(9, 12));
    };
    for (const path of ['/', '/poll', '/long-poll?timeout=0', '/send', '/compare.json?']) {
      if (!path.startsWith('/compare')) expect(await status('chat.example', path), path).toBe(200);
      expect(await status('evil.example', path), path).toBe(403);
    }
    expect(await status('also.example:8080', '/poll')).toBe(200);
    const here = `127.0.0.1:${server.port}`;
    expect(await status(here, '/send', `http://${here}`)).toBe(200);
    expect(await status(here, '/send', 'https://chat.example')).toBe(200);
    expect(await status(here, '/send', 'https://evil.example')).toBe(403);
    for (const name of ['chat.example:443', 'https://chat.example', '']) {
      expect((await runHere(['serve', '0', '--allow-host', name])).exit, name).toBe(2);
    }
  },
  '--no-token': async () => {
    const [closed, open] = await Promise.all([serveBuilt('--json'), serveBuilt('--json', '--no-token')]);
    const text = async (server: Serving, path: string): Promise<string> => (await server.http(path)).text();
    const [asked, free] = [closed, open].map(({ records: [first] }) => new URL(String(first!['page'])));
    expect(asked!.searchParams.get('token')).toMatch(/^[\w-]{22,}$/);
    expect(free!.href).toBe(`http://127.0.0.1:${open.port}/`);
    for (const [server, page] of [
      [closed, asked],
      [open, free],
    ] as const) {
      await server.until((_, err) => err.includes(`open ${page!.href} to watch\n`));
      expect(await text(server, page!.pathname + page!.search)).toContain('id="rows"');
    }
    const door = await text(closed, '/');
    expect(door).toContain('--no-token');
    expect(door).not.toContain('id="rows"');
    // Each run has its own.
    const again = await serve('--json');
    expect(String(again.records[0]!['page']).split('token=')[1]).not.toBe(asked!.searchParams.get('token'));
  },
  '--path': async () => {
    const server = await serve('--path', '/only');
    await server.open('/only?query=1');
    expect(await refusedWith(server.open('/other'))).toBe(404);
  },
  '--deflate': async () => {
    const [plain, deflate, parameters] = await Promise.all([
      serve(),
      serve('--deflate'),
      serve('--view', 'annotated', '--deflate=server_max_window_bits=10; server_no_context_takeover'),
    ]);
    const offer = { perMessageDeflate: true };
    const clients = await Promise.all([plain.open('/', offer), deflate.open('/', offer), parameters.open('/', offer)]);
    const [none, yes, some] = clients.map(({ socket }) => socket.extensions);
    expect([none, yes]).toEqual(['', 'permessage-deflate']);
    expect(some).toContain('permessage-deflate');
    clients[1].socket.send('compressed, compressed, compressed');
    expect(await clients[1].got(1)).toEqual(['compressed, compressed, compressed']);
    await deflate.until((out) => out.includes('RSV1'));
    await parameters.until((out) => out.includes('server_no_context_takeover'));
    expect((await runHere(['serve', '--deflate=nonsense'])).exit).toBe(2);
  },
  '--no-deflate': async () => {
    const server = await serve('--deflate', '--no-deflate');
    expect((await server.open('/', { perMessageDeflate: true })).socket.extensions).toBe('');
  },
  '--max-payload': async () => {
    const server = await serve('--max-payload', '1000');
    const client = await server.open();
    client.socket.send('x'.repeat(1000));
    await client.got(1);
    client.socket.send('x'.repeat(1001));
    expect((await client.closed)[0]).toBe(1009);
  },
  '--max-connections': async () => {
    const server = await serve('--max-connections', '2');
    const [first] = await Promise.all([server.open(), server.open()]);
    expect(await refusedWith(server.open())).toBe(503);
    first.socket.close();
    await first.closed;
    await server.until((out) => out.includes('ended'));
    await server.open();
  },
  '--cert': async () => {
    const server = await serve('--cert', files.cert, '--key', files.key);
    expect(server.url).toMatch(/^wss:/);
    const client = await server.open('/', { rejectUnauthorized: false });
    client.socket.send('by TLS');
    expect(await client.got(1)).toEqual(['by TLS']);
    await server.until((out) => out.includes('"by TLS"'));
    expect((await runHere(['serve', '--cert', files.cert])).exit).toBe(2);
    expect((await runHere(['serve', '--cert', 'nowhere.pem', '--key', files.key])).exit).toBe(2);
  },
  '--key': async () => {
    expect((await runHere(['serve', '--key', files.key])).err).toContain('belong together');
    expect((await runHere(['serve', '0', '--cert', files.cert, '--key', files.cert])).exit).toBe(2);
  },
  // What they are for: keys.test.ts.
  '--passphrase': async () => {
    const both = ['--passphrase', 'x', '--passphrase-file', files.key];
    expect((await runHere(['serve', '0', '--cert', files.cert, '--key', files.key, ...both])).exit).toBe(2);
  },
  '--passphrase-file': async () => {
    const none = ['--passphrase-file', '/nonexistent'];
    expect((await runHere(['serve', '0', '--cert', files.cert, '--key', files.key, ...none])).exit).toBe(2);
  },
  '--client-ca': async () => {
    const server = await serve('--cert', files.cert, '--key', files.key, '--client-ca', files.cert);
    const { cert, key } = files;
    const [certificate, secret] = [cert, key].map((path) => execFileSync('cat', [path]));
    const client = await server.open('/', { rejectUnauthorized: false, cert: certificate!, key: secret! });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    const refused = await new Promise<boolean>((resolve) => {
      const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
      socket.on('error', () => resolve(true));
      socket.on('data', () => resolve(false));
      socket.on('close', () => resolve(true));
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
    expect(refused).toBe(true);
    expect((await runHere(['serve', '--client-ca', files.cert])).exit).toBe(2);
  },
  '--replay-keylog': async () => {
    const capture = ['--replay', 'fixtures/captures/tls/t13-aes128gcm.pcap', '--speed', '0'];
    const server = await serve(...capture, '--replay-keylog', 'fixtures/captures/tls/t13-aes128gcm.keys');
    expect(server.url).toMatch(/^ws:/);
    expect((await runHere(['serve', '0', ...capture])).exit).toBe(2);
  },
  '--keylog': async () => {
    const keys = `${shop.folder}/serve.keys`;
    const server = await serve('--cert', files.cert, '--key', files.key, '--keylog', keys);
    await server.open('/', { rejectUnauthorized: false });
    expect(readFileSync(keys, 'latin1')).toMatch(/^SERVER_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/m);
    const same = ['serve', '0', '--cert', files.cert, '--key', files.key, '--keylog', '/nonexistent/keys'];
    expect((await runHere(same)).exit).toBe(2);
  },
  '--oneshot': async () => {
    const server = await serve('--oneshot');
    const client = await server.open();
    expect(await refusedWith(server.open())).toBe(503);
    client.socket.send('once');
    await client.got(1);
    client.socket.close(1000);
    expect(await server.exited()).toBe(0);
    expect(server.out).toContain('"once"');
  },
  '--reject': async () => {
    const server = await serve('--reject', '401');
    expect(await refusedWith(server.open())).toBe(401);
    await server.until((out) => out.includes('401'));
    expect((await runHere(['serve', '--reject', '99'])).exit).toBe(2);
  },
  '--bad-accept': async () => {
    const server = await serve('--bad-accept');
    await expect(server.open()).rejects.toThrow('Invalid Sec-WebSocket-Accept');
    await server.until((out) => out.includes('accept'));
  },
  '--raw-frame': async () => {
    const server = await serve('--raw-frame', '81 03 6f 6e 65', '--raw-frame', '0x8103,74776f');
    expect(await (await server.open()).got(2)).toEqual(['one', 'two']);
    expect((await runHere(['serve', '--raw-frame', 'xyz'])).exit).toBe(2);
  },
  '--delay': async () => {
    const server = await serveHeld('--delay', '150');
    const client = await server.open();
    client.socket.send('a');
    client.socket.send('b');
    for (const echoed of [['a'], ['a', 'b']]) {
      await server.clock.waitsFor(150);
      await server.clock.advance(149);
      // What was written before the answer to a ping has arrived by then.
      client.socket.ping();
      await once(client.socket, 'pong');
      expect(client.messages).toEqual(echoed.slice(0, -1));
      await server.clock.advance(1);
      expect(await client.got(echoed.length)).toEqual(echoed);
    }
  },
  '--close': async () => {
    const server = await serve('--close', '4001:enough');
    const client = await server.open();
    client.socket.send('a');
    expect(await client.closed).toEqual([4001, 'enough']);
    expect(client.messages).toEqual(['a']);
    // What may not be sent is sent nevertheless: it is a fault to test clients with.
    for (const fault of ['1005', '99:x', `1000:${'x'.repeat(124)}`]) {
      const faulty = await serve('--close', fault);
      const victim = await faulty.open();
      victim.socket.send('a');
      expect((await victim.closed)[0]).toBe(1006);
      expect(faulty.hasEnded).toBe(false);
    }
  },
  '--drop': async () => {
    const server = await serve('--drop');
    const client = await server.open();
    client.socket.send('a');
    expect((await client.closed)[0]).toBe(1006);
    await server.stop();
    expect(server.out).toContain('1006 without a close frame  RST by the server');
  },
  '--greet': async () => {
    const server = await serve('--greet', 'welcome', '--greet', '0{"sid":1}', '--raw-frame', '8900', '--json');
    const client = await server.open();
    client.socket.send('hi');
    expect(await client.got(3)).toEqual(['welcome', '0{"sid":1}', 'hi']);
    const again = await server.open();
    expect(await again.got(2)).toEqual(['welcome', '0{"sid":1}']);
    await server.until((out) => out.split('"text":"welcome"').length === 3);
    const names = server.records.filter(({ type, connection }) => type === 'frame' && connection === 0);
    expect(names.slice(0, 3).map(({ direction, name, text, hex }) => [direction, name, text ?? hex])).toEqual([
      ['server', 'ping', ''],
      ['server', 'text', 'welcome'],
      ['server', 'text', '0{"sid":1}'],
    ]);
    expect((await runHere(['serve', '--greet', 'x', '--reject', '403'])).exit).toBe(2);
    const chat = await serve('--greet', 'welcome', '--mode', 'chat');
    expect(await (await chat.open('/ws/ada')).got(1)).toEqual(['welcome']);
  },
  '--auto-reply': async () => {
    const rules = ['--auto-reply', '^2$=3', '--auto-reply', '^who=echo of ='];
    const client = await (await serve(...rules)).open();
    for (const text of ['2', 'who', 'else']) client.socket.send(text);
    client.socket.send(Buffer.from('2'));
    expect(await client.got(4)).toEqual(['3', 'echo of =', 'else', '32']);
    // Whatever the mode does with messages, a reply goes to whoever sent the text.
    for (const mode of ['chat', 'broadcast', 'sink', 'silent']) {
      const server = await serve(...rules, '--mode', mode);
      const [ada, bob] = [await server.open('/ws/ada'), await server.open('/ws/bob')];
      ada.socket.send('2');
      expect(await ada.got(1)).toEqual(['3']);
      bob.socket.send('who');
      expect(await bob.got(1)).toEqual(['echo of =']);
      await server.stop('SIGKILL');
    }
    const { exit, err } = await runHere(['serve', '--auto-reply', '(=x']);
    expect(exit).toBe(2);
    expect(err).toContain('Invalid regular expression: /(/u: Unterminated group');
    expect((await runHere(['serve', '--auto-reply', 'ping'])).err).toContain('It has to be RE=TEXT');
  },
  '--no-auto-pong': async () => {
    const pongs = async (...args: string[]): Promise<number> => {
      const server = await serve(...args);
      const client = await server.open();
      let count = 0;
      client.socket.on('pong', () => count++);
      client.socket.ping();
      client.socket.send('after');
      await client.got(1);
      return count;
    };
    expect(await Promise.all([pongs(), pongs('--no-auto-pong')])).toEqual([1, 0]);
  },
  '--view': async () => {
    const [annotated, messages] = await Promise.all([
      shown('hi', '--view', 'annotated'),
      shown('hi', '--view', 'messages'),
    ]);
    expect(annotated).toContain('1... ....');
    expect(messages).not.toContain('FIN MASK');
    expect(messages).toContain('hi');
  },
  '--app': async () => {
    const call = '{"jsonrpc":"2.0","id":1,"method":"sum"}';
    expect(await shown(call, '--view', 'summary')).toMatch(/→ text +39 FIN MASK json-rpc request sum #1\n/);
    expect(await shown(call, '--view', 'summary', '--app', 'none')).not.toContain('json-rpc');
  },
  '--payload': async () => {
    const sent = Buffer.from('81a16101', 'hex');
    expect(await shown(sent, '--view', 'apps', '--payload', 'msgpack')).toMatch(/→ payload msgpack .*\{"a":1\}\n/);
  },
  '--proto': async () => {
    const proto = ['--proto', 'fixtures/proto/demo.proto', '--proto-type', 'demo.Envelope'];
    const shownAs = await shown(Buffer.from('0807', 'hex'), '--view', 'apps', ...proto);
    expect(shownAs).toMatch(/→ payload protobuf Envelope \{"seq":7\}\n/);
  },
  '--proto-type': async () =>
    expect((await runHere(['serve', '0', '--proto-type', 'A'])).err).toContain('--proto-type needs --proto'),
  '--preview': async () => {
    expect(await shown('abcdefgh', '--preview', '3')).toContain('"abc…');
  },
  '--pretty': async () => {
    expect(await shown('{"a":{"b":1}}', '--pretty', '--view', 'messages')).toMatch(/\n +"b": 1/);
  },
  '--base64': async () => {
    const server = await serve('--json', '--base64');
    const client = await server.open();
    client.socket.send(Buffer.from([255, 254]));
    await server.until((out) => out.includes('"base64":"//4="'));
  },
  '--record': async () => {
    for (const kind of ['pcapng', 'ndjson', 'jsonl', 'har']) {
      const file = `${shop.folder}/serve.${kind}`;
      const server = await serve('--record', file);
      const client = await server.open();
      client.socket.send('kept');
      await client.got(1);
      await server.stop();
      expect((await runHere(['decode', file])).out.match(/"kept"/g), kind).toHaveLength(2);
    }
    const refused = (...args: string[]): Promise<unknown> => runHere(['serve', '0', ...args]);
    const key = shop.write('key.har', '');
    expect(await refused('--record', 'traffic.txt')).toMatchObject({
      exit: 2,
      err: 'wsinspect: --record: traffic.txt has to end with .pcapng, .ndjson (or .jsonl) or .har, which selects the format\n',
    });
    expect(await refused('--record', `${shop.folder}/nowhere/x.har`)).toMatchObject({ exit: 2 });
    expect(await refused('--record', key, '--cert', files.cert, '--key', key)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('is read in the same run') as string,
    });
    expect(await refused('--compare', '--record', `${shop.folder}/x.har`)).toMatchObject({ exit: 2 });
  },
  '--redact': async () => {
    expect(await recorded('{"password":"hunter22"}', '--redact')).toContain('xxxxxxxx');
    expect((await runHere(['serve', '0', '--redact'])).exit).toBe(2);
  },
  '--redact-addresses': async () => {
    expect(await recorded('hi', '--redact-addresses')).not.toContain('"client":"127.0.0.1');
  },
  '--http2': async () => {
    const over = async (...args: string[]): Promise<number | null> => {
      const server = await serve(...args);
      return (await runHere(['connect', server.url, '--http2', '-x', 'hi', '-1'])).exit;
    };
    expect(await over('--http2')).toBe(0);
    expect(await over()).not.toBe(0);
  },
  '--relative-time': async () => {
    expect(await shown('x', '--relative-time')).toMatch(/^ +0\.\d{6} #0 /m);
  },
  '--json': async () => {
    const server = await serve('--json');
    expect(server.records[0]).toMatchObject({ type: 'listening' });
  },
  '--color': async () => {
    expect(await shown('x', '--color', 'always')).toContain('\x1b[');
    expect(await shown('x')).not.toContain('\x1b[');
  },
  '--quiet': async () => {
    const port = (await serve('-q')).port;
    const client = await Client.open(`ws://127.0.0.1:${port}/`);
    client.socket.send('x');
    expect(await client.got(1)).toEqual(['x']);
  },
  // What they do at length is in replay.test.ts.
  '--replay': async () => {
    const client = await (await serve('--replay', recording(0))).open();
    expect(await client.got(1)).toEqual(['hi']);
  },
  '--speed': async () => {
    for (const [args, wait] of [
      [[], 500],
      [['--speed', '2'], 250],
    ] as const) {
      const server = await serveHeld('--replay', recording(0.5), ...args);
      const client = await server.open();
      await server.clock.waitsFor(wait);
      await server.clock.advance(wait - 1);
      client.socket.ping();
      await once(client.socket, 'pong');
      expect(client.messages).toEqual([]);
      await server.clock.advance(1);
      expect(await client.got(1)).toEqual(['hi']);
    }
    const atOnce = await serveHeld('--replay', recording(0.5), '--speed', '0');
    expect(await (await atOnce.open()).got(1)).toEqual(['hi']);
  },
  '--connection': async () => {
    const none = await runHere(['serve', '0', '--replay', recording(0), '--connection', '3']);
    expect(none).toMatchObject({ exit: 2, err: expect.stringContaining('no connection 3 with frames') as string });
    const client = await (await serve('--replay', recording(0), '--connection', '0')).open();
    expect(await client.got(1)).toEqual(['hi']);
  },
  '--verbose': async () => {
    const fields = async (...args: string[]): Promise<boolean> =>
      (await shown('x', '--json', ...args)).includes('"fields":[');
    expect(await Promise.all([fields(), fields('-v')])).toEqual([false, true]);
  },
  '--help': async () => {
    const { exit, out } = await runHere(['serve', '--help']);
    expect(exit).toBe(0);
    expect(out).toContain('Usage: wsinspect serve ');
  },
};

describe('serve', () => {
  it('has a test here for each option that --help lists', async () => {
    const { out } = await runHere(['serve', '--help']);
    const listed = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    expect(listed.toSorted()).toEqual(Object.keys(TESTS).toSorted());
  });

  it.each(Object.keys(TESTS))('%s', (option) => TESTS[option]!());
});
