import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEFT_OUT, SCRIPTS } from '../../src/cli/report/html-report.js';
import { ReportCollector } from '../../src/cli/report/report-collector.js';
import { oneScript, reportPage, type PageParts } from '../../src/cli/report/report-page.js';
import type { Judged } from '../../src/traffic/judged.js';
import fc from '../fc.js';
import { ROOT, Workshop, wsinspect } from './binary.js';

const file = (name: string): string => readFileSync(join(ROOT, 'dist', name), 'utf8');
const PARTS: PageParts = {
  html: file('web/index.html'),
  style: file('web/style.css'),
  icon: file('web/icon.svg'),
  scripts: new Map(SCRIPTS.map((name) => [basename(name), file(`web/${name}`)])),
  leftOut: LEFT_OUT,
};
const FEED = /<script id="feed" type="application\/json">([^]*?)<\/script>/;
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '-->',
  ']]>',
  '\u2028\u2029',
  '&lt;img src=x onerror=alert(1)&gt;',
  '<img src=x onerror=alert(1)>',
  '$&$1$`',
  '\ud800',
  '"\\"',
];

interface Feed {
  readonly title: string;
  readonly note: string;
  readonly inFull: readonly string[];
  readonly records: readonly unknown[];
}

function feedOf(page: string): Feed {
  return JSON.parse(FEED.exec(page)![1]!) as Feed;
}

describe('the page of a report', () => {
  it('holds any record, and nothing that HTML reads', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE), fc.string());
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), text, text, (texts, title, note) => {
        const scripts = new Map([
          ['core.js', 'const a=1;export{a as A};'],
          ['app.js', 'import{A as b}from"../core.js";b;'],
        ]);
        const parts = { ...PARTS, scripts };
        const records = texts.map((one) => JSON.stringify({ type: 'notice', message: one }));
        const page = reportPage(parts, { records, title, note, inFull: [] });
        const feed = FEED.exec(page)![1]!;
        expect(feed).not.toMatch(/[<>&\u2028\u2029]/);
        // What is not well-formed is replaced, as everywhere in JSON text that is written as UTF-8.
        expect(JSON.parse(feed)).toEqual({
          title,
          note,
          inFull: [],
          records: texts.map((message) => ({ type: 'notice', message })),
        });
        const frame = page.replace(feed, '');
        const empty = reportPage(parts, { inFull: [], records: [], title: '', note: '' });
        expect(frame).toBe(empty.replace(FEED.exec(empty)![1]!, ''));
      }),
    );
  });

  it('allows its own script and style alone, by their hashes', () => {
    const page = reportPage(PARTS, { inFull: [], records: [], title: 'x', note: '' });
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page)!;
    const [, script = ''] = /<script type="module">([^]*?)<\/script>/.exec(page)!;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      'img-src data:',
      'worker-src blob:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    // Before anything that it rules.
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.search(/<style|<script|<link|<img/));
    expect(page.replace(script, '').replace(style, '')).not.toMatch(/ (?:src|href)="(?!data:)/);
  });

  it('is one script that imports nothing, and in which no tag ends it', async () => {
    const script = oneScript(
      new Map([
        ['core.js', 'var q="</script>",r="<!--";export{q as A,r as B};'],
        ['reading.js', 'import{A as x,B}from"../core.js";globalThis.seen.push("read");var y=x+B;export{y as read};'],
        [
          'app.js',
          'import{B as z}from"../core.js";globalThis.seen=[z,import("./reading.js"),import("./reading.js"),import("./apps.js")];',
        ],
      ]),
      ['apps.js'],
    );
    expect(script).not.toMatch(/\bimport\b|\bexport\b|<\/script|<!--/);
    const global = globalThis as { seen?: unknown[] };
    (0, eval)(script);
    // What is loaded later has not run yet, and runs once.
    const [first, one, other] = global.seen!;
    expect([first, global.seen!.length]).toEqual(['<!--', 4]);
    await expect(global.seen![3]).rejects.toThrow();
    expect(await one).toEqual({ read: '</script><!--' });
    expect(await other).toBe(await one);
    expect(global.seen!.slice(4)).toEqual(['read']);
    delete global.seen;
  });
});

