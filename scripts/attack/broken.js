// Peers that break off: random bytes at every stage of a connection, and a FIN or a reset at every byte of the handshake,
// of the frames and of the close. Whatever they do, each command ends with a documented exit code, and listeners go on.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { ask, Bare, frame, latin, masked, switching, upgrade } from './peers.js';
import { judgeRun, listen, run } from './target.js';

/** Processes at one time: most of them wait. */
const LANES = 4;

const ANSWER_DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate';
const FRAMES = [
  frame(0x81, 'Hello'),
  frame(0x89, 'ping'),
  frame(0x02, 'a'),
  frame(0x80, 'b'),
  frame(0x88, [3, 232, 98]),
];
const MASKED = [masked(0x81, 'Hello'), masked(0x89, 'ping'), masked(0x88, [3, 232])];

/** A server that answers each request with these bytes and ends; undefined: with none, at once. Gives its port. */
async function answering(attempt, bytesFor, end) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let head = '';
    const answer = () => {
      const bytes = bytesFor(head);
      if (bytes.length > 0) socket.write(bytes, () => finish(socket, end));
      else finish(socket, end);
    };
    if (bytesFor.isAtOnce) answer();
    else
      socket.on('data', (chunk) => {
        const before = head.includes('\r\n\r\n');
        head += chunk.toString('latin1');
        if (!before && head.includes('\r\n\r\n')) answer();
      });
    if (bytesFor.isAtOnce) socket.on('data', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  attempt.atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server.address().port;
}

function finish(socket, end) {
  if (end === 'reset') socket.resetAndDestroy();
  else if (end === 'fin') socket.end();
}

/** Bytes by lot: what they are after is right up to there. */
function randomAnswer(dice) {
  const noise = () => dice.bytes(1 + dice.int(dice.pick([4, 40, 4000])));
  const frames = () =>
    Buffer.concat(Array.from({ length: 1 + dice.int(6) }, () => frame(dice.int(256), dice.bytes(dice.int(200)))));
  const stages = {
    'at once': () => noise(),
    'for a head': () => noise(),
    'in the status line': () => Buffer.concat([Buffer.from('HTTP/1.1 '), noise()]),
    'in the headers': (head) => Buffer.concat([switching(head).subarray(0, -2), noise(), Buffer.from('\r\n\r\n')]),
    'in a refusal': () => Buffer.concat([latin([`HTTP/1.1 ${dice.int(1000)} X`, 'Content-Encoding: gzip']), noise()]),
    'for frames': (head) => Buffer.concat([switching(head), noise()]),
    'in frames': (head) => Buffer.concat([switching(head), frames()]),
    'in compressed frames': (head) =>
      Buffer.concat([switching(head, [ANSWER_DEFLATE]), frame(0xc1, noise()), frames()]),
    'after the close': (head) => Buffer.concat([switching(head), ...FRAMES, noise()]),
  };
  const stage = dice.pick(Object.keys(stages));
  return Object.assign((head) => stages[stage](head), { isAtOnce: stage === 'at once', stage });
}

/** How a command meets a server. */
function callOf(dice, port, attempt) {
  const url = `ws://127.0.0.1:${port}/`;
  const connect = ['connect', '-x', 'hi', '-m', '3', '--connect-timeout', '2'];
  return dice.pick([
    [...connect, url],
    [...connect, url, '--json', '-v'],
    [...connect, url, '--view', 'annotated', '--deflate'],
    [...connect, url, '-L', '-i', '--ping-interval', '1'],
    [...connect, url, '--record', attempt.path(`r${dice.next()}.${dice.pick(['ndjson', 'har', 'pcapng'])}`)],
    [...connect, url, '--reconnect', '-m', '1'],
    [...connect, `wss://127.0.0.1:${port}/`, '-k'],
    [
      ...connect,
      'ws://127.0.0.1:1/',
      '--proxy',
      dice.pick(['http', 'https', 'socks5', 'socks5h']) + `://127.0.0.1:${port}`,
    ],
    ['check', url, '--only', '1.1.1,6.3.1,7.1.1,7.9.1,handshake.accepted', '--connect-timeout', '1', '--json'],
    ['check', url, '--only', '2.1,handshake.extension*', '--connect-timeout', '1', '-v', '--echo', 'yes'],
  ]);
}

async function inLanes(count, act) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await act();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** One run; a finding says where the peer broke off. */
async function meet(attempt, args, where) {
  const before = attempt.findings.length;
  judgeRun(attempt, await run(args, { seconds: 60, most: 64 << 20 }));
  for (const found of attempt.findings.slice(before)) found.what += ` (the server: ${where})`;
}

