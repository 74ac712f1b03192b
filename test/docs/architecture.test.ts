// What docs/architecture.md names exists, and a type's name says which type it is: each name stands for one type of the tree.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../cli/binary.js';
import { sourceFiles } from './source-files.js';

const PAGE = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
const CODE = [...PAGE.replace(/^```[^]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
/** `src/` may be left out. What begins with `/` is the path of a URL; the build makes `dist/`. */
const PATHS = CODE.filter((code) => /^(?!dist\/)[.\w-]+\/[\w./-]*$/.test(code));
const FILE_NAMES = CODE.filter((code) => /^[\w-]+\.(ts|js|md)$/.test(code));
/** Types of the tree, and of packages. */
const TYPE_NAMES = CODE.filter((code) => /^([A-Z][a-z0-9]+)+$/.test(code) && code !== 'Content');

const SOURCES = sourceFiles('src');

interface NamedType {
  readonly name: string;
  readonly path: string;
  readonly isExported: boolean;
}

function typesIn(path: string): NamedType[] {
  const found = readFileSync(join(ROOT, path), 'utf8').matchAll(
    /^(export )?(?:abstract )?(?:interface|type|class) (\w+)/gm,
  );
  return [...found].map(([, exported, name = '']) => ({ name, path, isExported: exported !== undefined }));
}

const TYPES = SOURCES.flatMap(typesIn);

/** `index.ts` adds Node's adapters to what the entry for browsers has under the same name. */
const TWO_ENTRIES = 'src/index.ts';

describe('docs/architecture.md', () => {
  it.each(PATHS)('%s exists', (path) => {
    expect([path, `src/${path}`].some((at) => existsSync(join(ROOT, at)))).toBe(true);
  });

  it.each(FILE_NAMES)('%s is a file of the sources', (name) => {
    expect([...SOURCES, 'eslint.config.js'].some((path) => path.split('/').at(-1) === name)).toBe(true);
  });

  it.each([...new Set(TYPE_NAMES)])('%s is a type of the sources', (name) => {
    expect(TYPES.some((type) => type.name === name)).toBe(true);
  });

  it('names paths, files and types', () => {
    expect(Math.min(PATHS.length - 20, FILE_NAMES.length, TYPE_NAMES.length - 10)).toBeGreaterThan(0);
  });
});

describe('names of types', () => {
  const exported = new Map<string, string[]>();
  for (const { name, path, isExported } of TYPES) {
    if (isExported && path !== TWO_ENTRIES) exported.set(name, [...(exported.get(name) ?? []), path]);
  }

  it('an exported name stands for one type', () => {
    const several = [...exported].filter(([, paths]) => paths.length > 1);
    expect(several.map(([name, paths]) => `${name}: ${paths.join(', ')}`)).toEqual([]);
  });

  it('a local type does not have the name of an exported type of another file', () => {
    const local = TYPES.filter(({ isExported }) => !isExported);
    const shadows = local.filter(({ name }) => exported.has(name));
    expect(shadows.map(({ name, path }) => `${name}: ${path}`)).toEqual([]);
  });
});
