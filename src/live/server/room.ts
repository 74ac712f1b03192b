/** A message in a room: `id` counts up in each room, `time` is seconds since the epoch. */
export interface Spoken {
  readonly id: number;
  readonly sender: string;
  readonly msg: string;
  readonly time: number;
}

/** The answer to a poller: `cursor` is for its next request. */
export interface RoomMessages {
  readonly cursor: number;
  readonly messages: readonly Spoken[];
  /** Messages after the requested cursor that are no longer kept. */
  readonly missed?: number;
}

type Listener = (spoken: Spoken) => void;

/** What a room keeps for pollers that return later. */
const MOST_KEPT = 10_000;
const MOST_KEPT_CHARACTERS = 8 * 1024 * 1024;
/** The most that one answer to a poller has: one message is always in it. */
const MOST_IN_ANSWER = 1000;
const MOST_CHARACTERS_IN_ANSWER = 512 * 1024;
/** The cost of a kept message without its characters, in characters. */
const OVERHEAD = 128;

/** A chat room: WebSocket peers listen, pollers request with a cursor. No message is lost or repeated between two polls. */
export class ChatRoom {
  /** Seconds: the last time that a client used it. */
  usedAt = 0;
  /** The cost of the kept messages: characters. */
  cost = 0;
  private readonly kept: Spoken[] = [];
  private characters = 0;
  private readonly listeners = new Set<Listener>();

  private last: number;

  /** Ids continue after `floor`. */
  constructor(private readonly floor = 0) {
    this.last = floor;
  }

  /** Peers and waiting pollers are in it. */
  get isEmpty(): boolean {
    return this.listeners.size === 0;
  }

  get lastId(): number {
    return this.last;
  }

  speak(sender: string, msg: string, time: number): Spoken {
    const spoken = { id: ++this.last, sender, msg, time };
    this.kept.push(spoken);
    this.characters += charactersOf(spoken);
    this.cost += charactersOf(spoken) + OVERHEAD;
    while (this.kept.length > MOST_KEPT || (this.characters > MOST_KEPT_CHARACTERS && this.kept.length > 1)) {
      this.forgetOldest();
    }
    for (const listener of [...this.listeners]) listener(spoken);
    return spoken;
  }

  /** The oldest kept message is dropped. */
  forgetOldest(): void {
    const oldest = this.kept.shift();
    if (oldest === undefined) return;
    this.characters -= charactersOf(oldest);
    this.cost -= charactersOf(oldest) + OVERHEAD;
  }

  /** The messages after `cursor`, the oldest first. */
  since(cursor: number): RoomMessages {
    const known = Math.min(Math.max(this.floor, cursor), this.last);
    const first = this.last - this.kept.length;
    const missed = Math.max(0, first - known);
    const from = Math.max(0, known - first);
    const messages = this.kept.slice(from, from + MOST_IN_ANSWER);
    messages.length = countWithin(messages, MOST_CHARACTERS_IN_ANSWER);
    const reached = messages[messages.length - 1]?.id ?? this.last;
    return { cursor: reached, messages, ...(missed > 0 && { missed }) };
  }

  /** Calls `listener` with every message from now on; gives the function that ends that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function charactersOf({ sender, msg }: Spoken): number {
  return sender.length + msg.length;
}

/** The number of messages from the first on that fit into the limit together; at least one. */
function countWithin(messages: readonly Spoken[], most: number): number {
  let characters = 0;
  for (const [i, spoken] of messages.entries()) {
    characters += charactersOf(spoken);
    if (characters > most && i > 0) return i;
  }
  return messages.length;
}
