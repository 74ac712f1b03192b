import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../bench/free-port.js';

/** Every snippet of docs/ci.md runs: in a folder with a server and a driver, and `npx --yes wsinspect` is this one. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({ language, text: text! }));

const SERVER = `const { WebSocketServer } = require('ws');
new WebSocketServer({ port: PORT }).on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});`;
const DRIVER = `const { WebSocket } = require('ws');
const base = process.argv[2];
const visit = (path) => new Promise((resolve) => {
  let last;
  const socket = new WebSocket(base + path);
  socket.on('message', (data, binary) => { last = data; socket.send(data, { binary }); });
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(last));
});
(async () => {
  let count;
  for (let tries = 0; tries < 100 && (count = await visit('getCaseCount')) === undefined; tries++) await new Promise((next) => setTimeout(next, 100));
  for (let i = 1; i <= 3; i++) await visit('runCase?case=' + i + '&agent=driver');
  await visit('updateReports?agent=driver');
})();`;

let folder: string;
let port: number;
let other: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-ci-'));
  [port, other] = await Promise.all([freePort(), freePort()]);
  const shims = {
    npx: '[ "$1" = --yes ] && shift; exec "$@"',
    npm: 'exit 0',
    wsinspect: `exec node '${root}bin/wsinspect.js' "$@"`,
  };
  for (const [name, script] of Object.entries(shims)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'server.js'), SERVER.replace('PORT', String(port)));
  writeFileSync(join(folder, 'driver.js'), DRIVER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it with the port of this test, and the few cases that are enough to see that it works; ends what it started. */
function run(script: string): { status: number | null; out: string } {
  const text = script
    .replaceAll('9001', String(port))
    .replaceAll('9002', String(other))
    .replace(/check (ws:\S+)(?=.*--junit)/g, 'check $1 --only 2');
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const guarded = `trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\nset -e\n${text}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', guarded], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 110_000,
  });
  return { status, out: stdout + stderr };
}

describe('docs/ci.md', () => {
  it('has a job for GitHub Actions', () => {
    const text = blocks[0]!.text;
    const [, started = ''] = /run: \|\n((?: {10}.*\n)+)/.exec(text) ?? [];
    const [, checked = ''] = /run: (npx --yes wsinspect check .*)/.exec(text) ?? [];
    const { status, out } = run(`${started}\n${checked}`);
    expect(out).toContain('::notice title=wsinspect check::');
    expect(status).toBe(0);
    for (const name of ['results.xml', 'results.html']) expect(existsSync(join(folder, name))).toBe(true);
  });

  it('has a job for GitLab', () => {
    const script = [...blocks[1]!.text.matchAll(/^ {4}- (.*)$/gm)].map(([, line]) => line!).join('\n');
    expect(script).toContain('wsinspect check');
    expect(run(script)).toMatchObject({ status: 0 });
  });

  const scripts = blocks.filter(({ language }) => language === 'bash').map(({ text }) => text);
  it.each(scripts)(
    '%s',
    (text) => {
      const server = 'node server.js &\nuntil (echo > /dev/tcp/127.0.0.1/9001) 2>/dev/null; do sleep 0.1; done\n';
      const { status, out } = run(text.includes('--listen') ? text : server + text);
      // What `ws` gets wrong in its handshake is a finding; that the job runs is what matters here.
      expect([0, 1], out).toContain(status);
      expect(out).not.toMatch(/^wsinspect: /m);
    },
    60_000,
  );
});
