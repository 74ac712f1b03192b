// Paths that are no plain files of one's own: links, pipes, folders, names too long, nobody's; and the modes of what is written.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { echo, say, upgrade, unveiled } from './peers.js';
import { BINARY, judgeRun, listen, run } from './target.js';

const UNREADABLE = (attempt) => {
  const make = (name, how) => {
    how(attempt.path(name));
    return attempt.path(name);
  };
  return {
    'a loop of links': make('loop', (path) => symlinkSync(path, path)),
    'a dangling link': make('dangling', (path) => symlinkSync(attempt.path('nothing/there'), path)),
    'a folder': make('folder', (path) => mkdirSync(path)),
    'a name too long': attempt.path('n'.repeat(300)),
    'a path too long': attempt.path(`${'d/'.repeat(2500)}x`),
    'a path through a file': make('file', (path) => writeFileSync(path, 'x')) + '/inside',
    'a path that is not there': attempt.path('none/at/all'),
    'an empty path': '',
    'no text': '\u0001\u202e',
    'a file nobody may read': make('secret', (path) => (writeFileSync(path, 'x'), chmodSync(path, 0))),
    'a socket of the system': '/proc/self/fd',
    'a file of the kernel': '/proc/self/mem',
  };
};

/** Options that take a path, and the command line around it. */
const READS = [
  (path) => ['decode', '-f', path],
  (path) => ['decode', '-f', path, '--from', 'pcap', '--jobs', '2'],
  (path) => ['encode', '-f', path],
  (path) => ['accept', `--handshake=${path}`],
  (path) => ['connect', 'ws://127.0.0.1:1/', '--replay', path],
  (path) => ['serve', '0', '--replay', path],
  (path) => ['connect', 'ws://127.0.0.1:1/', '--send-file', path],
  (path) => ['connect', 'wss://127.0.0.1:1/', '--cacert', path],
  (path) => ['connect', 'wss://127.0.0.1:1/', '--cert', path, '--key', path],
  (path) => ['serve', '0', '--cert', path, '--key', path],
  (path) => ['serve', '0', '--client-ca', path, '--cert', path, '--key', path],
  (path) => ['proxy', '0', 'ws://127.0.0.1:1/', '--listen-cert', path, '--listen-key', path],
  (path) => ['check', 'ws://127.0.0.1:1/', '--spec', path],
  (path) => ['check', 'ws://127.0.0.1:1/', '--expect', path],
  (path) => ['check', '--compare', path, path],
];
const WRITES = [
  (path) => ['connect', 'ws://127.0.0.1:1/', '--record', path],
  (path) => ['connect', 'ws://127.0.0.1:1/', '--record', `${path}.ndjson`],
  (path) => ['connect', 'ws://127.0.0.1:1/', '--record', `${path}.har`],
  (path) => ['proxy', '0', 'ws://127.0.0.1:1/', '--record', `${path}/a.pcapng`],
  (path) => ['check', 'ws://127.0.0.1:1/', '--junit', `${path}/a`],
  (path) => ['check', 'ws://127.0.0.1:1/', '--html', `${path}/a`],
  (path) => ['check', 'ws://127.0.0.1:1/', '--reports', `${path}/a`],
  (path) => ['check', 'ws://127.0.0.1:1/', '--save-expect', `${path}/a`],
  (path) => ['check', 'ws://127.0.0.1:1/', '--record', `${path}/a.ndjson`],
  (path) => ['decode', '8100', '--extract', `${path}/a`],
  (path) => ['connect', 'ws+unix:' + path, '-x', 'a'],
  (path) => ['connect', 'ws://127.0.0.1:1/', '--unix-socket', path],
];

async function paths(attempt) {
  const unreadable = Object.entries(UNREADABLE(attempt));
  const lines = [...READS, ...WRITES].flatMap((make) => unreadable.map(([what, path]) => [what, make(path)]));
  const chosen = attempt.isFull ? lines : lines.filter((_, i) => i % 23 === attempt.seed % 23);
  for (let i = 0; i < chosen.length; i += 4) {
    await Promise.all(
      chosen.slice(i, i + 4).map(async ([what, args]) => {
        // Whoever takes the path and listens or runs is ended: that is no fault of the path.
        const target = await run(args, {
          seconds: 20,
          stdin: '',
          ...(args[0] === 'serve' || args[0] === 'proxy'
            ? {
                command: [
                  'timeout',
                  ['--preserve-status', '-s', 'INT', '2', process.execPath, 'bin/wsinspect.js', ...args],
                ],
              }
            : {}),
        });
        judgeRun(attempt, target);
        attempt.hold(
          ![1, null].includes(target.exit) || args[0] === 'decode',
          `${what}: exit ${target.exit}: ${target.err.slice(0, 200)}`,
          target.line,
        );
      }),
    );
  }
}

/** What stands at the place of a recording, or of a file beside it. */
async function recordings(attempt) {
  const port = await echo(attempt);
  const victim = attempt.path('victim');
  for (const [name, part] of [
    ['a.har', 'a.har.part'],
    ['b.ndjson', 'b.ndjson'],
    ['c.pcapng', 'c.pcapng'],
  ]) {
    for (const [what, place] of [
      ['a FIFO', (path) => execFileSync('mkfifo', [path])],
      ['a dangling link', (path) => symlinkSync(victim, path)],
      ['a link to a file', (path) => (writeFileSync(`${victim}2`, 'precious'), symlinkSync(`${victim}2`, path))],
      ['a folder', (path) => mkdirSync(path)],
      ['a loop', (path) => symlinkSync(path, path)],
    ]) {
      const folder = attempt.path(`${name}-${what.replaceAll(' ', '-')}`);
      mkdirSync(folder);
      place(`${folder}/${part}`);
      const target = await run(['connect', `ws://127.0.0.1:${port}/`, '-x', 'hello', '--record', `${folder}/${name}`], {
        seconds: 15,
      });
      judgeRun(attempt, target);
      const isPart = part !== name;
      if (what === 'a FIFO') attempt.hold(target.exit === 2, `${part} is ${what}: exit ${target.exit}`, target.line);
      if (isPart && what.includes('link')) {
        attempt.hold(!existsSync(victim), `${part}, ${what}, is followed`, target.line);
        attempt.hold(
          !existsSync(`${victim}2`) || statSync(`${victim}2`).size === 8,
          `${part}, ${what}, is written through`,
          target.line,
        );
      }
    }
  }
}

