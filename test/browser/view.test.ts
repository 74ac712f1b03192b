import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, Workshop, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { Pages } from './browser.js';
import { Viewings } from './viewing.js';

const CHAT = join(ROOT, 'fixtures/captures/chat.pcap');
/** What would run if it were read as HTML, or end the script that holds it. */
const HOSTILE = '</script><img src=x onerror="document.title=1"><!--\u2028';

/** What shows a record, and what draws a connection, is loaded. */
async function hasParts(page: Page): Promise<void> {
  const loaded = "performance.getEntriesByType('resource').filter(({ name }) => /-part\\.js$/.test(name)).length";
  await expect.poll(() => page.evaluate<number>(loaded)).toBe(2);
}

describe.skipIf(!has('chromium'))('the page over files', () => {
  const pages = new Pages();
  const viewings = new Viewings();
  let shop: Workshop;
  beforeAll(async () => {
    shop = new Workshop();
    await pages.start();
  });
  afterAll(async () => {
    await pages.end();
    viewings.end();
    shop.remove();
  });
  afterEach(() => {
    expect(pages.complaints.splice(0)).toEqual([]);
  });

  const view = (...args: string[]): Promise<string> => viewings.open(...args);
  const isRead = (page: Page): Promise<void> => page.locator('#channel-text', { hasText: /^read: / }).waitFor();

  it('lists the rows, filters them, and shows every byte of one', async () => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    expect(await page.locator('#tab-chat').isVisible()).toBe(false);
    await page.click('#tab-inspector');
    await page.locator('#counted', { hasText: '42 records' }).waitFor();
    await page.fill('#filter', 'opcode:ping server:');
    await page.locator('#counted', { hasText: '4 of 42 records' }).waitFor();
    await page.locator('#rows .row', { hasText: 'ping' }).nth(3).waitFor();
    expect(await page.locator('#rows .row .name').allTextContents()).toEqual(['ping', 'ping', 'ping', 'ping']);
    await page.fill('#filter', 'Grüße');
    await page.locator('#rows .row', { hasText: 'Grüße' }).first().waitFor();
    await page.fill('#filter', 'nonsense:1');
    await page.locator('#counted.wrong', { hasText: 'nonsense:1' }).waitFor();
    await page.fill('#filter', '');
    await page.locator('#rows .row .name', { hasText: 'text' }).first().click();
    await page.locator('#detail .byte').first().waitFor();
    await page.context().close();
  });

  it('says below its tabs what was wrong with the file, and that its server has ended', async () => {
    const cut = shop.write('cut.pcap', readFileSync(CHAT).subarray(0, 3000));
    const page = await pages.open(await view(cut));
    const note = page.locator('#feed-note');
    await page.locator('#feed-note', { hasText: /cut\.pcap: offset \d+: cut off in the middle of a packet/ }).waitFor();
    await hasParts(page);
    viewings.end();
    await page.locator('#feed-note', { hasText: 'wsinspect has ended' }).waitFor();
    expect(await note.textContent()).toContain('cut off in the middle of a packet');
    await page.click('#tab-inspector');
    await page.locator('#rows .row', { hasText: '…' }).first().waitFor();
    await page.context().close();
  });

  it('loads what shows a record, and what draws a connection, when the file is read: it is here when wsinspect has ended', async () => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    await hasParts(page);
    await page.click('#tab-inspector');
    const row = page.locator('#rows .row .name', { hasText: 'text' }).first();
    await row.waitFor();
    viewings.end();
    await page.locator('#feed-note', { hasText: 'wsinspect has ended' }).waitFor();
    await row.click();
    await page.locator('#detail .byte').first().waitFor();
    await page.click('#tab-sequence');
    await page.locator('#sq-about', { hasText: /^\d+ steps$/ }).waitFor();
    await page.context().close();
    // The browser asks for the icon again, and for nothing else.
    expect(pages.complaints.splice(0).filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  });

  it('opens what the line of the notices cuts, of a file and in a report', async () => {
    const har = join(ROOT, 'fixtures/recordings/playwright-embed.har');
    const report = join(shop.folder, 'notices.html');
    await wsinspect(['decode', har, '--html', report]);
    for (const url of [await view(har), pathToFileURL(report).href]) {
      const page = await pages.open(url, { viewport: { width: 390, height: 844 } });
      await page.locator('#feed-note', { hasText: /a HAR has messages.*…$/ }).waitFor();
      const list = page.locator('#feed-all ul');
      expect(await list.isVisible()).toBe(false);
      await page.locator('#feed-all summary').focus();
      await page.keyboard.press('Enter');
      await list.waitFor();
      expect(await list.locator('li').allTextContents()).toEqual([
        expect.stringMatching(/other faults of frames are not in it; what the file leaves out is not judged$/),
      ]);
      await page.context().close();
    }
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    expect(await page.locator('#feed-all').isVisible()).toBe(false);
    await page.context().close();
  });

  it('is worked with keys', async () => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    await page.click('#tab-inspector');
    await page.locator('#rows .row .name').first().waitFor();
    await page.locator('h1').click();
    for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
    await page.locator('#detail .byte').first().waitFor();
    expect(await page.evaluate('location.hash')).toBe('#c=0&f=1');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement?.className')).toContain('byte');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement?.id')).toBe('filter');
    await page.keyboard.type('opcode:ping');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement?.id')).toBe('rows');
    expect(await page.inputValue('#filter')).toBe('opcode:ping');
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.context().close();
  });

  it('opens at the record that its address names', async () => {
    const page = await pages.open(`${await view(CHAT)}#c=0&f=2`);
    await isRead(page);
    await page.locator('#rows [aria-selected=true]').waitFor();
    expect(await page.locator('#rows [aria-selected=true] .preview').textContent()).toContain('I am here');
    expect(await page.evaluate('location.href')).not.toContain('token');
    await page.context().close();
  });

  it('does not go back to its address when the reader is elsewhere by then', async () => {
    const page = await pages.open(`${await view(CHAT)}#c=0&f=2`);
    await isRead(page);
    await page.locator('#rows [aria-selected=true]').waitFor();
    await page.click('#tab-overview');
    await page.locator('#ov-about', { hasText: '2 connections' }).waitFor();
    expect(await page.evaluate('document.body.dataset.tab')).toBe('overview');
    await page.evaluate("location.hash = '#c=1'");
    await page.locator('#counted', { hasText: 'of 42 records' }).waitFor();
    expect(await page.evaluate('document.body.dataset.tab')).toBe('inspector');
    await page.context().close();
  });

  it('ignores a connection in its address that the file has not', async () => {
    const page = await pages.open(`${await view(CHAT)}#c=77`);
    await isRead(page);
    await page.click('#tab-inspector');
    await page.locator('#counted', { hasText: /^42 records$/ }).waitFor();
    expect(await page.locator('#only option').allTextContents()).toEqual(['all', '#0 /ws/ada?room=lobby', '#1 /feed']);
    await page.context().close();
  });

  it('has a lane for each connection, its words, its table, and its list', async () => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    await page.locator('#ov-about', { hasText: '2 connections in 2.815 s' }).waitFor();
    await page.focus('#ov-canvas');
    await page.keyboard.press('ArrowDown');
    expect(await page.textContent('#ov-about')).toMatch(
      /^#1 \/feed from \[2001:db8::5:1\]:40022: trouble: 1005 No Status Received by the client/,
    );
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    await page.click('#tab-inspector');
    await page.locator('#counted', { hasText: 'only the span' }).waitFor();
    await page.click('#tab-overview');
    await page.click('#ov-all');
    await page.click('#ov-as-table');
    const rows = page.locator('#ov-tables table').first().locator('tbody tr');
    expect(await rows.allTextContents()).toEqual([
      expect.stringContaining('trouble: 1005'),
      expect.stringContaining('1000 Normal Closure'),
    ]);
    await rows.first().locator('button').click();
    await page.locator('#counted', { hasText: 'of 42 records' }).waitFor();
    expect(await page.inputValue('#only')).toBe('1');
    // The rows are drawn after the words above them.
    await page.locator('#rows .row .conn', { hasText: '#1' }).first().waitFor();
    expect(new Set(await page.locator('#rows .row .conn').allTextContents())).toEqual(new Set(['#1']));
    await page.context().close();
  });

  it('takes keys in the sequence before it has the focus, and / leads to the filter from each tab', async () => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    await page.click('#tab-sequence');
    await page.locator('.sq-step').first().waitFor();
    for (const key of ['j', 'ArrowDown', 'k']) await page.keyboard.press(key);
    await page.locator('.sq-step[aria-selected=true][aria-posinset="1"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#detail .step').first().waitFor();
    for (const tab of ['sequence', 'overview', 'paste']) {
      await page.click(`#tab-${tab}`);
      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement?.id')).toBe('filter');
      await page.keyboard.press('Escape');
    }
    // What is not seen is not moved in.
    await page.click('#tab-paste');
    const hash = await page.evaluate('location.hash');
    await page.keyboard.press('j');
    expect(await page.evaluate('[location.hash, document.body.dataset.tab]')).toEqual([hash, 'paste']);
    await page.context().close();
  });

  it('is seen where the system sets the colours: no two of a canvas that must differ are the same', async () => {
    const page = await pages.open(await view(CHAT), { forcedColors: 'active' });
    await isRead(page);
    const inks = await page.evaluate<string[]>(
      "['back', 'text', 'select', 'line', 'frame-text', 'frame-control', 'trouble'].map((name) => getComputedStyle(document.querySelector('.ink-' + name)).color)",
    );
    expect(new Set(inks).size).toBe(inks.length);
    await page.click('#tab-inspector');
    await page.locator('#rows .row .name').first().click();
    await page.locator('#rows [aria-selected=true]').waitFor();
    const outline = "getComputedStyle(document.querySelector('#rows [aria-selected=true]')).outlineStyle";
    expect(await page.evaluate(outline)).toBe('solid');
    await page.context().close();
  });

  it.each(['j', 'ArrowDown'])('takes %s in the overview before a lane has the focus', async (key) => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    await page.locator('#ov-about', { hasText: '2 connections' }).waitFor();
    await page.keyboard.press(key);
    await page.locator('#ov-about', { hasText: /^#1 / }).waitFor();
    await page.click('#tab-inspector');
    await page.click('#tab-overview');
    await page.keyboard.press(key);
    await page.locator('#ov-about', { hasText: /^#0 / }).waitFor();
    await page.context().close();
  });

  it('plots the first lane if none is selected', async () => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    await page.click('#ov-plots');
    await page.locator('#plots h2', { hasText: 'Connection #1' }).waitFor();
    await page.locator('#ov-about', { hasText: /^#1 / }).waitFor();
    await page.context().close();
  });

  it('marks a span on the strip, which then is listed alone', async () => {
    const page = await pages.open(await view(CHAT));
    await isRead(page);
    await page.locator('#ov-about', { hasText: '2 connections' }).waitFor();
    const box = (await page.locator('#ov-strip').boundingBox())!;
    await page.mouse.move(box.x + 600, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + 800, box.y + 30);
    await page.mouse.up();
    await page.click('#tab-inspector');
    await page.locator('#counted', { hasText: 'only the span' }).waitFor();
    await page.context().close();
  });

  it('lists any number of rows with a few elements', async () => {
    const frames = Array.from({ length: 20_000 }, () => '8100').join('');
    const page = await pages.open(await view(shop.write('many.hex', frames)));
    await isRead(page);
    await page.click('#tab-inspector');
    await page.locator('#counted', { hasText: '20001 records' }).waitFor();
    await page.focus('#rows');
    await page.keyboard.press('End');
    await page.locator('#rows [aria-selected=true][aria-rowindex="20002"]').waitFor();
    expect(await page.locator('#rows .row').count()).toBeLessThan(80);
    await page.context().close();
  });

  it('opens a report from a file, which requests nothing and runs nothing of a payload', async () => {
    const { out } = await wsinspect(['encode', HOSTILE, '--mask', '01020304']);
    const [hex, path] = [shop.write('hostile.hex', out), join(shop.folder, 'hostile.html')];
    await wsinspect(['decode', '-f', hex, '--html', path]);
    const page = await pages.open('about:blank');
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    await page.click('#tab-inspector');
    await page.locator('#rows .row .name').first().click();
    await page.locator('#detail .byte').first().waitFor();
    expect(await page.locator('#rows .row .preview').first().textContent()).toContain('</script><img src=x');
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(path).href]);
    expect(await page.title()).toBe('wsinspect');
    await page.click('#tab-paste');
    await page.click('#paste-example');
    await page.locator('#paste-rows .row').first().waitFor();
    await page.context().close();
  });

  it.each([
    ['a phone', { viewport: { width: 390, height: 844 }, hasTouch: true }],
    ['a dark screen', { colorScheme: 'dark' as const }],
  ])('fits on %s', async (_, options) => {
    const page = await pages.open(await view(CHAT), options);
    await isRead(page);
    for (const tab of ['overview', 'inspector', 'paste']) {
      await page.click(`#tab-${tab}`);
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([tab, wide]).toEqual([tab, 0]);
    }
    await page.click('#tab-overview');
    await page.click('#ov-as-table');
    await page.locator('#ov-tables td').first().waitFor();
    const over = await page.evaluate(
      '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.getElementById("ov-tables"))',
    );
    expect(over).toBe(0);
    await page.context().close();
  });
});
