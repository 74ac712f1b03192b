import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ownCache = !('enableCompileCache' in (await import('node:module')));

describe.runIf(ownCache)('compiled code that is kept between runs (before Node 22)', () => {
  let folder: string;
  let cli: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsinspect-start-'));
    cli = join(folder, 'dist/cli');
    cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
    cpSync(join(root, 'dist/cli'), cli, { recursive: true, filter: (path) => !path.endsWith('.cache') });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const decode = (): string => {
    const { stdout, stderr, status } = spawnSync('node', [join(folder, 'bin/wsinspect.js'), 'decode', '8100'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  };
  const caches = (): string[] => readdirSync(cli).filter((name) => name.endsWith('.cache'));

  it('is written by the first run and changes nothing', () => {
    const first = decode();
    expect(caches().map((name) => name.split('.')[0])).toEqual(['commands', 'main']);
    expect(decode()).toBe(first);
  });

  it('is not taken up when it is damaged, and written anew', () => {
    const first = decode();
    for (const name of caches()) writeFileSync(join(cli, name), 'no compiled code');
    expect(decode()).toBe(first);
    expect(decode()).toBe(first);
  });

  it('is not that of an older build', () => {
    const before = decode();
    utimesSync(join(cli, 'main.js'), 1, 1);
    expect(decode()).toBe(before);
    expect(caches().filter((name) => name.startsWith('main'))).toHaveLength(2);
  });
});
