import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cli/binary.js';

/** The TypeScript files of a folder, as paths in the repository. */
export function sourceFiles(folder: 'src' | 'test'): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .sort();
}
