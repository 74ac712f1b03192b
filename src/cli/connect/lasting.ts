import type { ConnectOptions } from '../options/connect-options.js';
import type { Ended } from './talk.js';

/** `--reconnect`: the connection dropped, or the server closed it and may be back (RFC 6455 §7.4.1, and IANA's 1012, 1013). */
export function mayReturn({ ending, outcome }: Ended, expected: number | undefined): boolean {
  if (ending !== 'peer') return false;
  if (outcome.kind === 'dropped') return expected !== 1006;
  if (outcome.kind !== 'closed' || !outcome.byPeer) return false;
  return RETURNING.has(outcome.code) && outcome.code !== expected;
}

/** Going away, service restart, try again later. */
const RETURNING: ReadonlySet<number> = new Set([1001, 1012, 1013]);

/** An option asks to wait, so that an empty stdin (systemd, cron, docker) does not end the connection. */
export function asksToWait(options: ConnectOptions): boolean {
  const { wait, maxTime, one, count, expect, expectClose, pingInterval, heartbeat, reconnect, record, autoReply } =
    options;
  const waits = [wait, maxTime, one, count, expect, expectClose, pingInterval, heartbeat, reconnect, record, autoReply];
  return waits.some((option) => option !== undefined);
}

/** Backoff of `--reconnect`: milliseconds at first, doubled up to the most; each pause is between half of it and all. */
const FIRST_PAUSE = 500;
const MOST_PAUSE = 30_000;

/** The pause after N tries in a row, in milliseconds; `random` is four bytes. Clients that lost a server together must not come back together. */
export function pauseAfter(tries: number, random: Uint8Array): number {
  const longest = Math.min(MOST_PAUSE, FIRST_PAUSE * 2 ** tries);
  const share = new DataView(random.buffer, random.byteOffset).getUint32(0) / 2 ** 32;
  return Math.round((longest * (1 + share)) / 2);
}
