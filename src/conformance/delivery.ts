import type { Fresh } from './bench.js';
import type { Happenings } from './happenings.js';

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
  }
}
