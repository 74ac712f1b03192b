// A package from the folder named by PEERS (see README.md), else from the project itself.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What the package exports. */
export function peer(name) {
  const places = [import.meta.url];
  if (process.env.PEERS) places.unshift(join(process.env.PEERS, 'x.js'));
  for (const place of places) {
    try {
      return createRequire(place)(name);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  console.error(`no package ${name}`);
  process.exit(69);
}

/** Its version. */
export const version = (name) => peer(`${name}/package.json`).version;
