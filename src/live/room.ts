/** A message in a room: `id` counts from 1 in each room, `time` is seconds since the epoch. */
export interface Spoken {
  readonly id: number;
  readonly sender: string;
  readonly msg: string;
  readonly time: number;
}

/** What a poller gets: `cursor` is what it asks with next time. */
export interface Heard {
  readonly cursor: number;
  readonly messages: readonly Spoken[];
  /** Messages behind the asked cursor that are not kept any more. */
  readonly missed?: number;
}

type Listener = (spoken: Spoken) => void;

/** What is kept for pollers that come back later. */
const MOST_KEPT = 10_000;
const MOST_KEPT_CHARACTERS = 8 * 1024 * 1024;
/** What one answer to a poller has at most. */
const MOST_IN_ANSWER = 1000;

/** A chat room: WebSocket peers listen, pollers come with a cursor. Nothing is lost or repeated between two polls. */
export class Room {
  private readonly kept: Spoken[] = [];
  private characters = 0;
  private last = 0;
  private readonly listeners = new Set<Listener>();

  speak(sender: string, msg: string, time: number): Spoken {
    const spoken = { id: ++this.last, sender, msg, time };
    this.kept.push(spoken);
    this.characters += msg.length + sender.length;
    while (this.kept.length > MOST_KEPT || (this.characters > MOST_KEPT_CHARACTERS && this.kept.length > 1)) {
      const { msg: old, sender: who } = this.kept.shift()!;
      this.characters -= old.length + who.length;
    }
    for (const listener of [...this.listeners]) listener(spoken);
    return spoken;
  }

  /** What was said behind `cursor`, the oldest first. */
  since(cursor: number): Heard {
    const known = Math.min(Math.max(0, cursor), this.last);
    const first = this.last - this.kept.length;
    const missed = Math.max(0, first - known);
    const messages = this.kept.slice(Math.max(0, known - first), Math.max(0, known - first) + MOST_IN_ANSWER);
    const reached = messages[messages.length - 1]?.id ?? known;
    return { cursor: reached, messages, ...(missed > 0 && { missed }) };
  }

  /** Calls `listener` with every message from now on; gives what ends that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The same as `since`, as soon as there is something, or when the time is up. `left` is called back with what gives up waiting. */
  wait(cursor: number, seconds: number, signal: AbortSignal): Promise<Heard> {
    const now = this.since(cursor);
    if (now.messages.length > 0 || now.missed !== undefined || seconds <= 0) return Promise.resolve(now);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop();
        signal.removeEventListener('abort', done);
        resolve(this.since(cursor));
      };
      const timer = setTimeout(done, seconds * 1000);
      const stop = this.listen(done);
      signal.addEventListener('abort', done);
    });
  }
}

/** Rooms by name, made when somebody enters. */
export class Rooms {
  private readonly rooms = new Map<string, Room>();

  /** Undefined: there are as many as may be. */
  named(name: string): Room | undefined {
    const known = this.rooms.get(name);
    if (known || this.rooms.size >= MOST_ROOMS) return known;
    const room = new Room();
    this.rooms.set(name, room);
    return room;
  }
}

const MOST_ROOMS = 1000;
