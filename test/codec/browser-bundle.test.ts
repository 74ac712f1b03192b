import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { buildSync } from 'esbuild';
import { expect, it } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
/** What it has in common with the page is in files of their own; each imports those. */
const FILES: readonly (readonly [name: string, imported: readonly string[]])[] = [
  [
    'index.browser.js',
    [
      './text.js',
      './recordings.js',
      './tls-layer.js',
      './causes.js',
      './http2-layer.js',
      './pipeline.js',
      './digest.js',
      './core.js',
    ],
  ],
  ['text.js', ['./pipeline.js', './digest.js', './core.js']],
  ['recordings.js', ['./http2-layer.js', './pipeline.js', './digest.js', './core.js']],
  ['tls-layer.js', ['./http2-layer.js', './pipeline.js', './core.js']],
  ['http2-layer.js', ['./lists.js', './pipeline.js']],
  ['causes.js', ['./pipeline.js', './core.js']],
  ['pipeline.js', ['./digest.js', './core.js']],
  ['lists.js', []],
  ['digest.js', ['./core.js']],
  ['core.js', []],
];

/** As the bundler of a user makes it. */
function bundled(code: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents: code, resolveDir: dist },
    bundle: true,
    format: 'iife',
    globalName: 'library',
    write: false,
    minify: true,
  });
  return outputFiles[0]!.text;
}

it.each(FILES)('the browser bundle asks for nothing of Node: %s', (name, expected) => {
  const text = readFileSync(`${dist}/${name}`, 'utf8');
  expect(text).not.toMatch(/["']node:|\brequire\(|\bprocess\.|(?<!\?)\bBuffer\s*[.(]/);
  const imported = [...text.matchAll(/(?:^|;)import\b[^"']*["']([^"']+)["']/g)].map(([, module]) => module);
  expect(imported).toEqual(expected);
});

it('the browser bundle needs only the language and text coding', () => {
  const context = createContext({ TextDecoder, TextEncoder });
  runInContext(bundled("export * from './index.browser.js'"), context);
  const shown = runInContext(
    `const inspector = new library.Inspector({ direction: 'client' });
     JSON.stringify(inspector.push(Uint8Array.of(0x81, 0x81, 1, 2, 3, 4, 0x60)).map((r) => [r.frame.header.opcode, library.decodeUtf8(r.frame.payload)]))`,
    context,
  ) as string;
  expect(shown).toBe('[[1,"a"]]');
  const read = runInContext(
    `const reader = new library.TrafficReader();
     const records = [...reader.push(Uint8Array.of(0x81, 2, 0x68, 0x69)), ...reader.end()];
     JSON.stringify(records.map((r) => r.frame ? library.decodeUtf8(r.frame.payload) : r.type))`,
    context,
  ) as string;
  expect(read).toBe('["hi","connection"]');
});
