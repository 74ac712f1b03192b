import * as crypto from 'node:crypto';
import type { Side, StreamTaker } from '../../src/codec/bytes/stream-taker.js';
import { tlsCryptoWith } from '../../src/codec/tls/node-crypto.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { Flows } from '../../src/sources/tcp/flows.js';
import { TlsTraffic } from '../../src/traffic/tls-traffic.js';
import type { Dice } from './dice.js';
import type { Corpus, Inputs } from './inputs.js';
import { cut } from './probe.js';

type Piece = { readonly side: Side; readonly bytes: Uint8Array } | { readonly side: Side; readonly gap: number };

/** A session of a capture, its key log, and what it carries. */
interface Session {
  readonly pieces: readonly Piece[];
  readonly keys: Uint8Array;
  readonly plain: readonly [Buffer, Buffer];
}

/** Mutated TLS sessions and key logs: nothing throws, and nothing is given as content that was not sent, in its order. */
export class TlsCase {
  private readonly sessions: readonly Session[];

  constructor(
    private readonly inputs: Inputs,
    { tls }: Corpus,
  ) {
    this.sessions = tls.flatMap(({ packets, keys }) =>
      streamsOf(packets)
        .map((pieces) => ({ pieces, keys, plain: wholeOf(pieces, keys) }))
        .filter(({ plain }) => plain[0].length + plain[1].length > 0),
    );
  }

  check(dice: Dice): void {
    const session = dice.pick(this.sessions);
    const keys = dice.once(4) ? this.inputs.mutated(dice, session.keys, 3) : session.keys;
    const at: [number, number] = [0, 0];
    open(this.mutatedPieces(dice, session.pieces), keys, dice.pick([0, 100, 3000]), (side, bytes) => {
      const found = session.plain[side].indexOf(bytes, at[side]);
      if (found < 0) throw new Error(`content that was not sent: ${Buffer.from(bytes).toString('hex')}`);
      at[side] = found + bytes.length;
    });
  }

  private mutatedPieces(dice: Dice, pieces: readonly Piece[]): Piece[] {
    const made: Piece[] = [];
    const rate = dice.pick([10, 30, 100]);
    const from = dice.once(6) ? dice.roll(pieces.length) : 0;
    for (const piece of pieces.slice(from)) {
      const { side } = piece;
      if ('gap' in piece || piece.bytes.length === 0) continue;
      const { bytes } = piece;
      const mutation = dice.once(rate) ? dice.pick(['lost', 'torn', 'twice', 'changed'] as const) : 'none';
      if (mutation === 'none') {
        for (const part of dice.once(8) ? cut(dice, bytes) : [bytes]) made.push({ side, bytes: part });
      } else if (mutation === 'lost') made.push({ side, gap: bytes.length });
      else if (mutation === 'twice') made.push({ side, bytes }, { side, bytes });
      else if (mutation === 'changed') made.push({ side, bytes: this.inputs.mutated(dice, bytes, 3) });
      else {
        const kept = dice.roll(bytes.length);
        const gap = 1 + dice.roll(bytes.length - kept);
        made.push({ side, bytes: bytes.subarray(0, kept) }, { side, gap }, { side, bytes: bytes.subarray(kept + gap) });
      }
    }
    return made;
  }
}

function open(
  pieces: readonly Piece[],
  keys: Uint8Array,
  mostTrials: number,
  take: (side: Side, bytes: Uint8Array) => void,
): void {
  const traffic = new TlsTraffic(tlsCryptoWith(crypto), { mostTrials });
  const reader = traffic.log(() => undefined);
  reader.push(keys);
  reader.end();
  const carried: StreamTaker = {
    data: (side, bytes, start, end) => take(side, bytes.subarray(start, end)),
    gap: () => undefined,
    fin: () => undefined,
    reset: () => undefined,
    close: () => undefined,
  };
  const layer = traffic.open({ carries: () => carried });
  for (const piece of pieces) {
    if ('gap' in piece) layer?.gap(piece.side, piece.gap, 0);
    else layer?.data(piece.side, piece.bytes, 0, piece.bytes.length, 0);
  }
  layer?.close('fin', 0);
}

function wholeOf(pieces: readonly Piece[], keys: Uint8Array): readonly [Buffer, Buffer] {
  const plain: [Buffer[], Buffer[]] = [[], []];
  open(pieces, keys, 2 ** 16, (side, bytes) => plain[side].push(Buffer.from(bytes)));
  return [Buffer.concat(plain[0]), Buffer.concat(plain[1])];
}

/** The streams of a capture file, in the order of their bytes. */
function streamsOf(packets: Uint8Array): Piece[][] {
  const streams: Piece[][] = [];
  const flows = new Flows({
    opened: () => {
      const pieces: Piece[] = [];
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
  const reader = pcapReader();
  reader.push(packets, visitor);
  reader.end(visitor);
  flows.end(0);
  return streams;
}
