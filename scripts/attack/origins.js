// Pages of other sites, and names that are turned over to this machine (DNS rebinding): who may ask, on every listener.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { ask, echo, latin, upgrade } from './peers.js';
import { listen } from './target.js';

const EVIL = 'http://evil.test';

/** A recording whose client said something, for `serve --replay`. */
const RECORDING = new URL('../../fixtures/captures/websocket.pcapng', import.meta.url).pathname;

/** Who listens, a path at which a WebSocket is answered, and whether every page may have it. */
const LISTENERS = [
  { name: 'echo', args: () => ['serve', '0'], open: true },
  { name: 'sink', args: () => ['serve', '0', '--mode', 'sink'], open: true },
  { name: 'silent', args: () => ['serve', '0', '--mode', 'silent'], open: true },
  { name: 'chat', args: () => ['serve', '0', '--mode', 'chat'], path: '/ws/eve' },
  { name: 'broadcast', args: () => ['serve', '0', '--mode', 'broadcast'] },
  { name: 'replay', args: () => ['serve', '0', '--replay', RECORDING], path: '/ws/' },
  { name: 'proxy', args: (upstream) => ['proxy', '0', `ws://127.0.0.1:${upstream}/`] },
  { name: 'check', args: () => ['check', '--listen', '0'], path: '/getCaseCount' },
];

/** Headers, and whether they let somebody in: where reading is open to all, and where not. */
const ASKS = [
  [{}, true, true],
  [{ Host: 'localhost' }, true, true],
  [{ Host: '[::1]:7' }, true, true],
  [{ Host: '192.168.1.7' }, true, true],
  [{ Origin: 'http://localhost:3000' }, true, true],
  [{ Origin: 'https://127.0.0.1' }, true, true],
  [{ Origin: 'http://127.9.9.9:81' }, true, true],
  [{ Origin: 'http://[::1]:3000' }, true, true],
  [{ Origin: EVIL }, true, false],
  [{ Origin: `${EVIL}:80` }, true, false],
  [{ Origin: 'null' }, true, false],
  [{ Origin: '' }, true, undefined],
  [{ Origin: 'http://localhost.evil.test' }, true, false],
  [{ Origin: 'http://127.0.0.1.evil.test' }, true, false],
  [{ Origin: 'http://localhost@evil.test' }, true, false],
  [{ Origin: 'http://evil.test/http://localhost' }, true, false],
  [{ Origin: 'http://notlocalhost' }, true, false],
  [{ Origin: 'http://127.0.0.1evil.test' }, true, false],
  [{ Origin: 'http://evil.test#localhost' }, true, false],
  [{ Origin: 'http://0x7f.evil.test' }, true, false],
  [{ Origin: 'chrome-extension://abcdefghijklmnop' }, true, false],
  [{ 'Sec-Fetch-Site': 'cross-site' }, undefined, false],
  [{ Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'cross-site' }, true, true],
  [{ 'Sec-Fetch-Site': 'same-origin' }, true, true],
  [{ 'Sec-Fetch-Site': 'none' }, true, true],
  [{ Host: 'evil.test' }, false, false],
  [{ Host: 'evil.test:9001', Origin: 'http://evil.test:9001' }, false, false],
  [{ Host: 'localhost.evil.test' }, false, false],
  [{ Host: '127.0.0.1.evil.test' }, false, false],
  [{ Host: 'evil.test@127.0.0.1' }, false, false],
  [{ Host: '127.0.0.1 evil.test' }, false, false],
  [{ Host: '127.0.0.1, evil.test' }, false, false],
  [{ Host: 'localhost#evil.test' }, false, false],
  [{ Host: 'localhost/evil.test' }, false, false],
  [{ Host: '[::1].evil.test' }, false, false],
  [{ Host: 'evil.test', 'X-Forwarded-Host': 'localhost' }, false, false],
  [{ Host: 'evil.test', Forwarded: 'host=localhost' }, false, false],
]; // prettier-ignore

