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

/** What was said before its WebSocket. */
interface WaitingSession {
  readonly messages: PolledMessage[];
  bytes: number;
}

/** The sessions of Engine.IO of a run: what is polled on some connections belongs to the WebSocket that continues it on another. */
export class PolledSessions {
  /** There is one: conversations depend on each other. */
  isUsed = false;
  /** What was polled and is not read, in words. */
  readonly unread = new Set<string>();
  readonly bodies: BodyBudget = { ...BODIES, held: 0 };
  private readonly joined = new Map<string, PolledTaker>();
  private readonly waiting = new Map<string, WaitingSession>();
  private bytes = 0;

  /** `isRead`: false where bytes are changed before they are read again: what is polled is only named. */
  constructor(readonly isRead = true) {}

  said(key: string, message: PolledMessage): void {
    this.isUsed = true;
    const taker = this.joined.get(key);
    if (taker !== undefined) return taker(message);
    const bytes = message.bytes.length + OVERHEAD;
    const session = this.waiting.get(key) ?? { messages: [], bytes: 0 };
    this.waiting.set(key, session);
    session.messages.push(message);
    session.bytes += bytes;
    this.bytes += bytes;
    for (const oldest of this.waiting.keys()) {
      if (this.bytes <= MOST_BYTES && this.waiting.size <= MOST_SESSIONS) break;
      this.release(oldest);
    }
  }

  /** The WebSocket of a session: it gets what was said before, and from now on. */
  join(key: string, taker: PolledTaker): void {
    if (!this.isRead) return;
    this.isUsed = true;
    this.joined.set(key, taker);
    for (const message of this.release(key)) taker(message);
  }

  /** It has ended. */
  leave(key: string): void {
    this.joined.delete(key);
  }

  private release(key: string): readonly PolledMessage[] {
    const { messages = [], bytes = 0 } = this.waiting.get(key) ?? {};
    this.waiting.delete(key);
    this.bytes -= bytes;
    return messages;
  }
}
