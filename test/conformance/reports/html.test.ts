import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { htmlReport } from '../../../src/conformance/reports/html.js';
import type { CaseReport } from '../../../src/conformance/reports/report.js';

const CASE = {
  rfc: 'RFC 6455',
  level: 'MUST',
  title: 't',
  expected: 'e',
  actual: 'a',
  behavior: 'OK',
  behaviorClose: 'OK',
  duration: 1,
  passed: true,
  required: true,
  command: 'c',
  frames: '',
} as const;
const page = (cases: readonly CaseReport[], agent = 'x'): string =>
  htmlReport([{ agent, target: 'ws://h', startedAt: 0, duration: 1, seed: 1, version: '1', cases }]);

test('hostile text comes out as text', () => {
  const evil = `</script></style><img onerror=x>"'&\x1b[2J\0\u202e`;
  const all = { ...CASE, id: evil, rfc: evil, title: evil, expected: evil, actual: evil, command: evil, frames: evil };
  const text = page(
    [
      { ...all, passed: false },
      { ...all, id: 'a.b', skipped: evil },
    ],
    evil,
  );
  for (const raw of ['<img', '</script', '\0', '\x1b', '\u202e']) expect(text).not.toContain(raw);
  expect(text.match(/<\/style>/g)).toHaveLength(1);
  expect(text).toContain('&lt;img onerror=x&gt;&quot;&#39;&amp;\\x1b[2J\\x00\\u202e');
});

test('each sign links to its case, and the policy allows the style', () => {
  const text = page([
    { ...CASE, id: '1.1' },
    { ...CASE, id: '1.2', behavior: 'NON-STRICT' },
    { ...CASE, id: '1.3', behavior: 'FAILED', passed: false },
    { ...CASE, id: '1.4', skipped: 'why' },
    { ...CASE, id: '1.5', behavior: 'INFORMATIONAL' },
    { ...CASE, id: '1.6', behavior: 'UNIMPLEMENTED' },
  ]);
  const signs = [...text.matchAll(/href="#case-([\d.]+)"[^>]*aria-label="[^"]*">(.)</g)].map(
    ([, id, sign]) => id! + sign!,
  );
  expect(signs).toEqual(['1.1.', '1.2n', '1.3F', '1.4-', '1.5i', '1.6u']);
  const ids = new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
  for (const [, id] of text.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(id);
  const style = /<style>([^]*)<\/style>/.exec(text)![1]!;
  expect(text).toContain(`sha256-${createHash('sha256').update(style).digest('base64')}`);
});
