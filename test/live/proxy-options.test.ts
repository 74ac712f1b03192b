import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { records, Workshop, wsinspect } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { bare, closeServers, echo, peer, switching, type Running } from './servers.js';
import { Client, type Refused, Serving } from './serving.js';

/** Every option of `proxy` that `--help` lists, each with a test that fails if the option did nothing. */

const CALL = '{"jsonrpc":"2.0","id":1,"method":"sum"}';

type Tests = Readonly<Record<string, () => Promise<void>>>;

const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
  closeServers();
});
async function proxy(url: string, ...args: string[]): Promise<Serving> {
  // The built tool has the page, of which a report is made.
  const isBuilt = args.includes('--html');
  const serving = await (isBuilt ? Serving.proxy(url, ...args) : Serving.here('proxy', '0', url, ...args));
  running.push(serving);
  return serving;
}

/** One with a clock that stands still until the test lets time pass. */
async function proxyHeld(url: string, ...args: string[]): Promise<Serving> {
  const serving = await Serving.proxyHeld(url, ...args);
  running.push(serving);
  return serving;
}

/** A server that reports what it was asked. */
async function asked(...args: string[]): Promise<string> {
  let head = '';
  const { url } = await bare((one) => {
    head = one.head;
    one.socket.write(switching(one.accept));
  });
  const serving = await proxy(url, ...args);
  const client = await Client.open(serving.url, { origin: 'http://localhost:5173', headers: { 'X-Mine': '1' } });
  client.socket.terminate();
  return head;
}

/** What is printed of texts that are echoed, each after the one before. */
async function shown(
  texts: readonly (string | Uint8Array)[],
  ...args: string[]
): Promise<{ out: string; got: readonly string[] }> {
  const { url } = await echo();
  const serving = await proxy(url, ...args);
  const client = await Client.open(serving.url);
  for (const [i, text] of texts.entries()) {
    client.socket.send(text);
    await client.got(i + 1);
  }
  client.socket.close();
  await client.closed;
  await serving.stop();
  return { out: serving.out, got: client.messages };
}

/** What a client meets whose texts are echoed, with faults between. */
async function met(texts: readonly string[], ...args: string[]): Promise<{ client: Client; serving: Serving }> {
  const { url } = await echo();
  const serving = await proxy(url, '--json', ...args);
  const client = await Client.open(serving.url);
  for (const text of texts) client.socket.send(text);
  return { client, serving };
}
const faults = (serving: Serving): unknown[][] =>
  serving.records
    .filter(({ type }) => type === 'fault')
    .map(({ fault, direction, index, message }) => [fault, direction, index, message]);

const exits = async (...args: string[]): Promise<number | null> =>
  (await runHere(['proxy', '0', 'ws://127.0.0.1:1/', ...args])).exit;

