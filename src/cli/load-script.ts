import type { Script } from '../live/script.js';
import type { Io } from './io.js';
import type { ReplayRequest } from './replay-reading.js';

/** What reads recordings is in the file of `decode`, loaded with its first use. */
export async function loadScript(io: Io, request: ReplayRequest): Promise<Script> {
  const { readScript } = await import('./commands.js');
  return readScript(io, request);
}
