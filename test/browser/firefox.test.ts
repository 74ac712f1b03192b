import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, Workshop, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { FirefoxPages } from './firefox.js';
import { serving, type Serving } from './serving.js';
import { Viewings } from './viewing.js';

const CHAT = join(ROOT, 'fixtures/captures/chat.pcap');

/** Waits until the text of an element matches. */
async function says(page: Page, selector: string, text: RegExp): Promise<void> {
  const [element, pattern] = [selector, text.source].map((each) => JSON.stringify(each));
  await page.waitForFunction(`new RegExp(${pattern}).test(document.querySelector(${element})?.textContent ?? '')`);
}

describe.skipIf(!has('firefox'))('the page in Firefox', () => {
  const pages = new FirefoxPages();
  const viewings = new Viewings();
  let shop: Workshop;
  let chat: Serving;
  let view: string;
  let report: string;
  beforeAll(async () => {
    shop = new Workshop();
    const path = join(shop.folder, 'report.html');
    [chat, view] = await Promise.all([
      serving('--mode', 'chat'),
      viewings.open(CHAT),
      pages.start(),
      wsinspect(['decode', CHAT, '--html', path]),
    ]);
    report = pathToFileURL(path).href;
  }, 60_000);
  afterAll(async () => {
    await pages.end();
    viewings.end();
    await chat.stop();
    shop.remove();
  });
  afterEach(() => {
    expect(pages.complaints.splice(0)).toEqual([]);
  });

  it('shows live traffic as it happens', async () => {
    const page = await pages.open(chat.page);
    await page.waitForSelector('#channel[data-state=on]');
    await page.type('#nickname', 'Ada');
    await page.click('#connect-button');
    await page.waitForSelector('#connect-state[data-state=on]');
    await page.type('#compose-text', 'hello');
    await page.keyboard.press('Enter');
    await says(page, '#rows', /hello/);
    await page.click('#ping');
    await says(page, '#messages', /ping was answered after/);
    await page.close();
  });

  it('is worked with keys, and filters', async () => {
    const page = await pages.open(view);
    await says(page, '#channel-text', /^read: /);
    await page.focus('#ov-canvas');
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowDown');
    await says(page, '#ov-about', /^#1 .feed from .+: trouble: 1005/);
    await page.keyboard.press('0');
    await page.click('#tab-inspector');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.waitForSelector('#detail .byte');
    await page.keyboard.press('/');
    await page.keyboard.type('opcode:ping server:');
    await says(page, '#counted', /^4 of 42 records/);
    await page.waitForFunction("document.querySelectorAll('#rows .row.of-ping').length === 4");
    await page.close();
  });

  it.each([
    ['a report from a disk', () => report],
    ['live traffic', () => chat.page],
  ])('reads a file that is dropped into the page of %s', async (_, url) => {
    const page = await pages.open(url());
    const choice = (await page.$('#file-choice'))!;
    await (choice as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(CHAT);
    await says(page, '#channel-text', /^read: 7413 bytes/);
    await page.click('#tab-inspector');
    await says(page, '#counted', /^42 records/);
    // The list may be drawn again meanwhile: the locator tries again.
    await page.locator('#rows .row').click();
    await page.waitForSelector('#detail .step');
    await page.close();
  });

  it('fits on a phone, in the dark', async () => {
    const page = await pages.open(report, { width: 390, height: 844, isDark: true });
    for (const tab of ['overview', 'inspector', 'paste']) {
      await page.click(`#tab-${tab}`);
      expect([tab, await page.evaluate('document.documentElement.scrollWidth - innerWidth')]).toEqual([tab, 0]);
    }
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(19, 21, 27)');
    await page.close();
  });
});
