import type { Fresh } from './bench.js';
import type { Happenings } from './happenings.js';

/** A moment between small pieces makes segments of them; not for ever so many. */
const SMALL = 64;
const MOST_MOMENTS = 100;
const MOMENT = 0.001;

/** Writes bytes, in pieces of `chop` with a flush behind each, until `isOver`: who reads no more never lets it be flushed. */
export async function deliver(
  { wire, exchange }: Fresh,
  bytes: Uint8Array,
  happenings: Happenings,
  isOver: () => boolean,
  chop = Infinity,
): Promise<void> {
  for (let at = 0; at < bytes.length && !isOver(); at += chop) {
    const piece = bytes.subarray(at, at + chop);
    exchange.add('tester', piece);
    wire.write(piece);
    let isFlushed = false;
    void wire.flushed().then(() => {
      isFlushed = true;
      happenings.tell();
    });
    await happenings.until(() => isFlushed || isOver(), Infinity);
    if (chop < SMALL && at / chop < MOST_MOMENTS) await happenings.until(isOver, MOMENT);
  }
}
