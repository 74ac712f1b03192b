import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { has } from '../tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/scale.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}));
const only = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ text }) => text);

const SHIMS: Record<string, string> = {
  wsinspect: `exec node '${root}bin/wsinspect.js' "$@"`,
  npx: 'exec "$@"',
};
/** What `.ci/run` installs, and a contributor may not have. */
const isReady = has('parallel', 'jq', 'sqlite3', 'python3');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-scale-'));
  for (const [name, script] of Object.entries(SHIMS)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  copyFileSync(join(root, 'fixtures/captures/chat.pcap'), join(folder, 'capture.pcap'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, more: Record<string, string> = {}): { stdout: string; stderr: string } {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...more };
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], {
    cwd: folder,
    env,
    encoding: 'utf8',
    input: '',
  });
  expect(status, stderr).toBe(0);
  return { stdout, stderr };
}

/** Records of the parts that are there, but for the summaries, in an order that does not depend on the shards. */
const inParts = (): string => run('cat part-*.ndjson | grep -v \'"summary"\' | sort').stdout;
const inOne = (): string =>
  run('{ wsinspect decode -f capture.pcap --json || true; } | grep -v \'"summary"\' | sort').stdout;

describe.skipIf(!isReady)('docs/scale.md', () => {
  const examples = blocks.filter(({ language }) => language === 'bash' || language === 'console');

  // In turn: what one of them writes the next ones read.
  it.each(examples.map(({ language, text }) => [text.split('\n', 1)[0]!, language, text] as const))(
    '%s',
    (_, language, text) => {
      if (language === 'bash') {
        expect(run(text).stderr).not.toMatch(/error/i);
        if (/part-/.test(text)) expect(inParts()).toBe(inOne());
        if (text.includes('--jobs')) {
          expect(run('cat capture.ndjson').stdout).toBe(run('wsinspect decode -f capture.pcap --json || true').stdout);
        }
        return;
      }
      const turns = text.split(/^\$ /m).filter(Boolean);
      const commands = turns.map((turn) => turn.split('\n', 1)[0]!);
      expect(run(commands.join('\n')).stdout).toBe(turns.map((turn) => turn.slice(turn.indexOf('\n') + 1)).join(''));
    },
  );

  it('has a Job whose pods do their shares', () => {
    const [manifest = ''] = only('yaml');
    const script = /^ +- \|\n((?: {14}.*\n)+)/m.exec(manifest)![1]!;
    const completions = Number(/completions: (\d+)/.exec(manifest)![1]);
    run('rm part-*.ndjson');
    for (let index = 0; index < completions; index++) run(script, { JOB_COMPLETION_INDEX: String(index) });
    expect(inParts()).toBe(inOne());
  });

  it('has a function for Python', () => {
    const [decode = '', map = ''] = only('python');
    writeFileSync(join(folder, 'shards.py'), `${decode}\n${map}\nprint("\\n".join(records))\n`);
    expect(run('python3 shards.py | grep -v \'"summary"\' | sort').stdout).toBe(inOne());
  });
});
