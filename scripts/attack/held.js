// What held in the review, and has to go on holding.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createServer as createTls } from 'node:tls';
import { ask, Bare, frame, latin, masked, say, server, switching, takeFrame, upgrade } from './peers.js';
import { certificate } from './terminal.js';
import { judgeRun, listen, run } from './target.js';

/** Names and issuers are verified unless `-k` says otherwise; nothing of the request is sent before. */
async function tls(attempt) {
  const good = certificate(attempt, 'good', [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ]);
  const other = certificate(attempt, 'other', ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:other.test']);
  let heads = 0;
  const serve = ({ cert, key }) =>
    server(attempt, (socket, head) => (heads++, socket.end(switching(head))), { create: createTls, cert, key });
  const [goodPort, otherPort] = [await serve(good), await serve(other)];
  for (const [port, options, wanted] of [
    [goodPort, [], 60],
    [goodPort, ['--cacert', other.path], 60],
    [otherPort, ['--cacert', other.path], 60],
    [goodPort, ['--cacert', good.path], 0],
    [otherPort, ['-k'], 0],
  ]) {
    for (const command of [
      ['connect', `wss://localhost:${port}/`, '-w', '0.2', '-x', 'a', '-H', 'X: secret'],
      ['check', `wss://localhost:${port}/`, '--only', '1.1.1'],
    ]) {
      heads = 0;
      const target = await run([...command, '--resolve', `localhost:${port}:127.0.0.1`, ...options], { seconds: 20 });
      judgeRun(attempt, target);
      if (wanted === 60) {
        attempt.hold(target.exit === 60, `exit ${target.exit}, not 60`, target.line);
        attempt.hold(heads === 0, 'a request is sent before the certificate is verified', target.line);
      } else
        attempt.hold(target.exit !== 60 && heads > 0, `exit ${target.exit}: ${target.err.slice(0, 200)}`, target.line);
    }
  }
  // `proxy` verifies its upstream.
  heads = 0;
  const proxy = await listen(attempt, ['proxy', '0', `wss://localhost:${otherPort}/`, '--cacert', other.path]);
  const { status } = await ask(proxy.port, upgrade(proxy.port));
  attempt.hold(status !== 101 && heads === 0, `proxy passes on to a server of another name: ${status}`, proxy.line);
}

/** The page may not be framed, and runs nothing but its own. */
async function page(attempt) {
  const serve = await listen(attempt, ['serve', '0']);
  for (let i = 0; i < 20 && !serve.err.includes('token='); i++)
    await new Promise((resolve) => globalThis.setTimeout(resolve, 25));
  const token = /\?token=[\w~.-]+/.exec(serve.err)?.[0] ?? '';
  let { text } = await ask(
    serve.port,
    latin([`GET /${token} HTTP/1.1`, `Host: 127.0.0.1:${serve.port}`, 'Connection: close']),
  );
  const [, cookie] = /^set-cookie: ([^;\r]*)/im.exec(text) ?? [];
  const [, location] = /^location: (\S+)/im.exec(text) ?? [];
  if (location)
    ({ text } = await ask(
      serve.port,
      latin([
        `GET ${location.replace(/^https?:\/\/[^/]+/, '')} HTTP/1.1`,
        `Host: 127.0.0.1:${serve.port}`,
        ...(cookie ? [`Cookie: ${cookie}`] : []),
        'Connection: close',
      ]),
    ));
  const head = text.split('\r\n\r\n')[0];
  attempt.hold(
    /^content-security-policy: (?!.*unsafe).*(?:default-src 'none'|default-src 'self'|script-src 'self')/im.test(head),
    `the page's policy: ${head.slice(0, 400)}`,
    serve.line,
  );
  attempt.hold(
    /frame-ancestors 'none'/.test(head) || /^x-frame-options: deny/im.test(head),
    'the page can be framed',
    serve.line,
  );
  attempt.hold(/^x-content-type-options: nosniff/im.test(head), 'the page has no nosniff', serve.line);
  if (cookie)
    attempt.hold(
      /^set-cookie: .*httponly/im.test(text + head) && /samesite=strict/i.test(text + head),
      'the cookie of the page is open to scripts or sites',
      serve.line,
    );
  attempt.hold(
    /^referrer-policy: (?:no-referrer|same-origin)/im.test(head) || !token,
    'the token in the address may be sent to others as Referer',
    serve.line,
  );
  attempt.hold(
    /^cache-control: .*no-store/im.test(head) || !token,
    'the page with its token may be kept by caches',
    serve.line,
  );
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/app.js/../../cli/main.js',
    '//etc/passwd',
    '/%00',
    '/%zz',
    '/web/../../package.json',
  ]) {
    const { status, text: answer } = await ask(
      serve.port,
      latin([`GET ${path}${token} HTTP/1.1`, `Host: 127.0.0.1:${serve.port}`, 'Connection: close']),
    );
    attempt.hold(
      status >= 400 || !/"name": "wsinspect"|root:|processIo/.test(answer),
      `${path} gives a file: ${status}`,
      serve.line,
    );
  }
}