describe('what a report holds', () => {
  it('is bounded, and names what it lacks', () => {
    const collector = new ReportCollector({ records: 2, characters: 100_000, ends: 1 });
    for (let connection = 0; connection < 9; connection++) {
      collector.record({
        type: 'body',
        connection,
        direction: 'server',
        offset: 0,
        bytes: new Uint8Array(1),
        diagnostics: [],
      });
    }
    expect(collector.records.length).toBe(2);
    expect(collector.note).toBe(
      '7 later records are left out, of connections #2, #3, #4, #5, #6 and 2 more: filters select what a report holds',
    );
  });

  it('ends before a record that is too large', () => {
    const collector = new ReportCollector({ records: 10, characters: 300, ends: 1 });
    const body = (length: number): Judged => ({
      type: 'body',
      connection: 0,
      direction: 'server',
      offset: 0,
      bytes: new Uint8Array(length).fill(0x61),
      diagnostics: [],
    });
    collector.record(body(500));
    collector.record(body(5));
    expect([collector.records.length, collector.note.startsWith('1 later')]).toEqual([1, true]);
  });
});

describe('decode --html', () => {
  let shop: Workshop;
  beforeAll(() => {
    shop = new Workshop();
  });
  afterAll(() => shop.remove());
  const capture = join(ROOT, 'fixtures/captures/websocket.pcapng');

  it('writes the records that are shown, and prints as without it', async () => {
    const path = join(shop.folder, 'report.html');
    const [plain, both] = await Promise.all([
      wsinspect(['decode', capture, '--opcode', 'text']),
      wsinspect(['decode', capture, '--opcode', 'text', '--html', path]),
    ]);
    expect([both.exit, both.out, both.err]).toEqual([plain.exit, plain.out, plain.err]);
    const { records, title, note, inFull } = feedOf(readFileSync(path, 'utf8'));
    expect([title, note, inFull]).toEqual(['websocket.pcapng', '', []]);
    const types = records.map((record) => (record as { type: string; name?: string }).name ?? 'end');
    expect(types).toEqual(['text', 'text', 'text', 'text', 'end']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is written with what was read of a damaged input', async () => {
    const path = join(shop.folder, 'cut.html');
    const cut = shop.write('cut.pcapng', readFileSync(capture).subarray(0, 1100));
    const { exit } = await wsinspect(['decode', cut, '--html', path]);
    expect(exit).toBe(1);
    const { records, note } = feedOf(readFileSync(path, 'utf8'));
    expect(records.length).toBe(2);
    // Whoever gets it knows that there was more, and not where the file was.
    expect(note).toMatch(/^cut\.pcapng: offset \d+: cut off in the middle of a/);
  });

  it.each([
    ['an input', (path: string) => ['decode', path, '--html', path], 'is read in the same run'],
    ['a directory', () => ['decode', capture, '--html', '/tmp'], 'directory'],
    ['--last', () => ['decode', capture, '--html', 'x.html', '--last', '1'], '--last'],
  ])('is not written over %s', async (_, args, words) => {
    const own = shop.write('own.pcapng', readFileSync(capture));
    const { exit, err } = await wsinspect(args(own));
    expect([exit, err.includes(words)]).toEqual([2, true]);
    expect(readFileSync(own)).toEqual(readFileSync(capture));
  });

  it('is not written where nothing could be read', async () => {
    const path = join(shop.folder, 'none.html');
    const { exit } = await wsinspect(['decode', join(shop.folder, 'no-such.pcap'), '--html', path]);
    expect([exit, existsSync(path)]).toEqual([2, false]);
  });
});