const TESTS: Tests = {
  '--header': async () => {
    const head = await asked('-H', 'X-Mine: 2', '-H', 'X-New: 3', '-H', 'Origin:');
    expect(head).toMatch(/^X-Mine: 2\r$/m);
    expect(head).toMatch(/^X-New: 3\r$/m);
    expect(head).not.toMatch(/^Origin:/im);
    expect(await exits('-H', 'no colon')).toBe(2);
  },
  '--user': async () => {
    expect(await asked('-u', 'Aladdin:open sesame')).toContain('Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n');
  },
  '--origin': async () => {
    expect(await asked('-o', 'https://a.example')).toMatch(/^Origin: https:\/\/a\.example\r$/m);
  },
  '--allow-origin': async () => {
    const { url } = await echo();
    const serving = await proxy(url, '--allow-origin', 'https://good.example');
    const status = async (origin: string): Promise<number> =>
      Client.open(serving.url, { origin }).then(
        () => 101,
        (error: unknown) => (error as Refused).status,
      );
    expect(await status('https://good.example')).toBe(101);
    expect(await status('https://evil.example')).toBe(403);
    expect(await exits('--allow-origin', 'good.example')).toBe(2);
  },
  '--allow-host': async () => {
    const { url } = await echo();
    const serving = await proxy(url, '--allow-host', 'feed.example');
    const status = async (host: string): Promise<number> =>
      Client.open(serving.url, { headers: { Host: host } }).then(
        () => 101,
        (error: unknown) => (error as Refused).status,
      );
    expect(await status('feed.example')).toBe(101);
    expect(await status('evil.example')).toBe(403);
    expect(await exits('--allow-host', 'https://feed.example')).toBe(2);
  },
  '--max-connections': async () => {
    const { url } = await echo();
    const serving = await proxy(url, '--max-connections', '1');
    await Client.open(serving.url);
    const error: unknown = await Client.open(serving.url).catch((reason: unknown) => reason);
    expect((error as Refused).status).toBe(503);
    await serving.until((_, err) => err.includes('--max-connections'));
  },
  '--no-deflate': async () => {
    const { url } = await echo({ perMessageDeflate: true });
    const serving = await proxy(url, '--no-deflate');
    const client = await Client.open(serving.url, { perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
  },
  '--http2': async () => {
    const { url } = await echo();
    const serving = await proxy(url, '--http2=clients');
    const { exit, stdout } = await wsinspect(['connect', serving.url, '--http2', '-x', 'hello']);
    expect([exit, stdout.toString()]).toEqual([0, 'hello\n']);
  },
  '--insecure': async () => withTls('-k', async (opened) => expect(await opened).toBe(101)),
  '--cacert': async () => withTls('--cacert', async (opened) => expect(await opened).toBe(101)),
  '--cert': async () => expect(await exits('--cert', '/nonexistent', '--key', '/nonexistent')).toBe(2),
  '--key': async () => expect(await exits('--key', '/nonexistent')).toBe(2),
  // What they are for: keys.test.ts.
  '--passphrase': async () =>
    expect(
      await exits('--cert', '/dev/null', '--key', '/dev/null', '--passphrase', 'x', '--passphrase-file', '/dev/null'),
    ).toBe(2),
  '--passphrase-file': async () =>
    expect(await exits('--passphrase-file', '/nonexistent', '--cert', '/dev/null', '--key', '/dev/null')).toBe(2),
  '--keylog': async () => {
    const { selfSigned, tlsEcho } = await import('./tls-server.js');
    const shop = new Workshop();
    try {
      const running: Running = await tlsEcho(selfSigned(shop.folder));
      const keys = `${shop.folder}/proxy.keys`;
      expect(await upgraded(`wss://localhost:${running.port}/`, '-k', '--keylog', keys)).toBe(101);
      expect(readFileSync(keys, 'latin1')).toMatch(/^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/m);
    } finally {
      shop.remove();
    }
  },
  '--resolve': async () => {
    const { port } = await echo();
    expect(await upgraded(`ws://nowhere.invalid:${port}/`, '--resolve', `nowhere.invalid:${port}:127.0.0.1`)).toBe(101);
  },
  '--connect-to': async () => {
    const { port } = await echo();
    expect(await upgraded('ws://nowhere.invalid/', '--connect-to', `::127.0.0.1:${port}`)).toBe(101);
  },
  '--unix-socket': async () => {
    const path = `/tmp/wsinspect-proxy-${process.pid}.sock`;
    await bare(({ accept, socket }) => socket.write(switching(accept)), path);
    expect(await upgraded('ws://anything/', '--unix-socket', path)).toBe(101);
  },
  '--proxy': async () => {
    const { httpProxy } = await import('./proxies.js');
    const { url } = await echo();
    const between = await httpProxy();
    expect(await upgraded(url, '--proxy', `http://127.0.0.1:${between.port}`)).toBe(101);
    expect(between.asked).toHaveLength(1);
  },
  '--connect-timeout': async () => {
    const silent = await bare(() => undefined);
    const serving = await proxy(
      'ws://10.255.255.1/',
      '--connect-timeout',
      '0.2',
      '--proxy',
      silent.url.replace('ws', 'http'),
    );
    const answer = await serving.http('/');
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('too long')]);
  },
  '--listen-cert': async () => expect(await exits('--listen-cert', '/nonexistent')).toBe(2),
  '--listen-key': async () => withTls('listen', async (opened) => expect(await opened).toBe(101)),
  '--delay': async () => {
    const { clock, url } = await proxyHeld((await echo()).url, '--delay', '100');
    const opening = Client.open(url);
    // The request, its answer, the message and its echo are held one after the other.
    const steps = ['request', 'answer', 'message', 'echo'];
    let client: Client | undefined;
    for (const step of steps) {
      if (step === 'message') (client = await opening).socket.send('a');
      await clock.waitsFor(100);
      await clock.advance(100);
    }
    expect(await client!.got(1)).toEqual(['a']);
    expect(clock.passed).toBe(400);
  },
  '--throttle': async () => {
    const { clock, url } = await proxyHeld((await echo()).url, '--throttle', '10000');
    const opening = Client.open(url);
    await clock.advanceUntil(opening, 20);
    const client = await opening;
    client.socket.send('x'.repeat(4000));
    // At least 4,000 bytes each way, 10,000 a second; little of it was saved up.
    expect(await clock.advanceUntil(client.got(1), 20)).toBeGreaterThan(700);
  },
  '--drop-after': async () => {
    const { client, serving } = await met(['a', 'b', 'c'], '--drop-after', '4');
    expect(await client.closed).toEqual([1006, '']);
    await serving.until((out) => out.includes('"fault"'));
    expect(faults(serving)).toEqual([
      ['drop', expect.any(String), expect.any(Number), 'both ends are reset after 4 frames'],
    ]);
    expect(await exits('--drop-after', '0')).toBe(2);
  },
  '--close-after': async () => {
    const ends: Promise<unknown>[] = [];
    const { url } = await peer((socket) => {
      socket.on('message', () => socket.send('back'));
      ends.push(new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()]))));
    });
    const serving = await proxy(url, '--close-after', '2:4001:on purpose');
    const client = await Client.open(serving.url);
    client.socket.send('a');
    expect(await client.closed).toEqual([4001, 'on purpose']);
    expect(await ends[0]).toEqual([4001, 'on purpose']);
    await serving.until((out) => out.includes('a close frame with 4001 is sent to both ends after 2 frames'));
    expect(await exits('--close-after', '2:x')).toBe(2);
  },
  '--corrupt': async () => {
    const { client, serving } = await met(['aaaaaaaa'], '--corrupt', '1', '--seed', '1');
    await Promise.race([client.got(1), client.closed]);
    await serving.until((out) => out.includes('"fault"'));
    expect(faults(serving)[0]).toEqual([
      'corrupt',
      'client',
      0,
      expect.stringMatching(/^bit \d of payload byte \d turned over$/),
    ]);
    expect(client.messages).not.toEqual(['aaaaaaaa']);
    expect(await exits('--corrupt', '1.5')).toBe(2);
  },
  '--fragment': async () => {
    const { client, serving } = await met(['fragmented'], '--fragment', '4');
    expect(await client.got(1)).toEqual(['fragmented']);
    await serving.until(() => faults(serving).length === 2);
    expect(faults(serving)).toEqual([
      ['fragment', 'client', 0, 'cut into 3 frames of 4 bytes'],
      ['fragment', 'server', 0, 'cut into 3 frames of 4 bytes'],
    ]);
  },
  '--duplicate': async () => {
    const { client } = await met(['twice'], '--duplicate');
    expect(await client.got(4)).toEqual(['twice', 'twice', 'twice', 'twice']);
  },
  '--seed': async () => {
    const texts = Array.from({ length: 200 }, () => 'abcdefgh');
    const runs = await Promise.all(
      ['3', '3', '4'].map(async (seed) => {
        const { url } = await peer(() => undefined);
        const serving = await proxy(url, '--json', '--corrupt', '0.2', '--seed', seed);
        const client = await Client.open(serving.url);
        for (const text of texts) client.socket.send(text);
        client.socket.close();
        await client.closed;
        await serving.until((out) => out.includes('"connection","'));
        return JSON.stringify(faults(serving));
      }),
    );
    expect(runs[0]!.length).toBeGreaterThan(500);
    expect(runs[1]).toBe(runs[0]);
    expect(runs[2]).not.toBe(runs[0]);
  },
  '--view': async () => expect((await shown(['a'], '--view', 'annotated')).out).toMatch(/opcode .*text/),
  '--app': async () => {
    expect((await shown([CALL], '--view', 'apps')).out).toMatch(/→ json-rpc request sum #1\n/);
    expect((await shown([CALL], '--app', 'none')).out).not.toContain('json-rpc');
  },
  '--payload': async () => {
    const { out } = await shown([Buffer.from('81a16101', 'hex')], '--view', 'apps', '--payload', 'msgpack');
    expect(out).toMatch(/→ payload msgpack .*\{"a":1\}\n/);
  },
  '--proto': async () => {
    const proto = ['--proto', 'fixtures/proto/demo.proto', '--proto-type', 'demo.Envelope'];
    const { out } = await shown([Buffer.from('0807', 'hex')], '--view', 'apps', ...proto);
    expect(out).toMatch(/→ payload protobuf Envelope \{"seq":7\}\n/);
  },
  '--proto-type': async () => {
    const { err } = await runHere(['proxy', '0', 'ws://127.0.0.1:9/', '--proto-type', 'A']);
    expect(err).toContain('--proto-type needs --proto');
  },
  '--app-type': async () => {
    expect((await shown([CALL, 'a'], '--app-type', 'REQUEST')).out).toMatch(/→ text .* json-rpc request/);
    expect((await shown([CALL, 'a'], '--app-type', 'response')).out).not.toContain('text');
  },
  '--app-name': async () => {
    expect((await shown([CALL], '--app-name', '^sum$')).out).toContain('json-rpc request');
    expect((await shown([CALL], '--app-name', '^other$')).out).not.toContain('json-rpc request');
  },
  // An echo is no reply: the call is shown at the end of the connection.
  '--slow': async () => expect((await shown([CALL], '--slow', '0')).out).toMatch(/→ text .* json-rpc request sum/),
  '--preview': async () => {
    const { out } = await shown(['abcdefgh'], '--json', '--preview', '3');
    expect(out).toContain('"text":"abc"');
  },
  '--pretty': async () => expect((await shown(['{"a":1}'], '--view', 'messages', '--pretty')).out).toContain('"a": 1'),
  '--base64': async () => expect((await shown(['a'], '--json', '--base64')).out).toContain('"base64"'),
  '--relative-time': async () => expect((await shown(['a'], '--relative-time')).out).toMatch(/^ +0\.\d+ #0/m),
  '--direction': async () => {
    const { out } = await shown(['a'], '--direction', 'server');
    expect(out).not.toContain(' → text');
    expect(out).toContain(' ← text');
  },
  '--connection': async () => {
    const { url } = await echo();
    const serving = await proxy(url, '--connection', '1');
    for (const text of ['first', 'second']) {
      const client = await Client.open(serving.url);
      client.socket.send(text);
      await client.got(1);
    }
    await serving.stop();
    expect(serving.out).not.toContain('first');
    expect(serving.out).toContain('second');
    const meddling = await proxy(url, '--connection', '1', '--duplicate', '--json');
    for (const text of ['first', 'second']) {
      const client = await Client.open(meddling.url);
      client.socket.send(text);
      await client.got(2);
    }
    await meddling.stop();
    const told = meddling.records.filter(({ type }) => type === 'fault').map(({ connection }) => connection);
    expect(new Set(told)).toEqual(new Set([1]));
  },
  '--client': async () => {
    expect((await shown(['hidden'], '--client', '192.0.2.0/24')).out).not.toContain('hidden');
    expect((await shown(['seen'], '--client', '127.0.0.1')).out).toContain('seen');
  },
  '--server': async () => {
    expect((await shown(['hidden'], '--server', ':1')).out).not.toContain('hidden');
    expect((await shown(['seen'], '--server', '127.0.0.0/8')).out).toContain('seen');
  },
  '--opcode': async () => expect((await shown(['a'], '--opcode', 'close')).out).not.toContain('text'),
  '--grep': async () => {
    const { out } = await shown(['an apple', 'a pear'], '--grep', 'pp');
    expect(out).toContain('apple');
    expect(out).not.toContain('pear');
  },
  '--violations': async () => expect((await shown(['a'], '--violations')).out).not.toContain('"a"'),
  '--from-time': async () => expect((await shown(['a'], '--from-time', '+1000')).out).not.toContain('"a"'),
  '--to-time': async () => expect((await shown(['a'], '--to-time', '978307200')).out).not.toContain('"a"'),
  '--stats': async () => {
    const { out } = await shown(['a'], '--stats');
    expect(out).not.toContain('"a"');
    expect(out).toMatch(/^connection 0/m);
  },
  '--record': async () => {
    const shop = new Workshop();
    try {
      const kinds = ['pcapng', 'ndjson', 'har'].map((ending) => `${shop.folder}/kept.${ending}`);
      for (const file of kinds) {
        await shown(['kept', 'as well'], '--record', file, '--connection', '5');
        const { out } = await runHere(['decode', '-f', file, '--json', '--view', 'messages']);
        const messages = records(out).filter(({ type }) => type === 'message');
        expect(messages.map(({ direction, text }) => [direction, text])).toEqual([
          ['client', 'kept'],
          ['server', 'kept'],
          ['client', 'as well'],
          ['server', 'as well'],
        ]);
      }
    } finally {
      shop.remove();
    }
    expect(await exits('--record', 'kept.txt')).toBe(2);
  },
  '--redact': async () => {
    expect(await recorded('{"password":"hunter22"}', '--redact')).toContain('xxxxxxxx');
    expect(await exits('--redact')).toBe(2);
  },
  '--redact-addresses': async () =>
    expect(await recorded('hi', '--redact-addresses', '--json')).not.toContain('"client":"127.0.0.1'),
  '--html': async () => {
    const shop = new Workshop();
    try {
      const file = `${shop.folder}/report.html`;
      await shown(['kept'], '--html', file);
      expect(readFileSync(file, 'utf8')).toContain('"text":"kept"');
    } finally {
      shop.remove();
    }
  },
  '--page': async () => expect((await proxyErr('--page')).err).toMatch(/^open http:\S+token=[\w-]+ to watch$/m),
  '--no-token': async () =>
    expect((await proxyErr('--page', '--no-token')).err).toMatch(/^open http:[^?\s]+ to watch$/m),
  '--json': async () => expect((await shown(['a'], '--json')).out).toMatch(/^{"type":"listening"/),
  '--color': async () => expect((await shown(['a'], '--color', 'always')).out).toContain('\x1b['),
  '--quiet': async () => {
    const ran = await wsinspect(['proxy', '0', 'ws://127.0.0.1:1/', '-q'], {
      open: true,
      started: (child) => child.kill('SIGINT'),
    });
    expect(ran).toMatchObject({ out: '', err: '', exit: 130 });
  },
  '--verbose': async () => expect((await shown(['a'], '--json', '-v')).out).toContain('"fields"'),
};

/** What `decode` shows of a recording of a text that was echoed. */
async function recorded(text: string, ...args: string[]): Promise<string> {
  const shop = new Workshop();
  try {
    const file = `${shop.folder}/kept.ndjson`;
    await shown([text], '--record', file, ...args.filter((one) => one !== '--json'));
    const more = args.includes('--json') ? ['--json'] : [];
    return (await runHere(['decode', '-f', file, '--view', 'messages', ...more])).out;
  } finally {
    shop.remove();
  }
}

function proxyErr(...args: string[]): Promise<{ err: string }> {
  return wsinspect(['proxy', '0', 'ws://127.0.0.1:1/', ...args], {
    open: true,
    started: (child) => child.stderr!.on('data', () => child.kill('SIGINT')),
  });
}

/** The status that a handshake through the proxy has. */
async function upgraded(url: string, ...args: string[]): Promise<number> {
  const serving = await proxy(url, ...args);
  return Client.open(serving.url).then(
    () => 101,
    (error: { status?: number }) => error.status ?? 0,
  );
}

async function withTls(how: string, then: (opened: Promise<number>) => Promise<void>): Promise<void> {
  const { selfSigned, tlsEcho } = await import('./tls-server.js');
  const shop = new Workshop();
  try {
    const pair = selfSigned(shop.folder);
    const running: Running = await tlsEcho(pair);
    const url = `wss://localhost:${running.port}/`;
    if (how === 'listen') {
      const { url: plain } = await echo();
      const serving = await proxy(plain, '--listen-cert', pair.cert, '--listen-key', pair.key);
      await then(Client.open(serving.url, { rejectUnauthorized: false }).then(() => 101));
      return;
    }
    expect(await upgraded(url)).toBe(502);
    await then(upgraded(url, ...(how === '-k' ? ['-k'] : [how, pair.cert])));
  } finally {
    shop.remove();
  }
}

describe('proxy', () => {
  it('has a test for each option that help lists', async () => {
    const { out } = await runHere(['proxy', '--help']);
    const listed = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== '--help');
    expect(listed.toSorted()).toEqual(Object.keys(TESTS).toSorted());
  });

  it('needs a URL, and one that is one', async () => {
    expect((await runHere(['proxy'])).exit).toBe(2);
    expect(await runHere(['proxy', '9002'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('proxy 9002 wss://') as string,
    });
    expect((await runHere(['proxy', '9002', 'http://a/'])).exit).toBe(2);
    expect((await runHere(['proxy', '99999', 'ws://a/'])).exit).toBe(2);
  });

  it('blames no end for what it changed itself', async () => {
    const cause = async (...more: string[]): Promise<unknown> => {
      const { url } = await peer((socket) => socket.on('message', () => socket.close(1007)));
      const serving = await proxy(url, '--json', ...more);
      const client = await Client.open(serving.url);
      client.socket.send('valid text');
      await client.closed;
      await serving.until((out) => out.includes('"type":"connection"'));
      return serving.records.find(({ type }) => type === 'connection')?.['cause'];
    };
    expect(await cause()).toMatchObject({ code: 'content-refused' });
    expect(await cause('--corrupt', '1', '--seed', '1')).toBeUndefined();
  });

  it.each(Object.keys(TESTS))('%s', (option) => TESTS[option]!());
});
