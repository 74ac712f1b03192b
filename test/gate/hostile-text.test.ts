import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { records, ROOT, Workshop, wsinspect, type Ran } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { bare, closeServers, http, switching } from '../live/servers.js';
import { Serving } from '../live/serving.js';
import { tlsEcho } from '../live/tls-server.js';
import { expectHarmless, NASTY, NASTY_HEADER, NASTY_LINES } from './hostile-text.js';

const shop = new Workshop();
afterAll(() => shop.remove());
afterEach(closeServers);

/** Of a terminal; undefined: of a pipe. */
const WIDTHS = [undefined, 40, 60, 100, 200];
const env = { NO_COLOR: '1' };
const VIEWS = [
  ['--view', 'summary'],
  ['--view', 'annotated'],
  ['--view', 'annotated', '--pretty'],
  ['--view', 'messages'],
  ['--view', 'messages', '--pretty'],
  ['--json', '-v'],
  ['--view', 'summary', '--preview', 'all'],
];

const text = (payload: string | Uint8Array, key?: number): Buffer =>
  Buffer.from(
    encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: Buffer.from(payload), ...(key !== undefined && { key }) }),
  );
const close = (reason: string): Buffer =>
  Buffer.from(
    encodeFrame({
      fin: true,
      rsv: 0,
      opcode: 8,
      payload: Buffer.concat([Buffer.from([3, 232]), Buffer.from(reason).subarray(0, 120)]),
    }),
  );
const PAYLOADS = [
  NASTY,
  NASTY_LINES,
  JSON.stringify({ [NASTY]: NASTY_LINES, list: ['::error::x'] }),
  `::error::${'x '.repeat(60)}`,
  '\u00a0::error::x \u3000::error::y '.repeat(20),
];
const FRAMES = Buffer.concat([
  ...PAYLOADS.map((payload) => text(payload)),
  close('::error::bye ##[x] \u009b\u202e\u0378'),
]);
const HEADS = Buffer.concat([
  Buffer.from('GET /'),
  Buffer.from('%3a?'),
  NASTY_HEADER,
  Buffer.from(' HTTP/1.1\r\nHost: a\r\n'),
  Buffer.from('X-A: '),
  NASTY_HEADER,
  Buffer.from('\r\n::error::x: y\r\nSec-WebSocket-Protocol: '),
  NASTY_HEADER,
  Buffer.from('\r\n\r\n'),
  Buffer.from('HTTP/1.1 101 '),
  NASTY_HEADER,
  Buffer.from('\r\nUpgrade: '),
  NASTY_HEADER,
  Buffer.from('\r\nSec-WebSocket-Extensions: '),
  NASTY_HEADER,
  Buffer.from('\r\n\r\n'),
]);

function expectBoth({ out, err }: Pick<Ran, 'out' | 'err'>): void {
  expect(out + err).not.toBe('');
  expectHarmless(out, 'stdout');
  expectHarmless(err, 'stderr');
}

describe('decode', () => {
  it.each(VIEWS)('frames %s %s %s', async (...view) => {
    for (const columns of WIDTHS) {
      expectBoth(await runHere(['decode', '--from', 'binary', ...view], { stdin: FRAMES, columns, env }));
    }
  });

  it.each(VIEWS)('heads %s %s %s', async (...view) => {
    for (const columns of WIDTHS) {
      const stdin = Buffer.concat([HEADS, FRAMES]);
      expectBoth(await runHere(['decode', '--from', 'binary', ...view], { stdin, columns, env }));
    }
  });

  it('files of that name, given twice', async () => {
    const path = shop.write('::error::##[x]\u202e\n::error::y.bin', FRAMES);
    expectBoth(await runHere(['decode', '-v', '--from', 'binary', '-f', path, '-f', path]));
    expectBoth(await runHere(['decode', '-v', '-f', path]));
    const folder = path.slice(0, path.lastIndexOf('/'));
    const name = path.slice(folder.length + 1);
    process.chdir(folder);
    expectBoth(await runHere(['decode', '-v', '--from', 'binary', '-f', name]));
    process.chdir(ROOT);
  });

  it('names of files and arguments', async () => {
    for (const argument of [NASTY_LINES, `::error::${NASTY}`]) {
      expectBoth(await runHere(['decode', argument]));
      expectBoth(await runHere(['decode', '-f', argument]));
      expectBoth(await runHere(['decode', '--view', argument]));
      expectBoth(await runHere(['decode', `--${argument}`]));
      expectBoth(await runHere([argument]));
      expectBoth(await runHere(['help', argument]));
      expectBoth(await runHere(['decode', '--json', '--grep', `(${argument}`, '8100']));
    }
  });
});

