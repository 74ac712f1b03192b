import type { Direction, UnfinishedMessage } from '../codec/messages/records.js';
import { endpointTexts, type Endpoint } from '../codec/bytes/endpoint.js';
import type {
  Carried,
  CloseReason,
  GapKind,
  Passage,
  Side,
  StreamOrigin,
  StreamTaker,
} from '../codec/bytes/stream-taker.js';
import { AppReading } from './apps/app-reading.js';
import { watchPolled, type PolledWatch } from './apps/polled-watch.js';
import { CauseWatch } from './causes/cause-watch.js';
import { FactsWatch } from './causes/facts-watch.js';
import { ConnectionJudge, type JudgedTaker } from './connection-judge.js';
import type { Judged, JudgedFrame } from './judged.js';
import type { Http2FaultKind } from '../codec/http2/http2-taker.js';
import { beginsLikeHttp2, http2Facts, streamOrigin, takerOfStreams } from './stream-origin.js';
import type { TlsFacts } from '../codec/tls/tls-facts.js';
import { LegWatch } from './legs/leg-facts.js';
import { MOST_LAYERS, NO_LAYERS, type Below } from './layers/below.js';
import { http2Record } from './http2-record.js';
import type { Head } from '../codec/http1/head.js';
import { LastTimes } from './last-times.js';
import {
  joinedLayer,
  layerNamed,
  type Layer,
  type LayerName,
  type LayerOpener,
  type LayerTaker,
} from './layers/layers.js';
import type { Http2Event, Http2Stream, Http2StreamTaker } from '../codec/http2/http2-taker.js';
import { streamNumber } from './stream-number.js';
import { FirstBytes, readerOf, searchLimit } from './stream-start.js';
import { addedStall, type SideStalls } from './tally/stalls.js';
import { Tally } from './tally/tally.js';
import type { ConnectionSummary } from './tally/summary.js';
import { fromClient } from './conversation-taker.js';
import type { ConversationOptions, ConversationTaker, Ends, OtherTraffic } from './conversation-taker.js';
import { failureRecord } from './failure-record.js';
import { counts, isWanted } from './wanted.js';

/**
 * One WebSocket connection: its stream is recognised by its first bytes, read, judged and counted, until it ends. A stream
 * that begins with a layer is handed to the layer; what that carries is a conversation again, of the same number.
 */
export class Conversation implements Http2StreamTaker, Ends, LayerOpener, JudgedTaker {
  private judge: ConnectionJudge | undefined;
  /** Before its reader is chosen. */
  private readonly first = new FirstBytes();
  private layer: { readonly name: LayerName; readonly taker: LayerTaker } | undefined;
  /** The layer has handed something on. */
  private hasCarried = false;
  private readonly tally: Tally;
  private readonly causes: CauseWatch;
  private readonly facts: FactsWatch;
  /** Undefined where no application protocol is read. */
  private readonly apps: AppReading | undefined;
  /** Undefined where nothing polled is looked for. */
  private readonly polled: PolledWatch | undefined;
  /** Undefined where the legs of proxies are not looked for. */
  private readonly leg: LegWatch | undefined;
  /** Undefined as long as it is not known who the client is. */
  private isWanted: boolean | undefined;
  private isPassedOver = false;
  private hasLost = false;
  /** It began before the capture, and may be encrypted. */
  private mayBeJoined: boolean;
  /** Times of the last bytes of each side. */
  private readonly times: LastTimes;
  /** Shared with what a layer of it carries. */
  private readonly stalls: SideStalls;
  /** An RST_STREAM before an answer: the request is reported first, when it is known that none comes. */
  private resetUnanswered: Judged | undefined;
  private failure: { readonly text: string; readonly time: number } | undefined;
  /** The first FIN, or the RST. */
  private tcpEnd: { readonly side: Side; readonly time: number } | undefined;

