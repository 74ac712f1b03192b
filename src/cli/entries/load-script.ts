import type { Script } from '../../live/replay/script.js';
import { Interrupted } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { ReplayRequest } from '../replay/replay-reading.js';

/** What reads recordings, with its first use. */
export async function loadScript(io: Io, request: ReplayRequest): Promise<Script> {
  const { readScript } = await import('./replay.js');
  try {
    return await readScript(io, request);
  } catch (error) {
    // A signal ended the reading: what was read so far may be empty.
    if (io.interrupted.aborted) throw new Interrupted();
    throw error;
  }
}
