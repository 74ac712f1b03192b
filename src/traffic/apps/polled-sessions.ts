import type { BodyBudget } from '../../codec/http1/http-exchanges.js';
import type { PolledPacket } from '../../apps/polled-packets.js';

/** Packets that wait for the WebSocket of their session: bytes, and sessions. The oldest session is given up first. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_SESSIONS = 10_000;
/** Of bodies that are not whole: of one, which is Engine.IO's own limit of a payload, and of all. */
const BODIES = { most: 1_000_000, limit: 16 * 1024 * 1024 };
/** What an object takes beside its bytes. */
const OVERHEAD = 200;

/** A packet of Engine.IO that came by HTTP long-polling. */
export interface PolledMessage extends PolledPacket {
  readonly direction: 'client' | 'server';
  /** Seconds since the epoch, NaN where unknown. */
  readonly time: number;
}

type PolledTaker = (message: PolledMessage) => void;

interface Session {
  readonly waiting: PolledMessage[];
  bytes: number;
  taker: PolledTaker | undefined;
}

/** The sessions of Engine.IO of a run: what is polled on some connections belongs to the WebSocket that continues it on another. */
export class PolledSessions {
  /** There is one: conversations depend on each other. */
  isUsed = false;
  readonly bodies: BodyBudget = { ...BODIES, held: 0 };
  private readonly sessions = new Map<string, Session>();
  private bytes = 0;

  said(key: string, message: PolledMessage): void {
    const session = this.sessionOf(key);
    if (session.taker !== undefined) return session.taker(message);
    const bytes = message.bytes.length + OVERHEAD;
    session.waiting.push(message);
    session.bytes += bytes;
    this.bytes += bytes;
    for (const [oldest, { taker }] of this.sessions) {
      if (this.bytes <= MOST_BYTES && this.sessions.size <= MOST_SESSIONS) break;
      if (taker === undefined) this.leave(oldest);
    }
  }

  /** The WebSocket of a session: it gets what was said before, and from now on. */
  join(key: string, taker: PolledTaker): void {
    const session = this.sessionOf(key);
    session.taker = taker;
    this.bytes -= session.bytes;
    session.bytes = 0;
    for (const message of session.waiting.splice(0)) taker(message);
  }

  /** It has ended. */
  leave(key: string): void {
    this.bytes -= this.sessions.get(key)?.bytes ?? 0;
    this.sessions.delete(key);
  }

  private sessionOf(key: string): Session {
    this.isUsed = true;
    let session = this.sessions.get(key);
    if (session === undefined) {
      session = { waiting: [], bytes: 0, taker: undefined };
      this.sessions.set(key, session);
    }
    return session;
  }
}