async function randomServers(attempt) {
  const { dice } = attempt;
  await inLanes(attempt.count(12, 400), async () => {
    const answer = randomAnswer(dice);
    const end = dice.pick(['fin', 'reset', 'stay']);
    const port = await answering(attempt, answer, end);
    await meet(attempt, callOf(dice, port, attempt), `random bytes ${answer.stage}, then ${end}`);
  });
}

/** Every place at which a server can break off, in its answer and in what follows. */
async function cutServers(attempt) {
  const { dice } = attempt;
  const whole = (head) => Buffer.concat([switching(head), ...FRAMES]);
  const { length } = whole('');
  const step = attempt.isFull ? 1 : 46;
  const cuts = [];
  for (let at = dice.int(step); at <= length; at += step) cuts.push([at, 'fin'], [at, 'reset']);
  await inLanes(cuts.length, async () => {
    const [at, end] = cuts.pop();
    const port = await answering(attempt, (head) => whole(head).subarray(0, at), end);
    await meet(attempt, callOf(dice, port, attempt), `${end} after ${at} of ${length} bytes`);
  });
}

/** What a client sends, up to its close. */
const request = (port, target) => Buffer.concat([upgrade(port, {}, target), ...MASKED]);

/** Listeners, and a path that each of them takes. */
async function listeners(attempt) {
  const echo = await listen(attempt, ['serve', '0', '--deflate']);
  const cut = await answering(attempt, (head) => Buffer.concat([switching(head), ...FRAMES]), 'reset');
  return [
    [echo, '/'],
    [await listen(attempt, ['serve', '0', '--mode', 'chat', '--json']), '/ws/a'],
    [await listen(attempt, ['proxy', '0', `ws://127.0.0.1:${echo.port}/`, '-v']), '/'],
    [await listen(attempt, ['proxy', '0', `ws://127.0.0.1:${cut}/`, '--json']), '/'],
    [
      await listen(attempt, ['check', '--listen', '0', '--only', '1.1.1,7.1.1', '--allow-partial']),
      '/runCase?case=1&agent=a',
    ],
  ];
}

/** Sends these bytes, and ends as told. */
async function sayAndEnd(port, bytes, end) {
  const client = new Bare(port);
  await new Promise((resolve) => client.socket.write(bytes, resolve));
  finish(client.socket, end);
  if (end !== 'stay') await client.until(({ isClosed }) => isClosed, 2);
  client.end();
}

/** After all of that each of them still answers, and ends as it should. */
async function outlived(attempt, all, what) {
  for (const [target, path] of all) {
    if (target.exit !== undefined) {
      attempt.wrong(`${target.line} has ended: ${what}`);
      continue;
    }
    const { status } = await ask(target.port, upgrade(target.port, {}, path));
    attempt.hold(status === 101, `${target.line} answers ${status} after ${what}`);
  }
  for (const [target] of all) judgeRun(attempt, await target.stop());
}

async function randomClients(attempt) {
  const { dice } = attempt;
  const all = await listeners(attempt);
  const noise = () => dice.bytes(1 + dice.int(dice.pick([4, 40, 4000])));
  await inLanes(attempt.count(30, 2000), async () => {
    const [{ port }, path] = dice.pick(all);
    const bytes = dice.pick([
      () => noise(),
      () => Buffer.concat([Buffer.from('GET / HTTP/1.1\r\n'), noise(), Buffer.from('\r\n\r\n')]),
      () => Buffer.concat([upgrade(port, {}, path), noise()]),
      () =>
        Buffer.concat([
          upgrade(port, { 'Sec-WebSocket-Extensions': 'permessage-deflate' }, path),
          masked(0xc1, noise()),
        ]),
      () => Buffer.concat([request(port, path), noise()]),
      () => Buffer.concat([upgrade(port, {}, path), masked(dice.int(256), noise()), masked(dice.int(256), noise())]),
    ])();
    await sayAndEnd(port, bytes, dice.pick(['fin', 'reset', 'stay']));
  });
  await outlived(attempt, all, 'random bytes of clients');
}

async function cutClients(attempt) {
  const all = await listeners(attempt);
  const step = attempt.isFull ? 1 : 58;
  const cuts = [];
  for (const [{ port }, path] of all) {
    const bytes = request(port, path);
    for (let at = attempt.dice.int(step); at <= bytes.length; at += step) {
      cuts.push([port, bytes.subarray(0, at), 'fin'], [port, bytes.subarray(0, at), 'reset']);
    }
  }
  await inLanes(cuts.length, () => sayAndEnd(...cuts.pop()));
  await outlived(attempt, all, 'clients that broke off at every byte');
}

export const attacks = [
  { name: 'broken/random-servers', run: randomServers },
  { name: 'broken/cut-servers', run: cutServers },
  { name: 'broken/random-clients', run: randomClients },
  { name: 'broken/cut-clients', run: cutClients },
];
