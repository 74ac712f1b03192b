import { concat } from '../../codec/bytes/byte-collector.js';
import { otherSide, type Side, type StreamOrigin } from '../../codec/bytes/stream-taker.js';
import { WholeFrame } from '../../codec/messages/whole-frame.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import { HTTP2_ERROR } from '../../codec/http2/http2-codes.js';
import { withoutPlaces } from '../../codec/http1/head.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { isFinding, type Diagnostic } from '../../rules/catalogue.js';
import {
  isOrdinary,
  type ConnectionFacts,
  type EndFacts,
  type SentMessage,
} from '../../rules/causes/connection-facts.js';
import type { Judged, JudgedFrame } from '../judged.js';
import { provenCloser, provenUnanswered } from '../tally/proven.js';
import type { ConnectionSummary } from '../tally/summary.js';
import { Beginnings } from './beginnings.js';
import type { Causes } from './causes.js';

type Known = Exclude<Direction, 'unknown'>;

/** Of the body of a refusal: bytes. */
const MOST_BODY = 2048;
/** Between a message and the close frame that answers it, and between the handshake and one that ends it: seconds. */
const PROMPT = 1;

/** What is remembered of one end. */
class WatchedEnd {
  spoke = false;
  fault: Diagnostic | undefined = undefined;
  private largest = -1;
  private types = 0;
  /** Of the last message: numbers, because there are many messages, and an object for each would be their main cost. */
  private opcode = 0;
  private length = 0;
  private isLargest = false;
  private isFirstOfType = false;
  private isOneOfSeveral = false;
  private isSound = false;

  /** Whether the frame ends a message, or what came of one. `isNext`: the message before it was just before, and of this end. */
  frame({ header, missing, message }: Frame, isNext: boolean): boolean {
    if (message !== undefined) {
      const { opcode, wireBytes, bytes = wireBytes, utf8Error, inflation = 'ok' } = message;
      this.message(opcode, bytes, utf8Error === undefined && inflation === 'ok', isNext);
    } else if (missing !== 0 && header.opcode !== OPCODE.continuation) {
      this.message(header.opcode, Number(header.payloadLength), false, isNext);
    } else return false;
    return true;
  }

  message(opcode: number, length: number, isSound: boolean, isNext: boolean): void {
    this.isOneOfSeveral = isNext;
    this.opcode = opcode;
    this.length = length;
    this.isSound = isSound;
    this.isFirstOfType = (this.types & opcode) === 0;
    this.types |= opcode;
    this.isLargest = length > this.largest;
    if (this.isLargest) this.largest = length;
  }

  private get lastMessage(): SentMessage | undefined {
    const { opcode, length, isLargest, isFirstOfType, isOneOfSeveral, isSound } = this;
    if (opcode === 0) return undefined;
    const type = opcode === OPCODE.text ? 'text' : 'binary';
    return { type, length, isLargest, isFirstOfType, isOneOfSeveral, isSound };
  }

  facts(unansweredPings = 0): EndFacts {
    const { spoke, lastMessage, fault } = this;
    return { spoke, unansweredPings, ...(lastMessage && { lastMessage }), ...(fault && { fault }) };
  }
}

/** Remembers of a connection what shows why it ended as it did: little, whatever passes. */
export class FactsWatch {
  private readonly client = new WatchedEnd();
  private readonly server = new WatchedEnd();
  /** Without the places of its parts. */
  handshake: Handshake | undefined = undefined;
  private body: Uint8Array | undefined = undefined;
  private isAnswer = false;
  private isAtOpen = false;
  private hasClosed = false;
  private http2End: ConnectionFacts['http2End'];
  private openTime = NaN;
  /** The side that sent the last message, and when. */
  private lastBy: Direction | undefined = undefined;
  private lastTime = NaN;
  /** Undefined where the first bytes are not those of the connection. */
  private readonly beginnings: Beginnings | undefined;

  constructor(
    { isOneSequence, isClientFirst }: Pick<StreamOrigin, 'isOneSequence' | 'isClientFirst'>,
    private readonly causes: () => Causes,
  ) {
    this.beginnings = isOneSequence || !isClientFirst ? undefined : new Beginnings();
  }

  /** Bytes `start` to `end` of `bytes`, which `side` sent: before what is read of them. */
  begin(side: Side, bytes: Uint8Array, start: number, end: number): void {
    this.beginnings?.take(side, bytes, start, end);
  }

  frame(record: JudgedFrame): void {
    const { frame } = record;
    // By far the most: its message is made on demand, and not here, where its size is enough.
    if (frame instanceof WholeFrame && record.diagnostics.length === 0) this.whole(frame, record);
    else this.other(record);
  }

  /** All that is no frame. */
  event(record: Judged): void {
    if (record.type === 'handshake') {
      this.handshake = kept(record.handshake);
      this.openTime = record.time ?? NaN;
      if (record.handshake.response) {
        this.server.spoke = true;
        this.beginnings?.drop();
      }
    } else if (record.type === 'http2') this.http2(record);
    else if (record.direction === 'server') {
      this.server.spoke = true;
      if (record.type === 'body') this.append(record.bytes);
    }
  }

