// A signal in the middle of a flood ends every command: what is still read after it is counted, not how long it takes.
import { setTimeout as sleep } from 'node:timers/promises';
import { echo, frame, latin, say, server, switching, unveiled, upgrade } from './peers.js';
import { judgeRun, listen, Target } from './target.js';

/** What a peer may still get rid of after the signal: buffers of the system on both sides, and what was read already. */
const MOST_AFTER = 48 << 20;
/** The signal comes when this much has been taken. */
const BEFORE = 2 << 20;
/** A net, in seconds: a busy machine may take long. */
const NET = 90;
/** Milliseconds in which a command that ends by itself has ended. */
const SETTLE = 500;
/** Milliseconds after which a command whose output nobody reads ends as without a handler: on a busy machine this end is slow to read. */
const STUCK = 2000;

/** Writes `chunk` for as long as it is taken. Tells how much was. */
class Flood {
  constructor(socket, chunk, { first = Buffer.alloc(0), last = Infinity } = {}) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.write(first);
    const more = () => {
      while (!socket.destroyed && socket.writableLength < 1 << 20 && socket.bytesWritten < last) socket.write(chunk);
    };
    socket.on('drain', more);
    more();
  }

  get taken() {
    return this.socket.bytesWritten - this.socket.writableLength;
  }
}

const many = (part, size = 1 << 16) => Buffer.concat(Array(Math.ceil(size / part.length)).fill(part));

/** What peers flood with, as frames of a server. */
const FLOODS = {
  pings: many(frame(0x89, 'x')),
  emptyTexts: many(frame(0x81, '')),
  shortTexts: many(frame(0x81, 'a')),
  emptyFragments: many(frame(0x00, '')),
  longTexts: frame(0x82, Buffer.alloc(1 << 20)),
  pongs: many(frame(0x8a, '')),
  wrong: many(frame(0xf3, 'x')),
};
const HEADS = {
  interim: many(latin(['HTTP/1.1 100 Continue'])),
  headers: Buffer.concat([many(Buffer.from('X-Header: abcdefgh\r\n'))]),
  noise: many(Buffer.from('x')),
};

/** Sends the signal when the flood is on, and judges the end. */
async function interrupt(attempt, target, floods, signal, wanted) {
  const taken = () => floods().reduce((sum, flood) => sum + flood.taken, 0);
  const net = Date.now() + NET * 1000;
  let last = -1;
  let still = 0;
  // Whoever takes no more (back-pressure, a finding that was made) is interrupted all the same.
  while (target.exit === undefined && taken() < BEFORE && Date.now() < net && still < 20) {
    await sleep(25);
    // Before the first byte it starts, which may take long: its handlers are not there yet.
    still = last > 0 && taken() === last ? still + 1 : 0;
    last = taken();
  }
  // Whoever refuses the flood (a head without an end) ends by itself, and a signal that meets its end has its default effect.
  await Promise.race([target.exited, sleep(SETTLE)]);
  if (target.exit !== undefined) return judgeRun(attempt, target);
  const before = taken();
  const sent = Date.now();
  target.child.kill(signal);
  await Promise.race([target.exited, sleep(NET * 1000)]);
  const after = taken() - before;
  if (target.exit === undefined) {
    attempt.wrong(`${signal} does not end it: ${after} bytes were read after it`, target.line);
    return await target.stop('SIGKILL');
  }
  attempt.hold(after <= MOST_AFTER, `${after} bytes were read after ${signal}`, target.line);
  if (target.signal === signal && Date.now() - sent >= STUCK) return;
  judgeRun(attempt, target);
  attempt.hold(wanted.includes(target.exit), `exit ${target.exit} (${target.signal}) after ${signal}`, target.line);
}

const ENDS = [
  ['SIGINT', [130]],
  ['SIGTERM', [143]],
];

/** `check` may have ended by itself: with a finding, or as the head of the answer has no end (28). */
const ends = (command, flood, wanted) =>
  command === 'check' ? [...wanted, 1, ...(flood in HEADS ? [28] : [])] : wanted;

async function fromServer(attempt, floodsOf, runs) {
  for (const [name, flood] of Object.entries(floodsOf)) {
    for (const args of attempt.isFull ? runs : [attempt.dice.pick(runs)]) {
      const [signal, wanted] = attempt.dice.pick(ENDS);
      const floods = [];
      const port = await server(attempt, (socket, head) => {
        const first =
          flood === HEADS.headers
            ? Buffer.from('HTTP/1.1 101 x\r\n')
            : flood === HEADS.interim || flood === HEADS.noise
              ? Buffer.alloc(0)
              : switching(head);
        floods.push(new Flood(socket, flood, { first }));
      });
      const target = new Target([args[0], `ws://127.0.0.1:${port}/${name}`, ...args.slice(1)], { stdin: null });
      attempt.atEnd(() => target.stop('SIGKILL'));
      await interrupt(attempt, target, () => floods, signal, ends(args[0], name, wanted));
    }
  }
}

