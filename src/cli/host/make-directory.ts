import { dirname } from 'node:path';

/** What is needed of a file system: `node:fs` has it. */
export interface DirectoryFiles {
  mkdirSync(path: string, options: { readonly mode?: number }): unknown;
}

/**
 * Makes a directory and those above it, where they do not exist. Step by step: Node's own `recursive` tries forever
 * where nothing can be made although all above exists, as in /proc. Throws the system's errors.
 */
export function makeDirectory(files: DirectoryFiles, path: string, mode?: number): void {
  const make = (): void => void files.mkdirSync(path, mode === undefined ? {} : { mode });
  try {
    make();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path) throw error;
    makeDirectory(files, above, mode);
    make();
  }
}
