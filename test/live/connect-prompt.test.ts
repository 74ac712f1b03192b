import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { Workshop } from '../cli/binary.js';
import { inTmux, TMUX, type Terminal } from '../cli/tmux.js';
import { closeServers, peer } from './servers.js';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  closeServers();
  shop.remove();
});

interface Other {
  readonly url: string;
  /** What it was sent. */
  readonly told: string[];
  readonly say: (text: string) => void;
}

async function other(): Promise<Other> {
  const told: string[] = [];
  let last: WebSocket | undefined;
  const { url } = await peer((socket) => {
    last = socket;
    socket.on('message', (data: Buffer, binary) => told.push(binary ? `hex ${data.toString('hex')}` : data.toString()));
    socket.on('ping', (data) => told.push(`ping ${data.toString()}`));
    socket.on('close', (code, reason) => told.push(`close ${code} ${reason.toString()}`));
  });
  return { url, told, say: (text) => last?.send(text) };
}

const inPrompt = (command: string, then: (terminal: Terminal) => Promise<void>, width = 80): Promise<void> =>
  inTmux(shop, width, `export XDG_STATE_HOME='${shop.folder}/state'; ${command}`, then);

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; tries < 10_000 && !what(); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
}

describe.skipIf(!TMUX)('a terminal', () => {
  it('has the verdict of connect below all else', async () => {
    const { url } = await peer((socket) => socket.on('message', () => socket.close(1011, 'no')));
    await inPrompt(`wsinspect connect ${url} -x hello`, async (terminal) => {
      const lines = await terminal.finished();
      const verdict = lines.findIndex((line) => line.startsWith('wsinspect: the server closed with 1011'));
      expect(verdict).toBeGreaterThan(lines.findIndex((line) => line.startsWith('connection 0')));
      expect(lines.slice(verdict + 1)).toEqual([expect.stringMatching(/^why: .*handler-failed/), '[exit 57]']);
    });
  });
});