const choose = (attempt, all, few) => (attempt.isFull ? all : Object.fromEntries(few.map((name) => [name, all[name]])));

const check = (attempt) =>
  fromServer(attempt, choose(attempt, { ...FLOODS, ...HEADS }, ['pings', 'interim']), [
    ['check'],
    ['check', '--only', '1.*', '-v'],
    ['check', '--only', '7.*', '--json'],
    ['check', '--jobs', '1', '--tap', '--only', '2.*,frames.*'],
  ]);

const connect = (attempt) =>
  fromServer(attempt, choose(attempt, FLOODS, ['shortTexts', 'pings']), [
    ['connect', '-m', '600', '-w', '-1', '--view', 'summary'],
    ['connect', '-m', '600', '-w', '-1', '-q'],
    ['connect', '-m', '600', '-w', '-1', '--json', '--view', 'messages'],
    ['connect', '-m', '600', '-w', '-1', '--expect', 'never'],
    ['connect', '-m', '600', '-w', '-1', '--record', attempt.path('flood.ndjson'), '-q'],
  ]);

/** Clients that flood what listens. */
async function listeners(attempt) {
  const upstream = await echo(attempt);
  const sink = await server(attempt, (socket, head) => socket.write(switching(head)));
  const runs = [
    [['serve', '0'], '/'],
    [['serve', '0', '--mode', 'sink', '-q'], '/'],
    [['serve', '0', '--mode', 'chat', '--json'], '/ws/ada'],
    [['proxy', '0', `ws://127.0.0.1:${sink}/`], '/'],
    [['proxy', '0', `ws://127.0.0.1:${sink}/`, '--fragment', '1'], '/'],
    [['proxy', '0', `ws://127.0.0.1:${upstream}/`, '--json'], '/'],
    [['check', '--listen', '0'], '/runCase?case=1&agent=a'],
    [['check', '--listen', '0', '--json', '-v'], '/runCase?case=2&agent=a'],
  ];
  const chunks = [
    many(unveiled(0x81, 'a')),
    many(unveiled(0x89, '')),
    many(unveiled(0x01, '')),
    unveiled(0x82, Buffer.alloc(1 << 20)),
  ];
  for (const [args, path] of attempt.isFull ? runs : runs.filter((_, i) => [0, 6].includes(i))) {
    for (const chunk of attempt.isFull ? chunks : [attempt.dice.pick(chunks.slice(0, 3))]) {
      const [signal, wanted] = attempt.dice.pick(ENDS);
      if (args.includes('-q')) continue;
      const target = await listen(attempt, args);
      const floods = Array.from({ length: 4 }, (_, i) => {
        const bare = say(attempt, target.port, upgrade(target.port, {}, path === '/ws/ada' ? `/ws/ada${i}` : path));
        return new Flood(bare.socket, chunk);
      });
      await interrupt(attempt, target, () => floods, signal, args[0] === 'check' ? [...wanted, 1] : wanted);
      for (const { socket } of floods) socket.destroy();
    }
  }
}

/** Input that never ends. */
async function inputs(attempt) {
  const runs = [
    [['decode', '--from', 'binary', '--view', 'summary'], FLOODS.shortTexts],
    [['decode'], many(Buffer.from('81 05 48 65 6c 6c 6f\n'))],
    [['decode', '--from', 'binary', '--stats'], FLOODS.longTexts],
    [['decode', '--json'], many(Buffer.from('00000000: 8105 4865 6c6c 6f                             ..Hello\n'))],
    [['accept', '--handshake'], HEADS.headers],
    [['encode', '--binary'], many(Buffer.from('x'))],
  ];
  for (const [args, chunk] of attempt.isFull ? runs : runs.slice(0, 2)) {
    const [signal, wanted] = attempt.dice.pick(ENDS);
    const target = new Target(args, { stdin: null });
    attempt.atEnd(() => target.stop('SIGKILL'));
    const flood = new Flood(target.child.stdin, chunk);
    // A pipe of a child process counts what it hands on, too.
    Object.defineProperty(flood, 'taken', {
      get: () => target.child.stdin.bytesWritten - target.child.stdin.writableLength,
    });
    await interrupt(attempt, target, () => [flood], signal, [...wanted, 0, 1, 2]);
    target.child.stdin.destroy();
  }
}

export const attacks = [
  { name: 'signals/check', run: check },
  { name: 'signals/connect', run: connect },
  { name: 'signals/listeners', run: listeners },
  { name: 'signals/inputs', long: true, run: inputs },
];
