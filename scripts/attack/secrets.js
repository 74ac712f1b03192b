// Passwords and tokens: where they are shown, and to whom they are sent.
import { createServer as createTls } from 'node:tls';
import { latin, server, switching, upgrade, ask } from './peers.js';
import { certificate } from './terminal.js';
import { judgeRun, listen, run } from './target.js';

const SECRET = 'hunter2-S3cret';
const ENCODED = Buffer.from(`me:${SECRET}`).toString('base64');

/** The password of a URL is `***` wherever it would be printed. */
async function urls(attempt) {
  const refusing = await server(attempt, (socket) => socket.end(latin(['HTTP/1.1 403 no', 'Content-Length: 0'])));
  const garbage = await server(attempt, (socket) => socket.end('what?'));
  const moving = await server(attempt, (socket) =>
    socket.end(latin(['HTTP/1.1 302 x', `Location: ws://me:${SECRET}@127.0.0.1:1/`, 'Content-Length: 0'])),
  );
  const to = (port, user = `me:${SECRET}`) => `ws://${user}@127.0.0.1:${port}/`;
  const proxy = (port) => `http://me:${SECRET}@127.0.0.1:${port}`;
  const lines = [
    ['connect', to(1)],
    ['connect', to(refusing)],
    ['connect', to(refusing), '--json'],
    ['connect', to(garbage), '-v'],
    ['connect', to(moving, 'a:b'), '-L'],
    ['connect', `ws://me:${SECRET}@nosuch.invalid/`],
    ['connect', `ws://me:${SECRET}@127.0.0.1:99999/`],
    ['connect', `ftp://me:${SECRET}@127.0.0.1/`],
    ['connect', `me:${SECRET}@127.0.0.1:1`],
    ['connect', `ws://me:${SECRET}@[::1/`],
    ['connect', `ws://me:${encodeURIComponent(SECRET)}%zz@127.0.0.1:1/`],
    ['connect', `ws://me:${SECRET}@127.0.0.1:1/#f`],
    ['connect', 'ws://127.0.0.1:1/', '--proxy', proxy(1)],
    ['connect', 'ws://127.0.0.1:1/', '--proxy', proxy(refusing), '-v'],
    ['connect', 'ws://127.0.0.1:1/', '--proxy', proxy(refusing), '--json'],
    ['connect', 'ws://127.0.0.1:1/', '--proxy', `gopher://me:${SECRET}@h:1`],
    ['connect', 'ws://127.0.0.1:1/', '--proxy', `http://me:${SECRET}@%zz:1`],
    ['connect', 'ws://127.0.0.1:1/', '--proxy', `socks5://me:${SECRET}@127.0.0.1:1`],
    ['check', to(1)],
    ['check', to(refusing), '--json'],
    ['check', to(refusing), '--junit', attempt.path('junit.xml'), '--tap'],
    ['proxy', '0', `ws://me:${SECRET}@[::1/`],
    ['proxy', '0', `http://me:${SECRET}@h/`],
  ];
  for (const args of attempt.isFull ? lines : lines.filter((_, i) => i % 3 === attempt.seed % 3)) {
    const target = await run(args, { seconds: 20 });
    judgeRun(attempt, target);
    judgeSecret(attempt, target);
  }
  // Records have the headers that the server sent; what is said about its address hides the password.
  const moved = await run(['connect', to(moving, 'a:b'), '-L', '--json'], { seconds: 20 });
  judgeRun(attempt, moved);
  judgeSecret(attempt, {
    ...moved,
    out: moved.out.replaceAll(/"headers":\[(?:\[[^\]]*\],?)*\]/g, ''),
    err: moved.err,
    line: moved.line,
  });
  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']) {
    for (const value of [proxy(refusing), 'http://%zz@h:1', `http://me:${SECRET}@%zz`, '%', 'http://', 'socks9://h']) {
      if (!attempt.isFull && !value.includes('%zz')) continue;
      const target = await run(['connect', 'ws://nosuch.invalid/', '-v'], { env: { [name]: value }, seconds: 20 });
      judgeRun(attempt, target);
      judgeSecret(attempt, target);
      attempt.hold(target.exit !== 1, `${name}=${value}: exit 1`, target.line);
    }
  }
  const proxied = await listen(attempt, ['proxy', '0', to(refusing)]);
  await ask(proxied.port, upgrade(proxied.port));
  await proxied.stop();
  judgeSecret(attempt, proxied);
  const jsoned = await listen(attempt, ['proxy', '0', to(1), '--json', '-v']);
  await ask(jsoned.port, upgrade(jsoned.port));
  await jsoned.stop();
  judgeSecret(attempt, jsoned);
}

