import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, Workshop, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { Pages } from './browser.js';
import { serving, type Serving } from './serving.js';
import { Viewings } from './viewing.js';

const CAPTURE = join(ROOT, 'fixtures/captures/apps/sio4-basic.pcap');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** What axe-core has against the page as it is: rule and element. It is loaded once into a page, and lists nothing else. */
async function faultsOf(page: Page): Promise<string[]> {
  if (await page.evaluate<boolean>('window.axe === undefined')) await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: Violation[] }>("axe.run({ resultTypes: ['violations'] })");
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]!.target.join(' ')}`);
}

describe.skipIf(!has('chromium'))('axe-core finds nothing in the page', () => {
  const pages = new Pages();
  const viewings = new Viewings();
  let shop: Workshop;
  let chat: Serving;
  const urls: Record<string, string> = {};
  beforeAll(async () => {
    shop = new Workshop();
    const report = join(shop.folder, 'report.html');
    [chat, urls['view']] = await Promise.all([
      serving('--mode', 'chat'),
      viewings.open(CAPTURE),
      pages.start(),
      wsinspect(['decode', CAPTURE, '--html', report]),
    ]);
    urls['live'] = chat.page;
    urls['report'] = pathToFileURL(report).href;
  });
  afterAll(async () => {
    await pages.end();
    viewings.end();
    await chat.stop();
    shop.remove();
  });
  afterEach(() => {
    expect(pages.complaints.splice(0)).toEqual([]);
  });

  const PHONE = { width: 390, height: 844 };
  const DESK = { width: 1280, height: 900 };
  it.each([
    ['live', 'light', DESK],
    ['live', 'dark', PHONE],
    ['view', 'dark', DESK],
    ['view', 'light', PHONE],
    ['report', 'dark', PHONE],
    ['report', 'light', DESK],
  ] as const)('%s, %s', async (feed, colorScheme, viewport) => {
    const page = await pages.open(urls[feed]!, { colorScheme, viewport });
    if (feed === 'live') {
      if (viewport === PHONE) await page.click('#tab-chat');
      await page.fill('#nickname', viewport === PHONE ? 'Ada' : 'Ida');
      await page.click('#connect-button');
      await page.locator('#connect-state[data-state=on]').waitFor();
      await page.locator('#messages .message').first().waitFor();
    } else await page.locator('#ov-about', { hasText: 'connection' }).waitFor();
    for (const tab of ['chat', 'inspector', 'overview', 'sequence', 'paste', 'compare']) {
      const button = page.locator(`#tab-${tab}`);
      if (!(await button.isVisible())) continue;
      await button.click();
      if (tab === 'inspector')
        await page
          .locator('#rows .row')
          .nth(feed === 'live' ? 0 : 2)
          .click();
      if (tab === 'sequence') await page.locator('.sq-step').first().waitFor();
      if (tab === 'paste') await page.click('#paste-example');
      if (tab === 'compare') await page.locator('.bars').first().waitFor();
      expect([tab, ...(await faultsOf(page))]).toEqual([tab]);
      if (tab !== 'overview') continue;
      await page.locator('#ov-canvas').press('j');
      for (const more of ['ov-plots', 'ov-as-table']) {
        await page.click(`#${more}`);
        expect([more, ...(await faultsOf(page))]).toEqual([more]);
      }
    }
    await page.context().close();
  });
});
