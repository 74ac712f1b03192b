import { gzipSync } from 'node:zlib';
import { openSource } from '../../src/sources/detect/detect.js';
import { concat } from '../sources/packets.js';
import { Conversations } from './conversations.js';
import type { Dice } from './dice.js';
import type { Corpus, Inputs } from './inputs.js';
import { Recordings } from './recordings.js';
import { shuffled } from './pieces.js';

/** A longer text is cut at a line: one of hundreds of packets takes as long as a hundred others. */
const LONGEST_TEXT = 12_000;

/** `*` lines of dumps may represent that much: a digit more, and it is all zeros to read for minutes. */
const MOST_REPEATED = 100_000;

/** Files of recorded traffic, most of them damaged. */
export class Captures {
  private readonly conversations: Conversations;
  private readonly recordings: Recordings;

  constructor(
    private readonly inputs: Inputs,
    private readonly corpus: Corpus,
  ) {
    this.conversations = new Conversations(inputs);
    this.recordings = new Recordings(inputs);
  }

  /** A capture file, a recording or a text of packets, not packed. */
  plain(dice: Dice): Uint8Array {
    const whole = this.whole(dice);
    if (dice.once(4)) return whole;
    const moved = dice.once(2) ? shuffled(dice, whole, 6) : whole;
    const damaged = dice.once(2) ? this.inputs.mutated(dice, moved, 4) : moved;
    return standsForMuch(damaged) ? whole : damaged;
  }

  /** The same packed, now and then damaged. */
  packed(dice: Dice, plain: Uint8Array): Uint8Array {
    const half = dice.roll(plain.length + 1);
    const members = dice.once(4) ? [plain.subarray(0, half), plain.subarray(half)] : [plain];
    const packed = concat(...members.map((member) => gzipSync(member, { level: 1 })));
    return dice.once(2) ? this.inputs.mutated(dice, packed, 3) : packed;
  }

  private whole(dice: Dice): Uint8Array {
    if (dice.once(2)) return this.conversations.capture(dice);
    if (dice.once(3)) return this.recordings.recording(dice);
    if (dice.once(3)) return dice.pick(this.corpus.captures);
    const text = dice.pick(this.corpus.dumps);
    if (text.length <= LONGEST_TEXT) return text;
    const from = text.indexOf(0x0a, dice.roll(text.length - LONGEST_TEXT)) + 1;
    return text.subarray(dice.once(2) ? 0 : from, from + LONGEST_TEXT);
  }
}

function standsForMuch(file: Uint8Array): boolean {
  if (!Buffer.from(file.buffer, file.byteOffset, file.length).includes('\n*')) return false;
  const source = openSource('auto');
  const events = [...source.push(file), ...source.end()];
  const bytes = events.reduce((sum, event) => sum + (event.type === 'bytes' ? event.bytes.length : 0), 0);
  return bytes > MOST_REPEATED;
}
