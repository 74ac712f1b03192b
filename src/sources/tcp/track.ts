import { WINDOW } from './acknowledgment.js';

/** How far before a known stream a SYN may be and still be its own, late; and how far from it data are another connection's. */
const NEAR = 2 ** 16;
/** How far back retransmitted bytes of an ended connection may reach. */
const MOST_REPEATED = 2 ** 24;

/**
 * The position of one direction of a connection, by the headers of its segments alone. It distinguishes connections, and so
 * numbers them: that must not depend on whether the bytes are read (`Stream`), which differs by filters and shards. Sequence
 * numbers are signed 32-bit; only their differences (`| 0`) mean something.
 */
export class Track {
  synSeen = false;
  finSeen = false;
  /** A segment with payload was seen. */
  private dataSeen = false;
  private syn = 0;
  /** `first` and `edge` are known. */
  private based = false;
  /** The earliest sequence number that was seen, and the one after the latest. */
  private first = 0;
  private edge = 0;
  /** Where a segment out of every window ended. */
  private strayed = false;
  private strayEnd = 0;

  /** A SYN, which takes one sequence number (RFC 9293 §3.5). */
  synchronize(sequence: number): void {
    this.synSeen = true;
    this.syn = sequence;
    this.begin((sequence + 1) | 0);
  }

  /** The stream begins here, unless that is known already. */
  begin(sequence: number): void {
    if (this.based) return;
    this.based = true;
    this.first = sequence;
    this.edge = sequence;
  }

  /** A segment with payload. */
  data(sequence: number, length: number): void {
    this.dataSeen = true;
    this.begin(sequence);
    const end = (sequence + length) | 0;
    const ahead = (end - this.edge) | 0;
    if (ahead > WINDOW || ahead < -WINDOW) return this.stray(sequence, end);
    if (ahead > 0) this.edge = end;
    if (((sequence - this.first) | 0) < 0) this.first = sequence;
  }

  /** The other side has all bytes before `sequence`. */
  acknowledge(sequence: number): void {
    const ahead = (sequence - this.edge) | 0;
    if (this.based && ahead > 0 && ahead <= WINDOW) this.edge = sequence;
  }

  /** A FIN after the byte before `sequence`. One at another place belongs to another connection. */
  fin(sequence: number): void {
    this.begin(sequence);
    const ahead = (sequence - this.edge) | 0;
    if (ahead >= -NEAR && ahead <= WINDOW) this.finSeen = true;
  }

  /** A reset counts if it is in the window (RFC 9293 §3.5.3). */
  takesReset(sequence: number): boolean {
    return !this.based || Math.abs((sequence - this.edge) | 0) <= WINDOW;
  }

  /** Is a SYN of this side with that number the beginning of another connection? `other` is the other side's track. */
  isOtherSyn(sequence: number, isAnswer: boolean, over: boolean, other: Track): boolean {
    if (this.synSeen) return this.syn !== sequence;
    if (over) return true;
    if (this.based) {
      const lead = (this.first - sequence) | 0;
      return lead < 0 || lead > NEAR;
    }
    return !isAnswer && !(other.synSeen && !other.dataSeen);
  }

  /** Are data after the end of the connection those of another one? */
  isElsewhere(sequence: number): boolean {
    if (!this.based) return false;
    const ahead = (sequence - this.edge) | 0;
    const reach = Math.min((this.edge - this.first) >>> 0, MOST_REPEATED);
    return ahead > NEAR || ahead < -reach - NEAR;
  }

  /** Two that follow each other are no accident: the capture paused. */
  private stray(sequence: number, end: number): void {
    const isSecond = this.strayed && sequence === this.strayEnd;
    this.strayed = !isSecond;
    this.strayEnd = end;
    if (isSecond) this.edge = end;
  }
}
