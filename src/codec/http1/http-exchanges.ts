import { ByteCollector } from '../bytes/byte-collector.js';
import { otherSide, type Side } from '../bytes/stream-taker.js';
import { HttpBody } from './body.js';
import { HeadReader } from './head-reader.js';
import { isToken } from './text.js';
import { withoutPlaces, type Head, type RequestHead, type ResponseHead } from './head.js';

/** Requests whose answers are still to come: HTTP/1.1 clients that send more at once are not known. */
const MOST_WAITING = 64;

/** A head with its body. */
export interface HttpMessage<Kind extends Head> {
  readonly head: Kind;
  readonly body: Uint8Array;
  /** Of its last byte: seconds, NaN where unknown. */
  readonly time: number;
}

/** Takes what a connection of HTTP/1.1 carries, each when its body is whole. */
export interface HttpExchangeTaker {
  /** The body of this request, and of its answer, is read; else it is only passed. */
  wants(request: RequestHead): boolean;
  asked(request: HttpMessage<RequestHead>): void;
  answered(response: HttpMessage<ResponseHead>, request: RequestHead): void;
}

/** Bytes of bodies that are being read: of one, and together with those of other connections. What goes beyond is not handed on. */
export interface BodyBudget {
  readonly most: number;
  readonly limit: number;
  held: number;
}

/** One direction: heads and bodies in turns. */
interface HttpLane {
  reader: HeadReader;
  head: Head | undefined;
  request: RequestHead | undefined;
  body: HttpBody | undefined;
  kept: ByteCollector | undefined;
}

/** Reads the requests and answers of one connection of HTTP/1.1 (RFC 9112 §9.3) whose next bytes, of `client`, are a request. */
export class HttpExchanges {
  /** It can't be read further: another protocol follows, or it is not HTTP as it should be. */
  isOver = false;
  private readonly lanes: readonly [HttpLane, HttpLane] = [lane(), lane()];
  private readonly waiting: RequestHead[] = [];

  constructor(
    private readonly client: Side,
    private readonly taker: HttpExchangeTaker,
    private readonly budget: BodyBudget,
  ) {}

  data(side: Side, bytes: Uint8Array, time: number): void {
    let rest = bytes;
    const own = this.lanes[side];
    while (rest.length > 0 && !this.isOver) {
      if (own.body === undefined) {
        const found = own.reader.push(rest);
        if (found === undefined) return;
        rest = found.rest;
        this.begin(side, own, found.head);
      } else rest = rest.subarray(own.body.read(rest, 0));
      if (own.body?.isDone === true) this.finish(own, time);
    }
  }

  private begin(side: Side, own: HttpLane, head: Head): void {
    const request = head.kind === 'request' ? withoutPlaces(head) : this.waiting[0];
    if (request === undefined || !this.fits(side, head, request)) {
      this.isOver = true;
      return;
    }
    if (head.kind === 'request') this.isOver = this.waiting.push(request) > MOST_WAITING;
    own.head = head;
    own.request = request;
    own.kept = this.taker.wants(request) ? new ByteCollector(this.budget.most) : undefined;
    own.body = new HttpBody(bodyHead(head, request), (content) => this.keep(own, content));
  }

  /** It is what has to follow here, and more of HTTP can come after it. */
  private fits(side: Side, head: Head, { method }: RequestHead): boolean {
    if (!head.complete || !isToken(method) || method === 'CONNECT') return false;
    const isAsked = head.kind === 'request';
    return isAsked === (side === this.client) && (isAsked || head.status !== 101);
  }

  private keep(own: HttpLane, content: Uint8Array): void {
    const { budget } = this;
    if (own.kept === undefined) return;
    if (content.length > Math.min(own.kept.room, budget.limit - budget.held)) return this.release(own);
    // A view would keep the whole chunk of the capture.
    own.kept.push(content.slice());
    budget.held += content.length;
  }

  private release(own: HttpLane): void {
    this.budget.held -= own.kept?.seen ?? 0;
    own.kept = undefined;
  }

  /** Nothing more of it is read. */
  end(): void {
    this.isOver = true;
    for (const own of this.lanes) this.release(own);
  }

  private finish(own: HttpLane, time: number): void {
    const { head, request, kept } = own;
    own.body = undefined;
    own.reader = new HeadReader();
    this.release(own);
    // An answer of its kind precedes the answer itself (RFC 9110 §15.2).
    const isInterim = head?.kind === 'response' && (head.status ?? 0) < 200;
    if (head?.kind === 'response' && !isInterim) this.waiting.shift();
    if (kept === undefined || head === undefined || request === undefined || isInterim) return;
    const body = kept.bytes();
    if (head.kind === 'request') this.taker.asked({ head, body, time });
    else this.taker.answered({ head, body, time }, request);
  }

  /** The side that answers. */
  get server(): Side {
    return otherSide(this.client);
  }
}

function lane(): HttpLane {
  return { reader: new HeadReader(), head: undefined, request: undefined, body: undefined, kept: undefined };
}

/** The answer to HEAD is as one without content (RFC 9110 §9.3.2). */
function bodyHead(head: Head, { method }: RequestHead): Head {
  return head.kind === 'response' && method === 'HEAD' ? { ...head, status: 204 } : head;
}
