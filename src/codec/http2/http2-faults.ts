import type { Side } from '../bytes/stream-taker.js';
import type { Http2Event, Http2FaultKind, Http2StreamTaker } from './http2-taker.js';

/** A fault and its place. */
interface PlacedFault {
  readonly side: Side;
  readonly event: Http2Event;
  readonly time: number;
}

/** Reports each kind of fault of a direction once: to a WebSocket of the connection, as soon as there is one. */
export class Http2Faults {
  /** What was found, in its order. */
  readonly kinds: Http2FaultKind[] = [];
  private readonly known = new Set<string>();
  private waiting: PlacedFault[] = [];

  add(
    side: Side,
    event: Http2Event & { readonly name: 'fault' },
    time: number,
    takers: Iterable<Http2StreamTaker>,
  ): void {
    const key = `${side} ${event.kind}`;
    if (this.known.has(key)) return;
    this.known.add(key);
    if (!this.kinds.includes(event.kind)) this.kinds.push(event.kind);
    this.waiting.push({ side, event, time });
    for (const taker of takers) return this.tell(taker);
  }

  /** Gives what waits to a WebSocket. */
  tell(taker: Http2StreamTaker): void {
    for (const { side, event, time } of this.waiting.splice(0)) taker.http2Event(side, event, time);
  }
}
