import type { CarriedOpener } from '../../codec/bytes/stream-taker.js';
import { KeyLogReader } from '../../codec/tls/key-log.js';
import { TlsSecrets } from '../../codec/tls/secrets.js';
import type { TlsCrypto } from '../../codec/tls/tls-crypto.js';
import { ResumableSessions } from '../../codec/tls/tls-keys.js';
import { TlsLayer, type PostponedSession, type TlsInput } from '../../codec/tls/tls-layer.js';
import type { LayerTaker, TlsOpening } from './layers.js';
import { lateKeys } from './tls-words.js';

/** Tag trials a session, where secrets or record numbers have to be found. */
export const DEFAULT_TRIALS = 2 ** 20;
/** Bytes of sessions that wait for secrets. */
const MOST_WAITING = 32 * 1024 * 1024;
/** Sessions that did not wait any longer, and are counted where their secrets come. */
const MOST_REMEMBERED = 10_000;

export interface TlsTrafficOptions {
  readonly mostTrials?: number | undefined;
  /** Bytes of all sessions that wait for secrets. */
  readonly mostWaiting?: number | undefined;
  /** Secrets come while packets do: looks whether there are new ones. */
  readonly refresh?: (() => void) | undefined;
}

/** The TLS sessions of a run, and the secrets that open them. */
export class TlsTraffic implements TlsOpening, TlsInput {
  readonly secrets = new TlsSecrets();
  readonly resumable = new ResumableSessions();
  readonly mostTrials: number;
  readonly waiting: { held: number; readonly limit: number };
  /** Sessions that were looked at, and those of which a record could be opened. */
  sessions = 0;
  decrypted = 0;
  hasLog = false;
  /** Where secrets come from beside the packets. */
  refresh: () => void = () => undefined;
  /** A session waits for secrets: called with each of its packets. */
  waits: () => void = () => undefined;
  private mayGrow = false;
  /** Key logs are read that grow. */
  private isFollowing = false;
  private readonly postponed = new Set<PostponedSession>();
  /** The version of the secrets at the last look at them. */
  private seen = 0;
  /** Reads all secrets of the present capture, until that is done. */
  private ahead: (() => boolean) | undefined;
  private hasLookedAhead = false;
  /** Client randoms of sessions that did not wait for their secrets any longer. */
  private readonly givenUp: Uint8Array[] = [];

  constructor(
    readonly crypto: TlsCrypto,
    { mostTrials = DEFAULT_TRIALS, mostWaiting = MOST_WAITING, refresh }: TlsTrafficOptions = {},
  ) {
    this.waiting = { held: 0, limit: mostWaiting };
    this.mostTrials = mostTrials;
    if (refresh) this.growBy(refresh);
  }

  /** From now on secrets may come later than the packets that need them. */
  growBy(refresh: () => void): void {
    this.refresh = refresh;
    this.isFollowing = true;
    this.mayGrow = true;
  }

  /** What reads a key log into the secrets. */
  log(notice: (message: string) => void): KeyLogReader {
    this.hasLog = true;
    return new KeyLogReader(this.secrets, notice);
  }

  /**
   * A capture begins whose secrets may come after the packets that need them: with its first TLS session, or block, `read`
   * gives all of them to `block`. False: it can't, and they are given as they come.
   */
  lookAheadBy(read: () => boolean): void {
    this.ahead = read;
    this.hasLookedAhead = false;
  }

  /** Secrets within the capture itself: of later packets, and possibly of earlier ones. */
  block(bytes: Uint8Array, notice: (message: string) => void): void {
    this.lookAhead();
    if (this.hasLookedAhead) return;
    const reader = this.log(notice);
    reader.push(bytes);
    reader.end();
  }

  isGrowing(): boolean {
    return this.mayGrow;
  }

  postpone(session: PostponedSession): void {
    this.postponed.add(session);
    for (const oldest of this.postponed) {
      if (this.waiting.held <= this.waiting.limit / 2) return;
      this.postponed.delete(oldest);
      oldest.giveUp();
    }
  }

  gaveUp(random: Uint8Array | undefined): void {
    if (random !== undefined && !this.secrets.has(random) && this.givenUp.length < MOST_REMEMBERED) {
      this.givenUp.push(random);
    }
  }

  /** Sessions that have ended are read where their secrets came since. */
  private lookAgain(isEnd: boolean): void {
    if (!isEnd && this.seen === this.secrets.version) return;
    this.seen = this.secrets.version;
    for (const session of [...this.postponed]) if (session.lookAgain(isEnd)) this.postponed.delete(session);
  }

  end(notice: (message: string) => void): void {
    this.refresh();
    this.lookAgain(true);
    const late = this.givenUp.filter((random) => this.secrets.has(random)).length;
    this.givenUp.length = 0;
    if (late > 0) notice(lateKeys(late));
  }

  open(opener: CarriedOpener, isJoined = false): LayerTaker | undefined {
    this.lookAhead();
    if (this.mayGrow) {
      this.refresh();
      this.lookAgain(false);
    }
    if (this.secrets.size === 0 && !(isJoined ? this.isFollowing : this.mayGrow)) return undefined;
    this.sessions++;
    return new TlsLayer(opener, this);
  }

  private lookAhead(): void {
    const { ahead } = this;
    if (ahead === undefined) return;
    this.ahead = undefined;
    this.hasLookedAhead = ahead();
    this.mayGrow ||= !this.hasLookedAhead;
  }

  opened(): void {
    this.decrypted++;
  }
}
