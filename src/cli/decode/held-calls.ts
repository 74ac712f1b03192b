import type { PlacedPacket } from '../../apps/packet.js';
import { MOST_KEPT } from '../../traffic/selection/record-window.js';
import type { JudgedFrame, Judged } from '../../traffic/judged.js';
import type { PrintableBytes } from '../../describe/printable.js';
import { OTHER_SIDE, type PacketFilter } from '../../traffic/toolbox/apps.js';

/** What a record takes besides its text. */
const OVERHEAD = 200;

/** A record that was drawn when it came. */
export interface DrawnCall {
  readonly connection: number;
  readonly text: PrintableBytes;
  /** Something in it is a finding. */
  readonly isFinding: boolean;
}

/** Of a record with several calls there is one. */
interface HeldCall extends DrawnCall {
  isShown: boolean;
}

/** How records become text, and where they are shown. */
export interface CallOutput {
  draw(record: JudgedFrame): PrintableBytes;
  show(drawn: DrawnCall): void;
  isFinding(record: JudgedFrame): boolean;
}

/**
 * Holds the calls that the filters let through until their reply comes: a slow one is shown with its reply, one that is not
 * answered at the end of its connection. What may have been answered in what was lost is not shown.
 */
export class HeldCalls {
  /** Calls that were given up for lack of memory. */
  cut = 0;
  private bytes = 0;
  /** By connection, and by direction and index of the packet. */
  private readonly held = new Map<number, Map<string, HeldCall>>();

  constructor(
    /** Seconds. */
    private readonly slow: number,
    private readonly filter: PacketFilter,
    /** Each packet has a line of its own. */
    private readonly isApart: boolean,
    private readonly output: CallOutput,
    private readonly limit = MOST_KEPT,
  ) {}

  /** Every record of the reading. `isMatch`: the filters let it through. */
  take(record: Judged, isMatch: boolean): void {
    if (record.type === 'gap' || record.type === 'unread') return this.lost(record);
    if (record.type !== 'frame') return;
    const { message } = record.frame;
    if (message !== undefined && (message.bytes === undefined || message.bytes > message.payload.length))
      this.lost(record);
    if (record.packets !== undefined) this.packets(record, record.packets, isMatch);
  }

  /** The connection has ended: what is left was not answered. */
  closed(connection: number): void {
    const calls = this.held.get(connection);
    if (calls === undefined) return;
    this.held.delete(connection);
    for (const call of calls.values()) {
      this.bytes -= sizeOf(call);
      this.show(call);
    }
  }

  /** Nothing more is read. */
  end(): void {
    for (const connection of [...this.held.keys()].sort((a, b) => a - b)) this.closed(connection);
  }

  private packets(record: JudgedFrame, packets: readonly PlacedPacket[], isMatch: boolean): void {
    const { connection, direction } = record;
    let whole: HeldCall | undefined;
    const drawn = (packet: PlacedPacket): HeldCall => {
      if (this.isApart) return this.drawn({ ...record, packets: [packet] });
      return (whole ??= this.drawn(record));
    };
    for (const packet of packets) {
      const { replyTo, endsOwn, latency = 0, replaces, index } = packet;
      if (replyTo !== undefined) {
        const call = this.release(connection, keyOf(endsOwn ? direction : OTHER_SIDE[direction], replyTo));
        if (call !== undefined && endsOwn !== true && latency > this.slow) {
          this.show(call);
          this.show(drawn(packet));
        }
      }
      if (replaces !== undefined) this.release(connection, keyOf(direction, replaces));
      if (isMatch && this.filter(packet)) this.hold(connection, keyOf(direction, index), drawn(packet));
    }
  }

  private drawn(record: JudgedFrame): HeldCall {
    const { output } = this;
    const text = output.draw(record);
    return { connection: record.connection, text, isFinding: output.isFinding(record), isShown: false };
  }

  private show(call: HeldCall): void {
    if (call.isShown) return;
    call.isShown = true;
    this.output.show(call);
  }

  private hold(connection: number, key: string, call: HeldCall): void {
    let calls = this.held.get(connection);
    if (calls === undefined) this.held.set(connection, (calls = new Map<string, HeldCall>()));
    calls.set(key, call);
    this.bytes += sizeOf(call);
    while (this.bytes > this.limit) this.forget(connection);
  }

  /** The oldest call of that connection, or of another where it has none. */
  private forget(preferred: number): void {
    const [connection] = this.held.has(preferred) ? [preferred] : this.held.keys();
    const [key] = this.held.get(connection!)!.keys();
    this.release(connection!, key!);
    this.cut++;
  }

  private release(connection: number, key: string): HeldCall | undefined {
    const calls = this.held.get(connection);
    const call = calls?.get(key);
    if (calls === undefined || call === undefined) return undefined;
    calls.delete(key);
    if (calls.size === 0) this.held.delete(connection);
    this.bytes -= sizeOf(call);
    return call;
  }

  /** Replies may be among what was lost. */
  private lost({ connection, direction }: Judged): void {
    const callers = keyOf(OTHER_SIDE[direction], '');
    for (const key of [...(this.held.get(connection)?.keys() ?? [])])
      if (key.startsWith(callers)) this.release(connection, key);
  }
}

function keyOf(direction: string, index: number | ''): string {
  return `${direction} ${index}`;
}

function sizeOf({ text }: HeldCall): number {
  return text.length + OVERHEAD;
}
