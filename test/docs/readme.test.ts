import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text: text!,
}));

/** Stand-ins: the tool as built here, and tcpdump as it was recorded (the tests capture nothing). */
const SHIMS: Record<string, string> = {
  wsinspect: `exec node '${root}bin/wsinspect.js' "$@"`,
  npx: 'exec "$@"',
  sudo: 'exec "$@"',
  tcpdump: `case "$*" in *-w*) exec cat '${root}fixtures/dumps/lo.pcap';; *) exec cat '${root}fixtures/dumps/lo.tcpdump-x.txt';; esac`,
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-readme-'));
  for (const [name, script] of Object.entries(SHIMS)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  copyFileSync(join(root, 'fixtures/captures/websocket.pcapng'), join(folder, 'capture.pcapng'));
  copyFileSync(join(root, 'fixtures/captures/apps/sio4-basic.pcap'), join(folder, 'chat.pcap'));
  copyFileSync(join(root, 'fixtures/captures/legs/haproxy.pcap'), join(folder, 'dropped.pcap'));
  writeFileSync(join(folder, 'frames.hex'), '810548656c6c6f\n');
  writeFileSync(
    join(folder, 'failed.txt'),
    '> GET /chat HTTP/1.1\n> Host: example.com\n> Upgrade: websocket\n> Connection: Upgrade\n' +
      '> Sec-WebSocket-Key: kJXuOKsrl3AR1KeFngRElQ==\n> Sec-WebSocket-Version: 13\n>\n' +
      '< HTTP/1.1 101 Switching Protocols\n< Upgrade: websocket\n< Connection: close\n' +
      '< Sec-WebSocket-Accept: ruAdD8c0Y4C3R5oqtecl6ZQtOlc=\n<\n',
  );
  writeFileSync(
    join(folder, 'handshake.txt'),
    '> GET /chat HTTP/1.1\n> Host: example.com\n> Upgrade: websocket\n> Connection: Upgrade\n' +
      '> Sec-WebSocket-Key: kJXuOKsrl3AR1KeFngRElQ==\n> Sec-WebSocket-Version: 13\n>\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string): { stdout: string; stderr: string; status: number | null } {
  const env = { ...process.env, TZ: 'UTC', PATH: `${folder}:${process.env['PATH']}` };
  return spawnSync('bash', ['-c', command], { cwd: folder, env, encoding: 'utf8', input: '' });
}

describe('README', () => {
  const sessions = blocks.filter(({ language }) => language === 'console').map(({ text }) => text);
  it.each(sessions.map((text) => [text.split('\n', 1)[0]!, text] as const))('%s prints what it says', (_, text) => {
    const turns = text.split(/^\$ /m).filter(Boolean);
    const commands = turns.map((turn) => turn.split('\n', 1)[0]!);
    const expected = turns.map((turn) => turn.slice(turn.indexOf('\n') + 1)).join('');
    expect(run(commands.join('\n')).stdout).toBe(expected);
  });

  const scripts = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'));
  const own = scripts.filter((line) => !line.startsWith('npm '));
  it.each(own)('%s runs', (line) => {
    const { status, stderr } = run(line);
    expect(stderr).not.toMatch(/^wsinspect:/m);
    expect(status).toBe(0);
  });

  it('gives the commands for a fresh clone', () => {
    expect(scripts.filter((line) => line.startsWith('npm '))).toEqual([
      'npm ci && npx wsinspect decode 81870ec3f3cd3bf6c6f83bf6c6',
      'npm ci && npm test',
    ]);
  });

  it('has a program that runs', () => {
    const program = blocks
      .find(({ language }) => language === 'js')!
      .text.replace("'wsinspect'", `'${root}dist/index.js'`);
    writeFileSync(join(folder, 'program.mjs'), `const bytes = Uint8Array.of(0x81, 0x00);\n${program}`);
    const { stdout, status } = run('node program.mjs');
    expect(status).toBe(0);
    expect(stdout).toContain('client-frame-unmasked');
  });
});
