import type { Io } from './io.js';

/** The same, except for the given parts. A part that was not made yet is still made when it is used. */
export function changed(io: Io, parts: Partial<Io>): Io {
  return Object.create(io, Object.getOwnPropertyDescriptors(parts)) as Io;
}
