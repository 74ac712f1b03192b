import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cli/binary.js';

/** The TypeScript files of `src/`, as paths in the repository. */
export function sourceFiles(): string[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .sort();
}
