// Memory and descriptors of what listens, while clients and servers pile up whatever they can.
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, Bare, echo, latin, server, switching, unveiled, upgrade } from './peers.js';
import { descriptorsOf, listen, memoryOf, run } from './target.js';

/** MB of resident memory, under each of these. */
const MOST_MEMORY = 300;

/** Opens connections, a few hundred at a time, and keeps them. */
async function crowd(attempt, port, count, head) {
  const open = [];
  attempt.atEnd(() => open.forEach((bare) => bare.end()));
  for (let i = 0; i < count; i++) {
    const bare = new Bare(port, { keep: 4096 });
    open.push(bare);
    const bytes = head(i);
    if (bytes) bare.socket.write(bytes);
    if (i % 200 === 199) await sleep(50);
  }
  await sleep(200);
  return open;
}

/** The peak while `work` runs, and what is held at its end. */
async function peakOf(attempt, target, work) {
  let peak = 0;
  const sampler = globalThis.setInterval(() => (peak = Math.max(peak, memoryOf(target.pid) || 0)), 50);
  await work();
  await sleep(200);
  globalThis.clearInterval(sampler);
  peak = Math.max(peak, memoryOf(target.pid) || 0);
  if (
    attempt.hold(
      target.exit === undefined,
      `it has ended: ${target.killed ?? target.exit} ${target.err.slice(-300)}`,
      target.line,
    )
  ) {
    attempt.hold(peak <= MOST_MEMORY, `${Math.round(peak)} MB, more than ${MOST_MEMORY}`, target.line);
  }
  return peak;
}

/** Sends all of it, for as long as it is taken: a peer that takes no more (back-pressure) is left alone. */
async function pour(bare, chunk, times, patience = 700) {
  for (let i = 0; i < times && !bare.isClosed; i++) {
    if (bare.socket.write(chunk)) continue;
    const drained = new Promise((resolve) => bare.socket.once('drain', resolve));
    const gone = await Promise.race([drained.then(() => false), bare.closed, sleep(patience).then(() => true)]);
    if (gone) return;
  }
}

async function attackAll(attempt, table) {
  for (const { args, count, work } of table) {
    const target = await listen(attempt, args);
    await peakOf(attempt, target, () => work(target, count));
    await target.stop('SIGKILL');
  }
}

const LONG = 'x'.repeat(60_000);

