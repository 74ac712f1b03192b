import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { Serving } from '../live/serving.js';
import { has } from '../tools.js';
import { Pages } from './browser.js';

/** What a browser's WebSocket comes to, as a script sees it. */
function opens(page: Page, url: string, subprotocols: readonly string[] = []): Promise<boolean> {
  return page.evaluate(
    ([address, names]) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(address, names);
        socket.onopen = () => (socket.close(), resolve(true));
        socket.onerror = () => resolve(false);
      }),
    [url, [...subprotocols]] as [string, string[]],
  );
}

describe.skipIf(!has('chromium'))('what Chromium refuses, and serve names', () => {
  const pages = new Pages();
  let page: Page;
  let serving: Serving;
  beforeAll(async () => {
    await pages.start();
    serving = await Serving.start('--subprotocol', 'known');
    page = await pages.open(new URL(serving.url.replace('ws', 'http')).href + 'door');
  });
  afterAll(async () => {
    await pages.end();
    await serving.stop();
  });

  it('subprotocols of which none is selected', async () => {
    const url = `${serving.url}names`;
    expect(await opens(page, url, ['known'])).toBe(true);
    expect(serving.out + serving.err).not.toContain('no subprotocol is selected');
    expect(await opens(page, url, ['other'])).toBe(false);
    await serving.until((out) => /\(response-protocol-none/.test(out));
    await serving.until((_, err) =>
      err.includes('no subprotocol is selected, and browsers fail this: --subprotocol other'),
    );
  });

  it('TLS to a plain port', async () => {
    expect(await opens(page, `${serving.url}plain`)).toBe(true);
    expect(serving.err).not.toContain('begins TLS');
    expect(await opens(page, serving.url.replace('ws:', 'wss:'))).toBe(false);
    await serving.until((_, err) => err.includes('the client begins TLS (ClientHello'));
  });
});