/** Bytes after a request for an upgrade are the upgraded connection's: they pass as they are, with nothing added. */
const AFTER_UPGRADE = 'after an upgrade that is refused';

/** Requests that two readers take for different things: what the upstream takes for a request was judged as one. */
async function smuggling(attempt) {
  const seen = [];
  // A server as they are: what it takes for a request is one.
  const http = createServer((request, response) => {
    seen.push(request);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  attempt.atEnd(() => http.close());
  const upstream = http.address().port;
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: evil.test\r\n\r\n';
  const shapes = {
    'CL and TE': (host) => `POST / HTTP/1.1\r\n${host}Content-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'two CL': (host) => `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    'CL with a sign': (host) => `POST / HTTP/1.1\r\n${host}Content-Length: +0\r\n\r\n${smuggled}`,
    'CL as a list': (host) => `POST / HTTP/1.1\r\n${host}Content-Length: 0, ${smuggled.length}\r\n\r\n${smuggled}`,
    'TE that is not chunked': (host) => `POST / HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n${smuggled}`,
    'TE chunked, identity': (host) => `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    'TE with a tab': (host) => `POST / HTTP/1.1\r\n${host}Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n${smuggled}`,
    'TE with a blank before the colon': (host) => `POST / HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n${smuggled}`,
    'obs-fold': (host) => `POST / HTTP/1.1\r\n${host}X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n${smuggled}`,
    'a bare CR': (host) => `GET / HTTP/1.1\r\n${host}X: a\rTransfer-Encoding: chunked\r\n\r\n${smuggled}`,
    'a bare LF': (host) => `GET / HTTP/1.1\r\n${host}X: a\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    'NUL in a header': (host) => `GET / HTTP/1.1\r\n${host}X: a\0b\r\n\r\n${smuggled}`,
    'a chunk extension with LF': (host) => `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n${smuggled}`,
    'a huge chunk size': (host) => `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff0\r\n${smuggled}`,
    'a negative chunk size': (host) => `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n${smuggled}`,
    pipelined: (host) => `GET /first HTTP/1.1\r\n${host}\r\n${smuggled}`,
    [AFTER_UPGRADE]: (host, port) => `${upgrade(port).toString('latin1')}${smuggled}`,
    'GET with a body': (host) => `GET / HTTP/1.1\r\n${host}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  }; // prettier-ignore
  const proxy = await listen(attempt, [
    'proxy',
    '0',
    `ws://127.0.0.1:${upstream}/`,
    '-H',
    'Authorization: Bearer lent',
  ]);
  for (const [name, shape] of Object.entries(shapes)) {
    seen.length = 0;
    const host = `Host: 127.0.0.1:${proxy.port}\r\n`;
    const bare = say(attempt, proxy.port, Buffer.from(shape(host, proxy.port), 'latin1'));
    await bare.until(({ isClosed }) => isClosed, 0.4);
    bare.end();
    const how = `${proxy.line}: ${JSON.stringify(shape(host, proxy.port)).slice(0, 250)}`;
    for (const { url, headers } of seen.filter((request) => request.url === '/smuggled')) {
      attempt.hold(!headers.authorization, `${name}: a request of a foreign Host gets what is added`, how);
      attempt.hold(name === AFTER_UPGRADE, `${name}: ${url} is taken for a request of its own`, how);
    }
  }
  attempt.hold(
    (await ask(proxy.port, latin(['GET / HTTP/1.1', `Host: 127.0.0.1:${proxy.port}`]))).status === 200,
    'proxy answers no more',
    proxy.line,
  );
  await proxy.stop();
  judgeRun(attempt, proxy);
}

/** More than 60 pings in one burst are answered, or it is said what became of the connection. */
async function pings(attempt) {
  for (const count of [61, 100, 1000]) {
    let pongs = 0;
    const port = await server(attempt, (socket, head) => {
      socket.removeAllListeners('data');
      let bytes = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (let one; (one = takeFrame(bytes)); bytes = bytes.subarray(one.length)) {
          if ((one.first & 15) === 10) pongs++;
          if ((one.first & 15) === 8 || pongs === count) socket.end(frame(0x88, Buffer.from([3, 232])));
        }
      });
      socket.write(
        Buffer.concat([switching(head), ...Array.from({ length: count }, (_, i) => frame(0x89, String(i)))]),
      );
    });
    const target = await run(['connect', `ws://127.0.0.1:${port}/`, '-w', '2', '--no-stdin', '-m', '10'], {
      seconds: 20,
    });
    judgeRun(attempt, target);
    attempt.hold(
      pongs === count && target.exit === 0,
      `${pongs} of ${count} pings are answered, exit ${target.exit}: ${target.err.slice(0, 200)}`,
      target.line,
    );
  }
  // `serve` is asked the same.
  const serve = await listen(attempt, ['serve', '0']);
  const burst = Buffer.concat(Array.from({ length: 200 }, (_, i) => masked(0x89, String(i))));
  const bare = new Bare(serve.port);
  bare.socket.write(Buffer.concat([upgrade(serve.port), burst, masked(0x81, 'alive')]));
  attempt.hold(
    await bare.until(({ text }) => text.includes('alive'), 5),
    'serve ends a connection that sent 200 pings',
    serve.line,
  );
  bare.end();
}