function judgeSecret(attempt, { out, err, line }) {
  for (const [name, said] of [
    ['stdout', out],
    ['stderr', err],
  ]) {
    attempt.hold(
      !said.includes(SECRET),
      `${name} has the password: ${said.slice(Math.max(0, said.indexOf(SECRET) - 100)).slice(0, 160)}`,
      line,
    );
  }
}

/** `-L` to another origin takes nothing along that was meant for the first. */
async function redirects(attempt) {
  const pair = certificate(attempt, 'localhost', [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ]);
  let seen;
  const take = (socket, head) => {
    seen = head;
    socket.end(switching(head));
  };
  const plain = await server(attempt, take);
  const secure = await server(attempt, take, { create: createTls, cert: pair.cert, key: pair.key });
  const move = (location) => (socket) =>
    socket.end(latin(['HTTP/1.1 302 Found', `Location: ${location}`, 'Content-Length: 0', 'Set-Cookie: theirs=1']));
  const secrets = [
    ['-H', `Authorization: Bearer ${SECRET}`], ['-H', `Proxy-Authorization: Basic ${SECRET}`], ['-H', `X-Api-Key: ${SECRET}`],
    ['-H', `X-Whatever: ${SECRET}`], ['-H', `cookie: a=${SECRET}`], ['-H', `AUTHORIZATION: ${SECRET}`], ['--cookie', `session=${SECRET}`], ['-u', `me:${SECRET}`],
    ['-s', `token.${SECRET}`], ['-o', `http://${SECRET.toLowerCase()}.test`], ['-H', `Referer: http://x/?${SECRET}`],
  ]; // prettier-ignore
  // Another port, another host's name, another scheme: each is another origin.
  const places = [
    `ws://127.0.0.1:${plain}/`,
    `http://127.0.0.1:${plain}/`,
    `ws://localhost:${plain}/`,
    `wss://localhost:${secure}/`,
    `//127.0.0.1:${plain}/x`,
  ];
  for (const place of attempt.isFull ? places : places.slice(0, 3)) {
    const first = await server(attempt, move(place));
    for (const options of attempt.isFull ? secrets : secrets.filter((_, i) => [0, 1, 2, 6, 8].includes(i))) {
      seen = '';
      const target = await run(['connect', `ws://127.0.0.1:${first}/`, '-L', '-k', '-x', 'a', '-w', '1', ...options], {
        seconds: 20,
      });
      judgeRun(attempt, target);
      if (options[0] === '-o') continue;
      attempt.hold(seen !== '', `${place} was not reached: ${target.err.slice(0, 200)}`, target.line);
      attempt.hold(
        !seen.includes(SECRET) && !seen.includes(ENCODED),
        `-L takes ${options.join(' ')} along to another origin`,
        target.line,
      );
      if (options.some((option) => /X-Api-Key|^token/.test(option)))
        attempt.hold(target.err.trim() !== '', 'nothing is said of what was dropped', target.line);
    }
  }
  // The same origin keeps them, and a chain back gives nothing again to whom it was taken from.
  const hop = await server(attempt, (socket, head) => {
    if (head.startsWith('GET / ')) return move(`/second`)(socket);
    take(socket, head);
  });
  seen = '';
  const same = await run([
    'connect',
    `ws://127.0.0.1:${hop}/`,
    '-L',
    '-x',
    'a',
    '-w',
    '1',
    '-H',
    `X-Api-Key: ${SECRET}`,
  ]);
  attempt.hold(seen.includes(SECRET), '-L drops a header on the way to the same origin', same.line);
}

export const attacks = [
  { name: 'secrets/urls', run: urls },
  { name: 'secrets/redirects', run: redirects },
];