async function sockets(attempt) {
  const upstream = await echo(attempt);
  for (const { name, args, path = '/', open = false } of LISTENERS) {
    const target = await listen(attempt, args(upstream));
    const asks = attempt.isFull
      ? ASKS
      : ASKS.filter(
          ([, forOpen, forOthers], i) =>
            i % 3 === 0 || (forOpen && forOthers === false && i % 2 === 0) || forOpen === false,
        );
    let nick = 0;
    await Promise.all(
      asks.map(async ([headers, forOpen, forOthers]) => {
        const wanted = open ? forOpen : forOthers;
        if (wanted === undefined) return;
        const { status, text } = await ask(
          target.port,
          upgrade(target.port, headers, `${path}${path.endsWith('eve') ? nick++ : ''}`),
        );
        const how = `${target.line}, then a WebSocket with ${JSON.stringify(headers)}`;
        if (wanted) attempt.hold(status === 101, `${name} refuses (${status}) whom it has to let in`, how);
        else if (attempt.hold(status !== 101, `${name} lets a foreign page in`, how)) {
          attempt.hold(status === undefined || status >= 400, `${name} answers ${status}`, how);
          attempt.hold(
            /--allow-(?:origin|host)/.test(text) || status === 400,
            `${name}: the refusal does not name the option that allows it: ${JSON.stringify(text.slice(-200))}`,
            how,
          );
        }
      }),
    );
    const said = `${target.out}${target.err}`;
    attempt.hold(
      /--allow-origin|--allow-host/.test(said),
      `${name}: no refusal on the terminal names the option that allows it`,
      target.line,
    );
    await target.stop('SIGKILL');
  }
}

/** Two Host lines, none, one that differs from an absolute target: whatever is taken must not let rebinding in. */
async function oddHosts(attempt) {
  const upstream = await echo(attempt);
  for (const { name, args, path = '/' } of LISTENERS) {
    const target = await listen(attempt, args(upstream));
    const text = upgrade(target.port, {}, path).toString('latin1');
    const host = `Host: 127.0.0.1:${target.port}\r\n`;
    const heads = {
      'two Host lines, the second foreign': text.replace(host, `${host}Host: evil.test\r\n`),
      'two Host lines, the first foreign': text.replace(host, `Host: evil.test\r\n${host}`),
      'an absolute target of another name': text.replace(`GET ${path}`, `GET http://evil.test${path}`),
      'a folded Host': text.replace(host, `Host:\r\n evil.test\r\n`),
      'two Origin lines': text.replace('\r\n\r\n', `\r\nOrigin: http://localhost\r\nOrigin: ${EVIL}\r\n\r\n`),
    };
    for (const [what, head] of Object.entries(heads)) {
      if (what === 'two Origin lines' && ['echo', 'sink', 'silent'].includes(name)) continue;
      const { status } = await ask(target.port, Buffer.from(head, 'latin1'));
      attempt.hold(status !== 101, `${name} lets in: ${what}`, `${target.line}: ${JSON.stringify(head)}`);
    }
    await target.stop('SIGKILL');
  }
}

/** Options, and requests with whether they are let in. */
const ALLOWED = [
  [
    ['--allow-origin', EVIL],
    [
      [{ Origin: EVIL }, true],
      [{ Origin: 'https://evil.test' }, false],
      [{ Origin: 'http://sub.evil.test' }, false],
      [{ Origin: EVIL, Host: 'evil.test' }, false],
    ],
  ],
  [
    ['--allow-origin', '*'],
    [
      [{ Origin: 'http://else.test' }, true],
      [{ Host: 'evil.test' }, false],
    ],
  ],
  [['--allow-origin', 'null'], [[{ Origin: 'null' }, true]]],
  [
    ['--allow-host', 'good.test'],
    [
      [{ Host: 'good.test' }, true],
      [{ Host: 'sub.good.test' }, false],
      [{ Host: 'good.test', Origin: EVIL }, false],
    ],
  ],
];

/** Options that let somebody in, and nobody else. */
async function allowed(attempt) {
  const upstream = await echo(attempt);
  const others = LISTENERS.filter(({ name }) =>
    attempt.isFull ? !['echo', 'sink', 'silent'].includes(name) : ['chat', 'proxy', 'check'].includes(name),
  );
  for (const { name, args, path = '/' } of others) {
    let nick = 0;
    for (const [options, requests] of ALLOWED) {
      let target;
      try {
        target = await listen(attempt, [...args(upstream), ...options]);
      } catch (error) {
        attempt.wrong(`${name} does not take ${options.join(' ')}: ${error.message.slice(0, 200)}`);
        continue;
      }
      for (const [headers, wanted] of requests) {
        const { status } = await ask(
          target.port,
          upgrade(target.port, headers, `${path}${path.endsWith('eve') ? nick++ : ''}`),
        );
        attempt.hold(
          (status === 101) === wanted,
          `${name} answers ${status}`,
          `${target.line}, then ${JSON.stringify(headers)}`,
        );
      }
      await target.stop('SIGKILL');
    }
  }
}

