/** Pings whose times are kept. */
const MOST_PINGS = 1024;

interface SentPing {
  readonly payload: string;
  /** Milliseconds. */
  readonly at: number;
}

/** The times between pings of this end and the pongs that answer them. */
export class OwnPings {
  /** Seconds, of pongs that `ws` has not reported yet, as their records have them. */
  private readonly known: (number | undefined)[] = [];
  private readonly pings: SentPing[] = [];

  sent(payload: Uint8Array): void {
    if (this.pings.length < MOST_PINGS) this.pings.push({ payload: hex(payload), at: performance.now() });
  }

  /** A pong has passed; `roundTrip`: seconds, as its record has it. */
  seen(roundTrip: number | undefined): void {
    if (this.known.length < MOST_PINGS) this.known.push(roundTrip);
  }

  /** Seconds, of a pong that `ws` reports; undefined: it answers no ping of ours. */
  answered(payload: Uint8Array): number | undefined {
    const seen = this.known.shift();
    const text = hex(payload);
    const at = this.pings.findIndex((ping) => ping.payload === text);
    if (at < 0) return undefined;
    // A pong answers the latest ping (RFC 6455 §5.5.3): those before it are no longer answered.
    const [ping] = this.pings.splice(0, at + 1).slice(-1);
    return seen ?? (performance.now() - ping!.at) / 1000;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
