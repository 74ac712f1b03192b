import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/**
 * The bytes of all array buffers that are still reachable: garbage is collected first. How much garbage V8 leaves lying, and
 * how soon its threads free it, depends on its version and on how busy the machine is.
 */
export function liveBuffers(): number {
  gc();
  // The second one waits until the threads have freed what the first one found.
  gc();
  return process.memoryUsage().arrayBuffers;
}