/** `decode --limit` ends with 1 where something before the limit had to be left out. */
async function limit(attempt) {
  const path = new URL('../../fixtures/dumps/lo.tcpdump-x.txt', import.meta.url).pathname;
  const rows = readFileSync(path, 'utf8').split('\n');
  const broken = rows.findIndex((row, i) => i > rows.length / 3 && /^\s+0x0010:/.test(row));
  const stdin = rows.with(broken, `${rows[broken].slice(0, 30)}zz`).join('\n');
  const all = await run(['decode', '--json', '--view', 'summary'], { stdin });
  const records = all.out.split('\n').filter((line) => line.includes('"type":"frame"')).length;
  for (const most of [records - 1, records - 2]) {
    const target = await run(['decode', '--limit', String(most)], { stdin });
    if (!target.err.includes('left out')) attempt.note(`--limit ${most}: it ends before the broken packet`);
    else attempt.hold(target.exit === 1, `exit ${target.exit} after ${target.err.slice(0, 200)}`, target.line);
  }
  const good = await run(['decode', '-f', path, '--limit', '2']);
  attempt.hold(good.exit === 0, `--limit on a good dump: exit ${good.exit}`, good.line);
}

export const attacks = [
  { name: 'held/tls', run: tls },
  { name: 'held/page', run: page },
  { name: 'held/smuggling', run: smuggling },
  { name: 'held/limit', run: limit },
  { name: 'pings/burst', run: pings },
];
