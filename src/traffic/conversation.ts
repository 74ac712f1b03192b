import { Connection } from '../codec/connection/connection.js';
import type { Direction, UnfinishedMessage } from '../codec/messages/records.js';
import { endpointTexts, UNKNOWN_ENDPOINT, type Endpoint } from '../codec/bytes/endpoint.js';
import type { CloseReason, Side, StreamOrigin, StreamTaker } from '../codec/bytes/stream-taker.js';
import { Transcript, type TranscriptOptions } from '../codec/connection/transcript.js';
import { ConnectionJudge } from './connection-judge.js';
import type { ConnectionFilter } from './filters.js';
import type { Judged } from './judged.js';
import { layerOf, type LayerName } from './layers.js';
import { Tally } from './tally/tally.js';
import type { ConnectionSummary } from './tally/summary.js';

/** What a stream carries instead of WebSocket. */
export type OtherTraffic = LayerName | 'http' | 'other' | 'silent';

/** Takes what conversations hold. */
export interface ConversationTaker {
  record(record: Judged, ends: Ends): void;
  /** A conversation has ended. */
  closed(summary: ConnectionSummary, ends: Ends): void;
  /** A stream carries something else, and is not read on. Without this, every stream is taken for WebSocket. */
  passedOver?(what: OtherTraffic, connection: number, ends: Ends): void;
}

/** Who speaks, as far as is known: asked when it is needed, as making an address of its bytes costs time. */
export interface Ends {
  readonly client: Endpoint | undefined;
  readonly server: Endpoint | undefined;
}

/** What the conversations of a run have in common. */
export interface ConversationOptions {
  readonly reading: TranscriptOptions;
  /** Which conversations are wanted; undefined: all. Asked again when it is known who the client is. */
  readonly wants?: ConnectionFilter | undefined;
  /** Streams to or from these ports are WebSocket, whatever their first bytes are. */
  readonly webSocketPorts?: ReadonlySet<number>;
}

/** Bytes in which frames are looked for: of a stream whose beginning was seen, and of one that was joined in its middle. */
const LOOKED_AT = { fromStart: 4096, midStream: 1024 * 1024 };
/** Durations are written in whole microseconds: what came with the end keeps its own time. Seconds. */
const SAME_TIME = 2e-6;

/** One WebSocket connection: its stream recognised by what it says, read, judged and counted, until it ends. */
export class Conversation implements StreamTaker, Ends {
  private judge: ConnectionJudge | undefined;
  private readonly tally: Tally;
  /** Undefined as long as it is not known who the client is. */
  private isWanted: boolean | undefined;
  private isPassedOver = false;
  private hasLost = false;
  /** Times of the last bytes of each side. */
  private readonly heard: [number, number];
  /** The first FIN, or the RST. */
  private tcpEnd: { readonly side: Side; readonly time: number } | undefined;

  constructor(
    /** The number that its records carry. */
    readonly number: number,
    private readonly origin: StreamOrigin,
    time: number,
    private readonly options: ConversationOptions,
    private readonly taker: ConversationTaker,
  ) {
    this.tally = new Tally(number);
    this.tally.at(time);
    this.heard = [time, time];
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): readonly UnfinishedMessage[] {
    return this.judge?.unfinished ?? [];
  }

  get client(): Endpoint | undefined {
    return this.clientSide === 0 ? this.origin.a : this.origin.b;
  }

  get server(): Endpoint | undefined {
    return this.clientSide === 0 ? this.origin.b : this.origin.a;
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    const judge = this.judge ?? this.begin(bytes, start, end);
    if (judge === undefined) return;
    if (!Number.isNaN(time)) this.heard[side] = time;
    judge.read(side, bytes, start, end, time);
    if (this.taker.passedOver && !judge.recognised && judge.searched > this.patience) this.passOver('other');
  }

  /** A hole has the time of what stands before it: it is given up much later, perhaps with another stream's packet. */
  gap(side: Side, length: number): void {
    this.hasLost = true;
    this.judge?.gap(side, length, this.heard[side]);
  }

  fin(side: Side, time: number): void {
    this.tcpEnd ??= { side, time };
  }

  reset(side: Side, time: number): void {
    this.tcpEnd = { side, time };
  }

  close(reason: CloseReason, time: number): void {
    if (this.isPassedOver) return;
    const { judge, tally, tcpEnd } = this;
    judge?.end(this.endTime(reason, time));
    if (this.taker.passedOver && !judge?.recognised) return this.passOver(this.otherwise);
    if (this.isWanted === false) return;
    tally.ended(reason, time, tcpEnd && { by: this.directionOf(tcpEnd.side), time: tcpEnd.time });
    tally.named(endpointTexts(this));
    this.taker.closed(tally.summary(), this);
  }

  private begin(bytes: Uint8Array, start: number, end: number): ConnectionJudge | undefined {
    if (this.isPassedOver) return undefined;
    const { origin, options, taker } = this;
    const what = taker.passedOver && layerOf(bytes, start, end);
    if (what !== undefined) {
      this.passOver(what);
      return undefined;
    }
    const { reading, webSocketPorts } = options;
    const isStated = webSocketPorts && [origin.a, origin.b].some((one) => one && webSocketPorts.has(one.port));
    const own = isStated ? { ...reading, capture: 'websocket' as const } : reading;
    const stream = origin.isOneSequence ? new Transcript(own) : new Connection(own);
    this.judge = new ConnectionJudge(stream, this.number, (record) => this.take(record));
    return this.judge;
  }

  private take(record: Judged): void {
    if (this.isWanted === undefined) this.decide();
    if (this.isWanted === false) return;
    this.tally.take(record);
    this.taker.record(record, this);
  }

  /** It is known who the client is: is it one of those that were asked for? */
  private decide(): void {
    const { wants } = this.options;
    const { client = UNKNOWN_ENDPOINT, server = UNKNOWN_ENDPOINT } = this;
    this.isWanted = wants === undefined || wants({ number: this.number, client, server });
    if (!this.isWanted) this.origin.ignore();
  }

  private passOver(what: OtherTraffic): void {
    this.judge?.drop();
    this.isPassedOver = true;
    this.origin.ignore();
    this.taker.passedOver!(what, this.number, this);
  }

  private get otherwise(): OtherTraffic {
    if (this.judge === undefined) return this.hasLost ? 'other' : 'silent';
    return this.judge.isHttp ? 'http' : 'other';
  }

  private get patience(): number {
    return this.origin.isClientFirst ? LOOKED_AT.fromStart : LOOKED_AT.midStream;
  }

  /** Only a FIN and a reset are of this stream: for the other reasons the time is that of something else. */
  private endTime(reason: CloseReason, time: number): number {
    const [a, b] = this.heard;
    const last = Number.isNaN(b) || a > b ? a : b;
    const isOwn = (reason === 'fin' || reason === 'reset') && !Number.isNaN(time);
    return !isOwn || Math.abs(time - last) < SAME_TIME ? last : time;
  }

  private get clientSide(): Side {
    return this.judge?.directionOf(0) === 'server' ? 1 : 0;
  }

  private directionOf(side: Side): Direction {
    return side === this.clientSide ? 'client' : 'server';
  }
}
