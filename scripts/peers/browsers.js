// Browsers driven over CDP and WebDriver BiDi: puppeteer, with a transport that logs.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

export async function cdp(bench) {
  const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const port = await start(bench, 'chromium', [...args, `--user-data-dir=${join(bench.folder, 'p')}`, 'about:blank']);
  const path = new URL(port).pathname;
  const proxy = await bench.proxy(new URL(port).port);
  const transport = await opened(bench, `ws://127.0.0.1:${proxy}${path}`, cdpEntry);
  const browser = await bench.require('puppeteer-core').connect({ transport, protocolTimeout: 60_000 });
  await drive(bench, browser);
  await browser.disconnect();

  function cdpEntry({ id, method, sessionId, error }) {
    const key = `${sessionId ?? ''} ${id}`;
    if (method !== undefined && id !== undefined) return { type: 'command', name: method, id, call: key };
    if (method !== undefined) return { type: 'event', name: method };
    return error ? { type: 'error', id, reply: key, error: true } : { type: 'result', id, reply: key };
  }
}

export async function bidi(bench) {
  const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', bench.folder];
  const url = new URL(await start(bench, 'firefox-esr', args));
  const proxy = await bench.proxy(url.port);
  const transport = await opened(bench, `ws://127.0.0.1:${proxy}/session`, bidiEntry);
  const browser = await bench.require('puppeteer-core').connect({ transport, protocol: 'webDriverBiDi' });
  await drive(bench, browser);
  await browser.disconnect();

  function bidiEntry({ id, type, method }) {
    if (type === undefined) return { type: 'command', name: method, id, call: id };
    if (type === 'event') return { type, name: method };
    return { type, id, reply: id };
  }
}

/** Starts a browser; the address where it is driven. */
async function start(bench, program, args) {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: bench.folder },
  });
  bench.onClose(() => child.kill());
  const lines = createInterface({ input: child.stderr });
  return new Promise((done, failed) => {
    lines.on('line', (line) => {
      const found = /listening on (ws:\S+)/.exec(line);
      if (found) done(found[1]);
    });
    child.once('exit', () => failed(new Error(`${program} ended`)));
  });
}

async function opened(bench, url, entry) {
  const { WebSocket } = bench.require('ws');
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 28 });
  const { sent, got } = bench.log.client;
  const transport = {
    send(text) {
      sent.push(entry(JSON.parse(text)));
      socket.send(text);
    },
    close: () => socket.close(),
  };
  socket.on('message', (data) => {
    const text = String(data);
    got.push(entry(JSON.parse(text)));
    transport.onmessage?.(text);
  });
  socket.on('close', () => transport.onclose?.());
  await new Promise((done, failed) => socket.once('open', done).once('error', failed));
  return transport;
}

async function drive(bench, browser) {
  const http = createServer((request, response) => {
    response.setHeader('content-type', 'text/html;charset=utf-8');
    response.end('<title>ü💡</title><a href="#x">x</a><script>console.log("hi", {a: 1})</script>');
  });
  const port = await bench.listen(http);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.title();
  await page.evaluate(() => 'x'.repeat(50_000));
  await page
    .evaluate(() => {
      throw new Error('on purpose');
    })
    .catch(() => {});
  await page.$eval('a', (link) => link.href);
  await page.$('css=[').catch(() => {});
  await page.click('a');
  await page.reload();
  await page.close();
}
