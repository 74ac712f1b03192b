import type * as v8 from 'node:v8';
import { builtin } from './builtin.js';
import type * as packets from './packets.js';

/** What reads packets, with its first use. */
export async function loadPackets(): Promise<typeof packets> {
  // With thousands of connections the heap would otherwise grow by twice their size before it is collected.
  (builtin('node:v8') as typeof v8).setFlagsFromString('--heap-growing-percent=20');
  return import('./packets.js');
}
