import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';

/**
 * Throws a UsageError where a key log can't be read: before anything else, whatever the input holds.
 * `mayCome`: one that does not exist yet may be written while packets come.
 */
export function checkKeyLogs(io: Io, option: string, paths: readonly string[] = [], mayCome = false): void {
  for (const path of paths) {
    const reason = io.unreadable?.(path);
    if (reason === undefined || (mayCome && !io.fileExists(path))) continue;
    throw new UsageError(`${option}: ${path}: can't be read: ${reason}`);
  }
}
