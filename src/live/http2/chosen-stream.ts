import type { CloseReason, GapKind, Side } from '../../codec/bytes/stream-taker.js';
import { readHandshake } from '../../codec/handshake/handshake.js';
import type { Head } from '../../codec/http1/head.js';
import type { Http2Event, Http2StreamTaker } from '../../codec/http2/http2-taker.js';
import { malformationOf } from '../../rules/handshake/rules.js';

/** A stream for several takers, which are opened with its first head, or its first bytes, unless it is hidden. */
export class ChosenStream implements Http2StreamTaker {
  /** Its first head is. */
  isMalformed = false;
  private takers: readonly Http2StreamTaker[] = [];
  private isOpen = false;
  private isHidden = false;
  private hasHead = false;
  /** A RST_STREAM came that is the end of it in order (RFC 9113 §8.1). */
  private isOver = false;

  constructor(
    private readonly open: () => readonly Http2StreamTaker[],
    private readonly hides: (head: Head) => boolean,
    /** It was handed on. */
    private readonly told: (side: Side, event: Http2Event) => void,
  ) {}

  head(side: Side, head: Head, time: number): void {
    if (!this.hasHead && head.kind === 'request')
      this.isMalformed = malformationOf(readHandshake({ request: head })) !== undefined;
    this.hasHead = true;
    if (!this.isOpen && !this.isHidden) this.isHidden = this.hides(head);
    for (const taker of this.opened()) taker.head(side, head, time);
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    for (const taker of this.opened()) taker.data(side, bytes, start, end, time);
  }

  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    for (const taker of this.opened()) taker.gap(side, length, time, kind);
  }

  http2Event(side: Side, event: Http2Event, time: number): void {
    if (!this.isOpen) return;
    if (event.name === 'RST_STREAM') this.isOver = true;
    for (const taker of this.takers) taker.http2Event(side, event, time);
    this.told(side, event);
  }

  fin(side: Side, time: number): void {
    for (const taker of this.takers) taker.fin(side, time);
  }

  reset(side: Side, time: number): void {
    this.isOver = false;
    for (const taker of this.takers) taker.reset(side, time);
  }

  /** Only the first call counts. */
  close(reason: CloseReason, time: number): void {
    const { takers, isOver } = this;
    this.isOpen = false;
    this.takers = [];
    this.isHidden = true;
    for (const taker of takers) taker.close(isOver && reason === 'reset' ? 'fin' : reason, time);
  }

  private opened(): readonly Http2StreamTaker[] {
    if (this.isOpen || this.isHidden) return this.takers;
    this.isOpen = true;
    this.takers = this.open();
    return this.takers;
  }
}
