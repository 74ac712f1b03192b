import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records, Workshop, wsinspect } from '../cli/binary.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import type { Tests } from '../cli/capture-options.js';
import { closeHttp2, echoFrames, http2Peer } from './http2-peers.js';
import { httpProxy } from './proxies.js';
import { bare, closeServers, echo, http, peer, saying, switching, type Running } from './servers.js';
import { selfSigned, tlsEcho, type Pair } from './tls-server.js';

/** Every option that `connect --help` lists, each with a test that fails if the option did nothing. */

let shop: Workshop;
let pair: Pair;
let url: string;
let deflating: Running;
let secure: Running;
/** Answers in capitals. */
let shouting: Running;
beforeAll(async () => {
  shop = new Workshop();
  pair = selfSigned(shop.folder);
  [{ url }, deflating, secure, shouting] = await Promise.all([
    echo(),
    echo({ perMessageDeflate: true }),
    tlsEcho(pair),
    peer((socket) => socket.on('message', (data) => socket.send((data as Buffer).toString().toUpperCase()))),
  ]);
});
afterAll(() => {
  closeHttp2();
  closeServers();
  shop.remove();
});

const connect = (...args: string[]): Promise<RanHere> => runHere(['connect', ...args]);
const hi = (...more: string[]): Promise<RanHere> => connect(url, '-x', 'hi', '-1', ...more);
const OK = { exit: 0, out: 'hi\n', err: '' };
const SECRET = '{"password":"hunter22"}';

/** The request's head, as these options make it. */
async function headWith(...options: string[]): Promise<string> {
  let seen = '';
  const { port } = await bare(({ head, socket }) => {
    seen = head;
    socket.end('HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n');
  });
  expect((await connect(`ws://user:p%20w@127.0.0.1:${port}/`, ...options)).exit).toBe(22);
  return seen;
}

/** What a server is sent after the handshake: by frames of the JSON records. */
async function sentWith(args: readonly string[], stdin?: string): Promise<unknown[]> {
  const { out } = await runHere(['connect', url, '--json', ...args], stdin === undefined ? {} : { stdin });
  return records(out)
    .filter((record) => record['type'] === 'frame' && record['direction'] === 'client' && record['name'] !== 'close')
    .map(({ name, fin, text, hex }) => [name, fin, text ?? hex]);
}

