import type * as packets from './packets.js';

/** What reads packets, with its first use. */
export async function loadPackets(): Promise<typeof packets> {
  return import('./packets.js');
}
