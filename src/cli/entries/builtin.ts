import { createRequire } from 'node:module';

/**
 * A module of Node's own, loaded at its first use: node:crypto and node:zlib cost more of the start than decoding a
 * frame does, and most runs need neither.
 */
export function builtin(name: string): unknown {
  load ??= createRequire(import.meta.url);
  return load(name);
}

let load: ((name: string) => unknown) | undefined;
