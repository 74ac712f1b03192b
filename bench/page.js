// How smooth the overview of the page is with a million frames: frames of the screen per second by the page's own clock
// (requestAnimationFrame), while it zooms, moves and scrolls, and the same for an empty canvas of that size; and what each of
// them takes of the page's thread, which says more where the machine does other work too.
// Usage: node bench/page.js [FRAMES] [CONNECTIONS]; Chromium from PATH, or CHROMIUM=path.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { COLUMN_WIDTHS, madeRows, ROW_BYTES } from './page-records.js';

const [frames = 1_000_000, connections = 10_000] = process.argv.slice(2).map(Number);
const STEPS = 150;
const WANTED = 50;
const BATCH_ROWS = 100_000;
/** Where the files of the page are: its own, and those that it shares with the library. */
const FOLDERS = ['web/', ''];
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

const rows = madeRows(frames, connections);
const count = rows.length / ROW_BYTES;
const server = createServer((request, response) => {
  const name = new URL(request.url, 'http://x').pathname.slice(1) || 'index.html';
  const type = TYPES[name.split('.').at(-1)];
  const places = FOLDERS.map((folder) => new URL(`../dist/${folder}${name}`, import.meta.url));
  const file = places.find((place) => type !== undefined && existsSync(place));
  if (file === undefined) return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': type });
  response.end(readFileSync(file));
});
/** The channel of `view`, as far as the overview needs it. */
new WebSocketServer({ server, path: '/.inspect', handleProtocols: () => 'wsinspect.inspect' }).on(
  'connection',
  (socket) => {
    const send = (record) => socket.send(JSON.stringify(record));
    send({ type: 'hello', version: '', feed: 'file', mode: 'file', files: ['made'], subprotocols: [] });
    socket.on('message', (data) => {
      const { type, from } = JSON.parse(data.toString());
      if (type !== 'more') return;
      if (from < count) socket.send(batch(from, Math.min(count, from + BATCH_ROWS)));
      else send({ type: 'progress', rows: count, read: 1, total: 1, isDone: true, left: 0, bare: 0 });
    });
  },
);

/** A batch (src/describe/timeline/row-batch.ts) in which each column is whole. */
function batch(start, end) {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(end - start, 0);
  let base = 0;
  const parts = COLUMN_WIDTHS.flatMap((width) => {
    const part = rows.subarray(base + width * start, base + width * end);
    base += width * count;
    return [part, Buffer.alloc(-part.length & 7)];
  });
  return Buffer.concat([head, ...parts]);
}

await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const executablePath = process.env.CHROMIUM ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.locator('#channel-text', { hasText: 'read' }).waitFor({ timeout: 120_000 });
await page.locator('#ov-about', { hasText: 'connection' }).waitFor({ timeout: 60_000 });
await page.waitForTimeout(2000);
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });

/** Milliseconds that the page's thread has run. */
async function threadTime() {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return 1000 * metrics.find(({ name }) => name === 'ThreadTime').value;
}

/** Frames per second while `act` (source text, of the number of a step) changes what is seen at each of them. */
const rate = async (act) => {
  const before = await threadTime();
  const measured = await page.evaluate(
    async ([source, steps]) => {
      const step = new Function('at', source);
      const next = () => new Promise((resolve) => globalThis.requestAnimationFrame(resolve));
      await next();
      const begin = await next();
      let last = begin;
      let longest = 0;
      for (let at = 0; at < steps; at++) {
        step(at);
        const now = await next();
        longest = Math.max(longest, now - last);
        last = now;
      }
      return { rate: (1000 * steps) / (last - begin), longest };
    },
    [act, STEPS],
  );
  return { ...measured, busy: ((await threadTime()) - before) / STEPS };
};

const EMPTY = `
  const canvas = (window.emptyCanvas ??= document.body.appendChild(Object.assign(document.createElement('canvas'), { width: 1280, height: 760 })));
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, 1280, 760);
  pen.fillRect(at, 0, 1, 760);`;
const WHEEL = (fields) => `
  document.getElementById('ov-canvas').dispatchEvent(
    new WheelEvent('wheel', { bubbles: true, cancelable: true, clientX: 700, clientY: 400, ${fields} }));`;
const CASES = {
  'empty canvas': EMPTY,
  whole: WHEEL('ctrlKey: true, deltaY: at % 2 === 0 ? -2 : 2'),
  zoom: WHEEL('ctrlKey: true, deltaY: at % 100 < 50 ? -60 : 60'),
  'zoom deep': WHEEL('ctrlKey: true, deltaY: at < 75 ? -120 : 120'),
  // Half of the time is in sight.
  move: `if (at === 0) document.getElementById('ov-in').click(); ${WHEEL('shiftKey: true, deltaY: at % 100 < 50 ? 20 : -20')}`,
  scroll: `document.getElementById('ov-scroll').scrollTop = at * 260;`,
};
console.log(`${frames.toLocaleString('en')} frames, ${connections.toLocaleString('en')} connections`);
const empty = await rate(CASES['empty canvas']);
await page.evaluate('window.emptyCanvas.remove()');
let isSlow = false;
for (const [name, act] of Object.entries(CASES)) {
  await page.click('#ov-all');
  const { rate: shown, longest, busy } = name === 'empty canvas' ? empty : await rate(act);
  const ratio = shown / empty.rate;
  isSlow ||= shown < WANTED && ratio < WANTED / 60;
  console.log(
    `${name.padEnd(13)} ${shown.toFixed(1).padStart(6)} frames/s  longest ${longest.toFixed(0).padStart(4)} ms  thread ${busy.toFixed(1).padStart(4)} ms/frame  ${ratio.toFixed(2)} of an empty canvas`,
  );
}
await browser.close();
server.close();
server.closeAllConnections();
// The machine may be slow: then an empty canvas is slow too.
process.exit(isSlow ? 1 : 0);
