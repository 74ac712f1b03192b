import { makeDirectory } from '../host/make-directory.js';
import { appendFileSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** Lines that are kept between runs. */
const MOST = 1000;

/** Where typed lines are kept: the state folder of the XDG base directories; undefined where that is not wanted. */
export function historyFile(env: Readonly<Record<string, string | undefined>>, wanted: boolean): string | undefined {
  if (!wanted || env['WSINSPECT_NO_HISTORY']) return undefined;
  const state = env['XDG_STATE_HOME'] ?? '';
  // The specification says that a relative path is ignored.
  return join(isAbsolute(state) ? state : join(env['HOME'] ?? homedir(), '.local', 'state'), 'wsinspect', 'history');
}

/** The lines typed at the prompt, in this run and earlier ones; without a file, or where none can be written, of this run only. */
export class History {
  constructor(private readonly path: string | undefined) {}

  /** The latest first, as `readline` wants it. */
  load(): string[] {
    if (this.path === undefined) return [];
    try {
      if (!isOwn(this.path)) return [];
      const lines = readFileSync(this.path, 'utf8').split('\n').filter(Boolean);
      if (lines.length > 2 * MOST) writeFileSync(this.path, `${lines.slice(-MOST).join('\n')}\n`, { mode: 0o600 });
      return lines.slice(-MOST).reverse();
    } catch {
      return [];
    }
  }

  /** Keeps a line at once: a run that is killed has kept what was typed. */
  add(line: string): void {
    if (this.path === undefined || line === '') return;
    try {
      makeDirectory({ mkdirSync }, dirname(this.path), 0o700);
      if (!isOwn(dirname(this.path)) || !isOwn(this.path)) return;
      // It may hold secrets.
      appendFileSync(this.path, `${line.replace(/[\r\n]/g, ' ')}\n`, { mode: 0o600 });
    } catch {
      // The next line may be writable.
    }
  }
}

/** Owned by this user, and no link: with `sudo`, the folder may be that of another user. A missing one is accepted. */
function isOwn(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const self = process.geteuid?.();
  return stat === undefined || ((stat.isFile() || stat.isDirectory()) && (self === undefined || stat.uid === self));
}
