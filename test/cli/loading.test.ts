import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ROOT, wsinspect, type RunOptions } from './binary.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

interface Loaded {
  /** Files of the project and its packages, relative to its root. */
  readonly files: readonly string[];
  /** Modules of Node's own. */
  readonly builtins: readonly string[];
  /** Those that the files requested themselves. */
  readonly asked: readonly string[];
}

/** What a run loads: by require as the cache shows at its end, by import as Node's own log of ES modules shows. */
async function loadedBy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options: Pick<RunOptions, 'bare' | 'stdin'> = {},
): Promise<Loaded> {
  const { files, builtins, asked, err } = await wsinspect(args, { ...options, env: { NODE_DEBUG: 'esm', ...env } });
  const imported = [...err.matchAll(/file:\/\/(\/[^\s'"]+\.[cm]?js)/g)].map(([, path]) => path!);
  const ours = [...new Set([...files, ...imported])].filter((path) => path.startsWith(ROOT));
  return { files: ours.map((path) => relative(ROOT, path)).toSorted(), builtins, asked };
}

/** What every start needs. */
const START = ['bin/wsinspect.js', 'dist/cli/main.js'];
const ALL_OPTIONS = ['bin/wsinspect.js', 'dist/cli/live-options.js', 'dist/cli/main.js'];
/** Of all that is bundled only chalk asks for this one: that it is loaded shows that chalk is. */
const BY_CHALK = 'os';

describe('the detector', () => {
  it('sees what is required and what is imported', async () => {
    const script = "require('ws'); void import('chalk');";
    const { files } = await loadedBy(['-e', script], {}, { bare: true });
    expect(files).toContain('node_modules/ws/lib/websocket.js');
    expect(files).toContain('node_modules/chalk/source/index.js');
  });
});

describe('start-up loads', () => {
  it.each([
    [['--version'], START],
    [['decode', '--help'], START],
    [['accept', '--help'], START],
    [['encode', '--help'], START],
    // The list of commands shows which of them have options.
    [['--help'], ALL_OPTIONS],
    [[], ALL_OPTIONS],
    [['nonsense'], ALL_OPTIONS],
  ])('no command and no package for %j', async (args, files) => {
    expect((await loadedBy(args)).files).toEqual(files);
  });

  it.each([
    [['decode', '81870ec3f3cd3bf6c6f83bf6c6'], 'decode.js'],
    [['decode', '--json', '8100'], 'decode.js'],
    [['decode', '--view', 'summary', 'fixtures/dumps/lo.tcpdump-x.txt'], 'packets.js'],
    [['accept', KEY], 'accept.js'],
    [['accept', KEY, '--explain'], 'accept.js'],
    [['encode', 'hi', '--mask', '--explain'], 'encode.js'],
    [['encode', 'hi', '--deflate'], 'encode.js'],
  ])('neither ws nor chalk for %j in a pipe', async (args, needed) => {
    const { files, asked } = await loadedBy(args);
    expect(files).toContain(`dist/cli/${needed}`);
    expect(files.filter((file) => !file.startsWith('dist/cli/'))).toEqual(['bin/wsinspect.js']);
    expect(asked).not.toContain(BY_CHALK);
  });

  it('chalk where colour is on, and no ws', async () => {
    for (const args of [
      ['decode', '8100'],
      ['accept', KEY, '--explain'],
      ['encode', 'hi', '--explain'],
    ]) {
      const { files, asked } = await loadedBy(args, { FORCE_COLOR: '1' });
      expect(asked).toContain(BY_CHALK);
      expect(files.filter((file) => file.includes('node_modules/ws/'))).toEqual([]);
    }
  });

  const DECODE = [...START, 'dist/cli/common.js', 'dist/cli/decode.js'].toSorted();

  it.each<[readonly string[], RunOptions['stdin']]>([
    [['decode', '81870ec3f3cd3bf6c6f83bf6c6'], undefined],
    [['decode', ...'81 87 0e c3 f3 cd 3b f6 c6 f8 3b f6 c6'.split(' ')], undefined],
    [['decode'], '81870ec3f3cd3bf6c6f83bf6c6\n'],
    [['decode', '-v'], '81870EC3F3CD3BF6C6F83BF6C6'],
  ])('nothing that reads other forms for hex digits: %j', async (args, stdin) => {
    expect((await loadedBy(args, {}, stdin === undefined ? {} : { stdin })).files).toEqual(DECODE);
  });

  it.each<[string, readonly string[], RunOptions['stdin'], readonly string[]]>([
    ['texts', ['decode'], '81 87 0e c3 f3 cd 3b f6 c6 f8 3b f6 c6\n', ['texts']],
    ['texts', ['decode', "b'\\x81\\x00'"], undefined, ['texts']],
    ['views', ['decode', '--view', 'summary', '8100'], undefined, ['views']],
    ['views', ['decode', '--json', '8100'], undefined, ['views']],
    ['unpacking', ['decode'], gzipSync('8100'), ['unpacking']],
  ])('%s for %j', async (_, args, stdin, wanted) => {
    const { files } = await loadedBy(args, {}, stdin === undefined ? {} : { stdin });
    const parts = ['texts', 'views', 'unpacking', 'packets', 'jobs', 'encode', 'judge', 'replay', 'live', 'check'];
    expect(parts.filter((part) => files.includes(`dist/cli/${part}.js`)).toSorted()).toEqual(wanted.toSorted());
  });

  const ENCODE = [...START, 'dist/cli/common.js', 'dist/cli/encode.js'].toSorted();

  it.each([
    [['encode', 'hello', '--mask', '37fa213d']],
    [['encode', 'hello', '--mask', '--explain']],
    [['encode', '--close', '1000:bye', '--json']],
  ])('nothing of `decode` beyond what both have for %j', async (args) => {
    expect((await loadedBy(args)).files).toEqual(ENCODE);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['decode', '810548656c6c6f'], []],
    [['decode', '818537fa213d7f9f4d5158'], []],
    [['decode', 'fixtures/captures/websocket.pcapng'], ['streams']],
    [['decode', '--json', 'fixtures/captures/websocket.pcapng'], ['streams']],
    [
      ['decode', '--deflate', 'c107f248cdc9c90700'],
      ['streams', 'rare'],
    ],
    [['decode', '8105c3a9c3a921'], ['characters']],
    [
      ['encode', '--close', '1005', '--allow-invalid'],
      ['streams', 'characters'],
    ],
  ])('of what few runs need for %j: %j', async (args, wanted) => {
    const { files } = await loadedBy(args);
    const parts = ['streams', 'rare', 'characters'];
    expect(parts.filter((part) => files.includes(`dist/cli/${part}.js`))).toEqual(wanted);
  });

  it('what reads packets only for captures and dumps', async () => {
    const packets = async (...args: string[]): Promise<boolean> =>
      (await loadedBy(['decode', ...args])).files.includes('dist/cli/packets.js');
    expect(await packets('81870ec3f3cd3bf6c6f83bf6c6')).toBe(false);
    expect(await packets('fixtures/dumps/lo.pcap')).toBe(true);
  });

  it('neither node:zlib nor node:crypto for frames that need none', async () => {
    const of = async (...args: string[]): Promise<readonly string[]> => (await loadedBy(args)).builtins;
    for (const name of ['zlib', 'crypto', 'http', 'tls']) {
      expect(await of('decode', '--from', 'hex', '81870ec3f3cd3bf6c6f83bf6c6')).not.toContain(name);
    }
    expect(await of('decode', '--deflate', 'c107f248cdc9c90700')).toContain('zlib');
    expect(await of('accept', '--generate')).toContain('crypto');
  });

  it('no node:crypto for a few keys', async () => {
    for (const args of [
      ['accept', KEY],
      ['decode', 'fixtures/captures/websocket.pcapng'],
    ]) {
      expect((await loadedBy(args)).builtins).not.toContain('crypto');
    }
  });
});