describe.skipIf(!TMUX)('the prompt', () => {
  it('sends lines and obeys commands', async () => {
    const { url, told } = await other();
    await inPrompt(`wsinspect connect ${url}`, async (terminal) => {
      await terminal.shows(/^> *$/m);
      for (const line of [
        'hello',
        '/ping are you there',
        '/binary 00ff',
        '//slash',
        '/raw 818100000000 41',
        '/fragment 2',
        'abcd',
      ]) {
        terminal.type('-l', line);
        terminal.type('Enter');
      }
      await terminal.shows(/→ continuation +2 FIN MASK/);
      terminal.type('/help', 'Enter');
      await terminal.shows(/\/fragment <bytes>/);
      terminal.type('/nonsense', 'Enter');
      await terminal.shows(/\/nonsense is no command/);
      terminal.type('/close 4001 so long', 'Enter');
      const lines = await terminal.finished();
      expect(lines.at(-1)).toBe('[exit 0]');
      const text = lines.join('\n');
      expect(text).toMatch(/→ text +5 FIN MASK "hello"/);
      expect(text).toMatch(/pong after \d+\.\d{3} ms/);
      expect(text).toMatch(/closed +4001/);
    });
    // The server sees the end of TCP after that of the client.
    await until(() => told.some((line) => line.startsWith('close')));
    expect(told).toEqual(['hello', 'ping are you there', 'hex 00ff', '/slash', 'A', 'abcd', 'close 4001 so long']);
  });

  it('a frame that arrives while the user types leaves the line whole', async () => {
    const { url, told, say } = await other();
    await inPrompt(
      `wsinspect connect ${url}`,
      async (terminal) => {
        await terminal.shows(/^> *$/m);
        // Longer than a row.
        const typed = `${'typed '.repeat(15)}end`;
        terminal.type('-l', typed);
        await terminal.shows(/typed end/);
        for (const word of ['first', 'second', 'third']) say(word);
        await terminal.shows(/← text +5 FIN +"third"/);
        terminal.type('Left', 'Left', 'Left');
        say('fourth');
        const shown = await terminal.shows(/"fourth"/);
        const lines = shown
          .trimEnd()
          .split('\n')
          .map((line) => line.trimEnd());
        expect(lines.findLastIndex((line) => line.includes('"fourth"'))).toBe(
          lines.findLastIndex((line) => line.startsWith('> ')) - 1,
        );
        expect(lines.slice(lines.findLastIndex((line) => line.startsWith('> '))).join('')).toContain(
          typed.slice(0, 40),
        );
        // What was drawn before is gone: the line is shown once.
        expect(shown.match(/> typed/g)).toHaveLength(1);
        terminal.type('-l', 'the ');
        terminal.type('Enter');
        await until(() => told.length > 0);
        expect(told).toEqual([`${'typed '.repeat(15)}the end`]);
        terminal.type('C-d');
        expect((await terminal.finished()).at(-1)).toBe('[exit 0]');
      },
      60,
    );
  });

  it('several lines pasted at once are one message', async () => {
    const { url, told } = await other();
    await inPrompt(`wsinspect connect ${url}`, async (terminal) => {
      await terminal.shows(/^> *$/m);
      terminal.paste('{\n  "a": 1,\n\t"b": "\u001b[2J"\n}\n');
      await terminal.shows(/> \{␤/);
      expect(told).toEqual([]);
      terminal.type('Enter');
      await until(() => told.length > 0);
      expect(told).toEqual(['{\n  "a": 1,\n\t"b": "\x1b[2J"\n}']);
      terminal.type('/quit', 'Enter');
      expect((await terminal.finished()).at(-1)).toBe('[exit 0]');
    });
  });

  it('history outlives the run, unless it is not wanted', async () => {
    const { url, told } = await other();
    const run = (command: string, ...keys: string[]): Promise<void> =>
      inPrompt(command, async (terminal) => {
        await terminal.shows(/^> *$/m);
        terminal.type(...keys, 'Enter');
        await terminal.shows(/→ text/);
        terminal.type('C-d');
        await terminal.finished();
      });
    await run(`wsinspect connect ${url}`, 'remembered');
    const file = join(shop.folder, 'state/wsinspect/history');
    expect(readFileSync(file, 'utf8')).toContain('remembered\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await run(`wsinspect connect ${url}`, 'Up');
    writeFileSync(file, 'only this\n');
    await run(`wsinspect connect ${url} --no-history`, 'secret one');
    await run(`WSINSPECT_NO_HISTORY=1 wsinspect connect ${url}`, 'secret two');
    expect(readFileSync(file, 'utf8')).toBe('only this\n');
    expect(told.filter((line) => !line.startsWith('close'))).toEqual([
      'remembered',
      'remembered',
      'secret one',
      'secret two',
    ]);
  });

  it('Ctrl-C ends it with 130, and the terminal is as it was', async () => {
    const { url, told } = await other();
    await inPrompt(`wsinspect connect ${url}; echo "exit $?"; stty -a | grep -o '.icanon'`, async (terminal) => {
      await terminal.shows(/^> *$/m);
      terminal.type('C-c');
      const text = (await terminal.finished()).join('\n');
      expect(text).toMatch(/exit 130\n icanon/);
      expect(text).toMatch(/connection 0/);
    });
    // The server sees the end of TCP after that of the client.
    await until(() => told.length > 0);
    expect(told).toEqual(['close 1001 ']);
  });

  it('a server that closes ends it', async () => {
    const { url } = await peer((socket) => void setTimeout(() => socket.close(1011, 'over'), 300));
    await inPrompt(`wsinspect connect ${url}`, async (terminal) => {
      expect((await terminal.finished()).join('\n')).toMatch(/1011 Internal Error "over"[^]*\[exit 57\]$/);
    });
  });
});
