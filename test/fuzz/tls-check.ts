import * as crypto from 'node:crypto';
import type { Side, StreamTaker } from '../../src/codec/bytes/stream-taker.js';
import { tlsCryptoWith } from '../../src/codec/tls/node-crypto.js';
import { TlsTraffic } from '../../src/traffic/layers/tls-traffic.js';
import type { Dice } from './dice.js';
import type { Corpus, Inputs } from './inputs.js';
import { mutatedPieces, streamsOf, type StreamPiece } from './stream-pieces.js';

/** A session of a capture, its key log, and what it carries. */
interface Session {
  readonly pieces: readonly StreamPiece[];
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
    open(mutatedPieces(dice, this.inputs, session.pieces), keys, dice.pick([0, 100, 3000]), (side, bytes) => {
      const found = session.plain[side].indexOf(bytes, at[side]);
      if (found < 0) throw new Error(`content that was not sent: ${Buffer.from(bytes).toString('hex')}`);
      at[side] = found + bytes.length;
    });
  }
}

function open(
  pieces: readonly StreamPiece[],
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

function wholeOf(pieces: readonly StreamPiece[], keys: Uint8Array): readonly [Buffer, Buffer] {
  const plain: [Buffer[], Buffer[]] = [[], []];
  open(pieces, keys, 2 ** 16, (side, bytes) => plain[side].push(Buffer.from(bytes)));
  return [Buffer.concat(plain[0]), Buffer.concat(plain[1])];
}
