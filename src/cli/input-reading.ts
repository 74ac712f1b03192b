import type { Packet, SourceEvent } from '../capture/types.js';
import { looksLikeWebSocket } from '../codec/plausible.js';
import { opcodeInfo } from '../codec/registry.js';
import { count } from '../render/layout.js';
import { ConnectionInspector, Inspector } from '../rules/inspector.js';
import type { Judged } from '../rules/judged.js';
import type { DecodeOptions } from './options.js';
import { PacketDecoding } from './packet-decoding.js';
import { readingOptions } from './reading-options.js';

interface Piece {
  readonly bytes: Uint8Array;
  readonly time: number | undefined;
}

/** What one end said while the other was silent. */
interface Monologue {
  readonly pieces: Piece[];
  length: number;
  /** It has been taken for bare bytes. */
  given: boolean;
}

/** Bytes that wait for an answer. */
const LONGEST_MONOLOGUE = 1024 * 1024;

/** One input: bare bytes, directions side by side, or packets, whichever comes. */
export class InputReading {
  any = false;
  /** Bytes are missing in a capture: what came behind them was not read. */
  incomplete = false;
  private holdsDatagram: (packet: Packet) => boolean = () => true;
  /** Streams with a first speaker whom nobody has answered: with `--direction` the bytes are his whose they are said to be. */
  private readonly monologues = new Map<number, Monologue>();
  readonly notices: string[] = [];
  private readonly records: Judged[] = [];
  private bare: Inspector | undefined;
  /** By the number of the connection. */
  private readonly streams = new Map<number, ConnectionInspector>();
  private packets: PacketDecoding | undefined;

  /** Connections are counted from `first` on: over all inputs of a call. */
  constructor(
    private readonly options: DecodeOptions,
    private readonly first: number,
  ) {}

  /** How many connections there were. */
  get connections(): number {
    const numbers = [...this.streams.keys()].map((number) => number + 1);
    return Math.max(this.packets?.connections ?? 0, this.bare ? 1 : 0, ...numbers);
  }

  /** The input is a capture: its packets are put together to connections. */
  get isCapture(): boolean {
    return this.packets !== undefined && this.bare === undefined;
  }

  get readsPackets(): boolean {
    return this.packets !== undefined;
  }

  /** Has to be called before the first packet. */
  async openPackets(): Promise<void> {
    const { Flows, inferLink } = await import('./packets.js');
    this.holdsDatagram = ({ bytes, originalLength }) => inferLink(bytes, 0, bytes.length, originalLength) !== undefined;
    this.packets = new PacketDecoding(
      Flows,
      { ...readingOptions(this.options), first: this.first },
      {
        records: (records) => {
          for (const record of records) this.records.push(record);
        },
        notice: (message) => this.notices.push(message),
        lost: () => (this.incomplete = true),
      },
    );
  }

  /** What the event completes. */
  take(event: SourceEvent): Judged[] {
    if (event.type === 'bytes') {
      this.any ||= event.bytes.length > 0;
      if (event.side === undefined) return this.bareBytes().push(event.bytes, event.time);
      return this.takeSide(event.stream ?? 0, event.side, event.bytes, event.time);
    }
    if (event.type !== 'packet') return [];
    this.any = true;
    const { packet } = event;
    // A dump of bare bytes in the form that tshark gives packets.
    if (packet.link === 'unknown' && !this.holdsDatagram(packet) && (this.bare || isBare(packet.bytes))) {
      return this.bareBytes().push(packet.bytes);
    }
    this.packets!.push(packet);
    return this.filtered(this.records.splice(0));
  }

  /** Follow output tells two directions apart, not who they are: that is told by what they say. */
  private takeSide(stream: number, side: 0 | 1, bytes: Uint8Array, time?: number): Judged[] {
    if (this.options.direction === undefined || this.streams.has(stream)) {
      return this.filtered(this.stream(stream).push(side, bytes, time));
    }
    const monologue = this.monologue(stream);
    if (side === 0) return this.takeAlone(monologue, { bytes: bytes.slice(), time });
    // Too late for a dialogue: the first speaker is the one that was asked for, and this is the other.
    if (monologue.given) return [];
    this.monologues.delete(stream);
    const before = monologue.pieces.flatMap((piece) => this.stream(stream).push(0, piece.bytes, piece.time));
    return this.filtered([...before, ...this.stream(stream).push(side, bytes, time)]);
  }

  private takeAlone(monologue: Monologue, piece: Piece): Judged[] {
    monologue.pieces.push(piece);
    monologue.length += piece.bytes.length;
    return monologue.given || monologue.length > LONGEST_MONOLOGUE ? this.giveAlone(monologue) : [];
  }

  private giveAlone(monologue: Monologue): Judged[] {
    monologue.given = true;
    return monologue.pieces.splice(0).flatMap((piece) => this.bareBytes().push(piece.bytes, piece.time));
  }

  private monologue(stream: number): Monologue {
    const known = this.monologues.get(stream);
    if (known) return known;
    const begun = { pieces: [], length: 0, given: false };
    this.monologues.set(stream, begun);
    return begun;
  }

  end(): Judged[] {
    const alone = [...this.monologues.values()].flatMap((monologue) => this.giveAlone(monologue));
    return [...alone, ...this.finish()];
  }

  private finish(): Judged[] {
    this.packets?.end();
    const { webSocket, other } = this.packets?.seen ?? { webSocket: 0, other: 0 };
    if (this.isCapture && this.connections > 0 && webSocket === 0) {
      this.notices.push(`no WebSocket traffic found in ${other === 1 ? '1 connection' : `${other} connections`}`);
    }
    this.noteUnfinished();
    const connections = [...this.streams.values()].flatMap((inspector) => inspector.end());
    return [...(this.bare?.end() ?? []), ...this.filtered([...connections, ...this.records.splice(0)])];
  }

  private noteUnfinished(): void {
    for (const { opcode, frames, wireBytes } of [this.bare, ...this.streams.values()].flatMap(
      (one) => one?.unfinished ?? [],
    )) {
      const { name } = opcodeInfo(opcode);
      this.notices.push(
        `the input ends inside a fragmented ${name} message: ${count(frames, 'fragment')}, ${count(wireBytes, 'byte')} so far`,
      );
    }
  }

  private stream(connection: number): ConnectionInspector {
    let inspector = this.streams.get(connection);
    if (!inspector) {
      inspector = new ConnectionInspector({ ...readingOptions(this.options), connection: this.first + connection });
      this.streams.set(connection, inspector);
    }
    return inspector;
  }

  private bareBytes(): Inspector {
    const direction = this.options.direction ?? 'unknown';
    return (this.bare ??= new Inspector({ ...readingOptions(this.options), direction, connection: this.first }));
  }

  /** Where the direction is known, `--direction` picks. */
  private filtered(records: Judged[]): Judged[] {
    const { direction = 'unknown' } = this.options;
    return direction === 'unknown'
      ? records
      : records.filter((record) => record.type === 'handshake' || record.direction === direction);
  }
}

/** More than a stray line of digits, and the beginning of what `decode` reads. */
function isBare(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes.some((byte) => byte !== 0) && looksLikeWebSocket(bytes, 1);
}