/** Rooms of every mode that keeps what is said. */
async function rooms(attempt) {
  const each = async (target, count, path, messages) => {
    for (let room = 0; room < count; room += 20) {
      await Promise.all(
        Array.from({ length: Math.min(20, count - room) }, async (_, i) => {
          const bare = new Bare(target.port, { keep: 4096 });
          bare.socket.write(upgrade(target.port, {}, path(room + i)));
          await bare.status();
          await pour(bare, unveiled(0x81, Buffer.alloc(1 << 20, 97)), messages, 4000);
          bare.end();
        }),
      );
    }
  };
  await attackAll(attempt, [
    {
      args: ['serve', '0', '--mode', 'chat', '-q', '--json'].filter((arg) => arg !== '-q'),
      count: attempt.count(36, 600),
      work: (target, count) => each(target, count, (i) => `/ws/a?room=r${i}`, 8),
    },
    {
      args: ['serve', '0', '--mode', 'broadcast'],
      count: attempt.count(0, 400),
      work: (target, count) => each(target, count, (i) => `/?room=r${i}`, 8),
    },
  ]);
  // Reading makes none, and an empty one ends: chat's own room is there after any number of questions.
  const target = await listen(attempt, ['serve', '0', '--mode', 'chat']);
  const get = (path) => latin([`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${target.port}`, 'Connection: close']);
  for (let i = 0; i < 1100; i += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, j) => ask(target.port, get(`/poll?room=r${i + j}`))));
  }
  const { status } = await ask(target.port, upgrade(target.port, {}, '/ws/ada'));
  attempt.hold(
    status === 101,
    `after 1,100 polls of other rooms chat answers ${status}`,
    `${target.line}, GET /poll?room=N 1,100 times`,
  );
  const body = Buffer.from(JSON.stringify({ sender: 'a', msg: 'x' }));
  const post = (room) =>
    Buffer.concat([
      latin([
        `POST /send?room=${room} HTTP/1.1`,
        `Host: 127.0.0.1:${target.port}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
      ]),
      body,
    ]);
  for (let i = 0; i < 1100; i += 50)
    await Promise.all(Array.from({ length: 50 }, (_, j) => ask(target.port, post(`s${i + j}`))));
  const again = await ask(target.port, upgrade(target.port, {}, '/ws/bob'));
  attempt.hold(
    again.status === 101,
    `after 1,100 rooms by /send chat answers ${again.status}`,
    `${target.line}, POST /send?room=N 1,100 times`,
  );
}

/** Members that never read, while others speak. */
async function neverRead(attempt) {
  const stalled = async (target, path, speakers, chunk, times) => {
    const members = await crowd(attempt, target.port, 4, (i) => upgrade(target.port, {}, path(`deaf${i}`)));
    for (const { socket } of members) socket.pause();
    await Promise.all(
      (await crowd(attempt, target.port, speakers, (i) => upgrade(target.port, {}, path(`loud${i}`)))).map((bare) =>
        pour(bare, chunk, times),
      ),
    );
  };
  const megabyte = unveiled(0x82, Buffer.alloc(1 << 20));
  const text = unveiled(0x81, Buffer.alloc(1 << 20, 97));
  const pings = Buffer.concat(Array(2000).fill(unveiled(0x89, Buffer.alloc(120))));
  const times = attempt.count(70, 600);
  const upstream = await echo(attempt);
  await attackAll(attempt, [
    { args: ['serve', '0', '--mode', 'chat'], work: (target) => stalled(target, (name) => `/ws/${name}`, 2, text, times) },
    { args: ['serve', '0', '--mode', 'broadcast'], work: (target) => stalled(target, () => '/', 2, text, times) },
    { args: ['serve', '0'], work: (target) => stalled(target, () => '/', 0, megabyte, 0).then(() => deafEcho(attempt, target, '/', megabyte, times)) },
    { args: ['serve', '0'], work: (target) => deafEcho(attempt, target, '/', pings, times) },
    { args: ['proxy', '0', `ws://127.0.0.1:${upstream}/`], work: (target) => deafEcho(attempt, target, '/', megabyte, times) },
    { args: ['proxy', '0', `ws://127.0.0.1:${upstream}/`, '--view', 'messages'], work: (target) => deafEcho(attempt, target, '/', pings, times) },
    { args: ['check', '--listen', '0'], work: (target) => deafEcho(attempt, target, '/runCase?case=1&agent=a', pings, times) },
  ].filter((_, i) => attempt.isFull || i === 0)); // prettier-ignore
  if (attempt.isFull) await deafProxy(attempt);
}

/** Clients that send and never read what comes back. */
async function deafEcho(attempt, target, path, chunk, times) {
  const open = await crowd(attempt, target.port, 4, () => upgrade(target.port, {}, path));
  for (const { socket } of open) socket.pause();
  await Promise.all(open.map((bare) => pour(bare, chunk, times)));
}

/** An upstream that says more than the client takes, and one that reads nothing. */
async function deafProxy(attempt) {
  const megabyte = Buffer.alloc(1 << 20);
  const loud = await server(attempt, (socket, head) => {
    socket.write(switching(head));
    const more = () => {
      while (!socket.destroyed && socket.bytesWritten < 2 ** 30 && socket.write(megabyte));
    };
    socket.on('drain', more);
    more();
  });
  const deaf = await server(attempt, (socket, head) => {
    socket.write(switching(head));
    socket.pause();
  });
  await attackAll(attempt, [
    { args: ['proxy', '0', `ws://127.0.0.1:${loud}/`, '--json'], work: async (target) => {
      for (const { socket } of await crowd(attempt, target.port, 5, () => upgrade(target.port))) socket.pause();
      await sleep(500);
    } },
    { args: ['proxy', '0', `ws://127.0.0.1:${deaf}/`, '--delay', '60000'], work: async (target) => {
      const open = await crowd(attempt, target.port, 4, () => upgrade(target.port));
      await Promise.all(open.map((bare) => pour(bare, unveiled(0x82, megabyte), attempt.count(150, 500))));
    } },
  ]); // prettier-ignore
}

/** Messages in fragments that never end, on many connections. */
async function fragments(attempt) {
  const upstream = await echo(attempt);
  const piece = unveiled(0x00, Buffer.alloc(1 << 20));
  const first = unveiled(0x02, Buffer.alloc(1 << 20));
  const pile = (path) => async (target, count) => {
    const open = await crowd(attempt, target.port, count, (i) => upgrade(target.port, {}, path.replace('N', i)));
    await Promise.all(
      open.map(async (bare) => {
        bare.socket.write(first);
        await pour(bare, piece, 40, 4000);
      }),
    );
  };
  const small = async (target, count) => {
    const open = await crowd(attempt, target.port, count, () => upgrade(target.port));
    const many = Buffer.concat(Array(20_000).fill(unveiled(0x00, 'a')));
    await Promise.all(
      open.map(async (bare) => {
        bare.socket.write(unveiled(0x01, 'a'));
        await pour(bare, many, attempt.count(20, 60));
      }),
    );
  };
  await attackAll(attempt, [
    { args: ['serve', '0'], count: attempt.count(10, 40), work: pile('/') },
    { args: ['serve', '0', '--mode', 'chat'], count: attempt.count(10, 40), work: pile('/ws/aN') },
    { args: ['proxy', '0', `ws://127.0.0.1:${upstream}/`, '--view', 'messages'], count: attempt.count(10, 40), work: pile('/') },
    { args: ['check', '--listen', '0'], count: attempt.count(10, 40), work: pile('/runCase?case=1&agent=aN') },
    { args: ['serve', '0'], count: attempt.count(2, 6), work: small },
  ].filter((_, i) => attempt.isFull || i === 0 || i === 4)); // prettier-ignore
}

/** Heads that never end. */
async function halfHeads(attempt) {
  const upstream = await echo(attempt);
  const count = attempt.count(300, 3000);
  for (const args of [
    ['serve', '0'],
    ['proxy', '0', `ws://127.0.0.1:${upstream}/`],
    ['check', '--listen', '0'],
  ]) {
    const target = await listen(attempt, args);
    const before = descriptorsOf(target.pid);
    let open;
    await peakOf(attempt, target, async () => {
      const half = (i) =>
        Buffer.from(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nX: ${LONG.slice(0, i % 2 ? 60_000 : 10_000)}`);
      open = await crowd(attempt, target.port, count, half);
    });
    const held = descriptorsOf(target.pid) - before;
    attempt.hold(held <= count + 60, `${count} half heads hold ${held} descriptors`, target.line);
    if (attempt.isFull) {
      // Each has a time limit; the net is far above any that makes sense.
      const net = Date.now() + 150_000;
      while (open.some(({ isClosed }) => !isClosed) && Date.now() < net) await sleep(1000);
      attempt.hold(
        open.every(({ isClosed }) => isClosed),
        `${open.filter(({ isClosed }) => !isClosed).length} half heads are never given up`,
        target.line,
      );
    }
    for (const bare of open) bare.end();
    await target.stop('SIGKILL');
  }
}

/** One connection more than allowed is refused, and all are there again when the others have gone. */
async function connections(attempt) {
  const upstream = await echo(attempt);
  for (const command of [
    ['serve', '0'],
    ['proxy', '0', `ws://127.0.0.1:${upstream}/`],
  ]) {
    const help = await run([command[0], '--help']);
    if (
      !attempt.hold(
        help.out.includes('--max-connections'),
        `${command[0]} has no cap on connections`,
        `wsinspect ${command[0]} --help`,
      )
    )
      continue;
    const target = await listen(attempt, [...command, '--max-connections', '5']);
    const open = await crowd(attempt, target.port, 20, () => upgrade(target.port));
    await sleep(600);
    const inside = open.filter(({ text }) => text.startsWith('HTTP/1.1 101')).length;
    attempt.hold(inside <= 5, `${inside} connections at --max-connections 5`, target.line);
    for (const bare of open) bare.end();
    await sleep(300);
    attempt.hold(
      (await ask(target.port, upgrade(target.port))).status === 101,
      'nobody gets in after the others have gone',
      target.line,
    );
    const halves = await crowd(attempt, target.port, 60, () => Buffer.from('GET / HTTP/1.1\r\nHost: '));
    if (command[0] === 'proxy')
      attempt.hold(
        descriptorsOf(target.pid) < 60,
        `60 half heads at --max-connections 5 hold ${descriptorsOf(target.pid)} descriptors`,
        target.line,
      );
    for (const bare of halves) bare.end();
    await target.stop('SIGKILL');
  }
}

/** Connections that come and go leave nothing. */
async function churn(attempt) {
  const upstream = await echo(attempt);
  const count = attempt.count(300, 5000);
  for (const args of [
    ['serve', '0'],
    ['serve', '0', '--mode', 'chat'],
    ['proxy', '0', `ws://127.0.0.1:${upstream}/`],
    ['check', '--listen', '0'],
  ]) {
    const target = await listen(attempt, args);
    const before = descriptorsOf(target.pid);
    await peakOf(attempt, target, async () => {
      for (let i = 0; i < count; i += 100) {
        const path = args[0] === 'check' ? '/getCaseCount' : args.includes('chat') ? `/ws/n${i}` : '/';
        const open = await crowd(attempt, target.port, 100, (j) =>
          j % 3 === 0 ? undefined : upgrade(target.port, {}, j % 3 === 1 ? path : `${path}${j}`),
        );
        for (const { socket } of open) socket.resetAndDestroy();
      }
    });
    for (let i = 0; i < 50 && descriptorsOf(target.pid) > before + 5; i++) await sleep(100);
    attempt.hold(
      descriptorsOf(target.pid) <= before + 5,
      `${descriptorsOf(target.pid) - before} descriptors are left of ${count} connections`,
      target.line,
    );
    await target.stop('SIGKILL');
  }
}

/** Names without end for `check --listen`. */
async function agents(attempt) {
  const target = await listen(attempt, ['check', '--listen', '0', '--only', '1.1.1']);
  await peakOf(attempt, target, async () => {
    const count = attempt.count(600, 20_000);
    const long = 'n'.repeat(8000);
    for (let i = 0; i < count; i += 100) {
      const open = await crowd(attempt, target.port, 100, (j) =>
        upgrade(target.port, {}, `/${j % 2 ? 'runCase?case=1&' : 'updateReports?'}agent=${i + j}${long}`),
      );
      for (const bare of open) bare.end();
    }
  });
  await target.stop('SIGKILL');
}

/** Polls that wait, bodies that never end, pages that never read. */
async function requests(attempt) {
  await attackAll(attempt, [
    { args: ['serve', '0', '--mode', 'chat'], count: attempt.count(400, 3000), work: async (target, count) => {
      await crowd(attempt, target.port, count, (i) => latin([`GET /long-poll?room=main&since=${i}&timeout=55 HTTP/1.1`, `Host: 127.0.0.1:${target.port}`]));
    } },
    { args: ['serve', '0', '--mode', 'chat'], count: attempt.count(300, 2000), work: async (target, count) => {
      const head = latin(['POST /send HTTP/1.1', `Host: 127.0.0.1:${target.port}`, 'Content-Type: application/json', 'Content-Length: 60001']);
      await crowd(attempt, target.port, count, () => Buffer.concat([head, Buffer.from(LONG)]));
    } },
    { args: ['serve', '0', '--mode', 'chat'], count: 4, work: async (target, count) => {
      const pipelined = Buffer.concat(Array(2000).fill(latin(['GET /poll?since=0 HTTP/1.1', `Host: 127.0.0.1:${target.port}`])));
      const open = await crowd(attempt, target.port, count, () => undefined);
      for (const { socket } of open) socket.pause();
      await Promise.all(open.map((bare) => pour(bare, pipelined, attempt.count(20, 100))));
    } },
  ].slice(0, attempt.count(2, 3))); // prettier-ignore
}

export const attacks = [
  { name: 'ceilings/rooms', run: rooms },
  { name: 'ceilings/never-read', long: true, run: neverRead },
  { name: 'ceilings/fragments', run: fragments },
  { name: 'ceilings/half-heads', run: halfHeads },
  { name: 'ceilings/connections', run: connections },
  { name: 'ceilings/churn', long: true, run: churn },
  { name: 'ceilings/agents', run: agents },
  { name: 'ceilings/requests', long: true, run: requests },
];