/** Recordings, key logs and history hold secrets: nobody else may read them, whatever the umask. */
async function modes(attempt) {
  const port = await echo(attempt);
  const names = ['a.ndjson', 'a.pcapng', 'a.har'];
  const open = (args) => ({ command: ['sh', ['-c', 'umask 0; exec "$@"', 'sh', process.execPath, BINARY, ...args]] });
  const runOpen = (args) => run(args, open(args));
  for (const name of names) {
    const target = await runOpen(['connect', `ws://127.0.0.1:${port}/`, '-x', 'hello', '--record', attempt.path(name)]);
    judgeRun(attempt, target);
    judgeMode(attempt, attempt.path(name), target.line);
  }
  const serve = await listen(
    attempt,
    ['serve', '0', '--record', attempt.path('s.har')],
    open(['serve', '0', '--record', attempt.path('s.har')]),
  );
  const bare = say(attempt, serve.port, Buffer.concat([upgrade(serve.port), unveiled(0x81, 'hi')]));
  await bare.until(({ text }) => text.includes('hi'));
  judgeMode(attempt, attempt.path('s.har.part'), serve.line);
  bare.end();
  await serve.stop();
  judgeMode(attempt, attempt.path('s.har'), serve.line);
  const checked = await runOpen([
    'check',
    `ws://127.0.0.1:${port}/`,
    '--only',
    '1.1.1',
    '--record',
    attempt.path('c.ndjson'),
  ]);
  judgeMode(attempt, attempt.path('c.ndjson'), checked.line);
  // A recording that was there and open to all is closed, or refused: it is about to hold secrets.
  writeFileSync(attempt.path('old.ndjson'), '');
  chmodSync(attempt.path('old.ndjson'), 0o666);
  const target = await run([
    'connect',
    `ws://127.0.0.1:${port}/`,
    '-x',
    'hello',
    '--record',
    attempt.path('old.ndjson'),
  ]);
  if (target.exit === 0) judgeMode(attempt, attempt.path('old.ndjson'), `${target.line} (there was one with mode 666)`);
}

function judgeMode(attempt, path, how) {
  if (!attempt.hold(existsSync(path), `${path} is not there`, how)) return;
  const mode = lstatSync(path).mode & 0o777;
  attempt.hold((mode & 0o77) === 0, `${path.split('/').at(-1)} has mode ${mode.toString(8)}`, how);
}

/** Names of connections and messages go into no path. */
async function traversal(attempt) {
  const hostile = ['../../evil', '/tmp/evil', '..', '.', 'a/../../b', 'nul\u0001', 'C:\\evil'];
  const entries = hostile.map((name, i) => ({
    startedDateTime: '2026-01-01T00:00:00.000Z',
    _resourceType: 'websocket',
    _webSocketMessages: [{ type: 'send', time: i, opcode: 1, data: 'x' }],
    request: { method: 'GET', url: `ws://${name}/${name}`, headers: [], httpVersion: 'HTTP/1.1' },
    response: { status: 101, headers: [] },
    connection: name,
    _client: name,
    _server: name,
  }));
  writeFileSync(attempt.path('a.har'), JSON.stringify({ log: { entries } }));
  const records = hostile.map((name, i) =>
    JSON.stringify({
      type: 'frame',
      connection: i,
      direction: name,
      index: name,
      name,
      fin: true,
      opcode: 1,
      masked: false,
      payloadLength: 1,
      payloadBytes: 1,
      text: 'x',
    }),
  );
  writeFileSync(attempt.path('a.ndjson'), `${records.join('\n')}\n`);
  for (const name of ['a.har', 'a.ndjson']) {
    const out = `${name}-out`;
    const target = await run(['decode', '-f', attempt.path(name), '--extract', attempt.path(out)]);
    judgeRun(attempt, target);
    const outside = readdirSync(attempt.folder).filter(
      (file) => !['a.har', 'a.ndjson', 'a.har-out', 'a.ndjson-out'].includes(file),
    );
    attempt.hold(outside.length === 0, `--extract wrote outside of its folder: ${outside.join(' ')}`, target.line);
    for (const file of existsSync(attempt.path(out)) ? readdirSync(attempt.path(out)) : [])
      attempt.hold(
        /^[\w.-]+$/.test(file) && !file.startsWith('.'),
        `--extract names a file ${JSON.stringify(file)}`,
        target.line,
      );
  }
  // A link in the folder's place, and one inside.
  mkdirSync(attempt.path('elsewhere'));
  mkdirSync(attempt.path('full'));
  symlinkSync(attempt.path('elsewhere'), attempt.path('full/0'));
  const target = await run(['decode', '8100', '--extract', attempt.path('full')]);
  attempt.hold(
    target.exit === 2 && readdirSync(attempt.path('elsewhere')).length === 0,
    '--extract takes a folder that is not empty',
    target.line,
  );
}

export const attacks = [
  { name: 'targets/paths', run: paths },
  { name: 'targets/recordings', run: recordings },
  { name: 'targets/modes', run: modes },
  { name: 'targets/traversal', run: traversal },
];
