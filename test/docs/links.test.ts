import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openShell } from '../goldens/shell.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const pages = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', ...docs].filter((path) => existsSync(join(root, path)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const withoutCode = (text: string): string => text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

/** The anchors of a page: its headings as GitHub writes them, and those that it sets itself. */
function anchorsOf(text: string): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => slug(heading));
  const own = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return new Set([...headings, ...own]);
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

const links = pages.flatMap((page) =>
  [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => [page, target] as const),
);

describe('links', () => {
  it.each(links)('%s: %s', (page, target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    expect(existsSync(join(root, file)), `${file} is missing`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(read(file))).toContain(anchor);
  });
});

interface Example {
  readonly page: string;
  readonly script: string;
  readonly exit: number;
  /** What the page shows below it. */
  readonly printed?: string;
}

const EXIT = / *# exit (\d+)$/;

/** A block with `# exit N` after its lines has a command on each line; any other block is one script. */
function examplesIn(page: string): Example[] {
  const blocks = read(page).matchAll(/^```sh\n([^]*?)^```$(?:\n\n```(?:ndjson|text)\n([^]*?)^```$)?/gm);
  return [...blocks].flatMap(([, block = '', printed]) => {
    if (!/^(npx )?wsinspect |[|] wsinspect /m.test(block) || /^(npm|git) /m.test(block)) return [];
    const lines = block.trimEnd().split('\n');
    const separate = lines.every((line) => /^(npx )?wsinspect /.test(line));
    const scripts = separate ? lines : [block];
    return scripts.map((script) => ({
      page,
      script: script.replace(EXIT, ''),
      exit: Number(EXIT.exec(script)?.[1] ?? 0),
      ...(printed !== undefined && { printed }),
    }));
  });
}

const examples = docs.flatMap(examplesIn);

describe('examples', () => {
  const shell = openShell();
  afterAll(() => shell.close());

  it('are found', () => expect(examples.length).toBeGreaterThan(10));

  it.concurrent.each(examples)('$page: $script', async ({ script, exit, printed }) => {
    const ran = await shell.run(script, root);
    expect(ran.exit, ran.stderr).toBe(exit);
    if (printed !== undefined) expect(ran.stdout).toBe(printed);
  });
});
