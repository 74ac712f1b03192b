import type { SourceEvent } from '../capture/types.js';
import { opcodeInfo } from '../codec/registry.js';
import { count } from '../render/layout.js';
import { ConnectionInspector, Inspector } from '../rules/inspector.js';
import type { Judged } from '../rules/judged.js';
import type { DecodeOptions } from './options.js';
import { PacketDecoding } from './packet-decoding.js';
import { readingOptions } from './reading-options.js';

/** One input: bare bytes, directions side by side, or packets, whichever comes. */
export class InputReading {
  any = false;
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
    return this.packets !== undefined;
  }

  /** Has to be called before the first packet. */
  async openPackets(): Promise<void> {
    const { Flows } = await import('./packets.js');
    this.packets = new PacketDecoding(
      Flows,
      { ...readingOptions(this.options), first: this.first },
      {
        records: (records) => {
          for (const record of records) this.records.push(record);
        },
        notice: (message) => this.notices.push(message),
      },
    );
  }

  /** What the event completes. */
  take(event: SourceEvent): Judged[] {
    if (event.type === 'bytes') {
      this.any ||= event.bytes.length > 0;
      if (event.side === undefined) return this.bareBytes().push(event.bytes, event.time);
      return this.filtered(this.stream(event.stream ?? 0).push(event.side, event.bytes, event.time));
    }
    if (event.type !== 'packet') return [];
    this.any = true;
    this.packets!.push(event.packet);
    return this.filtered(this.records.splice(0));
  }

  end(): Judged[] {
    this.packets?.end();
    const { webSocket, other } = this.packets?.seen ?? { webSocket: 0, other: 0 };
    if (this.packets && webSocket === 0) {
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
