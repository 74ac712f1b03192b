// Code that somebody else has put where a cache of compiled code may be looked for.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, run, Target } from './target.js';

/** Newer Node.js, where it is at hand: `WSINSPECT_ATTACK_NODES` has paths, separated as in PATH. */
const NODES = [process.execPath, ...(process.env.WSINSPECT_ATTACK_NODES ?? '').split(':').filter(Boolean)];

/** Files of a folder. Links are not followed: what they lead to is not of this attack's making. */
function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Runs with a TMPDIR that somebody else made: nothing may be read from it, or written to it, as a cache. */
async function planted(attempt) {
  if (NODES.length === 1 && Number(process.versions.node.split('.')[0]) < 22) {
    attempt.note(
      'Node.js 22 or later (npm install --prefix DIR node22@npm:node@22; WSINSPECT_ATTACK_NODES=DIR/node_modules/node22/bin/node)',
    );
  }
  for (const node of NODES) {
    const version = execFileSync(node, ['--version']).toString().trim();
    const temp = attempt.path(`tmp-${version}`);
    mkdirSync(join(temp, 'node-compile-cache'), { recursive: true });
    chmodSync(temp, 0o1777);
    chmodSync(join(temp, 'node-compile-cache'), 0o777);
    if (process.getuid() === 0) chownSync(join(temp, 'node-compile-cache'), 65_534, 65_534);
    const before = join(temp, 'node-compile-cache');
    for (let i = 0; i < 2; i++) {
      const target = await run(['decode', '8100'], { node, env: { TMPDIR: temp, HOME: attempt.path('home') } });
      attempt.hold(target.exit === 0, `exit ${target.exit}: ${target.err.slice(0, 200)}`, `TMPDIR=${temp} ${version}`);
    }
    attempt.hold(
      filesUnder(before).length === 0,
      `compiled code is kept in a folder of another user: ${filesUnder(before).slice(0, 2).join(' ')}`,
      `TMPDIR=${temp} ${node} bin/wsinspect.js`,
    );
    for (const path of filesUnder(attempt.path('home'))) {
      const open = statSync(dirname(path)).mode & 0o77;
      attempt.hold(open === 0, `compiled code is kept in a folder that others may read or write: ${path}`, node);
    }
    const opened = await opens(attempt, node, temp);
    if (opened !== undefined)
      attempt.hold(
        !opened.some((path) => path.startsWith(temp)),
        `it looks into TMPDIR: ${opened
          .filter((path) => path.startsWith(temp))
          .slice(0, 3)
          .join(' ')}`,
        `${version}, strace -e trace=file`,
      );
  }
}

/** Paths that a run opens, by strace; undefined where that is not there. */
async function opens(attempt, node, temp) {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
  } catch {
    attempt.note('strace, which shows what is opened');
    return undefined;
  }
  const log = attempt.path('strace');
  await new Target(['decode', '8100'], {
    command: ['strace', ['-f', '-e', 'trace=file', '-o', log, node, 'bin/wsinspect.js', 'decode', '8100']],
    env: { TMPDIR: temp },
  }).ended();
  return [...readFileSync(log, 'latin1').matchAll(/"([^"]+)"/g)].map(([, path]) => path);
}

/** A copy of the program as it is installed, so that its cache beside dist/ can be tried. */
function installed(attempt, name) {
  const folder = attempt.path(name);
  mkdirSync(folder);
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter: (path) => !/\.cache$/.test(path) });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const version = (folder, node = process.execPath) =>
  new Target(['--version'], { command: [node, [join(folder, 'bin/wsinspect.js'), '--version']], cwd: folder }).ended();

/** A file that is replaced with equal length and time is what runs. */
async function replaced(attempt) {
  for (const node of NODES) {
    const folder = installed(attempt, `installed${NODES.indexOf(node)}`);
    const main = join(folder, 'dist/cli/main.js');
    // Whole seconds: what utimes sets is then what the file had.
    const time = new Date('2026-01-01T00:00:00Z');
    utimesSync(main, time, time);
    const { version: was } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (let i = 0; i < 3; i++) await version(folder, node);
    const code = readFileSync(main, 'utf8');
    const other = was.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
    writeFileSync(main, code.replaceAll(`"${was}"`, `"${other}"`));
    utimesSync(main, time, time);
    const { out, err } = await version(folder, node);
    attempt.hold(
      out.trim() === other,
      `a file of equal length and time that was replaced: the old code runs (${out.trim()} ${err.slice(0, 100)})`,
      `${main}, ${node}`,
    );
  }
}

/** Caches beside dist/ that are no caches: others' files, links, garbage. */
async function besideDist(attempt) {
  const folder = installed(attempt, 'open');
  await version(folder);
  await version(folder);
  for (const file of filesUnder(join(folder, 'dist')).filter((path) => /cache/i.test(path))) {
    const mode = statSync(file).mode & 0o777;
    attempt.hold((mode & 0o22) === 0, `a cache of code that others may write: ${mode.toString(8)}`, file);
    const bytes = readFileSync(file);
    for (let i = 0; i < bytes.length; i += 97) bytes[i] ^= 0xff;
    writeFileSync(file, bytes);
  }
  const { exit, out, err } = await version(folder);
  attempt.hold(
    exit === 0 && /^\d+\.\d+\.\d+/.test(out),
    `with a broken cache: exit ${exit}: ${err.slice(0, 200)}`,
    folder,
  );
}

export const attacks = [
  { name: 'caches/planted', run: planted },
  { name: 'caches/replaced', run: replaced },
  { name: 'caches/beside-dist', run: besideDist },
];