/** A recording of two texts that an echo server answered, 0.4 s from the first to the second. */
function talk(...texts: string[]): string {
  const [first = 'a1', second = 'b2'] = texts;
  const frame = (text: string, mask: string): string =>
    `81${(text.length + (mask === '' ? 0 : 0x80)).toString(16).padStart(2, '0')}${mask}${Buffer.from(text).toString('hex')}`;
  const bytes = (at: number, direction: string, hex: string): object => ({
    ...{ type: 'bytes', connection: 0, direction },
    ...{ time: 1_795_356_000 + at, hex },
  });
  const all = [
    { type: 'opened', connection: 0, time: 1_795_356_000 },
    ...[first, second].flatMap((text, i) => [
      bytes(0.01 + 0.4 * i, 'client', frame(text, '00000000')),
      bytes(0.02 + 0.4 * i, 'server', frame(text, '')),
    ]),
  ];
  return shop.write(`talk-${talks++}.ndjson`, all.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
let talks = 0;

const basic = (login: string): string => `Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`;

const TESTS: Tests = {
  '--connect': async () => {
    for (const option of ['-c', '--connect']) expect(await connect(option, url, '-x', 'hi', '-1')).toMatchObject(OK);
    expect((await connect(url, '-c', url)).exit).toBe(2);
  },
  '--header': async () => {
    const head = await headWith(
      '-H',
      'X-One: 1',
      '--header',
      'x-one:2',
      '-H',
      'User-Agent:',
      '-H',
      'host: other',
      '-H',
      'Origin: null',
    );
    expect(head).toMatch(/\r\nX-One: 1\r\nX-One: 2\r\n/);
    expect(head).not.toMatch(/user-agent/i);
    expect(head).toMatch(/\r\nhost: other\r\n/i);
    expect(head.match(/^host:/gim)).toHaveLength(1);
    for (const wrong of ['no colon', 'a b: c', 'X: a\r\nY: b']) {
      expect((await connect(url, '-H', wrong)).exit).toBe(2);
    }
    // Of "Copy as cURL": passed over, with a note.
    const copied = await connect(url, '-H', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '-x', 'a', '-1');
    expect(copied.exit).toBe(0);
    expect(copied.err).toContain('Sec-WebSocket-Key');
    const asked = await headWith('-H', 'Sec-WebSocket-Protocol: chat, soap');
    expect(asked).toMatch(/Sec-WebSocket-Protocol: chat,\s?soap\r\n/);
  },
  '--user': async () => {
    expect(await headWith()).toContain(basic('user:p w'));
    for (const option of ['-u', '--user', '--auth'])
      expect(await headWith(option, 'me:a:b')).toContain(basic('me:a:b'));
  },
  '--subprotocol': async () => {
    const speaking = await echo({ handleProtocols: (offered) => [...offered].at(-1)! });
    const { exit, out } = await connect(speaking.url, '-s', 'one', '--subprotocol', 'two', '-x', 'hi', '-1', '--json');
    expect(exit).toBe(0);
    expect(records(out)[0]).toMatchObject({ subprotocol: 'two' });
    // None was chosen, which a server may do (RFC 6455 §4.2.2); one that was not offered may not.
    const mute = await echo({ handleProtocols: () => false });
    expect((await connect(mute.url, '-s', 'one', '-x', 'hi', '-1')).exit).toBe(0);
    const other = await echo({ handleProtocols: () => 'other' });
    expect((await connect(other.url, '-s', 'one')).err).toMatch(/response-protocol-offered/);
    expect((await connect(url, '-s', 'one', '-s', 'one')).exit).toBe(2);
    expect((await connect(url, '-s', 'not a token')).exit).toBe(2);
  },
  '--origin': async () => {
    for (const option of ['-o', '--origin'])
      expect(await headWith(option, 'http://a.example')).toContain('\r\nOrigin: http://a.example\r\n');
  },
  '--user-agent': async () => {
    expect(await headWith()).toMatch(/\r\nUser-Agent: wsinspect\/\d/);
    for (const option of ['-A', '--user-agent'])
      expect(await headWith(option, 'me/1')).toContain('\r\nUser-Agent: me/1\r\n');
  },
  '--cookie': async () =>
    expect(await headWith('--cookie', 'a=b', '--cookie', 'c=d')).toContain('\r\nCookie: a=b; c=d\r\n'),
  '--location': async () => {
    const moved = await http((_, response) => {
      response.writeHead(301, { Location: url });
      response.end();
    });
    expect((await connect(moved.url, '-x', 'hi', '-1')).exit).toBe(22);
    for (const option of ['-L', '--location'])
      expect(await connect(moved.url, option, '-x', 'hi', '-1')).toMatchObject(OK);
  },
  '--deflate': async () => {
    const run = async (...more: string[]): Promise<Record<string, unknown>[]> =>
      records((await connect(deflating.url, '-x', 'a'.repeat(100), '-1', '--json', ...more)).out);
    const [plain, small, bits] = await Promise.all([
      run(),
      run('--deflate'),
      run('--deflate=client_max_window_bits=10'),
    ]);
    const first = (all: Record<string, unknown>[]): unknown => all.find(({ name }) => name === 'text');
    expect(first(plain)).toMatchObject({ rsv1: false, payloadLength: 100 });
    expect(first(small)).toMatchObject({ rsv1: true });
    expect(small[0]).toMatchObject({ extensions: ['permessage-deflate'] });
    expect(JSON.stringify(bits[0])).toContain('client_max_window_bits=10');
    expect((await connect(url, '--deflate=nonsense')).exit).toBe(2);
  },
  '--no-deflate': async () => {
    const { out } = await connect(deflating.url, '-x', 'hi', '-1', '--json', '--deflate', '--no-deflate');
    expect(records(out)[0]).toMatchObject({ extensions: [] });
  },
  '--insecure': async () => {
    const at = `wss://127.0.0.1:${secure.port}/`;
    expect((await connect(at, '-x', 'hi', '-1')).exit).toBe(60);
    for (const option of ['-k', '--insecure', '--no-check'])
      expect(await connect(at, '-x', 'hi', '-1', option)).toMatchObject(OK);
  },
  '--cacert': async () => {
    const at = `wss://127.0.0.1:${secure.port}/`;
    for (const option of ['--cacert', '--ca'])
      expect(await connect(at, '-x', 'hi', '-1', option, pair.cert)).toMatchObject(OK);
    expect((await connect(at, '--cacert', '/nonexistent')).exit).toBe(2);
  },
  '--keylog': async () => {
    const file = `${shop.folder}/connect.keys`;
    const at = `wss://127.0.0.1:${secure.port}/`;
    for (let run = 1; run <= 2; run++) {
      expect(await connect(at, '-k', '-x', 'hi', '-1', '--keylog', file)).toMatchObject(OK);
      expect(
        readFileSync(file, 'latin1').match(/^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/gm),
      ).toHaveLength(run);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await connect(at, '-k', '--keylog', '/nonexistent/keys')).exit).toBe(2);
  },
  // With a server that asks for one: connect-transport.test.ts.
  '--cert': async () => expect((await hi('--cert', pair.cert)).exit).toBe(2),
  '--key': async () => expect((await hi('--key', pair.key)).exit).toBe(2),
  // What they are for: keys.test.ts.
  '--passphrase': async () => {
    const both = ['--passphrase', 'x', '--passphrase-file', pair.key];
    expect((await hi('--cert', pair.cert, '--key', pair.key, ...both)).exit).toBe(2);
  },
  '--passphrase-file': async () =>
    expect((await hi('--cert', pair.cert, '--key', pair.key, '--passphrase-file', '/nonexistent')).exit).toBe(2),
  '--resolve': async () => {
    const { port } = new URL(url);
    expect(
      await connect(`ws://a.example:${port}/`, '--resolve', `a.example:${port}:127.0.0.1`, '-x', 'hi', '-1'),
    ).toMatchObject(OK);
  },
  '--connect-to': async () => {
    const to = `a.example:80:127.0.0.1:${new URL(url).port}`;
    expect(await connect('ws://a.example/', '--connect-to', to, '-x', 'hi', '-1')).toMatchObject(OK);
  },
  '--unix-socket': async () =>
    expect((await hi('--unix-socket', '/nonexistent')).err).toContain('/nonexistent: no such socket'),
  '--proxy': async () => {
    const proxy = await httpProxy();
    expect(await hi('--proxy', `http://127.0.0.1:${proxy.port}`)).toMatchObject(OK);
    expect(proxy.asked).toEqual([new URL(url).host]);
  },
  '--connect-timeout': async () => {
    const silent = await bare(() => undefined);
    expect((await connect(silent.url, '--connect-timeout', '.2')).exit).toBe(28);
  },
  '--execute': async () => {
    for (const option of ['-x', '--execute'])
      expect(await sentWith([option, 'a', option, 'b'])).toEqual([
        ['text', true, 'a'],
        ['text', true, 'b'],
      ]);
  },
  '--send-hex': async () => {
    expect(await sentWith(['--send-hex', '00 ff'])).toEqual([['binary', true, '00ff']]);
    expect((await connect(url, '--send-hex', '0')).exit).toBe(2);
  },
  '--send-file': async () => {
    const file = shop.write('text', 'two\nlines\n');
    expect(await sentWith(['--send-file', file])).toEqual([['text', true, 'two\nlines\n']]);
    expect((await connect(url, '--send-file', `${file}.no`)).exit).toBe(2);
  },
  '--ping': async () => {
    expect(await sentWith(['--ping', '--ping=text'])).toEqual([
      ['ping', true, ''],
      ['ping', true, Buffer.from('text').toString('hex')],
    ]);
    expect((await connect(url, `--ping=${'x'.repeat(126)}`)).exit).toBe(2);
  },
  '--close': async () => {
    let tell: (how: string) => void;
    const told = new Promise<string>((resolve) => (tell = resolve));
    const closed = await peer((socket) => socket.on('close', (code, reason) => tell(`${code} ${reason.toString()}`)));
    expect((await connect(closed.url, '--close', '4001:bye')).exit).toBe(0);
    expect(await told).toBe('4001 bye');
    // The server closes by itself while its last reply makes us close.
    const own = await peer((socket) =>
      socket.on('message', (data) => {
        socket.send(data as Buffer, { binary: false });
        socket.close(4000, 'done');
      }),
    );
    expect(await connect(own.url, '-x', 'a')).toMatchObject({ exit: 57, out: 'a\n' });
  },
  '--raw-frame': async () =>
    expect(await sentWith(['--raw-frame', '8182000000006869'])).toEqual([['text', true, 'hi']]),
  '--binary': async () => {
    for (const option of ['-b', '--binary']) expect(await sentWith([option], 'a\n')).toEqual([['binary', true, '61']]);
    // Bytes as they are: not one more.
    expect((await connect(url, '-b', '-x', 'hi', '-1')).out).toBe('hi');
    expect((await connect(url, '--send-hex', '6869', '-1')).out).toBe('6869\n');
  },
  '--null': async () => {
    for (const option of ['-0', '--null'])
      expect(await sentWith([option], 'a\nb\0c')).toEqual([
        ['text', true, 'a\nb'],
        ['text', true, 'c'],
      ]);
  },
  '--terminator': async () => {
    for (const mark of ['1e', '0x1E']) {
      const ended = ['text', true, 'a\x1e'];
      expect(await sentWith(['--terminator', mark, '-x', 'a'])).toEqual([ended]);
      expect(await sentWith(['--terminator', mark], 'a\n')).toEqual([ended]);
    }
    const batched = await peer((socket) => socket.on('message', () => socket.send('one\x1etwo\x1ethree\x1e')));
    const said = await connect(batched.url, '--terminator', '1e', '-x', 'a', '--count', '2');
    expect(said).toMatchObject({ exit: 0, out: 'one\ntwo\n' });
    for (const wrong of ['1', '1e1e', 'xx']) expect((await hi('--terminator', wrong)).exit).toBe(2);
    expect((await hi('--terminator', 'ff')).exit).toBe(2);
    expect(await sentWith(['--terminator', 'ff', '-b', '-x', 'a'])).toEqual([['binary', true, '61ff']]);
  },
  '--fragment': async () => {
    const frames = [
      ['text', false, 'he'],
      ['continuation', false, Buffer.from('ll').toString('hex')],
      ['continuation', true, Buffer.from('o').toString('hex')],
    ];
    expect(await sentWith(['--fragment', '2', '-x', 'hello'])).toEqual(frames);
  },
  '--one': async () => {
    const two = await saying('810161 810162');
    for (const option of ['-1', '--one'])
      expect(await connect(two.url, option, '--no-stdin')).toMatchObject({ exit: 0, out: 'a\n' });
  },
  '--count': async () => {
    const three = await saying('810161 810162 810163');
    expect(await connect(three.url, '--count', '2', '--no-stdin')).toMatchObject({ exit: 0, out: 'a\nb\n' });
  },
  '--expect': async () => {
    const three = await saying('810161 8103f09f98 810462626363'.replace('8103f09f98', '8104f09f9880'));
    expect(await connect(three.url, '--expect', '^bb', '--no-stdin')).toMatchObject({ exit: 0, out: 'a\n😀\nbbcc\n' });
    expect(await connect(three.url, '--expect', '^.$', '--count', '2', '--no-stdin')).toMatchObject({
      exit: 0,
      out: 'a\n😀\n',
    });
    expect((await connect(url, '--expect', '(')).exit).toBe(2);
  },
  '--expect-close': async () => {
    const closing = await peer((socket) => socket.close(4000));
    expect((await connect(closing.url, '--no-stdin', '--expect-close', '4000')).exit).toBe(0);
    expect((await connect(closing.url, '--no-stdin', '--expect-close', '4001')).exit).toBe(57);
  },
  '--wait': async () => {
    /** The server says something when the wait has begun and half of it is over. */
    const late = async (wait: number, ...args: string[]): Promise<RanHere> => {
      let speak = (): void => undefined;
      const server = await peer((socket) => (speak = () => socket.send('late')));
      let heard = (): void => undefined;
      const isHeard = new Promise<void>((resolve) => (heard = resolve));
      return wsinspect(['connect', server.url, ...args], {
        during: () => heard(),
        clock: async (clock) => {
          await clock.waitsFor(wait);
          await clock.advance(wait / 2);
          speak();
          await isHeard;
          await clock.advance(wait / 2);
        },
      });
    };
    for (const option of ['-w', '--wait']) {
      expect(await late(800, '--ping', option, '0.8')).toMatchObject({ exit: 0, out: 'late\n' });
    }
    // There is nothing to send: the wait begins at once.
    expect(await late(100, '--no-stdin', '-w', '0.1')).toMatchObject({ exit: 0, out: 'late\n' });
    expect(await late(700, '--ping', '-w', '-1', '-m', '0.7')).toMatchObject({ exit: 28, out: 'late\n' });
    const silent = await peer(() => undefined);
    expect(await connect(silent.url, '--ping', '-w', '0.1')).toMatchObject({ exit: 0, out: '' });
  },
  '--max-time': async () => {
    for (const option of ['-m', '--max-time']) expect((await connect(url, '--no-stdin', option, '0.2')).exit).toBe(28);
  },
  '--no-stdin': async () => {
    expect(await wsinspect(['connect', url, '--no-stdin', '-m', '0.3'], { stdin: 'not sent\n' })).toMatchObject({
      exit: 28,
      out: '',
    });
  },
  '--view': async () => {
    const [annotated, summary, messages] = await Promise.all(
      ['annotated', 'summary', 'messages'].map((view) => hi('--view', view)),
    );
    expect(annotated!.out).toMatch(/opcode +0x1 +text/);
    expect(summary!.out).toMatch(/→ text +2 FIN MASK "hi"\n/);
    expect(messages!.out).toContain('message 0');
  },
  '--app': async () => {
    const call = (...more: string[]): Promise<RanHere> =>
      connect(url, '-x', '{"jsonrpc":"2.0","id":1,"method":"sum"}', '-1', '--view', 'apps', ...more);
    expect((await call()).out).toMatch(/→ json-rpc request sum #1\n/);
    expect((await call('--app', 'none')).out).not.toContain('json-rpc');
    expect((await call('--app', 'smoke-signals')).exit).toBe(2);
    // The echo of 2 is a ping of Engine.IO.
    expect((await connect(url, '-x', '2', '--count', '2', '--app', 'socket.io')).out).toBe('2\n3\n');
  },
  '--payload': async () => {
    const sent = ['--send-hex', '81a16101', '-1', '--view', 'apps'];
    expect((await connect(url, ...sent, '--payload', 'msgpack')).out).toMatch(/→ payload msgpack .*\{"a":1\}\n/);
    expect((await connect(url, ...sent, '--payload', 'gzip')).exit).toBe(2);
  },
  '--proto': async () => {
    const sent = ['--send-hex', '0807', '-1', '--view', 'apps', '--proto', 'fixtures/proto/demo.proto'];
    const { out } = await connect(url, ...sent, '--proto-type', 'demo.Envelope');
    expect(out).toMatch(/→ payload protobuf Envelope \{"seq":7\}\n/);
    expect((await connect(url, ...sent)).err).toContain('--proto needs --proto-type');
  },
  '--proto-type': async () =>
    expect((await connect(url, '--proto-type', 'A')).err).toContain('--proto-type needs --proto'),
  '--preview': async () =>
    expect(records((await hi('--preview', '1', '--json')).out)[1]).toMatchObject({ text: 'h', payloadLength: 2 }),
  '--record': async () => {
    const file = `${shop.folder}/connect.ndjson`;
    expect(await hi('--record', file)).toMatchObject(OK);
    const { out } = await runHere(['decode', '--view', 'messages', file]);
    expect(out.match(/"hi"/g)).toHaveLength(2);
    expect(await connect(url, '--record', 'x.txt', '-x', 'hi', '-1')).toMatchObject({ exit: 2, out: '' });
    expect(await connect(url, '--send-file', file, '--record', file)).toMatchObject({
      exit: 2,
      err: `wsinspect: --record: ${file} is read in the same run: name another file\n`,
    });
    expect((await runHere(['decode', file])).exit).toBe(0);
    // Bytes as --base64 has them.
    await connect(url, '--send-hex', '00ff', '-1', '--base64', '--json', '--record', file);
    expect(readFileSync(file, 'utf8')).toContain('"base64":"AP8="');
  },
  '--pretty': async () => {
    const { out } = await connect(url, '-x', '{"a":1}', '-1', '--view', 'messages', '--pretty');
    expect(out).toMatch(/\{\n +"a": 1\n +\}/);
  },
  '--base64': async () =>
    expect((await connect(url, '--send-hex', 'fbff', '-1', '--json', '--base64')).out).toContain('"base64":"+/8="'),
  '--relative-time': async () =>
    expect((await hi('--view', 'summary', '--relative-time')).out).toMatch(/^ +0\.\d{6} #0/m),
  '--include': async () => {
    for (const option of ['-i', '--include']) {
      expect((await hi(option)).out).toMatch(/^HTTP\/1\.1 101 Switching Protocols\nUpgrade: websocket\n[^]*\n\nhi\n$/);
    }
  },
  '--timestamps': async () =>
    expect((await hi('--timestamps')).out).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z hi\n$/),
  '--ping-interval': async () => {
    const args = ['connect', url, '--no-stdin', '--ping-interval', '0.05', '-m', '0.5', '--view', 'summary'];
    const { exit, out } = await wsinspect(args, {
      clock: async (clock) => {
        await clock.waitsFor(50);
        await clock.advance(500);
      },
    });
    expect(exit).toBe(28);
    expect(out.match(/ → ping /g)!.length).toBeGreaterThan(8);
  },
  '--ping-timeout': async () => {
    const deaf = await peer(() => undefined, { autoPong: false });
    expect(await connect(deaf.url, '--ping', '--ping-timeout', '0.2')).toMatchObject({
      exit: 28,
      err: expect.stringContaining('--ping-timeout') as string,
    });
  },
  '--heartbeat': async () => {
    const { out, err } = await connect(
      url,
      '--no-stdin',
      '--heartbeat',
      'beat',
      '--ping-interval',
      '0.05',
      '--count',
      '3',
    );
    expect({ out, err }).toEqual({ out: 'beat\nbeat\nbeat\n', err: '' });
  },
  '--auto-reply': async () => {
    const asking = await peer((socket) => {
      const told: string[] = [];
      socket.on('message', (data: Buffer, isBinary) => {
        told.push(`${isBinary ? 'binary ' : ''}${data.toString()}`);
        if (told.length === 2) socket.close(1000, told.join(' '));
      });
      socket.send(Buffer.from('2'));
      for (const text of ['2', '22', '40']) socket.send(text);
    });
    const rules = ['--auto-reply', '^2$=3', '--auto-reply', '^4=connected'];
    const ran = await connect(asking.url, ...rules, '--json');
    const sent = records(ran.out).filter(({ type, direction }) => type === 'frame' && direction === 'client');
    expect(sent.slice(0, 2).map(({ name, text }) => [name, text])).toEqual([
      ['text', '3'],
      ['text', 'connected'],
    ]);
    // Standard input was empty: a client that answers listens.
    expect(await connect(asking.url, ...rules)).toEqual(
      expect.objectContaining({ exit: 0, out: '32\n2\n22\n40\n', err: '' }),
    );
    const why = async (...more: string[]): Promise<unknown> =>
      records((await connect(asking.url, ...rules, ...more, '--json')).out).find(({ name }) => name === 'close')?.[
        'closeReason'
      ];
    expect(await why('--terminator', '1e')).toBe('3\x1e connected\x1e');
    expect(await why('-b')).toBe('binary 3 binary connected');
    expect((await connect(url, '--auto-reply', '[=x')).err).toMatch(/Invalid regular expression.*Unterminated/);
  },
  '--no-auto-pong': async () => {
    const pongs: string[] = [];
    const pinging = await peer((socket) => {
      socket.on('pong', () => pongs.push('pong'));
      socket.ping();
      // What it answers comes in this order.
      socket.close(1000);
    });
    await connect(pinging.url, '--no-stdin', '--no-auto-pong');
    expect(pongs).toEqual([]);
    await connect(pinging.url, '--no-stdin');
    expect(pongs).toEqual(['pong']);
  },
  '--reconnect': async () => {
    let visits = 0;
    const dropping = await bare(({ accept, socket }) => {
      if (visits++ === 0) socket.destroy();
      else socket.end(Buffer.concat([Buffer.from(switching(accept)), Buffer.from('880203e8', 'hex')]));
    });
    expect(await connect(dropping.url, '--no-stdin', '--reconnect')).toMatchObject({
      exit: 0,
      err: expect.stringContaining('(1 of 10)') as string,
    });
  },
  '--redact': async () => {
    const file = `${shop.folder}/redacted.ndjson`;
    expect(await connect(url, '-x', SECRET, '-1', '--record', file, '--redact')).toMatchObject({ exit: 0 });
    const { out } = await runHere(['decode', file, '--view', 'messages']);
    expect(out).toContain('xxxxxxxx');
    expect((await hi('--redact')).exit).toBe(2);
  },
  '--redact-addresses': async () => {
    const file = `${shop.folder}/elsewhere.ndjson`;
    expect((await hi('--record', file, '--redact-addresses')).exit).toBe(0);
    const written = readFileSync(file, 'utf8');
    expect(written).toMatch(/"server":"127\./);
    expect(written).not.toContain('127.0.0.1');
  },
  '--page': async () =>
    expect((await hi('--page')).err).toMatch(/^open http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+ to watch$/m),
  '--no-token': async () =>
    expect((await hi('--page', '--no-token')).err).toMatch(/^open http:\/\/127\.0\.0\.1:\d+\/ to watch$/m),
  '--http2': async () => {
    const { port } = await http2Peer(echoFrames);
    const over = (...args: string[]): Promise<RanHere> => connect(`ws://127.0.0.1:${port}/`, '-x', 'hi', '-1', ...args);
    expect(await over('--http2')).toMatchObject(OK);
    expect((await over()).exit).not.toBe(0);
  },
  '--streams': async () => {
    const { port } = await http2Peer(echoFrames);
    const { out } = await connect(`ws://127.0.0.1:${port}/`, '--http2', '--streams', '2', '-x', 'hi', '-1', '--json');
    const streams = records(out).filter(({ type }) => type === 'handshake');
    expect(streams.map(({ stream }) => stream)).toEqual([1, 3]);
    expect((await hi('--streams', '2')).exit).toBe(2);
  },
  // On a terminal: connect-prompt.test.ts.
  '--no-history': async () => expect(await hi('--no-history')).toMatchObject(OK),
  '--json': async () => {
    const all = records((await hi('--json')).out);
    expect(all.map(({ type }) => type)).toEqual([
      'handshake',
      'frame',
      'frame',
      'frame',
      'frame',
      'connection',
      'summary',
    ]);
    expect(all.at(-1)).toMatchObject({ exit: 0 });
  },
  '--color': async () => {
    const [always, auto] = await Promise.all([hi('--view', 'summary', '--color', 'always'), hi('--view', 'summary')]);
    expect(always.out).toContain('\x1b[');
    expect(auto.out).not.toContain('\x1b');
  },
  '--quiet': async () => {
    for (const option of ['-q', '--quiet']) {
      expect(await hi(option, '--ping')).toMatchObject({ exit: 0, out: '', err: '' });
      expect((await connect('ws://127.0.0.1:1/', option)).err).toMatch(/^wsinspect: /);
    }
  },
  // What they do at length is in replay.test.ts.
  '--replay': async () => expect(await connect(url, '--replay', talk())).toMatchObject({ ...OK, out: 'a1\nb2\n' }),
  '--replay-keylog': async () => {
    const capture = ['--replay', 'fixtures/captures/tls/t13-aes128gcm.pcap', '--speed', '0'];
    const keys = 'fixtures/captures/tls/t13-aes128gcm.keys';
    expect((await connect(url, ...capture)).exit).toBe(2);
    const { exit, out } = await connect(url, ...capture, '--replay-keylog', keys);
    expect(exit).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(11);
    expect((await connect(url, '-x', 'hi', '--replay-keylog', keys)).exit).toBe(2);
  },
  '--speed': async () => {
    for (const [args, pause] of [
      [[], 400],
      [['--speed', '2'], 200],
      [['--speed', '0'], undefined],
    ] as const) {
      const { out } = await wsinspect(['connect', url, '--replay', talk(), ...args], {
        clock: async (clock) => {
          if (pause !== undefined) await clock.waitsFor(pause).then(() => clock.advance(pause + 1));
        },
      });
      expect(out).toBe('a1\nb2\n');
    }
  },
  '--connection': async () => {
    expect((await connect(url, '--replay', talk(), '--connection', '1')).exit).toBe(2);
    expect((await connect(url, '--replay', talk(), '--connection', '0')).out).toBe('a1\nb2\n');
  },
  '--diff': async () => {
    const { exit, out } = await connect(shouting.url, '--replay', talk(), '--diff');
    expect({ exit, out }).toEqual({
      exit: 1,
      out: ['a1', 'b2']
        .map((text, i) => [
          `≠ reply ${i + 1} differs\n    recorded  text 2 B  "${text}"\n`,
          `    received  text 2 B  "${text.toUpperCase()}"\n`,
        ])
        .flat()
        .join(''),
    });
    expect((await connect(url, '--replay', talk(), '--diff')).exit).toBe(0);
  },
  '--ignore': async () => {
    const ignoring = await connect(shouting.url, '--replay', talk(), '--diff', '--ignore', '[a-zA-Z]');
    expect(ignoring).toMatchObject({ exit: 0, out: '' });
  },
  '--ignore-json': async () => {
    const args = ['--replay', talk('{"t":1}', '{"t":2}'), '--diff', '--ignore-json'];
    const runs = [connect(shouting.url, ...args, '$.t', '--ignore-json', '$.T'), connect(shouting.url, ...args, '$.u')];
    expect((await Promise.all(runs)).map(({ exit }) => exit)).toEqual([0, 1]);
  },
  '--verbose': async () => {
    for (const option of ['-v', '--verbose']) {
      expect((await hi(option)).err).toMatch(/^connected to 127\.0\.0\.1:\d+\nclosed with 1000 Normal Closure\n$/);
    }
  },
  '--help': async () => {
    for (const option of ['-h', '--help']) expect((await connect(option)).out).toContain('Usage: wsinspect connect ');
  },
};

describe.concurrent('connect', () => {
  it('has a test here for each option that --help lists', async () => {
    const { out } = await connect('--help');
    const listed = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    expect(listed.length).toBeGreaterThan(40);
    expect(listed.toSorted()).toEqual(Object.keys(TESTS).toSorted());
  });

  it.each(Object.keys(TESTS))('%s', (option) => TESTS[option]!());
});
