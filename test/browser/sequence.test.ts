import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, Workshop, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { Pages } from './browser.js';
import { serving } from './serving.js';

const CALLS = join(ROOT, 'fixtures/captures/apps/ocpp16.pcap');
const CHAT = join(ROOT, 'fixtures/captures/chat.pcap');

describe.skipIf(!has('chromium'))('the sequence of a conversation', () => {
  const pages = new Pages();
  let shop: Workshop;
  beforeAll(async () => {
    shop = new Workshop();
    await pages.start();
  });
  afterAll(async () => {
    await pages.end();
    shop.remove();
  });
  afterEach(() => {
    expect(pages.complaints.splice(0)).toEqual([]);
  });

  /** A report of a capture, at its sequence. */
  async function report(capture: string, ...args: string[]): Promise<Page> {
    const path = join(shop.folder, `report-${args.length}-${capture.length}.html`);
    await wsinspect(['decode', '-f', capture, '--html', path, ...args]);
    const page = await pages.open(pathToFileURL(path).href);
    await page.click('#tab-sequence');
    await page.locator('.sq-step').first().waitFor();
    return page;
  }
  const saved = async (page: Page, button: string): Promise<{ name: string; text: string }> => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };

  it('has arrows of both sides, and joins replies with their calls', async () => {
    const page = await report(CALLS);
    expect(await page.textContent('#sq-client')).toBe('client 127.0.0.1:46094');
    await page.locator('.sq-step', { hasText: 'CALL BootNotification' }).waitFor();
    expect(await page.locator('.sq-join').count()).toBeGreaterThan(4);
    await page.locator('.sq-wait', { hasText: '0.92 ms' }).first().waitFor();
    await page.context().close();
  });

  it('is saved as SVG that draws on its own, and as Mermaid text', async () => {
    const page = await report(CALLS);
    const { name, text } = await saved(page, '#sq-svg');
    expect(name).toBe('connection-0.svg');
    const path = shop.write('saved.svg', text);
    await page.goto(pathToFileURL(path).href);
    expect(await page.locator('.sq-step').count()).toBe(22);
    await page.context().close();
    const other = await report(CALLS);
    const mermaid = await saved(other, '#sq-mermaid');
    expect(mermaid.name).toBe('connection-0.mmd');
    expect(mermaid.text).toMatch(
      /^sequenceDiagram\n[^]*\n {2}S-->>C: ocpp-j CALLRESULT .*\(answers 3 after 0\.92 ms\)/,
    );
    await other.context().close();
  });

  it('shows faults where they happened, and what was lost', async () => {
    const page = await report(CHAT);
    await page.selectOption('#sq-only', '1');
    await page.locator('.sq-step', { hasText: 'a frame from the client is not masked' }).waitFor();
    await page.locator('.sq-step', { hasText: '500 bytes were not captured' }).waitFor();
    expect(await page.locator('.sq-step:has(.sq-diamond)').first().textContent()).toContain('subscribe EUR/USD');
    await page.context().close();
  });

  it('is worked with keys, which lead to the bytes', async () => {
    const page = await report(CHAT);
    await page.focus('#sq-scroll');
    for (const key of ['j', 'ArrowDown', 'ArrowDown', 'k']) await page.keyboard.press(key);
    const step = page.locator('.sq-step[aria-selected=true][aria-posinset="2"]');
    await step.waitFor();
    const row = await step.getAttribute('data-row');
    await page.keyboard.press('Enter');
    await page.locator('#detail .byte').first().waitFor();
    expect(await page.evaluate('location.hash')).toBe(`#c=0&f=${row}`);
    await page.context().close();
  });

  it('is led to from the overview, which has plots with axes and tables', async () => {
    const page = await report(CHAT);
    await page.click('#tab-overview');
    await page.focus('#ov-canvas');
    for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowDown');
    await page.click('#ov-plots');
    const figures = page.locator('#plots figure');
    expect(await figures.locator('figcaption b').allTextContents()).toEqual([
      ...['Throughput', 'Sizes', 'Inter-arrival times', 'Round trips', 'Compression'],
    ]);
    expect(await figures.locator('svg').count()).toBe(5);
    await figures.locator('summary').nth(3).click();
    const rows = figures.nth(3).locator('tbody tr');
    expect((await rows.allTextContents()).at(-1)).toBe('20 ms to 50 ms11');
    await page.click('#ov-sequence');
    expect(await page.inputValue('#sq-only')).toBe('0');
    await page.context().close();
  });

  it('draws a few steps of many', async () => {
    const frames = Array.from({ length: 20_000 }, () => '8100').join('');
    const page = await report(shop.write('many.hex', frames), '--direction', 'server');
    await page.locator('#sq-about', { hasText: /^2000\d steps$/ }).waitFor();
    await page.focus('#sq-scroll');
    await page.keyboard.press('End');
    await page.locator('.sq-step[aria-selected=true][aria-posinset^="2000"]').waitFor();
    expect(await page.locator('.sq-step').count()).toBeLessThan(60);
    const { text } = await saved(page, '#sq-svg');
    expect(text.match(/class="sq-step/g)).toHaveLength(500);
    expect(text).toContain('others of this connection are not shown');
    await page.context().close();
  });

  it('is there for live traffic, and fits on a phone', async () => {
    const server = await serving();
    const page = await pages.open(server.page, { viewport: { width: 390, height: 844 } });
    await page.click('#tab-chat');
    await page.click('#connect-button');
    await page.locator('#connect-state[data-state=on]').waitFor();
    await page.fill('#compose-text', '<b>hello</b>');
    await page.click('#send');
    await page.click('#tab-sequence');
    await page.locator('.sq-step', { hasText: '<b>hello</b>' }).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await page.context().close();
    await server.stop();
  });
});