  constructor(
    readonly origin: StreamOrigin,
    private readonly time: number,
    private readonly options: ConversationOptions,
    private readonly taker: ConversationTaker,
    private readonly below = NO_LAYERS,
  ) {
    this.tally = new Tally(origin);
    if (options.legs) this.leg = new LegWatch();
    if (options.apps !== undefined) this.apps = new AppReading(options.apps);
    this.polled = watchPolled(options.polled ?? options.apps?.polled, origin, options.apps);
    this.facts = new FactsWatch(origin, options.causes);
    this.causes = new CauseWatch(origin, options.reading.raw, options.causes, below.offsets);
    this.mayBeJoined = !origin.isClientFirst && !below.http2;
    this.tally.at(time);
    this.times = new LastTimes(time);
    this.stalls = below.stalls ?? [undefined, undefined];
  }

  /** The number that its records carry. */
  get number(): number {
    return this.origin.number;
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

  get mayBeWebSocket(): boolean {
    return this.judge?.mayBeFrames === true;
  }

  get through(): readonly Passage[] | undefined {
    const { origin, below } = this;
    return below.layers.length === 0 ? origin.through : [...(origin.through ?? []), ...below.layers];
  }

  get http2(): StreamOrigin['http2'] {
    return this.below.http2 ?? this.origin.http2;
  }

  get faults(): readonly Http2FaultKind[] | undefined {
    return this.layer?.taker.faults;
  }

  get tls(): TlsFacts | undefined {
    return this.layer?.taker.tls ?? this.below.carrier?.tls;
  }

  /** What the layer of this stream carries. */
  carries({ passage, offsets }: Carried): StreamTaker {
    const { origin, time, options, taker, below } = this;
    this.hasCarried = true;
    const layers = passage ? [...below.layers, passage] : below.layers;
    const carrier = this.layer?.taker.tls === undefined ? below.carrier : this.layer.taker;
    const isNone = passage === undefined && this.layer?.name === 'http2' ? this.layer.name : undefined;
    const within = { layers, depth: below.depth + 1, offsets, carrier, stalls: this.stalls, isNone };
    return new Conversation(origin, time, options, taker, within);
  }

  /** A WebSocket of this HTTP/2 connection, or a stream that may be one. */
  carriesStream(stream: Http2Stream, time: number): Http2StreamTaker {
    const { options, below } = this;
    this.hasCarried ||= !stream.isJoined;
    const own = takerOfStreams(this.taker, () => (this.hasCarried = true));
    const within: Below = { ...below, stalls: this.stalls, depth: MOST_LAYERS, offsets: [0, 0], http2: stream };
    const origin = { ...streamOrigin(this.origin, stream), number: streamNumber(this.number, stream.index) };
    return new Conversation(origin, time, options, own, within);
  }

  /** HTTP/1.1 has ended by agreement, and the client of it begins HTTP/2. */
  switched(side: Side, bytes: Uint8Array, offsets: readonly [number, number], time: number): void {
    if (this.judge) {
      const upgradedBy = this.clientSide;
      const taker = this.mayOpen ? this.options.http2?.(this, { offsets, upgradedBy }) : undefined;
      if (taker === undefined) return;
      this.layer = { name: 'http2', taker };
      this.judge.drop();
      this.judge = undefined;
    }
    this.layer?.taker.data(side, bytes, 0, bytes.length, time);
  }

  head(side: Side, head: Head, time: number): void {
    if (this.judge === undefined) this.choose(undefined);
    this.times.at(side, time);
    this.judge?.head(side, head, time);
  }

  http2Event(side: Side, event: Http2Event, time: number): void {
    if (this.judge?.recognised !== true) return;
    const record = http2Record(this, this.directionOf(side), event, time);
    const isAnswered = this.facts.handshake !== undefined || this.below.http2?.isJoined === true;
    if (isAnswered || event.name !== 'RST_STREAM') this.event(record);
    else this.resetUnanswered ??= record;
  }

  /** The layer cannot be read. */
  passes(): void {
    if (this.layer && !this.isPassedOver) this.passOver(this.layer.name);
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    const { judge, causes } = this;
    if (judge === undefined) return this.begin(side, bytes, start, end, time);
    if (this.mayBeJoined && this.joins(judge, bytes.subarray(start, end))) {
      return this.begin(side, bytes, start, end, time);
    }
    this.times.at(side, time);
    if (!judge.recognised) this.polled?.data(side, bytes, start, end, time);
    this.facts.begin(side, bytes, start, end);
    causes.begin(this.placeOf(side), bytes, start, end);
    judge.read(side, bytes, start, end, time);
    causes.release();
    if (causes.isOpen) this.report(causes.finish(this.placeOf(side)));
    if (!judge.recognised && this.taker.passedOver && judge.searched > searchLimit(this.origin)) this.passOver('other');
  }

  /** A hole has the time of the bytes before it: it is given up much later, possibly with another stream's packet. */
  gap(side: Side, length: number, _time?: number, kind?: GapKind): void {
    this.hasLost = true;
    this.polled?.lost();
    this.settle();
    this.report(this.causes.gap(this.placeOf(side), length));
    this.judge?.gap(side, length, this.times.of(side), kind);
    this.layer?.taker.gap(side, length, this.times.of(side), kind);
  }

  /** The recording says that it failed: reported as its end, before `close`. */
  fail(text: string, time: number): void {
    this.failure = { text, time };
  }

  fin(side: Side, time: number): void {
    this.tcpEnd ??= { side, time };
    this.layer?.taker.fin(side, time);
  }

  reset(side: Side, time: number): void {
    this.tcpEnd = { side, time };
    this.layer?.taker.reset(side, time);
  }

  stalled(side: Side, seconds: number, time: number): void {
    this.stalls[side] = addedStall(this.stalls[side], seconds, time);
  }

  close(reason: CloseReason, time: number): void {
    this.settle();
    this.polled?.close();
    if (this.isPassedOver) return;
    if (this.layer) return this.closeLayer(this.layer, reason, time);
    const { judge, tally, tcpEnd } = this;
    judge?.end(this.times.endBy(reason, time));
    if (this.resetUnanswered) this.event(this.resetUnanswered);
    this.report(this.causes.close());
    // What is not there was not sent.
    if (reason === 'fin' && !this.hasLost) this.endApps(time);
    if (this.failure) this.event(failureRecord(this.number, this.failure));
    if (this.taker.passedOver && !judge?.recognised) return this.passOver(this.otherwise);
    if (this.isWanted === false) return;
    const ending = { reason, time, tcp: tcpEnd, stalls: this.stalls, failure: this.failure?.text };
    this.taker.ending?.(this.number, fromClient(ending, this.clientSide), this);
    tally.ended(reason, time, tcpEnd && { by: this.directionOf(tcpEnd.side), time: tcpEnd.time });
    this.taker.closed(this.summary(), this);
  }

  private summary(): ConnectionSummary {
    const { tally, through, tls } = this;
    for (const side of [0, 1] as const) tally.stalled(this.directionOf(side), this.stalls[side]);
    const over = http2Facts(this.below.http2 ?? this.origin.http2);
    tally.named({ ...endpointTexts(this), ...(through && { through }), ...(tls && { tls }), ...over });
    const leg = this.leg?.facts();
    const app = this.apps?.summary();
    const summary: ConnectionSummary = { ...tally.summary(), ...(leg && { leg }), ...(app && { app }) };
    return this.hasLost ? summary : this.facts.explained(summary, this.times.last, this.clientSide);
  }

  /** The first bytes, of which it is not known what they are; and those that a layer takes. */
  private begin(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    if (this.isPassedOver) return;
    if (this.layer) return this.layer.taker.data(side, bytes, start, end, time);
    if (start === end) return;
    if (this.first.hasOther(side)) this.settle();
    else if (this.taker.passedOver) {
      const first = this.first.add(side, bytes.subarray(start, end), time);
      if (first === undefined) return;
      this.choose(first.layer ?? (this.mayBeJoined ? this.joined(first.bytes) : undefined));
      return this.data(side, first.bytes, 0, first.bytes.length, time);
    } else this.choose(undefined);
    this.data(side, bytes, start, end, time);
  }

  /** No more bytes come that could show the first ones to be a layer's: they are not. */
  private settle(): void {
    const first = this.first.release();
    if (first === undefined) return;
    this.choose(beginsLikeHttp2(first.bytes) ? layerNamed('http2') : undefined);
    this.data(first.side, first.bytes, 0, first.bytes.length, first.time);
  }

  /** A stream of which nothing is known yet turns out to be a layer's, joined in its middle: it is read from here on. */
  private joins(judge: ConnectionJudge, bytes: Uint8Array): boolean {
    if (judge.recognised) this.mayBeJoined = false;
    if (judge.recognised || !this.opens(this.joined(bytes))) return false;
    this.mayBeJoined = false;
    judge.drop();
    this.judge = undefined;
    return true;
  }

  private joined(bytes: Uint8Array): Layer | undefined {
    const { tls, http2 } = this.options;
    return joinedLayer(bytes, { http2, tls: this.below.depth === 0 ? tls : undefined });
  }

  /** Passes the stream over, hands it to the layer, or makes its reader. */
  private choose(layer: Layer | undefined): void {
    const { origin, options, below } = this;
    if (this.opens(layer)) return;
    if (layer && layer.name !== below.isNone && (!layer.open || layer.isNeverPlain)) return this.passOver(layer.name);
    const reading = readerOf(origin, options, below.offsets, this.apps);
    this.judge = new ConnectionJudge(reading, origin, this, this.http2?.stream);
  }

  /** Hands the stream to the layer from here on, if that can take it. */
  private opens(layer: Layer | undefined): boolean {
    const isTried = layer?.name === this.below.isNone;
    const taker = this.mayOpen && !isTried ? layer?.open?.(this, this.options) : undefined;
    if (layer && taker) this.layer = { name: layer.name, taker };
    return taker !== undefined;
  }

  /** A layer needs the sides, which are not known for bytes in one sequence. */
  private get mayOpen(): boolean {
    return !this.origin.isOneSequence && this.below.depth < MOST_LAYERS;
  }

  private closeLayer({ name, taker }: { name: LayerName; taker: LayerTaker }, reason: CloseReason, time: number): void {
    taker.close(reason, time);
    if (!this.hasCarried && !this.isPassedOver && taker.isWaiting !== true) this.passOver(name);
  }

  frame(record: JudgedFrame): void {
    if (this.isWanted !== true && !this.decide()) return;
    if (this.causes.isOpen) this.report(this.causes.before(record));
    const roundTrip = this.tally.frame(record);
    this.facts.frame(record);
    this.leg?.frame(record);
    if (roundTrip !== undefined) this.taker.record({ ...record, roundTrip }, this);
    else this.taker.record(this.apps?.frame(record) ?? record, this);
    if (record.diagnostics.length > 0) this.report(this.causes.after(record));
  }

  /** All that is no frame. */
  event(record: Judged): void {
    if (this.isWanted !== true && !this.decide()) return;
    this.tally.take(record);
    this.facts.event(record);
    this.apps?.event(record);
    this.polled?.event(record, this, this.apps);
    this.leg?.event(record, this.facts.handshake);
    this.taker.record(record, this);
  }

  private endApps(time: number): void {
    for (const end of this.apps?.end(this, time) ?? []) this.event(end);
  }

  private report(causes: readonly Judged[]): void {
    const { http2 } = this;
    for (const cause of causes) this.event(http2 ? { ...cause, stream: http2.stream } : cause);
  }

  /** Where its bytes are counted: those of one sequence all together. */
  private placeOf(side: Side): Side {
    return this.origin.isOneSequence ? 0 : side;
  }

  /** Whether the connection is wanted: decided when the client is known. */
  private decide(): boolean {
    if (this.isWanted !== undefined) return this.isWanted;
    this.isWanted = isWanted(this.options, this.origin, this);
    if (!this.isWanted) this.origin.ignore();
    return this.isWanted;
  }

  private passOver(what: OtherTraffic): void {
    this.judge?.drop();
    this.isPassedOver = true;
    this.origin.ignore();
    if (counts(this.options, this.origin, this)) this.taker.passedOver!(what, this);
  }

  private get otherwise(): OtherTraffic {
    if (this.judge === undefined) return this.hasLost ? 'other' : 'silent';
    return this.judge.isHttp ? 'http' : 'other';
  }

  private get clientSide(): Side {
    return this.judge?.directionOf(0) === 'server' ? 1 : 0;
  }

  private directionOf(side: Side): Direction {
    return side === this.clientSide ? 'client' : 'server';
  }
}
