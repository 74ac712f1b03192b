import type { Connection, ConnectionHandler, FlowHandler, Flows, Side } from '../capture/flows.js';
import type { Packet } from '../capture/types.js';
import type { ReadingOptions } from '../codec/assembling.js';
import { looksLikeWebSocket } from '../codec/plausible.js';
import { ConnectionInspector } from '../rules/inspector.js';
import type { Judged } from '../rules/judged.js';

/** Where the packets' connections put what they hold. */
export interface PacketSink {
  records(records: readonly Judged[]): void;
  notice(message: string): void;
  /** Bytes are missing: what was asked could not be read whole. */
  lost(): void;
}

/** Packets to judged records: TCP put together, each connection that holds WebSocket traffic read, the others counted. */
export class PacketDecoding {
  /** Connections with something to show, and others. */
  readonly seen = { webSocket: 0, other: 0 };
  private readonly flows: Flows;

  constructor(
    flows: typeof Flows,
    private readonly options: ReadingOptions & { readonly first: number },
    private readonly sink: PacketSink,
  ) {
    const handler: FlowHandler = { open: (connection) => new FlowReading(connection, this.options, this.sink, this) };
    this.flows = new flows(handler);
  }

  /** All of them. */
  get connections(): number {
    return this.flows.counters.connections;
  }

  push(packet: Packet): void {
    this.flows.push(packet);
  }

  end(): void {
    this.flows.end();
  }

  ignore(connection: Connection): void {
    this.seen.other++;
    this.flows.ignore(connection);
  }
}

/** One TCP connection: recognised by its first bytes, read until it ends or loses bytes. */
class FlowReading implements ConnectionHandler {
  private inspector: ConnectionInspector | undefined;
  private readonly lost: [boolean, boolean] = [false, false];

  constructor(
    private readonly connection: Connection,
    private readonly options: ReadingOptions & { readonly first: number },
    private readonly sink: PacketSink,
    private readonly decoding: PacketDecoding,
  ) {}

  private get number(): number {
    return this.options.first + this.connection.number;
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, _offset: number, time: number): void {
    const chunk = bytes.subarray(start, end);
    if (this.lost[side]) return;
    if (!this.inspector && !this.recognise(chunk)) return;
    this.sink.records(this.inspector!.push(side, chunk, Number.isNaN(time) ? undefined : time));
  }

  gap(side: Side, offset: number, length: number): void {
    this.stop(side, `${length} bytes at ${offset} were not captured`);
  }

  fin(): void {}

  reset(): void {}

  close(): void {
    if (this.inspector) this.sink.records(this.inspector.end());
  }

  private recognise(chunk: Uint8Array): boolean {
    if (!looksLikeWebSocket(chunk)) {
      this.decoding.ignore(this.connection);
      return false;
    }
    this.decoding.seen.webSocket++;
    this.inspector = new ConnectionInspector({ ...this.options, connection: this.number });
    return true;
  }

  /** Behind a hole nobody knows where a frame begins. */
  private stop(side: Side, reason: string): void {
    if (!this.inspector || this.lost[side]) return;
    this.lost[side] = true;
    this.sink.lost();
    const { a, b } = this.connection;
    const from = side === 0 ? a : b;
    this.sink.notice(
      `connection ${this.number}: ${reason}; what ${from.address}:${from.port} sent behind them is not read`,
    );
  }
}