describe('accept and encode', () => {
  it('keys, values and heads', async () => {
    expectBoth(await runHere(['accept', NASTY_LINES]));
    expectBoth(await runHere(['accept', NASTY_LINES, '--lenient', '--explain']));
    expectBoth(await runHere(['accept', 'dGhlIHNhbXBsZSBub25jZQ==', '--verify', NASTY_LINES]));
    for (const columns of WIDTHS)
      expectBoth(await runHere(['accept', '--handshake', '-v'], { stdin: HEADS, columns, env }));
    expectBoth(await runHere(['accept', '--handshake', '--json'], { stdin: HEADS }));
    expectBoth(await runHere(['encode', '--close', `1000:${NASTY_LINES}`, '--explain']));
    expectBoth(await runHere(['encode', NASTY_LINES, '--explain']));
    expectBoth(await runHere(['encode', 'x', '--deflate', NASTY_LINES]));
    expectBoth(await runHere(['encode', '--hex', NASTY_LINES]));
  });
});

describe('connect', () => {
  it.each([[], ['--json'], ['-v'], ['-i']])('a refusal %s', async (...options) => {
    const { url } = await bare(({ socket }) => {
      socket.end(
        Buffer.concat([
          Buffer.from('HTTP/1.1 403 '),
          NASTY_HEADER,
          Buffer.from('\r\nX-A: '),
          NASTY_HEADER,
          Buffer.from('\r\nConnection: close\r\n\r\n'),
          Buffer.from(NASTY_LINES),
          Buffer.from([0x9b, 0xff, 0x0a]),
        ]),
      );
    });
    const run = await runHere(['connect', url, '--no-stdin', ...options]);
    expect([4, 22, 56]).toContain(run.exit);
    expectBoth(run);
  });

  it('the lines of a body are marked as the peer’s', async () => {
    const { url } = await http((_, response) => {
      response.writeHead(403);
      response.end('no entry\n::error::x\n');
    });
    const { err, exit } = await runHere(['connect', url, '--no-stdin']);
    expect(exit).toBe(22);
    expect(err).toMatch(/^│ no entry\n│ ::error::x$/m);
  });

  it.each(VIEWS)('messages %s %s %s', async (...view) => {
    const { url } = await bare(({ accept, socket }) => {
      socket.end(Buffer.concat([Buffer.from(switching(accept, 'X-A: \u009b\u202e::error')), FRAMES]));
    });
    expectBoth(await runHere(['connect', url, '--no-stdin', '-i', '-v', ...view]));
  });

  it('a handshake that is none', async () => {
    const { url } = await bare(({ socket }) =>
      socket.end(
        Buffer.concat([
          Buffer.from('HTTP/1.1 101 x\r\nUpgrade: '),
          NASTY_HEADER,
          Buffer.from('\r\nSec-WebSocket-Accept: '),
          NASTY_HEADER,
          Buffer.from('\r\n\r\n'),
        ]),
      ),
    );
    expectBoth(await runHere(['connect', url, '--no-stdin']));
    expectBoth(await runHere(['connect', url, '--no-stdin', '--json']));
  });

  it('the status line of a proxy', async () => {
    const proxy = await bare(({ socket }) =>
      socket.end(Buffer.concat([Buffer.from('HTTP/1.1 407 '), NASTY_HEADER, Buffer.from('\r\n\r\n')])),
    );
    const run = await runHere([
      'connect',
      'ws://example.invalid/',
      '--no-stdin',
      '--proxy',
      `http://127.0.0.1:${new URL(proxy.url).port}`,
    ]);
    expectBoth(run);
    expect(run.err).toContain('407');
  });

  it('the names in a certificate', async () => {
    const pair = { cert: `${shop.folder}/n-cert.pem`, key: `${shop.folder}/n-key.pem` };
    const config = shop.write(
      'openssl.cnf',
      '[req]\ndistinguished_name=d\nx509_extensions=v\nprompt=no\n[d]\nCN=x\n[v]\nsubjectAltName=@a\n' +
        '[a]\nDNS.1="::error::\u001b[31m"\nDNS.2="\\#\\#[error]y"\n',
    );
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-keyout', pair.key, '-out', pair.cert, '-config', config],
      ],
      { stdio: 'ignore' },
    );
    const { url } = await tlsEcho(pair);
    const run = await runHere(['connect', url.replace(/^ws:/, 'wss:'), '--no-stdin', '--cacert', pair.cert]);
    expect(run.exit).toBe(60);
    expectBoth(run);
    expectBoth(
      await runHere([
        'connect',
        url.replace(/^ws:/, 'wss:'),
        '--no-stdin',
        '-k',
        '-v',
        '-x',
        'a',
        '-1',
        '--cacert',
        pair.cert,
      ]),
    );
  });

  it('arguments', async () => {
    expectBoth(await runHere(['connect', NASTY_LINES]));
    expectBoth(await runHere(['connect', 'ws://127.0.0.1:1/', '-H', NASTY_LINES]));
    expectBoth(await runHere(['connect', 'ws://127.0.0.1:1/', '--record', `${NASTY_LINES}.txt`]));
  });
});

