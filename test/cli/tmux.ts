import { execFileSync, spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { has } from '../tools.js';
import { cleanEnv, type Workshop } from './binary.js';

export const TMUX = has('tmux');

/** A terminal of its own: a tmux server that knows nothing of the user's, with one window. */
export class Terminal {
  private static count = 0;
  /** In the test's own folder, and gone with it. */
  private readonly socket: string;

  constructor(shop: Workshop, width: number, command: string) {
    this.socket = join(shop.folder, `terminal-${Terminal.count++}`);
    const script = shop.write(
      `${basename(this.socket)}.sh`,
      `trap : INT\n${command}\necho "[exit $?]"\nexec sleep 60\n`,
    );
    const size = ['-x', String(width), '-y', '50'];
    const setup = ['-f', '/dev/null', 'set', '-g', 'history-limit', '100000', ';', 'set', '-g', 'status', 'off', ';'];
    this.tmux(...setup, 'new-session', '-d', ...size, `PATH='${shop.folder}':"$PATH" exec sh '${script}'`);
  }

  /** Everything that was printed once the command has ended: lines as the terminal broke them, or as they were written. */
  async finished(how: 'broken' | 'written' | 'coloured' = 'written'): Promise<string[]> {
    await this.shows(/^(?:\^C)?\[exit \d+\]/m);
    const option = { broken: '-p', written: '-pJ', coloured: '-pJe' }[how];
    const lines = this.tmux('capture-pane', option, '-S', '-').split('\n');
    const trimmed = lines.map((line) => line.trimEnd());
    return trimmed.slice(0, trimmed.findLastIndex((line) => line !== '') + 1);
  }

  async shows(what: RegExp): Promise<string> {
    for (let tries = 0; tries < 4000; tries++) {
      const text = this.tmux('capture-pane', '-pJ', '-S', '-');
      if (what.test(text)) return text;
      await sleep(25);
    }
    throw new Error(`the terminal does not show ${what}:\n${this.tmux('capture-pane', '-p', '-S', '-')}`);
  }

  type(...keys: string[]): void {
    this.tmux('send-keys', ...keys);
  }

  /** As a user pastes it: the terminal marks it where that was requested. */
  paste(text: string): void {
    this.tmux('set-buffer', text);
    this.tmux('paste-buffer', '-p', '-r');
  }

  close(): void {
    spawnSync('tmux', ['-S', this.socket, 'kill-server']);
  }

  private tmux(...args: string[]): string {
    const env = cleanEnv({ TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' });
    return execFileSync('tmux', ['-u', '-S', this.socket, ...args], { env, encoding: 'utf8' });
  }
}

/** Runs a command line in a terminal, with `wsinspect` on the PATH. */
export async function inTmux<T>(
  shop: Workshop,
  width: number,
  command: string,
  then: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const terminal = new Terminal(shop, width, command);
  try {
    return await then(terminal);
  } finally {
    terminal.close();
  }
}
