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
  /** Streams that need not be of a WebSocket: whether they are. */
  private readonly doubtful = new Map<string, boolean>();

  constructor(
    private readonly events: Events,
    private readonly sides: Sides,
  ) {}

  /** `bytes` are copied. `doubt`: the name of what they came from, where that may be anything. */
  take(bytes: ArrayLike<number>, speaker: Speaker | undefined, stream = '', doubt?: string): void {
    if (doubt !== undefined && !this.isWebSocket(stream, bytes, doubt)) return;
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

  private isWebSocket(stream: string, bytes: ArrayLike<number>, name: string): boolean {
    let known = this.doubtful.get(stream);
    if (known === undefined) {
      known = looksLikeWebSocket(Uint8Array.from(bytes), 1);
      this.doubtful.set(stream, known);
      if (!known) this.events.notice(`${name} begins neither with a handshake nor with frames: it is passed over`);
    }
    return known;
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
