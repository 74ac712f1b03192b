// Command lines by lot: whatever is given, the exit code is a documented one, and a mistake is one line.
import { mkdirSync, writeFileSync } from 'node:fs';
import { unfit } from './hostile-text.js';
import { Host } from './host.js';
import { echo } from './peers.js';
import { drawLine } from './draw-line.js';
import { judgeRun, run } from './target.js';

const EXITS = new Set([0, 1, 2, 3, 4, 5, 6, 7, 22, 28, 35, 56, 57, 60, 130]);

/** Files that a drawn line may name, in the folder that it runs in. */
function furnish(folder) {
  writeFileSync(`${folder}/frames.hex`, '8105 48656c6c6f 8900 880203e8');
  writeFileSync(`${folder}/a.har`, '{"log":{"entries":[]}}');
  writeFileSync(`${folder}/a.ndjson`, '{"type":"frame","connection":0}\n');
  writeFileSync(`${folder}/empty`, '');
  mkdirSync(`${folder}/folder`);
}

async function inOneProcess(attempt) {
  const port = await echo(attempt);
  const host = await Host.start(attempt);
  furnish(host.cwd);
  const count = attempt.count(200, 19_800);
  for (let i = 0; i < count && attempt.findings.length < 20; i++) {
    const { args, stdin } = drawLine(attempt.dice, { port });
    const ran = await host.run(args, { stdin });
    const how = `wsinspect ${args.map((arg) => JSON.stringify(arg)).join(' ')} < ${JSON.stringify(stdin).slice(0, 100)}`;
    if (ran.failed) {
      attempt.wrong(ran.failed, how);
      continue;
    }
    if (!EXITS.has(ran.exit)) attempt.wrong(`exit ${ran.exit}: ${ran.err.slice(0, 200)}`, how);
    if (/^ {2,}at .*:\d+/m.test(ran.err)) attempt.wrong(`a stack trace: ${ran.err.slice(0, 200)}`, how);
    if (/\[object |TypeError|RangeError|ERR_[A-Z]/.test(ran.err))
      attempt.wrong(`a message of Node.js: ${ran.err.slice(0, 200)}`, how);
    if (ran.exit === 2 && ran.err === '' && !args.includes('-q') && !args.includes('--quiet'))
      attempt.wrong('exit 2 without a word', how);
    const payload = args[0] === 'connect' || args.includes('--out') || args.includes('--out=binary');
    const json = args.includes('--json');
    for (const why of [
      ...(payload ? [] : unfit(ran.out, { json, colours: true })),
      ...unfit(ran.err, { colours: true }),
    ].slice(0, 2))
      attempt.wrong(why, how);
  }
}

/** The generator with files, environments and outputs of its own, where it is there. */
async function otherLines() {
  const path = './command-lines.js';
  return await import(path).catch(({ code }) => {
    if (code !== 'ERR_MODULE_NOT_FOUND') throw new Error(`${path}: ${code}`);
    return undefined;
  });
}

/** A share as processes of their own. */
async function processes(attempt) {
  const other = await otherLines();
  if (other) {
    for (const { line, fault } of await other.attackCommandLines({
      seed: attempt.seed,
      count: attempt.count(16, 400),
    })) {
      attempt.wrong(fault, JSON.stringify(line));
    }
  }
  const port = await echo(attempt);
  const cwd = attempt.path('work');
  mkdirSync(cwd);
  furnish(cwd);
  const draw = () => {
    for (;;) {
      const line = drawLine(attempt.dice, { port });
      // Those that listen need somebody who ends them.
      if (!['serve', 'proxy'].includes(line.args[0]) && !line.args.includes('--listen')) return line;
    }
  };
  for (let i = attempt.count(8, 200); i > 0; i -= 4) {
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { args, stdin } = draw();
        const more = args[0] === 'connect' ? ['-m', '3'] : [];
        judgeRun(
          attempt,
          await run([...args, ...more], { stdin, cwd, seconds: 60, most: 64 << 20, env: { HOME: cwd } }),
        );
      }),
    );
  }
}

export const attacks = [
  { name: 'lines/in-one-process', run: inOneProcess },
  { name: 'lines/processes', long: true, run: processes },
];
