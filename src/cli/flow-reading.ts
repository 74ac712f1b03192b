import type { CloseReason, Connection, ConnectionHandler, Side } from '../capture/flows.js';
import { otherProtocol } from '../capture/protocol.js';
import type { ReadingOptions } from '../codec/assembling.js';
import { ConnectionJudge } from '../rules/connection-judge.js';
import type { Judged } from '../rules/judged.js';
import { Tally } from '../rules/tally.js';
import type { ConnectionSummary } from '../rules/tally-summary.js';
import type { ConnectionFilter } from './filters.js';

/** What a connection carries instead of WebSocket. */
export type OtherTraffic = 'tls' | 'http' | 'http2' | 'other' | 'silent';

/** What the connections of a capture have in common: how they are read, and who takes what they hold. */
export interface FlowContext {
  /** Added to the number of each. */
  readonly first: number;
  readonly reading: ReadingOptions;
  /** The same for connections of which it is said that they are WebSocket. */
  readonly stated: ReadingOptions;
  readonly wants: ConnectionFilter | undefined;
  isWebSocketPort(port: number): boolean;
  record(record: Judged): void;
  /** A connection with WebSocket in it has ended. */
  closed(summary: ConnectionSummary): void;
  /** It carries something else, and is not read on. */
  passOver(connection: Connection, what: OtherTraffic): void;
  /** It is not one of those that were asked for. */
  drop(connection: Connection): void;
}

/** How many bytes are looked at for frames: of a connection whose beginning was seen, and of one that was joined in its middle. */
const LOOKED_AT = { fromStart: 4096, midStream: 1024 * 1024 };

/** One TCP connection: recognised by what it says, read until it ends. */
export class FlowReading implements ConnectionHandler {
  private judge: ConnectionJudge | undefined;
  private readonly tally: Tally;
  /** It is one of those that were asked for; undefined as long as it is not known who is the client. */
  private wanted: boolean | undefined;
  /** Times of the last bytes of each side. */
  private readonly heard: [number, number];
  /** The first FIN, or the RST. */
  private tcpEnd: { readonly side: Side; readonly time: number } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly context: FlowContext,
  ) {
    this.tally = new Tally(context.first + connection.number);
    this.tally.at(connection.time);
    this.heard = [connection.time, connection.time];
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, _offset: number, time: number): void {
    const judge = this.judge ?? this.begin(bytes, start, end);
    if (judge === undefined) return;
    this.heard[side] = time;
    judge.read(side, bytes, start, end, time);
    if (!judge.recognised && judge.searched > this.patience) this.giveUp('other');
  }

  /** A hole has the time of what stands in front of it: it is given up much later, perhaps with somebody else's packet. */
  gap(side: Side, _offset: number, length: number): void {
    this.judge?.gap(side, length, this.heard[side]);
  }

  fin(side: Side, time: number): void {
    this.tcpEnd ??= { side, time };
  }

  reset(side: Side, time: number): void {
    this.tcpEnd = { side, time };
  }

  close(reason: CloseReason, time: number): void {
    const { judge, tally } = this;
    // Only these two are of this connection's own packets.
    judge?.end(reason === 'fin' || reason === 'reset' ? time : Math.max(...this.heard));
    if (!judge?.recognised) return this.context.passOver(this.connection, judge?.isHttp ? 'http' : this.otherwise);
    if (this.wanted === false) return;
    const { tcpEnd } = this;
    tally.ended(reason, time, tcpEnd && { by: judge.directionOf(tcpEnd.side), time: tcpEnd.time });
    const client = judge.directionOf(0) === 'server' ? 1 : 0;
    const { a, b } = this.connection;
    const [from, to] = [textOf(a), textOf(b)];
    tally.named(client === 0 ? { client: from, server: to } : { client: to, server: from });
    this.context.closed(tally.summary());
  }

  /** Told by the judge. */
  private take(record: Judged): void {
    if (this.wanted === undefined) this.decide(record);
    if (this.wanted === false) return;
    const { tally } = this;
    tally.take(record);
    if (record.type === 'gap') tally.lost(record.direction, record.length);
    if (record.type === 'unread') tally.passed(record.direction, record.length);
    this.context.record(record);
  }

  private get otherwise(): OtherTraffic {
    return this.connection.payload[0] + this.connection.payload[1] === 0 ? 'silent' : 'other';
  }

  private get patience(): number {
    return this.connection.synSeen ? LOOKED_AT.fromStart : LOOKED_AT.midStream;
  }

  private begin(bytes: Uint8Array, start: number, end: number): ConnectionJudge | undefined {
    const { context, connection } = this;
    const what = otherProtocol(bytes, start, end);
    if (what !== undefined) {
      this.giveUp(what);
      return undefined;
    }
    const { a, b } = connection;
    const isKnown = context.isWebSocketPort(a.port) || context.isWebSocketPort(b.port);
    const reading = isKnown ? context.stated : context.reading;
    const number = context.first + connection.number;
    this.judge = new ConnectionJudge(reading, number, (record) => this.take(record));
    return this.judge;
  }

  private giveUp(what: OtherTraffic): void {
    this.judge?.drop();
    this.context.passOver(this.connection, what);
  }

  /** Who is the client is known now: is it one of those that were asked for? */
  private decide({ connection: number }: Judged): void {
    const { wants } = this.context;
    const { a, b } = this.connection;
    const isTurned = this.judge!.directionOf(0) === 'server';
    const [client, server] = isTurned ? [b, a] : [a, b];
    this.wanted = wants === undefined || wants({ number, client, server });
    if (!this.wanted) this.context.drop(this.connection);
  }
}

function textOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
