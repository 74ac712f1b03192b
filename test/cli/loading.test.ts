import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, wsinspect } from './binary.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

interface Loaded {
  /** Files of the project and its packages, relative to its root. */
  readonly files: readonly string[];
  /** Modules of Node's own. */
  readonly builtins: readonly string[];
}

/** What a run loads: by require as the cache tells at its end, by import as Node's own log of ES modules tells. */
async function loadedBy(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  const { files, builtins, err } = await wsinspect(args, { env: { NODE_DEBUG: 'esm', ...env } });
  const imported = [...err.matchAll(/file:\/\/(\/[^\s'"]+\.[cm]?js)/g)].map(([, path]) => path!);
  const ours = [...new Set([...files, ...imported])].filter((path) => path.startsWith(ROOT));
  return { files: ours.map((path) => relative(ROOT, path)).toSorted(), builtins };
}

const packages = ({ files }: Loaded): string[] => [
  ...new Set(files.flatMap((file) => /^node_modules\/([^/]+)/.exec(file)?.[1] ?? [])),
];

describe('start-up loads', () => {
  it.each([
    [['--help']],
    [['--version']],
    [['decode', '--help']],
    [['accept', '--help']],
    [['encode', '--help']],
    [[]],
    [['nonsense']],
  ])('no command for %j', async (args) => {
    const { files } = await loadedBy(args);
    expect(files.filter((file) => !file.startsWith('node_modules/commander/'))).toEqual([
      'bin/wsinspect.js',
      'dist/cli/main.js',
    ]);
  });

  it.each([
    [['decode', '81870ec3f3cd3bf6c6f83bf6c6']],
    [['decode', '--json', '8100']],
    [['decode', '--view', 'summary', 'fixtures/dumps/lo.tcpdump-x.txt']],
    [['accept', KEY]],
    [['accept', KEY, '--explain']],
    [['encode', 'hi', '--mask', '--explain']],
    [['encode', 'hi', '--deflate']],
  ])('neither ws nor chalk for %j in a pipe', async (args) => {
    const loaded = await loadedBy(args);
    expect(loaded.files).toContain('dist/cli/commands.js');
    expect(packages(loaded)).toEqual(['commander']);
  });

  it('chalk where colour is on, and no ws', async () => {
    for (const args of [
      ['decode', '8100'],
      ['accept', KEY, '--explain'],
      ['encode', 'hi', '--explain'],
    ]) {
      expect(packages(await loadedBy(args, { FORCE_COLOR: '1' }))).toEqual(['chalk', 'commander']);
    }
  });

  it('neither node:zlib nor node:crypto for frames that need none', async () => {
    const of = async (...args: string[]): Promise<readonly string[]> => {
      const { builtins } = await loadedBy(args);
      return builtins.filter((name) =>
        ['crypto', 'zlib', 'http', 'https', 'net', 'tls', 'child_process'].includes(name),
      );
    };
    expect(await of('decode', '--from', 'hex', '81870ec3f3cd3bf6c6f83bf6c6')).not.toContain('zlib');
    expect(await of('decode', '--from', 'hex', '81870ec3f3cd3bf6c6f83bf6c6')).not.toContain('crypto');
    expect(await of('decode', '--deflate', 'c107f248cdc9c90700')).toContain('zlib');
    expect(await of('accept', KEY)).toContain('crypto');
  });
});
