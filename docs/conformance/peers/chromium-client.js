// node chromium-client.js URL CHROMIUM: drives a headless Chromium through all cases, from a page on the same machine.
import http from 'node:http';
import { chromium } from 'playwright-core';
import { drive } from './drive.js';

const [url, executablePath] = process.argv.slice(2);
const page = `<script>globalThis.drive = ${drive.toString()};</script>`;
const server = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  const script = `drive(${JSON.stringify(url)}, 'chromium', (address) => new WebSocket(address))`;
  await tab.evaluate(script);
} finally {
  await browser.close();
  server.close();
}
