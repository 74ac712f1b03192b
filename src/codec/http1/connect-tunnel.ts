import {
  otherSide,
  type CarriedOpener,
  type CloseReason,
  type GapKind,
  type Passage,
  type Side,
  type StreamTaker,
} from '../bytes/stream-taker.js';
import { HttpBody } from './body.js';
import type { Head, HeadKind } from './head.js';
import { CONNECT_START, startsLikeHead } from './head-start.js';
import { HeadReader } from './head-reader.js';

/** Bytes that a client may send before the answer. A stream with more is not a tunnel. */
const MOST_HELD = 64 * 1024;
/** Characters of the target that are kept: a host name has up to 253, a port 5. */
const LONGEST_TARGET = 260;
const EMPTY = new Uint8Array(0);

/** The heads of one side. */
class Heads {
  /** Of the next byte. */
  offset = 0;
  private reader: HeadReader | undefined;

  constructor(private readonly kind: HeadKind) {}

  get isInside(): boolean {
    return this.reader !== undefined;
  }

  read(chunk: Uint8Array): { readonly head: Head | undefined; readonly rest: Uint8Array } {
    this.reader ??= new HeadReader({ offset: this.offset, kind: this.kind });
    const { head, rest } = this.reader.push(chunk) ?? { head: undefined, rest: EMPTY };
    if (head) this.reader = undefined;
    this.offset += chunk.length - rest.length;
    return { head, rest };
  }
}

/**
 * A connection to an HTTP proxy with a request for a tunnel (RFC 9110 §9.3.6): after the head of a 2xx answer, both
 * directions are what the tunnel carries. A refusal may be followed by another try, with a password, say. Anything else is
 * handed on as it is. Offsets keep counting.
 */
export class ConnectTunnel implements StreamTaker {
  private carried: StreamTaker | undefined;
  /** The side that sends the request: the first that sent anything. */
  private client: Side | undefined;
  private readonly requests = new Heads('request');
  private readonly answers = new Heads('response');
  private target = '';
  /** An answer is waited for. */
  private isAsked = false;
  /** Of a refusal. */
  private body: HttpBody | undefined;
  /** What the client sent ahead of the answer. */
  private held: { readonly bytes: Uint8Array; readonly time: number }[] = [];
  private heldLength = 0;

  constructor(private readonly opener: CarriedOpener) {}

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    if (this.carried) return this.carried.data(side, bytes, start, end, time);
    this.client ??= side;
    const chunk = bytes.subarray(start, end);
    if (side === this.client) this.ask(chunk, time);
    else this.answer(chunk, time);
  }

  /** Where a head with a hole ends is not known: what follows is handed on as a stream that was joined there. */
  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    if (this.carried) return this.carried.gap(side, length, time, kind);
    this.client ??= side;
    (side === this.client ? this.requests : this.answers).offset += length;
    this.begin();
  }

  fin(side: Side, time: number): void {
    this.carried?.fin(side, time);
  }

  reset(side: Side, time: number): void {
    this.carried?.reset(side, time);
  }

  close(reason: CloseReason, time: number): void {
    this.carried?.close(reason, time);
  }

  private ask(chunk: Uint8Array, time: number): void {
    if (chunk.length === 0) return;
    if (this.isAsked) return this.hold(chunk, time);
    // A different request may follow a refusal.
    if (!this.requests.isInside && !CONNECT_START.every((byte, i) => chunk[i] === byte)) {
      this.begin();
      return this.carried!.data(this.client!, chunk, 0, chunk.length, time);
    }
    const { head, rest } = this.requests.read(chunk);
    if (head?.kind !== 'request') return;
    this.target = head.target.slice(0, LONGEST_TARGET);
    this.isAsked = true;
    this.ask(rest, time);
  }

  private hold(bytes: Uint8Array, time: number): void {
    this.held.push({ bytes, time });
    this.heldLength += bytes.length;
    if (this.heldLength > MOST_HELD) this.begin();
  }

  private answer(chunk: Uint8Array, time: number): void {
    let rest = chunk;
    while (rest.length > 0 && !this.carried) rest = this.step(rest);
    if (rest.length > 0) this.carried?.data(otherSide(this.client!), rest, 0, rest.length, time);
  }

  /** Gives what is left of the chunk. */
  private step(chunk: Uint8Array): Uint8Array {
    // A refusal that does not state its length ends where the next answer begins.
    const { body } = this;
    if (body && !body.isDeclared && this.isAsked && startsLikeHead(chunk) === 'response') this.body = undefined;
    if (this.body) {
      const length = this.body.read(chunk, 0);
      this.answers.offset += length;
      if (this.body.isDone) this.body = undefined;
      return chunk.subarray(length);
    }
    if (!this.answers.isInside && startsLikeHead(chunk) === 'no') {
      this.begin();
      return chunk;
    }
    const { head, rest } = this.answers.read(chunk);
    if (head?.kind !== 'response') return rest;
    const { status = 0 } = head;
    if (status >= 200 && status < 300)
      this.begin({ name: 'HTTP CONNECT', ...(this.target !== '' && { to: this.target }) });
    else if (status >= 300) this.refused(new HttpBody(head));
    return rest;
  }

  private refused(body: HttpBody): void {
    const { held } = this;
    this.body = body;
    this.isAsked = false;
    this.held = [];
    this.heldLength = 0;
    for (const { bytes, time } of held) this.data(this.client!, bytes, 0, bytes.length, time);
  }

  /** From here on the bytes are handed on. Without a `passage` no tunnel was agreed on. */
  private begin(passage?: Passage): void {
    const { client, requests, answers, held } = this;
    const both = [requests.offset, answers.offset] as const;
    const carried = this.opener.carries({ passage, offsets: client === 1 ? [both[1], both[0]] : both });
    this.carried = carried;
    this.held = [];
    for (const { bytes, time } of held) carried.data(client!, bytes, 0, bytes.length, time);
  }
}
