import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ROOT } from './binary.js';

const packed = (...names: string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(ROOT, 'dist', name)), { level: 9 }).length, 0);

const SCRIPTS = ['core.js', 'web/items.js', 'web/shared.js', 'web/page.js', 'web/app.js'];
const STYLE = ['web/door.js', 'web/style.css'];
/** The page over a file. */
const OPENING = [...SCRIPTS, ...STYLE];
/** The page of live traffic has these besides. */
const LIVE = ['lists.js', 'web/live.js'];
/** What reads a dropped capture of plain HTTP/1.1, and what other files need besides. */
const READING = ['digest.js', 'pipeline.js', 'web/dropped.js', 'web/reading.js'];
const PARTS = {
  'a record that is selected': [['digest.js', 'web/frame-model.js', 'web/record-part.js'], 12_600],
  'sequence and plots': [['web/drawings-part.js'], 10_000],
  'causes of failures': [['causes.js', 'web/causes-reading.js'], 10_800],
  'HTTP/2': [['http2-layer.js', 'web/http2-reading.js'], 10_000],
  recordings: [['recordings.js', 'web/recording-reading.js'], 13_500],
  text: [['text.js', 'web/text-reading.js'], 44_500],
  TLS: [['tls-layer.js', 'tls-crypto.js', 'web/tls-reading.js'], 32_000],
  'application protocols': [['cli/apps.js'], 77_500],
} as const;

it('the scripts and styles that the page loads at its opening are small, packed; so is what reads a plain capture', () => {
  expect(packed(...OPENING)).toBeLessThan(46_600);
  expect(packed(...OPENING, ...LIVE)).toBeLessThan(53_200);
  expect(packed(...OPENING, ...READING)).toBeLessThan(142_000);
});

it.each(Object.entries(PARTS))(
  'what is not needed at once is loaded when it is, and is small: %s',
  (_, [names, most]) => {
    expect(packed(...names)).toBeLessThan(most);
  },
);

it('each part of the page is loaded when it is needed', () => {
  const text = (name: string): string => readFileSync(join(ROOT, 'dist', name), 'utf8');
  for (const name of ['reading', 'record-part', 'drawings-part'])
    expect(text('web/page.js')).toContain(`import("./${name}.js")`);
  for (const name of ['tls-reading', 'http2-reading', 'recording-reading', 'text-reading', 'apps'])
    expect(text('web/dropped.js')).toMatch(new RegExp(`import\\("\\./(?:web/)?${name}\\.js"\\)`));
  for (const name of [...OPENING, ...LIVE, ...READING].filter((name) => name.endsWith('.js')))
    expect([name, /from"[./]*\/(?:tls-\w+|http2-\w+|recordings|text|apps|[\w-]+-part)\.js"/.test(text(name))]).toEqual([
      name,
      false,
    ]);
});
