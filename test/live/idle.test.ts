import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cleanEnv, ROOT } from '../cli/binary.js';

/** `npm run idle`, in small: its figures of memory and time mean little here, all else holds. */

const run = promisify(execFile);
const script = join(ROOT, 'bench/idle.js');
const UNTIMED = ['--settle', '0', '--newcomer', 'Infinity', '--longest', '100000'];
const NAMES = ['bare ws', 'serve -q', 'serve'];

async function idle(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(command, args, { env: cleanEnv(), timeout: 110_000 });
  return stdout;
}

describe.runIf(process.platform === 'linux')('idle connections', () => {
  it('stay open, and block no other', async () => {
    const lines = (await idle(process.execPath, script, '--connections', '250', ...UNTIMED)).trimEnd().split('\n');
    expect(lines.map((line) => line.slice(0, 9).trimEnd())).toEqual(NAMES);
    for (const line of lines) {
      expect(line).toMatch(
        / 250 open of 250, in \d+\.\d s {2}-?\d+\.\d KB each, ratio -?\d+\.\d\d {2}newcomer echoed after \d+ ms$/,
      );
    }
  });

  it('are fewer where descriptors are, and that is reported', async () => {
    const out = await idle(
      'sh',
      '-c',
      `ulimit -n 300; "${process.execPath}" "${script}" --connections 500 ${UNTIMED.join(' ')}`,
    );
    expect(out).toContain('notice: 200 connections, not 500');
    expect(out.split('200 open of 200')).toHaveLength(NAMES.length + 1);
  });
});
