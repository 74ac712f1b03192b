import { concat } from '../sources/packets.js';
import type { Dice } from './dice.js';

/** A file cut where its records end: packets of a capture, lines of a text. What is damaged stays in one piece. */
export function piecesOf(file: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let length = firstOf(file); length > 0 && at + length <= file.length; length = nextOf(file, at)) {
    pieces.push(file.subarray(at, at + length));
    at += length;
  }
  return at < file.length ? [...pieces, file.subarray(at)] : pieces;
}

const viewOf = (file: Uint8Array): DataView => new DataView(file.buffer, file.byteOffset, file.byteLength);
const magicOf = (file: Uint8Array): number => (file.length < 24 ? 0 : viewOf(file).getUint32(0));
const BIG_PCAP = 0xa1b2c3d4;
const LITTLE_PCAP = 0xd4c3b2a1;
const PCAPNG = 0x0a0d0d0a;

function firstOf(file: Uint8Array): number {
  const magic = magicOf(file);
  return magic === BIG_PCAP || magic === LITTLE_PCAP ? 24 : nextOf(file, 0);
}

/** How many bytes the record at `at` has. */
function nextOf(file: Uint8Array, at: number): number {
  const magic = magicOf(file);
  const left = file.length - at;
  if (magic === BIG_PCAP || magic === LITTLE_PCAP)
    return left < 16 ? 0 : 16 + viewOf(file).getUint32(at + 8, magic === LITTLE_PCAP);
  if (magic === PCAPNG) return left < 12 ? 0 : viewOf(file).getUint32(at + 4, file[8] === 0x4d);
  return file.indexOf(0x0a, at) + 1 - at;
}

const SIZES = [0, 1, 12, 15, 16, 20, 40, 60, 100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
/** Where link, IP and TCP headers have their lengths and numbers, after the head of a record. */
const FIELDS_END = 96;

/** Records lost, doubled, in another order or cut; fields of theirs written over. */
export function shuffled(dice: Dice, file: Uint8Array, most: number): Uint8Array {
  const pieces = piecesOf(file);
  for (let count = dice.roll(most + 1); count > 0 && pieces.length > 1; count--) change(dice, pieces);
  return concat(...pieces);
}

function change(dice: Dice, pieces: Uint8Array[]): void {
  const at = dice.roll(pieces.length);
  const piece = pieces[at]!;
  const other = dice.roll(pieces.length);
  switch (dice.roll(7)) {
    case 0:
      pieces.splice(at, 1 + (dice.once(8) ? dice.roll(20) : 0));
      return;
    case 1:
      pieces.splice(other, 0, piece);
      return;
    case 2:
      [pieces[at], pieces[other]] = [pieces[other]!, piece];
      return;
    case 3:
      pieces[at] = piece.subarray(0, dice.roll(piece.length + 1));
      return;
    case 4:
      pieces[at] = concat(piece, dice.bytes(1 + dice.roll(60)));
      return;
    default:
      pieces[at] = overwritten(dice, piece);
  }
}

function overwritten(dice: Dice, piece: Uint8Array): Uint8Array {
  const out = piece.slice();
  const width = dice.pick([1, 2, 4]);
  if (out.length < width) return out;
  const at = dice.roll(Math.min(out.length, FIELDS_END) - width + 1);
  const value = dice.once(3) ? dice.next() : dice.pick(SIZES) + dice.roll(3) - 1;
  const bytes = [24, 16, 8, 0].slice(4 - width).map((shift) => (value >>> shift) & 0xff);
  out.set(dice.once(2) ? bytes : bytes.reverse(), at);
  return out;
}
