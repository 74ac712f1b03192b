import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../live/tls-server.js';
import { has } from '../tools.js';
import { Pages } from './browser.js';
import { serving, type Serving } from './serving.js';

const isHere = has('chromium', 'openssl');

/** Versions of HTTP by which the document came, as the browser has it. */
const protocolOf = (page: Page): Promise<string> =>
  page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol");

async function connect(page: Page, nickname: string): Promise<void> {
  await page.fill('#nickname', nickname);
  await page.click('#connect-button');
  await page.locator('#connect-state[data-state=on]').waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill('#compose-text', text);
  await page.press('#compose-text', 'Enter');
}

describe.skipIf(!isHere)('the page over HTTP/2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-page-'));
  const pages = new Pages('--ignore-certificate-errors');
  let chat: Serving;
  beforeAll(async () => {
    const { cert, key } = selfSigned(folder);
    [chat] = await Promise.all([serving('--mode', 'chat', '--http2', '--cert', cert, '--key', key), pages.start()]);
  });
  afterAll(async () => {
    await pages.end();
    await chat.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(pages.complaints.splice(0)).toEqual([]);
  });

  it('is loaded over it, and its chat is an extended CONNECT, shown with its stream', async () => {
    const [one, other] = await Promise.all([
      pages.open(chat.page, { ignoreHTTPSErrors: true }),
      pages.open(chat.page, { ignoreHTTPSErrors: true }),
    ]);
    expect(await protocolOf(one)).toBe('h2');
    for (const page of [one, other]) await page.locator('#channel[data-state=on]').waitFor();
    await connect(one, 'ann');
    await connect(other, 'bob');
    await say(one, 'hello bob');
    await other.locator('.message.received .body', { hasText: 'hello bob' }).waitFor();
    const handshakes = one.locator('#rows .of-handshake');
    await handshakes.nth(1).waitFor();
    expect(await handshakes.allTextContents()).toEqual([
      expect.stringMatching(/CONNECT \/ws\/ann.*200.*stream \d+/),
      expect.stringMatching(/CONNECT \/ws\/bob.*200.*stream \d+/),
    ]);
    expect(await one.locator('#connect-state').textContent()).toContain('connected');
    expect(await one.locator('.message .body').first().textContent()).toMatch(/^connection #\d is open$/);
    await handshakes.first().click();
    expect(await one.locator('.step.done strong').allTextContents()).toEqual([
      'The client sends an extended CONNECT',
      'The server answers',
    ]);
    await one.context().close();
    await other.context().close();
  });
});
