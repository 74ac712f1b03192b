// node chromium-http2-client.js URL CHROMIUM: the same over HTTP/2, for a wss: URL. A browser requests a WebSocket over HTTP/2 only
// on a connection that it has: each case begins with another request, from a page of the testing server itself.
import { chromium } from 'playwright-core';
import { drive } from './drive.js';

const [url, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--ignore-certificate-errors'] });
try {
  const tab = await browser.newPage({ ignoreHTTPSErrors: true });
  await tab.goto(url.replace(/^ws/, 'http'));
  await tab.evaluate(`globalThis.drive = ${drive.toString()}`);
  const before = "() => fetch('/' + Math.random(), { credentials: 'include' })";
  await tab.evaluate(`drive(${JSON.stringify(url)}, 'chromium', (address) => new WebSocket(address), ${before})`);
} finally {
  await browser.close();
}
