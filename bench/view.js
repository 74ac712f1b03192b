// How long `view` of a capture of 200 MB takes until the page has its first rows, and all of them, beside `decode --stats --jobs 1`
// in turn: seconds on the clock, and seconds of the processor, which say more where the machine does other work too.
// Usage: node bench/view.js [PROFILE] [RUNS] [FOLDER]; Chromium from PATH, or CHROMIUM=path.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { captureIn } from './capture-files.js';
import { median } from './measure.js';
import { timed } from './programs.js';

const [profile = 'small', runs = '5', folder] = process.argv.slice(2);
const BIN = fileURLToPath(new URL('../bin/wsinspect.js', import.meta.url));
/** How many times as long as the counting all rows may take. */
const WANTED = 1.5;
const TICKS = 100;

const executablePath = process.env.CHROMIUM ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
const place = folder ?? mkdtempSync(join(tmpdir(), 'wsinspect-bench-'));
try {
  await compare();
} finally {
  if (folder === undefined) rmSync(place, { recursive: true });
  await browser.close();
}

async function compare() {
  const { path, bytes } = captureIn(place, { profile, mb: 200 });
  const pairs = [];
  for (let run = 0; run < Number(runs); run++) {
    const { seconds } = timed([process.execPath, BIN, 'decode', '--stats', '--jobs', '1', path]);
    const seen = await view(path);
    pairs.push({ seconds, ...seen, ratio: seen.all / seconds });
    const words = [`--stats ${seconds.toFixed(2)} s`, `first rows ${seen.first.toFixed(2)} s`];
    console.log([...words, `all ${seen.all.toFixed(2)} s (processor ${seen.busy.toFixed(2)} s)`].join('   '));
  }
  const of = (name) => median(pairs.map((pair) => pair[name])).toFixed(2);
  console.log(
    `${profile}, ${Math.round(bytes / 1e6)} MB: all rows in ${of('all')} s beside ${of('seconds')} s, ratio ${of('ratio')} (${WANTED})`,
  );
}

/** Seconds from the start of the command. */
async function view(path) {
  const begin = Date.now();
  const child = spawn(process.execPath, [BIN, 'view', '--json', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  await page.goto(JSON.parse(line).page, { waitUntil: 'commit' });
  const { first, all } = await page.evaluate(untilRead);
  const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  await page.goto('about:blank');
  return { first: (first - begin) / 1000, all: (all - begin) / 1000, busy: (Number(user) + Number(system)) / TICKS };
}

/** In the page: when it had its first rows, and the last of them. */
function untilRead() {
  return new Promise((resolve) => {
    const textOf = (id) => globalThis.document.getElementById(id)?.textContent ?? '';
    const times = {};
    let before = '';
    const look = () => {
      const counted = textOf('counted');
      if (counted !== before && /[1-9]/.test(counted)) {
        times.first ??= Date.now();
        times.all = Date.now();
      }
      before = counted;
      // It is drawn a few times a second.
      if (textOf('channel-text').startsWith('read:') && Date.now() - times.all > 1500) resolve(times);
      else globalThis.setTimeout(look, 4);
    };
    look();
  });
}
