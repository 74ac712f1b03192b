// The pictures of the README, from the program itself: npm run pictures. Needs Chromium; writes docs/pictures/*.png.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AnsiUp } from 'ansi_up';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs/pictures');
const binary = join(root, 'bin/wsinspect.js');
const SIZE = { width: 1280, height: 560 };
/** Colours that differ well on a dark ground. */
const PALETTE = {
  ...{ black: '#5c6370', red: '#ff7b72', green: '#7ee787', yellow: '#e3b341' },
  ...{ blue: '#79c0ff', magenta: '#d2a8ff', cyan: '#76e3ea', white: '#d6d9e0' },
};
/** What the clients of the recorded server send, and for how long they stay. */
const CLIENTS = [
  '-x \'{"subscribe":"news"}\' --ping-interval 0.5 -w 5',
  '-x hello -x 你好 -w 1 --close 1000:bye',
  '--ping --ping --ping -w 2',
  '-x one -w 1 --raw-frame 8300 -w 1',
  '-x hello -w 1 --close 4000:later',
  '-x lorem -x ipsum -x dolor --ping-interval 0.3 -w 4',
  '-x slow -w 3 --raw-frame 810548656c6c6f',
  '--send-hex 000102030405060708090a0b0c0d0e0f -w 2',
];

function wsinspect(args, options = {}) {
  return spawn(process.execPath, [binary, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

/** Waits until the program has printed it, on either stream. */
async function printed(child, what) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  for (;;) {
    const found = what.exec(text);
    if (found !== null) return found[1];
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${text}`);
    await sleep(25);
  }
}

async function record(file) {
  const server = wsinspect(['serve', '127.0.0.1:0', '--no-token', '--record', file]);
  const address = await printed(server, /listening (ws:\S+)/);
  const clients = CLIENTS.map(async (options, at) => {
    await sleep(at * 300);
    const line = `exec "$0" "$1" connect ${address} --no-stdin ${options}`;
    await once(spawn('sh', ['-c', line, process.execPath, binary], { stdio: 'ignore' }), 'exit');
  });
  await Promise.all(clients);
  server.kill('SIGINT');
  await once(server, 'exit');
}

/** The output of a command as a terminal of 80 columns shows it. */
function terminal(args) {
  const env = { ...process.env, COLUMNS: '80', TZ: 'UTC' };
  const { stdout } = spawnSync(process.execPath, [binary, ...args, '--color', 'always'], { env, encoding: 'utf8' });
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  const html = ansi.ansi_to_html(stdout);
  const colours = Object.entries(PALETTE).map(([name, colour]) => `.ansi-${name}-fg{color:${colour}}`);
  const style = 'margin:0;padding:16px;background:#16181d;color:#d6d9e0;font:15px/1.45 "DejaVu Sans Mono",monospace';
  return `<style>${colours.join('')}</style><body style="margin:0"><pre style='${style};display:inline-block'><b>$ wsinspect ${args.join(' ')}</b>\n${html}</pre>`;
}

const browserPath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => spawnSync(path, ['--version']).status === 0);
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-pictures-'));
const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  mkdirSync(pictures, { recursive: true });
  const page = await browser.newPage({ viewport: SIZE });
  await page.setContent(terminal(['decode', '81870ec3f3cd3bf6c6f83bf6c6']));
  await page.locator('pre').screenshot({ path: join(pictures, 'terminal.png') });

  const capture = join(folder, 'capture.pcapng');
  await record(capture);
  const view = wsinspect(['view', '--no-token', capture]);
  await page.goto(await printed(view, /open (http:\S+)/));
  await page.locator('option[value="7"]').first().waitFor({ state: 'attached' });
  await page.screenshot({ path: join(pictures, 'page.png') });
  view.kill('SIGINT');

  const report = join(folder, 'report.html');
  spawnSync(process.execPath, [binary, 'decode', '-q', '-f', capture, '--connection', '3', '--html', report]);
  const dark = await browser.newPage({ viewport: SIZE, colorScheme: 'dark' });
  await dark.goto(pathToFileURL(report).href);
  await dark.locator('#tab-inspector').click();
  await dark.locator('#rows .row', { hasText: '0x3' }).click();
  await dark.screenshot({ path: join(pictures, 'report.png') });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
