import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, Workshop, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { Pages } from './browser.js';
import { Viewings } from './viewing.js';

const CAPTURES = join(ROOT, 'fixtures/captures');
const CHAT = join(CAPTURES, 'chat.pcap');

/** Drops files into the page, as a desktop does. */
async function drop(page: Page, ...names: readonly string[]): Promise<void> {
  const files = names.map((name) => [basename(name), readFileSync(join(CAPTURES, name)).toString('base64')]);
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    for (const [name, base64] of ${JSON.stringify(files)})
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
    for (const type of ['dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  })()`);
}

describe.skipIf(!has('chromium'))('files that are dropped into the page', () => {
  const pages = new Pages();
  const viewings = new Viewings();
  const shop = new Workshop();
  const report = `${shop.folder}/report.html`;
  beforeAll(async () => {
    await wsinspect(['decode', CHAT, '-q', '--html', report]);
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

  const feeds: readonly (readonly [string, () => Promise<string>])[] = [
    ['a file', () => viewings.open(CHAT)],
    ['a report on a disk', () => Promise.resolve(pathToFileURL(report).href)],
  ];
  const dropped: readonly (readonly [string, readonly string[]])[] = [
    ['a capture of TLS with its key log', ['tls/t13-aes128gcm.pcap', 'tls/t13-aes128gcm.keys']],
    ['a capture of TLS that holds its keys', ['tls/t12-dsb.pcapng']],
    ['HTTP/2 in TLS', ['http2/h2-chromium-nghttpx.keys', 'http2/h2-chromium-nghttpx.pcap']],
    ['HTTP/2', ['http2/h2c-two.pcap']],
  ];
  const taken = feeds.flatMap(([feed, open], i) =>
    // A report opens no TLS.
    dropped.filter(([what]) => i === 0 || what === 'HTTP/2').map(([what, names]) => ({ feed, open, what, names })),
  );
  it.each(taken)('takes into the page of $feed: $what', async ({ open, names }) => {
    const page = await pages.open(await open());
    await page.locator('#channel-text', { hasText: /^read: |chat\.pcap/ }).waitFor();
    await drop(page, ...names);
    await page.locator('#mode', { hasText: names.map((name) => basename(name)).join(', ') }).waitFor();
    await page.locator('#channel-text', { hasText: /^read: / }).waitFor();
    await page.locator('#tab-inspector').click();
    await page.locator('#rows .row .name', { hasText: 'text' }).first().click();
    await page.locator('#detail .byte').first().waitFor();
    await page.context().close();
  });

  it('reads application protocols in files that are dropped', async () => {
    const page = await pages.open(await viewings.open(CHAT));
    await page.locator('#channel-text', { hasText: /^read: / }).waitFor();
    await drop(page, 'apps/sio4-basic.pcap');
    await page.locator('#mode', { hasText: 'sio4-basic.pcap' }).waitFor();
    await page.locator('#channel-text', { hasText: /^read: / }).waitFor();
    await page.locator('#tab-inspector').click();
    await page.locator('#rows .row', { hasText: 'socket.io' }).first().click();
    await page.locator('#detail', { hasText: 'socket.io' }).waitFor();
    await page.context().close();
  });

  it('lists frames without times, and says where nothing can be shown', async () => {
    const page = await pages.open(await viewings.open(CHAT));
    await page.setInputFiles('#file-choice', shop.write('a.hex', '81 05 48 65 6c 6c 6f'));
    await page.locator('#rows .row', { hasText: 'Hello' }).waitFor();
    expect(await page.evaluate('document.body.dataset.tab')).toBe('inspector');
    await page.setInputFiles('#file-choice', shop.write('empty.bin', ''));
    await page.locator('#feed-note', { hasText: /^nothing to show: no WebSocket traffic in it$/ }).waitFor();
    expect(await page.textContent('#ov-about')).toBe('Nothing so far.');
    await page.context().close();
  });

  it.each([
    ['TLS is not read', ['tls/t12-dsb.pcapng'], /^1 record/],
    ['TLS is not read', ['tls/t13-aes128gcm.pcap', 'tls/t13-aes128gcm.keys'], /^1 record/],
    ['application protocols are not read', ['apps/sio4-basic.pcap'], /^\d\d+ records/],
  ])('says in a report that %s: %j', async (words, names, counted) => {
    const page = await pages.open(pathToFileURL(report).href);
    await page.locator('#channel-text', { hasText: 'chat.pcap' }).waitFor();
    await drop(page, ...names);
    await page.locator('#channel-text', { hasText: /^read: / }).waitFor();
    await page.locator('#feed-note', { hasText: `${words}: this page does not have what` }).waitFor();
    await page.locator('#tab-inspector').click();
    await page.locator('#counted', { hasText: counted }).waitFor();
    await page.context().close();
  });

  it('loads nothing for them before they are dropped, and then only what the file needs', async () => {
    const page = await pages.open(await viewings.open(CHAT));
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await page.reload();
    await page.locator('#channel-text', { hasText: /^read: / }).waitFor();
    const ofReading = (): string[] =>
      requested.filter((path) => /tls|reading|pipeline|dropped|text|http2|apps/.test(path));
    expect(ofReading()).toEqual([]);
    await drop(page, 'websocket.pcapng');
    await page.locator('#channel-text', { hasText: /^read: 2672 bytes/ }).waitFor();
    expect(ofReading().toSorted()).toEqual(['/dropped.js', '/pipeline.js', '/reading.js']);
    await drop(page, 'http-in-stream.pcap');
    await page.locator('#channel-text', { hasText: /^read: / }).waitFor();
    await page.click('#tab-inspector');
    await page.locator('#rows .row', { hasText: 'an HTTP response begins where a frame should' }).first().waitFor();
    expect(ofReading().toSorted()).toContain('/causes-reading.js');
    await page.context().close();
  });
});
