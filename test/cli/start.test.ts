import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
let cli: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-start-'));
  cli = join(folder, 'package/dist/cli');
  cpSync(join(root, 'bin'), join(folder, 'package/bin'), { recursive: true });
  cpSync(join(root, 'dist/cli'), cli, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): { out: string; err: string; exit: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, 'package/bin/wsinspect.js'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
  });
  return { out: stdout, err: stderr, exit: status };
}

/** All files below a folder, with their times: what a run leaves or touches shows. */
function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(join(path, name)).mtimeMs}`)
    .toSorted();
}

describe('code comes from the package alone', () => {
  /** Replaces `marker` of the file by text of the same length, and gives it its old times. */
  function replaceUnseen(file: string, marker: string, by: string): void {
    const path = join(cli, file);
    const { atimeMs, mtimeMs, size } = statSync(path);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(marker, by));
    utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
    expect(statSync(path).size).toBe(size);
    expect(Math.abs(statSync(path).mtimeMs - mtimeMs)).toBeLessThan(1);
  }

  it('runs a file that was replaced by one of equal length and time', () => {
    const marker = 'last fragment';
    expect(run(['decode', '8100']).out).toContain(marker);
    run(['decode', '8100']);
    const holder = readdirSync(cli).find(
      (name) => name.endsWith('.js') && readFileSync(join(cli, name), 'utf8').includes(marker),
    );
    replaceUnseen(holder!, marker, 'LAST fragment');
    expect(run(['decode', '8100']).out).toContain('LAST fragment');
  });

  const SHAPES = ['0777', 'a link', 'of another user'] as const;

  it.each(SHAPES)(
    'reads and writes nothing in TMPDIR/node-compile-cache and the like: a folder that is %s',
    (shape) => {
      const shared = join(folder, 'tmp');
      const elsewhere = join(folder, 'elsewhere');
      const home = join(folder, 'home');
      for (const path of [shared, elsewhere, home]) mkdirSync(path);
      const places = [join(shared, 'node-compile-cache'), join(home, '.cache'), join(home, '.cache/wsinspect')];
      if (shape === 'a link') {
        symlinkSync(elsewhere, places[0]!);
        symlinkSync(elsewhere, places[1]!);
      } else {
        for (const place of places) {
          mkdirSync(place);
          chmodSync(place, 0o777);
          if (shape === 'of another user' && process.getuid?.() === 0) spawnSync('chown', ['65534', place]);
        }
      }
      const before = filesBelow(folder);
      const { exit } = run(['decode', '8100'], { TMPDIR: shared, HOME: home, XDG_CACHE_HOME: join(home, '.cache') });
      run(['accept', '--generate'], { TMPDIR: shared, HOME: home });
      expect(exit).toBe(0);
      expect(filesBelow(folder)).toEqual(before);
    },
  );

  it('asks Node for no cache of compiled code', () => {
    const hook = join(folder, 'hook.cjs');
    writeFileSync(
      hook,
      "const m = require('node:module'); m.enableCompileCache = () => { process._rawDebug('a cache was asked for'); };",
    );
    const { err, exit } = run(['decode', '8100'], { NODE_OPTIONS: `--require ${hook}` });
    expect({ err, exit }).toEqual({ err: '', exit: 0 });
  });

  it('leaves nothing beside the files of the package', () => {
    const before = filesBelow(join(folder, 'package'));
    for (const args of [['decode', '8100'], ['encode', 'hi'], ['--help'], ['connect', 'ws://127.0.0.1:1/']]) run(args);
    expect(filesBelow(join(folder, 'package'))).toEqual(before);
  });
});

describe('an unexpected fault', () => {
  /** A file that is loaded before the command line, and breaks something. */
  function broken(script: string): NodeJS.ProcessEnv {
    const path = join(folder, 'hook.cjs');
    writeFileSync(path, script);
    return { NODE_OPTIONS: `--require ${path}` };
  }

  const LINE = /^wsinspect: internal error: [ -~]+\n$/;
  const THROWS = "throw new TypeError('ws://u:secret@h/ \\u001b[31m\\nline 2')";
  const STAT = `require('node:fs').statSync = () => { ${THROWS} };`;
  /** While the command waits: only the fault ends it. */
  const FAULTS: readonly (readonly [what: string, script: string])[] = [
    ['one that an event throws', `setImmediate(() => { ${THROWS} });`],
    ['a rejection that nobody handles', `setImmediate(() => void (async () => { ${THROWS} })());`],
    ['a thrown value that is no error', "setImmediate(() => { throw 'a string' });"],
    ['a thrown nothing', 'setImmediate(() => { throw undefined });'],
  ];

  it.each(FAULTS)('%s is one line and exit 70', (_, script) => {
    const { err, exit } = run(['serve', '0'], broken(script));
    expect(err).toMatch(LINE);
    expect(err).not.toContain('secret');
    expect(exit).toBe(70);
  });

  it('an exception in the run is one line and exit 70', () => {
    const { err, exit } = run(['decode', '-f', 'x'], broken(STAT));
    expect(err).toMatch(LINE);
    expect(err).not.toContain('secret');
    expect(exit).toBe(70);
  });

  it('shows the stack with WSINSPECT_DEBUG=1', () => {
    const { err, exit } = run(['decode', '-f', 'x'], { ...broken(STAT), WSINSPECT_DEBUG: '1' });
    expect(err).toMatch(/^wsinspect: internal error: [^\n]+\n/);
    expect(err).toMatch(/\n {4}at /);
    expect(err).not.toContain('\x1b');
    expect(exit).toBe(70);
  });

  it('is an error record with --json too', () => {
    const { out, exit } = run(['decode', '--json', '-f', 'x'], broken(STAT));
    const record = JSON.parse(out) as Record<string, unknown>;
    expect(record).toMatchObject({ type: 'error', exit: 70 });
    expect(out).not.toContain('secret');
    expect(exit).toBe(70);
  });

  it.each(['main.js', 'decode.js'])('a package without %s', (name) => {
    rmSync(join(cli, name));
    const { err, exit } = run(['decode', '8100']);
    expect(err).toMatch(LINE);
    expect(exit).toBe(70);
  });

  it('warnings of Node about this program are not shown, unless WSINSPECT_DEBUG=1', () => {
    const warns = broken("setImmediate(() => process.emitWarning('\\u001b[31m', 'DeprecationWarning'));");
    expect(run(['decode', '8100'], warns).err).toBe('');
    expect(run(['decode', '8100'], { ...warns, WSINSPECT_DEBUG: '1' }).err).toMatch(/DeprecationWarning: \\u\{1b\}/);
  });

  it('those about its environment are one line', () => {
    const warns = broken("setImmediate(() => process.emitWarning('certs\\nare \\u001b[31m ignored'));");
    expect(run(['decode', '8100'], warns).err).toBe('wsinspect: warning: certs\\u{a}are \\u{1b}[31m ignored\n');
  });
});
