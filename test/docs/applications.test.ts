import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { APP_PROTOCOLS } from '../../src/apps/registry.js';

it('docs/applications.md lists the protocols that are read, with their titles', () => {
  const page = readFileSync(new URL('../../docs/applications.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('\n## Protocols\n');
  const listed = [...section.split('\n## ')[0]!.matchAll(/^\| `(\w[\w.-]*)` +\| (.+?) +\|$/gm)];
  const rows = APP_PROTOCOLS.map(({ name, title }) => `${name} ${title}`);
  expect(listed.map(([, name, title]) => `${name} ${title}`).toSorted()).toEqual(rows.toSorted());
});