/** Plain HTTP: polling, what `proxy` passes on, and the page with its token. */
async function requests(attempt) {
  const serve = await listen(attempt, ['serve', '0', '--mode', 'chat', '-v']);
  const get = (target, headers = {}, method = 'GET') => {
    const all = { Host: `127.0.0.1:${serve.port}`, ...headers };
    return latin([
      `${method} ${target} HTTP/1.1`,
      ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
    ]);
  };
  const status = async (port, bytes) => (await ask(port, bytes)).status;
  for (const path of ['/poll', '/poll?room=main&since=0', '/long-poll?timeout=0']) {
    attempt.hold((await status(serve.port, get(path))) === 200, `${path} needs something`, serve.line);
    attempt.hold(
      (await status(serve.port, get(path, { Origin: EVIL }))) === 403,
      `${path} answers a foreign page`,
      serve.line,
    );
    attempt.hold(
      (await status(serve.port, get(path, { Host: 'evil.test' }))) === 403,
      `${path} answers under a foreign Host`,
      serve.line,
    );
    attempt.hold(
      (await status(serve.port, get(path, { 'Sec-Fetch-Site': 'cross-site' }))) === 403,
      `${path} answers a cross-site request`,
      serve.line,
    );
  }
  await token(attempt, serve, get);
  // A page elsewhere may not have `proxy` ask the upstream with what it adds.
  let lent = '';
  const upstream = createServer((request, response) => {
    lent += `${request.headers.authorization ?? ''} ${request.url}\n`;
    response.end('secret feed');
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  attempt.atEnd(() => upstream.close());
  const proxy = await listen(attempt, ['proxy', '0', `ws://127.0.0.1:${upstream.address().port}/`, '-u', 'me:secret']);
  for (const headers of [{ Origin: EVIL }, { Host: 'evil.test' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
    lent = '';
    const { text } = await ask(proxy.port, get('/feed', { Host: `127.0.0.1:${proxy.port}`, ...headers }));
    attempt.hold(
      lent === '' && !text.includes('secret feed'),
      `proxy passes a request of a foreign page on: ${lent}`,
      `${proxy.line}, then GET with ${JSON.stringify(headers)}`,
    );
  }
  // The second request of a connection is one more.
  lent = '';
  const own = get('/first', { Host: `127.0.0.1:${proxy.port}`, Connection: 'keep-alive' })
    .toString('latin1')
    .replace('\r\nConnection: close', '');
  await ask(proxy.port, Buffer.concat([Buffer.from(own), get('/second', { Host: 'evil.test' })]));
  attempt.hold(
    !lent.includes('/second'),
    'proxy judges only the first request of a connection',
    `${proxy.line}: two requests, the second with Host: evil.test`,
  );
}

/** The page and its channel need the token that stderr has; nothing else does. */
async function token(attempt, serve, get) {
  // As the page does it: the token is one more subprotocol.
  const inspector = (token, more = {}) =>
    upgrade(
      serve.port,
      {
        'Sec-WebSocket-Protocol': `wsinspect.inspect${token === undefined ? '' : `, wsinspect.token.${token}`}`,
        Origin: `http://127.0.0.1:${serve.port}`,
        ...more,
      },
      '/.inspect',
    );
  await serve.until(({ err }) => /token=/.test(err) || err.length > 10_000 || serve.waited++ > 50, (serve.waited = 0));
  const url = /open (http:\/\/127\.0\.0\.1:\d+\/\?token=([\w~.-]+))/.exec(serve.err);
  const without = await ask(serve.port, inspector());
  attempt.hold(
    without.status !== 101,
    'another user reads the traffic: /.inspect needs no token',
    `${serve.line}, then /.inspect`,
  );
  for (const wrong of ['', 'a', 'undefined', '%00', '../', '%']) {
    const { status } = await ask(serve.port, inspector(wrong));
    attempt.hold(status !== 101, `/.inspect takes the token '${wrong}'`, serve.line);
  }
  const page = await ask(serve.port, get('/'));
  // What comes instead says where the token is printed, and loads nothing that reads the traffic.
  attempt.hold(!/app\.js/.test(page.text), 'the page comes without a token', serve.line);
  if (
    !attempt.hold(
      url,
      `stderr does not say: open http://127.0.0.1:PORT/?token=…: ${serve.err.slice(0, 200)}`,
      serve.line,
    )
  )
    return;
  attempt.hold(url[2].length >= 22, `a token of ${url[2].length} characters can be guessed`, serve.line);
  attempt.hold(!serve.out.includes(url[2]), 'the token stands on stdout, among the traffic', serve.line);
  const right = await ask(serve.port, get(`/?token=${url[2]}`));
  attempt.hold(
    right.status === 200 || (right.status >= 300 && right.status < 400),
    `the page with its token: ${right.status}`,
    serve.line,
  );
  const channel = await ask(serve.port, inspector(url[2]));
  attempt.hold(channel.status === 101, `/.inspect refuses (${channel.status}) the page with its token`, serve.line);
  for (const near of [url[2].slice(0, -1), `${url[2]}a`, url[2].toUpperCase(), url[2].toLowerCase()]) {
    const { status } = await ask(serve.port, inspector(near));
    attempt.hold(status !== 101 || near === url[2], `/.inspect takes the token '${near}'`, serve.line);
  }
  const foreign = await ask(serve.port, inspector(url[2], { Origin: EVIL }));
  attempt.hold(foreign.status !== 101, 'a foreign page with the token gets the channel', serve.line);
}

/** `--json` names the page, `--no-token` turns the token off. */
async function tokenOptions(attempt) {
  const json = await listen(attempt, ['serve', '0', '--json']);
  const record = JSON.parse(json.out.split('\n')[0]);
  attempt.hold(
    /^http:\/\/127\.0\.0\.1:\d+\/\?token=/.test(record.page ?? ''),
    `the listening record has no page: ${JSON.stringify(record)}`,
    json.line,
  );
  try {
    const open = await listen(attempt, ['serve', '0', '--no-token']);
    const inspector = upgrade(
      open.port,
      { 'Sec-WebSocket-Protocol': 'wsinspect.inspect', Origin: `http://127.0.0.1:${open.port}` },
      '/.inspect',
    );
    attempt.hold((await ask(open.port, inspector)).status === 101, '--no-token leaves the channel closed', open.line);
  } catch (error) {
    attempt.wrong(`--no-token: ${error.message.slice(0, 200)}`);
  }
}

const BROWSER = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** A real page of a foreign site, and one whose name was turned over to this machine. */
async function browser(attempt) {
  if (BROWSER === undefined) return attempt.note('there is no chromium');
  const upstream = await echo(attempt);
  const site = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<p>evil')).listen(
    0,
    '127.0.0.1',
  );
  await once(site, 'listening');
  attempt.atEnd(() => site.close());
  const { chromium } = await import('playwright-core');
  const launched = await chromium.launch({
    executablePath: BROWSER,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
    ],
  });
  attempt.atEnd(() => launched.close());
  const page = await launched.newPage();
  await page.goto(`http://evil.test:${site.address().port}/`);
  for (const { name, args, path = '/', open = false } of LISTENERS) {
    if (!attempt.isFull && !['echo', 'chat', 'proxy', 'check'].includes(name)) continue;
    const target = await listen(attempt, args(upstream));
    const crossSite = await page.evaluate(opens, `ws://127.0.0.1:${target.port}${path}`);
    attempt.hold(
      crossSite === open,
      `${name}: a page of a foreign site ${crossSite ? 'gets' : 'does not get'} a WebSocket`,
      target.line,
    );
    const rebound = await page.evaluate(opens, `ws://rebound.test:${target.port}${path}2`);
    attempt.hold(!rebound, `${name}: a name turned over to this machine gets a WebSocket`, target.line);
    const read = await page.evaluate(reads, `http://127.0.0.1:${target.port}/poll`);
    attempt.hold(!read, `${name}: a foreign page reads /poll`, target.line);
    const same = await launched.newPage();
    const answer = await same.goto(`http://rebound.test:${target.port}/`).catch(() => null);
    attempt.hold(
      answer === null || answer.status() >= 400,
      `${name}: a turned name gets ${answer?.status()} for /`,
      target.line,
    );
    await same.close();
    await target.stop('SIGKILL');
  }
}

// Both run in the page.
/* global WebSocket, fetch */
function opens(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  });
}

function reads(url) {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}

export const attacks = [
  { name: 'origins/sockets', run: sockets },
  { name: 'origins/odd-hosts', run: oddHosts },
  { name: 'origins/allowed', run: allowed },
  { name: 'origins/requests', run: requests },
  { name: 'origins/token', run: tokenOptions },
  { name: 'origins/browser', run: browser },
];
