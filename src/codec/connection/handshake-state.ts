import { asksForWebSocket, grantsWebSocket, isAgreed } from '../handshake/asks.js';
import type { ReadingOptions } from './reading-options.js';
import { DEFAULT_DEFLATE_PARAMETERS, type DeflateParameters } from '../handshake/deflate-params.js';
import { opensWebSocket, readHandshake, type Handshake } from '../handshake/handshake.js';
import type { Head, RequestHead, ResponseHead } from '../http1/head.js';

/** How far the opening handshake has come (RFC 6455 §4). */
type HandshakePhase = 'opening' | 'requested' | 'open' | 'refused';
type Happening = 'request' | 'upgrade' | 'refusal' | 'frames' | 'passed' | 'http';

/** What happens where; what is not in the table changes nothing. */
const TRANSITIONS: Readonly<Record<HandshakePhase, Readonly<Partial<Record<Happening, HandshakePhase>>>>> = {
  opening: { request: 'requested', upgrade: 'open', refusal: 'refused', frames: 'open' },
  requested: { upgrade: 'open', refusal: 'refused', passed: 'opening', frames: 'open' },
  open: { http: 'refused' },
  // The same connection may carry another try (RFC 6455 §4.1: after 401, after a redirect to the same host).
  refused: { request: 'requested' },
};

interface ReportedHandshake {
  readonly handshake: Handshake;
  /** Of its last byte: seconds, NaN where unknown. */
  readonly time: number;
  /** Seconds from the end of the request to the end of the response, where both were seen and their times are known. */
  readonly duration?: number;
}

/** The opening handshake of a connection: both heads, as far as they were seen, and what they agree on. */
export class Opening {
  state: HandshakePhase = 'opening';
  /** Whether they were seen: the heads themselves are dropped once they were reported, because there may be many connections. */
  asked = false;
  answered = false;
  private request: RequestHead | undefined;
  private response: ResponseHead | undefined;
  /** Of the last head: seconds, NaN where unknown. */
  private time = NaN;
  /** Of the request. */
  private askedAt = NaN;
  private wasReportedAlone = false;
  /** HTTP may continue: the two heads do not open a WebSocket. */
  isDoubtful = false;
  /** permessage-deflate, if it is in use. */
  parameters: DeflateParameters | undefined;

  constructor(private readonly options: ReadingOptions) {
    this.parameters = options.deflate;
  }

  happen(what: Happening): void {
    this.state = TRANSITIONS[this.state][what] ?? this.state;
  }

  /** A request begins another try, unless it is the one whose answer was recorded ahead of it. */
  ask(request: RequestHead, time: number): void {
    this.request = request;
    this.asked = true;
    this.askedAt = time;
    if (this.response !== undefined) return;
    this.time = time;
    this.answered = false;
    this.happen('request');
  }

  answer(response: ResponseHead, time: number): void {
    this.response = response;
    this.time = time;
    this.wasReportedAlone = false;
    this.answered = true;
    this.happen(opensWebSocket(response, this.request) ? 'upgrade' : 'refusal');
  }

  /** The 101 agreed on nothing, and HTTP continues. */
  goOnInHttp(): void {
    this.isDoubtful = false;
    this.happen('http');
  }

  /** HTTP without a request for WebSocket. */
  pass(): void {
    this.happen('passed');
    this.request = undefined;
    this.asked = false;
  }

  /** A head in recorded traffic that is not WebSocket's. */
  isOther(head: Head): boolean {
    // What does not ask for it may have done so in what the recording leaves out.
    if (!this.options.capture || this.options.partialHeads) return false;
    if (head.kind === 'request') return !asksForWebSocket(head);
    return !this.asked && !grantsWebSocket(head);
  }

  /** Frames begin, whatever was seen of the handshake. Where the negotiation was not seen, RSV1 shows soon whether messages are compressed. */
  begin(): void {
    this.happen('frames');
    if (this.options.capture && !this.answered) this.parameters ??= DEFAULT_DEFLATE_PARAMETERS;
  }

  /** RSV1 may be permessage-deflate's. */
  get mayDeflate(): boolean {
    return this.parameters !== undefined || !this.answered;
  }

  /** What is to be reported, and its time: once for each try, and only if there was a head; an answer without its request again when the request comes. */
  take(): ReportedHandshake | undefined {
    const { request, response, time } = this;
    if (!request && (!response || this.wasReportedAlone)) return undefined;
    this.wasReportedAlone = !request;
    this.request = undefined;
    if (request || this.state !== 'open') this.response = undefined;
    const { acceptOf } = this.options;
    const halves = { ...(request && { request }), ...(response && { response }), ...(acceptOf && { acceptOf }) };
    const handshake = readHandshake(halves);
    if (response) this.parameters = handshake.deflate;
    this.isDoubtful = handshake.upgraded && !isAgreed(handshake);
    const duration = time - this.askedAt;
    // Both at one time are of a source that has one for both; of an answer recorded ahead of its request it is not known.
    return { handshake, time, ...(request && response && duration > 0 && { duration }) };
  }
}
