import type { Passage, StreamOrigin, StreamTaker } from '../../codec/bytes/stream-taker.js';
import { Conversation } from '../conversation.js';
import { endAs } from '../conversation-taker.js';
import type {
  ConversationOptions,
  ConversationTaker,
  Ends,
  OtherTraffic,
  Rewriting,
  StreamEnding,
} from '../conversation-taker.js';
import type { Judged } from '../judged.js';
import { MOST_LAYERS } from '../layers/below.js';
import type { LayerTaker } from '../layers/layers.js';
import { Rewriter } from '../rewriting/rewriter.js';
import type { SideStalls } from '../tally/stalls.js';
import { Redactor, type Redaction } from './redactor.js';

/** Bytes of a frame and of a message that are looked at: what has more is overwritten. */
const MOST_LOOKED_AT = 64 * 1024 * 1024;

/** Rewrites all connections of a run. */
export function rewritingBy(redaction: Redaction): Rewriting {
  return { reading: originals, taker: (options, inner) => new RedactingTaker(options, redaction, inner) };
}

/** How the originals are read: whole, and nothing is made of them but records. */
function originals<Options extends ConversationOptions>(options: Options): Options {
  const { maxMessageBytes = MOST_LOOKED_AT } = options.reading;
  const whole = Math.max(maxMessageBytes, options.reading.messageBytes ?? 0);
  const reading = { ...options.reading, previewBytes: whole, messageBytes: whole };
  return { ...options, reading, apps: undefined, legs: undefined, polled: options.apps?.polled };
}

/**
 * Covers the secrets of connections before anything is made of them: each is rewritten, with what stands for them, and
 * read once more. So no record, finding, summary or text can hold what was covered.
 */
class RedactingTaker implements ConversationTaker {
  private readonly streams = new Map<number, RedactedStream>();
  readonly passedOver?: (what: OtherTraffic, ends: Ends) => void;

  constructor(
    private readonly options: ConversationOptions,
    private readonly redaction: Redaction,
    private readonly inner: ConversationTaker,
  ) {
    if (inner.passedOver) {
      this.passedOver = (what, ends) => inner.passedOver!(what, this.endsOf(ends));
    }
  }

  record(record: Judged, ends: Ends): void {
    this.streamOf(record.connection, record, ends).rewriter.take(record);
  }

  ending(connection: number, ending: StreamEnding, ends: Ends): void {
    const stream = this.streamOf(connection, undefined, ends);
    this.streams.delete(connection);
    const { rewriter, taker } = stream;
    rewriter.end();
    const { stalls, failure, time } = ending;
    for (const side of [0, 1] as const) stream.stalls[side] = stalls[side];
    if (failure !== undefined) taker.fail(new Redactor(this.redaction).text(failure), time);
    endAs(taker, ending);
  }

  /** The connection that was rewritten says how it was. */
  closed(): void {}

  private streamOf(connection: number, record: Judged | undefined, ends: Ends): RedactedStream {
    const known = this.streams.get(connection);
    if (known !== undefined) return known;
    const { raw, deflate } = this.options.reading;
    const stalls: SideStalls = [undefined, undefined];
    const taker = this.conversation(connection, record, ends, stalls);
    const redactor = new Redactor(this.redaction);
    const { addresses, tally } = this.redaction;
    for (const end of [ends.client, ends.server]) if (addresses && end) tally.add('address');
    const sequence = ends.origin?.isOneSequence === true ? 'one' : undefined;
    const stream = { rewriter: new Rewriter(taker, { raw, deflate, redactor, sequence }), taker, stalls };
    this.streams.set(connection, stream);
    return stream;
  }

  /** Reads what is rewritten; below it nothing is left to be found. */
  private conversation(connection: number, record: Judged | undefined, ends: Ends, stalls: SideStalls): Conversation {
    const { client, server, through } = this.endsOf(ends);
    const origin: StreamOrigin = {
      number: connection,
      a: client,
      b: server,
      isClientFirst: true,
      isSecure: ends.tls !== undefined || ends.origin?.isSecure === true,
      // What was recognised once is not asked again.
      isPasted: this.options.reading.capture !== undefined && record?.type !== 'handshake',
      isOneSequence: ends.origin?.isOneSequence === true,
      isJoined: ends.origin?.isJoined === true,
      statesSenders: true,
      through,
      hasPartialHeads: ends.origin?.hasPartialHeads === true,
      http2: ends.http2,
      ignore: () => undefined,
    };
    const { inner } = this;
    const taker: ConversationTaker = {
      record: (each, of) => inner.record(each, of),
      closed: (summary, of) => inner.closed(summary, of),
      ...(inner.ending && { ending: (...args) => inner.ending!(...args) }),
    };
    const options = {
      ...this.options,
      wants: undefined,
      chosen: undefined,
      tls: undefined,
      http2: undefined,
      rewriting: undefined,
    };
    const carrier = ends.tls && this.redaction.addresses === undefined ? carrierOf(ends.tls) : undefined;
    const below = { layers: [], depth: MOST_LAYERS, offsets: [0, 0] as const, carrier, stalls };
    return new Conversation(origin, record?.time ?? NaN, options, taker, below);
  }

  private endsOf(ends: Ends): Ends {
    const { addresses } = this.redaction;
    if (addresses === undefined) return ends;
    const { client, server, through, http2 } = ends;
    const [a, b] = [addresses.endpoint(client), addresses.endpoint(server)];
    return { ...(ends.origin && { origin: ends.origin }), client: a, server: b, through: named(through), http2 };
  }
}

/** Tunnels without their ends. */
function named(through: readonly Passage[] | undefined): readonly Passage[] | undefined {
  return through?.map(({ name, id }) => ({ name, ...(id !== undefined && { id }) }));
}

interface RedactedStream {
  readonly rewriter: Rewriter;
  readonly taker: Conversation;
  readonly stalls: SideStalls;
}

/** A layer that has handed on all that it carries. */
function carrierOf(tls: LayerTaker['tls']): LayerTaker {
  const nothing: StreamTaker = {
    data: () => undefined,
    gap: () => undefined,
    fin: () => undefined,
    reset: () => undefined,
    close: () => undefined,
  };
  return { ...nothing, tls };
}
