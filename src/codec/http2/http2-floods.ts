import { otherSide, type Side } from '../bytes/stream-taker.js';

/** Frames without an answer. nghttp2 holds 1000 answers, and ends the connection then. */
const MANY = 1000;
/** Seconds in which they come: where answers were not captured, PINGs of a long connection add up. */
const WITHIN = 10;

/** SETTINGS and PING of one side that the other has not acknowledged. */
class Unanswered {
  count = 0;
  since = 0;
}

/** Frames that cost the other side an answer each (RFC 9113 §10.5). */
export class Http2Floods {
  private readonly sides = [new Unanswered(), new Unanswered()] as const;

  /** A SETTINGS or PING frame of `side`. Gives the number of those without an answer where it is a flood. */
  came(side: Side, isAck: boolean, time: number): number | undefined {
    if (isAck) {
      const asked = this.sides[otherSide(side)];
      if (asked.count > 0) asked.count--;
      return undefined;
    }
    const own = this.sides[side];
    if (own.count === 0 || time - own.since > WITHIN) {
      own.count = 0;
      own.since = time;
    }
    own.count++;
    return own.count >= MANY ? own.count : undefined;
  }
}
