import type * as v8 from 'node:v8';
import { print, type Printable } from '../../describe/printable.js';
import type { PacketReader, PacketVisitor } from '../../sources/files/packet-reader.js';
import type { InputProblem, LinkType } from '../../sources/bytes/types.js';
import type { PacketTraffic, SeenPacket } from '../../traffic/inputs/packet-traffic.js';
import type { RecordedTraffic } from '../../traffic/inputs/recorded-traffic.js';
import { builtin } from '../entries/builtin.js';
import { UsageError } from '../host/exit.js';
import type { FileOrder } from './file-order.js';
import type { Input } from './input.js';
import { noticeOf, problemOf, type Opened } from './open-input.js';
import type { ChunkPieces } from './chunk-pieces.js';

/** Bytes of a capture that may have many connections. */
const LARGE = 4 * 1024 * 1024;

/** Limits the pace of reading. */
export interface Pace {
  /** After each chunk, or each of its pieces. */
  turn(): Promise<void>;
  /** Cuts chunks; undefined: they are taken whole. */
  readonly pieces?: ChunkPieces;
  /** Nothing more is read. */
  readonly over: boolean;
  /** Records are kept: most of the memory is theirs. */
  readonly keepsRecords?: boolean;
}

/** Takes the packets of a capture after they were read. */
export interface PacketTaker {
  stamp(seconds: number, nanoseconds: number): void;
  packet(seen: SeenPacket, link: LinkType, bytes: Uint8Array, originalLength: number): void;
}

export interface CaptureFile {
  readonly input: Input;
  readonly opened: Opened;
  readonly reader: PacketReader;
}

/** Reads a capture file up to its end, or until `over`. Gives the damage of the file. */
export async function readCapture(
  { input, opened, reader }: CaptureFile,
  traffic: PacketTraffic,
  order: FileOrder,
  notice: (message: Printable) => void,
  pace: Pace,
  packets?: PacketTaker,
): Promise<InputProblem | undefined> {
  const before = traffic.packets;
  let begun = false;
  let problem: InputProblem | undefined;
  const visitor: PacketVisitor = {
    packet: (link, bytes, start, end, originalLength, time) => {
      if (!begun) {
        const message = order.begins(input.name, time, traffic.last);
        if (message !== undefined) notice(message);
      }
      begun = true;
      traffic.packet(link, bytes, start, end, originalLength, time);
      packets?.packet(traffic.newest, link, bytes.subarray(start, end), originalLength);
    },
    ...(packets && { stamp: (seconds, nanoseconds) => packets.stamp(seconds, nanoseconds) }),
    secrets: (keyLog) => traffic.secrets(keyLog),
    notice: (message) => notice(noticeOf(input, message)),
    problem: (found) => (problem = found),
  };
  let read = 0;
  for await (const piece of piecesOf(opened, pace)) {
    if (read < LARGE && read + piece.length >= LARGE && pace.keepsRecords !== true) collectEarly();
    read += piece.length;
    reader.push(piece, visitor);
    await pace.turn();
    if (problem || pace.over) break;
  }
  // A signal may end the input within a packet: that is no damage.
  if (pace.over) return undefined;
  if (!problem && !opened.damage()) reader.end(visitor);
  problem ??= opened.damage();
  if (problem && traffic.packets === before) throw problemOf(input, problem);
  if (!problem && traffic.connections === 0) throw noConnection(input, traffic);
  return problem;
}

async function* piecesOf({ chunks }: Opened, { pieces }: Pace): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (pieces === undefined) yield chunk;
    else yield* pieces.of(chunk);
  }
}

/**
 * With thousands of connections the heap would otherwise grow by twice their size before it is collected. Loading node:v8
 * takes a part of the start.
 */
function collectEarly(): void {
  (builtin('node:v8') as typeof v8).setFlagsFromString('--heap-growing-percent=20');
}

/** What the input has instead is named. */
export function noConnection({ name }: Input, { unread }: PacketTraffic): UsageError {
  return new UsageError(`${name}: no TCP connection in its packets${unread === undefined ? '' : ` (${unread})`}`);
}

/** Reads a recording up to its end, or until `over`. */
export async function readRecording(input: Input, opened: Opened, traffic: RecordedTraffic, pace: Pace): Promise<void> {
  for await (const piece of piecesOf(opened, pace)) {
    traffic.push(piece);
    await pace.turn();
    if (traffic.failure !== undefined || pace.over) break;
  }
  if (!pace.over) traffic.finish();
  const problem = traffic.failure ?? opened.damage()?.message;
  const emptiness = pace.over ? undefined : traffic.emptiness(problem);
  if (emptiness !== undefined) throw new UsageError(`${input.name}: ${emptiness}`);
  traffic.end(problem);
}

/** The report of a damaged input: what was read is shown, and the position. */
export function damageOf(input: Input, { offset, message }: InputProblem): Printable {
  return print`wsinspect: ${noticeOf(input, `offset ${offset}: ${message}`)}\n`;
}