describe('serve and proxy', () => {
  const asks = (path: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from('GET /'),
      path,
      Buffer.from(' HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'),
      Buffer.from('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-A: '),
      NASTY_HEADER,
      Buffer.from('\r\n\r\n'),
    ]);

  it.each([['summary'], ['annotated'], ['messages']])('serve --view %s', async (view) => {
    const serving = await Serving.start('-v', '--view', view, '--mode', 'sink');
    for (const head of [asks(Buffer.from('x')), asks(NASTY_HEADER)]) {
      const socket = await serving.raw();
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.resume();
      const key = 0x01020304;
      socket.end(Buffer.concat([head, ...PAYLOADS.map((payload) => text(payload, key))]));
      await closed;
    }
    await serving.stop();
    expectBoth(serving);
  });

  it('proxy: what both sides say, and why a connection failed', async () => {
    const { url } = await bare(({ accept, socket }) => {
      socket.end(Buffer.concat([Buffer.from(switching(accept, 'X-A: \u009b::error ##[x]')), FRAMES]));
    });
    const serving = await Serving.proxy(url, '-v', '--view', 'messages');
    const socket = await serving.raw();
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.resume();
    socket.write(asks(Buffer.from('x')));
    await closed;
    await serving.stop();
    expectBoth(serving);
  });
});

describe('check', () => {
  const nastyServer = (): ReturnType<typeof bare> =>
    bare(({ accept, socket }) => {
      socket.end(
        Buffer.concat([
          Buffer.from(switching(accept)).subarray(0, -2),
          Buffer.from('Server: '),
          NASTY_HEADER,
          Buffer.from('\r\n\r\n'),
          text(NASTY_LINES),
          close('::error'),
        ]),
      );
    });

  it.each<string[]>([[], ['-v'], ['--tap'], ['--json'], ['--github', '--json'], ['--tap', '--echo', 'yes']])(
    'a server with %s %s %s',
    async (...options) => {
      const { url } = await nastyServer();
      const run = await runHere(['check', url, '--only', '1.1.1,5.1', ...options]);
      if (!options.includes('--github')) return expectBoth(run);
      expectHarmless(run.out);
      // Commands on purpose, their data in GitHub's own spelling.
      expectHarmless(run.err.replace(/^::(?:error|notice) title=[^:\n]*::/gm, 'command: '));
      expect(run.err).toMatch(/^::notice title=/m);
    },
  );

  it('a server that refuses, and names of files', async () => {
    const { url } = await bare(({ socket }) =>
      socket.end(Buffer.concat([Buffer.from('HTTP/1.1 500 '), NASTY_HEADER, Buffer.from('\r\n\r\n')])),
    );
    expectBoth(await runHere(['check', url]));
    expectBoth(await runHere(['check', url, '--tap']));
    expectBoth(await runHere(['check', '--spec', NASTY_LINES]));
    expectBoth(await runHere(['check', url, '--only', NASTY_LINES]));
    expectBoth(await runHere(['check', '--list', '--only', '1.*']));
  });

  it('what a specification and results say', async () => {
    const { url } = await nastyServer();
    const spec = shop.write(
      'spec.json',
      JSON.stringify({
        servers: [{ agent: NASTY_LINES, url, [NASTY_LINES]: 1 }],
        cases: ['1.1.1'],
        'exclude-cases': [],
        [NASTY_LINES]: {},
        outdir: shop.folder,
      }),
    );
    expectBoth(await runHere(['check', '--spec', spec]));
    const results = shop.write(
      'results.json',
      JSON.stringify({ [NASTY_LINES]: { [NASTY]: { behavior: NASTY_LINES, behaviorClose: NASTY } } }),
    );
    expectBoth(await runHere(['check', url, '--only', '1.1.1', '--expect', results]));
    expectBoth(await runHere(['check', '--compare', results, results.replace('results', 'spec')]));
  });

  it('the name of an agent', async () => {
    const serving = await wsinspect(['check', '--listen', '0', '--only', '1.1.1', '--json'], {
      during: (child, printed) => {
        const [, port] = /"port":(\d+)/.exec(printed) ?? [];
        if (port === undefined || child.killed) return;
        const agent = encodeURIComponent(NASTY_LINES);
        const socket = new WebSocket(`ws://127.0.0.1:${port}/runCase?case=1&agent=${agent}`);
        socket.on('error', () => undefined);
        socket.on('close', () => child.kill('SIGINT'));
        socket.on('message', () => socket.close());
      },
    });
    expectHarmless(serving.out);
    expectHarmless(serving.err);
    expect(records(serving.out).length).toBeGreaterThan(0);
  });
});