  /** The summary with the cause of the connection's end, where the bytes have none. `lastTime`: of the last byte, NaN where unknown. */
  explained(summary: ConnectionSummary, lastTime: number, client: Side): ConnectionSummary {
    if (this.handshake === undefined || summary.cause !== undefined) return summary;
    // It is neither a response nor frames.
    if (summary.directions.server.frames === 0) this.body ??= this.beginnings?.of(otherSide(client));
    const facts = this.facts(summary, lastTime);
    if (isOrdinary(facts)) return summary;
    const { causeOfConnection, idleEndOf } = this.causes();
    const [cause, idle] = [causeOfConnection(facts), idleEndOf(facts)];
    return { ...summary, ...(cause && { cause }), ...(idle && { idle }) };
  }

  private closeFacts(summary: ConnectionSummary): ConnectionFacts['close'] {
    const { isAnswer, isAtOpen } = this;
    const by = provenCloser(summary);
    if (by === undefined || summary.closeCode === undefined) return undefined;
    const reason = summary.directions[by]?.close?.reason ?? '';
    return { by, code: summary.closeCode, isAnswer, isAtOpen, ...(reason !== '' && { reason }) };
  }

  private facts(summary: ConnectionSummary, lastTime: number): ConnectionFacts {
    const { handshake, body, openTime, http2End } = this;
    const { directions, ended, endedBy, endedAt = NaN } = summary;
    const close = this.closeFacts(summary);
    const silence = endedAt - lastTime;
    const sinceOpen = endedAt - openTime;
    const isOver = ended === 'fin' || ended === 'reset';
    const end = isOver && {
      how: ended,
      ...(endedBy && { by: endedBy }),
      ...(!Number.isNaN(silence) && { silence }),
      ...(!Number.isNaN(sinceOpen) && { sinceOpen }),
    };
    return {
      ...(handshake && { handshake }),
      ...(body && { body }),
      client: this.client.facts(provenUnanswered(directions, 'client')),
      server: this.server.facts(provenUnanswered(directions, 'server')),
      ...(close && { close }),
      ...(end && { end }),
      ...(http2End && { http2End }),
    };
  }

  private http2({ event, direction, stream = 0 }: Extract<Judged, { type: 'http2' }>): void {
    if (direction === 'unknown' || event.name === 'fault') return;
    const { name, code } = event;
    // Streams are a client's.
    const isLater = name === 'GOAWAY' && direction === 'server' && event.lastStream < stream;
    // A connection that is ended without an error continues with the streams that it has.
    const isEnd = code !== HTTP2_ERROR.noError || isLater;
    if (name === 'RST_STREAM' || (isEnd && this.http2End === undefined)) {
      const isAnswered = this.handshake?.response !== undefined;
      this.http2End = { name, code, by: direction, ...(isLater && { after: isAnswered ? 'answered' : 'unseen' }) };
    }
  }

  private whole({ header: { opcode, payloadLength } }: WholeFrame, { direction, time = NaN }: JudgedFrame): void {
    if (direction === 'unknown') return;
    const end = direction === 'client' ? this.client : this.server;
    end.spoke = true;
    if (opcode > OPCODE.binary || this.hasClosed) return;
    end.message(opcode, payloadLength, true, this.isNext(direction, time));
    this.lastBy = direction;
    this.lastTime = time;
  }

  private other({ frame, direction, diagnostics, time = NaN }: JudgedFrame): void {
    if (direction === 'unknown') return;
    const end = direction === 'client' ? this.client : this.server;
    end.spoke = true;
    const { opcode } = frame.header;
    if (opcode === OPCODE.close) return this.close(direction, time);
    // What was cut off by a close frame came before it.
    if (this.hasClosed && frame.missing === 0) return;
    if (diagnostics.length > 0) end.fault ??= diagnostics.find(isPeers);
    if (opcode > OPCODE.binary && frame.message === undefined) return;
    if (!end.frame(frame, this.isNext(direction, time)) || this.hasClosed) return;
    this.lastBy = direction;
    this.lastTime = time;
  }

  /** The last message came from this end too, just before. Where times are unknown the order has to do. */
  private isNext(by: Known, time: number): boolean {
    return this.lastBy === by && !(time - this.lastTime > PROMPT);
  }

  private close(by: Known, time = NaN): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    const { lastBy, lastTime, openTime } = this;
    // Where times are unknown the order has to do.
    this.isAnswer = lastBy !== undefined && lastBy !== by && !(time - lastTime > PROMPT);
    this.isAtOpen = lastBy === undefined && time - openTime <= PROMPT;
  }

  private append(bytes: Uint8Array): void {
    const { body = bytes.subarray(0, 0) } = this;
    if (body.length >= MOST_BODY) return;
    this.body = concat([body, bytes.subarray(0, MOST_BODY - body.length)]);
  }
}

/** An error, and not what a lost connection cut off. */
function isPeers(diagnostic: Diagnostic): boolean {
  return diagnostic.code !== 'frame-truncated' && isFinding(diagnostic, false);
}

function kept(handshake: Handshake): Handshake {
  const { request, response } = handshake;
  return {
    ...handshake,
    ...(request && { request: withoutPlaces(request) }),
    ...(response && { response: withoutPlaces(response) }),
  };
}
