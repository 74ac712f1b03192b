import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
const examples = [...page.matchAll(/^```js\n([^]*?)^```\n\n```text\n([^]*?)^```$/gm)].map(([, code, printed]) => ({
  code: code!,
  printed: printed!,
}));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-library-'));
  for (const [fixture, name] of [
    ['websocket.pcapng', 'capture.pcapng'],
    ['tls/t13-chacha20.pcap', 'wss.pcap'],
    ['tls/t13-chacha20.keys', 'keys.log'],
  ] as const) {
    copyFileSync(join(root, 'fixtures/captures', fixture), join(folder, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(code: string, entry: string): { stdout: string; stderr: string } {
  const file = join(folder, 'example.mjs');
  writeFileSync(file, linked(code, { wsinspect: entry, 'wsinspect/tls-crypto': 'tls-crypto.js' }));
  return spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
}

/** Imports name the package; here they name its files. */
function linked(code: string, files: Readonly<Record<string, string>>): string {
  return Object.entries(files).reduce(
    (text, [name, file]) => text.replaceAll(`'${name}'`, JSON.stringify(join(root, 'dist', file))),
    code,
  );
}

describe('docs/library.md', () => {
  it('has an output for each example', () => {
    expect(page.match(/^```js$/gm)).toHaveLength(examples.length);
  });

  it.each(examples)('prints what it says: %#', ({ code, printed }) => {
    const { stdout, stderr } = run(code, 'index.js');
    expect(stderr).toBe('');
    expect(stdout).toBe(printed);
  });

  it.each(examples.filter(({ code }) => !code.includes('node:') || code.includes('tls-crypto')))(
    'and with the entry for browsers: %#',
    (example) => {
      expect(run(example.code, 'index.browser.js').stdout).toBe(example.printed);
    },
  );
});
