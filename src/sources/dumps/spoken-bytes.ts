import { MAX_HEADER_BYTES } from '../../codec/frames/frame.js';
import { looksLikeWebSocket } from '../../codec/resync/plausible.js';
import type { Sides } from './sides.js';
import type { Events } from '../text/events.js';
import type { Speaker } from '../text/speaker.js';

/** Bytes that wait until it is known whether every line names its sender. */
const MAX_PIECES = 16384;
const MAX_BYTES = 4 * 1024 * 1024;

interface Piece {
  readonly bytes: ArrayLike<number>;
  readonly speaker: Speaker | undefined;
  readonly stream: string;
}

/** What came of a stream that has not yet shown whether it is of a WebSocket. */
interface Doubtful {
  readonly name: string;
  readonly pieces: readonly Piece[];
}

/** Two ends that name each other. */
const PAIRS: readonly (readonly [Speaker, Speaker])[] = [
  ['out', 'in'],
  ['client', 'server'],
  ['>', '<'],
  ['left', 'right'],
  ['request', 'response'],
];

/**
 * Bytes with their senders, if the lines name them. Sides are claimed only where every piece has a sender and both ends
 * send; otherwise all of it is one sequence whose senders are not known.
 */
export class SpokenBytes {
  private pieces: Piece[] = [];
  private bytes = 0;
  private claims: boolean | undefined;
  /** The place on the page distinguishes the two sides. */
  isFollow = false;
  /** The role of the program that wrote the log: its request, or its masked frames, show it. */
  private requester: Speaker = 'out';
  /** Streams that need not be of a WebSocket: whether they are, or what came while that is not known. */
  private readonly doubtful = new Map<string, boolean | Doubtful>();

  constructor(
    private readonly events: Events,
    private readonly sides: Sides,
  ) {}

  /** `bytes` are copied. `doubt`: the name of what they came from, where that may be anything. */
  take(bytes: ArrayLike<number>, speaker: Speaker | undefined, stream = '', doubt?: string): void {
    if (doubt === undefined) return this.hold({ bytes, speaker, stream });
    for (const piece of this.proven({ bytes, speaker, stream }, doubt)) this.hold(piece);
  }

  /** Nothing more comes. */
  end(): void {
    for (const [stream, doubtful] of this.doubtful) {
      if (typeof doubtful === 'object') this.passOver(stream, doubtful.name);
    }
    this.flush();
  }

  private hold({ bytes, speaker, stream }: Piece): void {
    if (this.claims === false) return this.events.append(bytes);
    this.pieces.push({ bytes: Uint8Array.from(bytes), speaker, stream });
    this.bytes += bytes.length;
    if (this.claims === true || this.pieces.length >= MAX_PIECES || this.bytes >= MAX_BYTES) this.flush();
  }

  /** Gives all that was held. */
  flush(): void {
    if (this.pieces.length === 0) return;
    this.claims ??= this.decide();
    for (const { bytes, speaker, stream } of this.pieces) {
      if (!this.claims) this.events.append(bytes);
      else if (speaker === undefined) this.events.notice('lines that do not say who sent their bytes are left out');
      else this.events.append(bytes, this.sides.tag(stream, this.endOf(speaker)));
    }
    this.pieces = [];
    this.bytes = 0;
  }

  /** The pieces of that stream that are known to be of a WebSocket by now: a call may move one byte. */
  private proven(piece: Piece, name: string): readonly Piece[] {
    const { stream } = piece;
    const known = this.doubtful.get(stream) ?? { name, pieces: [] };
    if (typeof known === 'boolean') return known ? [piece] : [];
    const pieces = [...known.pieces, { ...piece, bytes: Uint8Array.from(piece.bytes) }];
    const [{ speaker }] = pieces as [Piece, ...Piece[]];
    const first = pieces.filter((one) => one.speaker === speaker).flatMap(({ bytes }) => Array.from(bytes));
    const isProven = looksLikeWebSocket(Uint8Array.from(first), 1);
    if (isProven) this.doubtful.set(stream, true);
    else if (first.length < MAX_HEADER_BYTES && pieces.length < MAX_HEADER_BYTES)
      this.doubtful.set(stream, { name, pieces });
    else this.passOver(stream, name);
    return isProven ? pieces : [];
  }

  private passOver(stream: string, name: string): void {
    this.doubtful.set(stream, false);
    this.events.notice(`${name} begins neither with a handshake nor with frames: it is passed over`);
  }

  private decide(): boolean {
    const speakers = new Set(this.pieces.map(({ speaker }) => speaker));
    const pair = PAIRS.filter((one) => one.some((speaker) => speakers.has(speaker)));
    const [main] = pair;
    if (speakers.has(undefined) || main === undefined || pair.length > 2) return false;
    if (pair.length === 2 && pair[1]![0] !== 'request') return false;
    if (pair.length === 2) this.requester = this.requesterOf(main);
    const ends = new Set([...speakers].map((speaker) => this.endOf(speaker!)));
    this.isFollow = main[0] === 'left' && ends.size === 2;
    return ends.size === 2;
  }

  /** The sender of heads is not stated: clients send the request, and mask their frames. */
  private requesterOf([first, second]: readonly [Speaker, Speaker]): Speaker {
    if (first === 'client') return 'client';
    const isMasked = (speaker: Speaker): boolean =>
      this.pieces.some(
        (piece) => piece.speaker === speaker && ((piece.bytes[1] ?? 0) & 0x80) !== 0 && (piece.bytes[0]! & 0x70) === 0,
      );
    return isMasked(second) && !isMasked(first) ? second : first;
  }

  private endOf(speaker: Speaker): Speaker {
    if (speaker !== 'request' && speaker !== 'response') return speaker;
    const pair = PAIRS.find((one) => one.includes(this.requester))!;
    const other = pair[0] === this.requester ? pair[1] : pair[0];
    return speaker === 'request' ? this.requester : other;
  }
}
