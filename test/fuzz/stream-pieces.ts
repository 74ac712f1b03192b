import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { pcapngReader } from '../../src/sources/files/pcapng.js';
import { Flows } from '../../src/sources/tcp/flows.js';
import type { Dice } from './dice.js';
import type { Inputs } from './inputs.js';
import { cut } from './probe.js';

/** What one side sent, or bytes of it that are missing. */
export type StreamPiece =
  { readonly side: Side; readonly bytes: Uint8Array } | { readonly side: Side; readonly gap: number };

type StreamMutation = 'lost' | 'torn' | 'twice' | 'changed';

/** Some of them lost, torn, repeated or changed, and cut again; possibly without the first ones. */
export function mutatedPieces(
  dice: Dice,
  inputs: Inputs,
  pieces: readonly StreamPiece[],
  mutations: readonly StreamMutation[] = ['lost', 'torn', 'twice', 'changed'],
): StreamPiece[] {
  const made: StreamPiece[] = [];
  const rate = dice.pick([10, 30, 100]);
  const from = dice.once(6) ? dice.roll(pieces.length) : 0;
  for (const piece of pieces.slice(from)) {
    const { side } = piece;
    if ('gap' in piece || piece.bytes.length === 0) continue;
    const { bytes } = piece;
    const mutation = dice.once(rate) ? dice.pick(mutations) : 'none';
    if (mutation === 'none') {
      for (const part of dice.once(8) ? cut(dice, bytes) : [bytes]) made.push({ side, bytes: part });
    } else if (mutation === 'lost') made.push({ side, gap: bytes.length });
    else if (mutation === 'twice') made.push({ side, bytes }, { side, bytes });
    else if (mutation === 'changed') made.push({ side, bytes: inputs.mutated(dice, bytes, 3) });
    else {
      const kept = dice.roll(bytes.length);
      const gap = 1 + dice.roll(bytes.length - kept);
      made.push({ side, bytes: bytes.subarray(0, kept) }, { side, gap }, { side, bytes: bytes.subarray(kept + gap) });
    }
  }
  return made;
}

/** The streams of a capture file, in the order of their bytes. */
export function streamsOf(packets: Uint8Array): StreamPiece[][] {
  const streams: StreamPiece[][] = [];
  const flows = new Flows({
    opened: () => {
      const pieces: StreamPiece[] = [];
      streams.push(pieces);
      return {
        data: (side, bytes, start, end) => void pieces.push({ side, bytes: bytes.slice(start, end) }),
        gap: (side, length) => void pieces.push({ side, gap: length }),
        fin: () => undefined,
        reset: () => undefined,
        close: () => undefined,
      };
    },
  });
  const visitor = {
    packet: (...args: Parameters<typeof flows.packet>) => flows.packet(...args),
    notice: () => undefined,
    problem: () => undefined,
  };
  const reader = (packets[0] === 0x0a ? pcapngReader : pcapReader)();
  reader.push(packets, visitor);
  reader.end(visitor);
  flows.end(0);
  return streams;
}
