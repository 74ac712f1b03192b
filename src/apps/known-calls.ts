import type { Direction } from '../codec/messages/records.js';

/** Calls that are remembered; where there are more, it is not certain any more that a reply has none. */
const MOST_CALLS = 10_000;

export const DIRECTIONS: readonly Direction[] = ['client', 'server', 'unknown'];

export const OTHER_SIDE: Readonly<Record<Direction, Direction>> = {
  client: 'server',
  server: 'client',
  unknown: 'unknown',
};

/** The calls of both sides that wait for a reply, for rules about ids: what is not certain breaks none. */
export class KnownCalls<Said = true> {
  private readonly waiting = new Map<string, Said[]>();

  /** `isPartial`: calls may wait that were not seen. */
  constructor(public isPartial: boolean) {}

  /** Notes a call; true: one of that side with that key waits already. */
  ask(direction: Direction, key: string, said: Said): boolean {
    const full = `${direction} ${key}`;
    const before = this.waiting.get(full) ?? [];
    this.waiting.set(full, [...before.slice(-MOST_ALIKE), said]);
    if (this.waiting.size > MOST_CALLS) this.forgetOldest();
    return before.length > 0;
  }

  /** The call that a message of that direction answers. */
  find(direction: Direction, key: string): Said | undefined {
    return this.waiting.get(`${OTHER_SIDE[direction]} ${key}`)?.[0];
  }

  /** Notes the reply; false: it is certain that no call waits for it. */
  answer(direction: Direction, key: string, isLast = true): boolean {
    const full = `${OTHER_SIDE[direction]} ${key}`;
    const calls = this.waiting.get(full);
    if (calls === undefined) return this.isPartial;
    if (isLast) {
      if (calls.length > 1) this.waiting.set(full, calls.slice(1));
      else this.waiting.delete(full);
    }
    return true;
  }

  /** Messages were lost: replies may have been among them, and calls. */
  lost(): void {
    this.waiting.clear();
    this.isPartial = true;
  }

  private forgetOldest(): void {
    this.isPartial = true;
    for (const key of this.waiting.keys()) {
      this.waiting.delete(key);
      return;
    }
  }
}

/** Calls with one key that are kept. */
const MOST_ALIKE = 100;
