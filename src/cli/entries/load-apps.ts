import { createRequire } from 'node:module';
import type * as apps from './apps.js';

/** What reads application protocols, with its first use: in the midst of reading, where nothing can be waited for. */
export function loadApps(): typeof apps {
  return (loaded ??= createRequire(import.meta.url)('./apps.js') as typeof apps);
}

let loaded: typeof apps | undefined;
