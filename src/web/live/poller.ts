import type { PolledRequest } from './poll-words.js';

/** A message of the room, as pollers get it. */
export interface RoomMessage {
  readonly sender: string;
  readonly msg: string;
}

export interface PollerTaker {
  message(message: RoomMessage): void;
  failed(text: string): void;
  /** A request began, or was answered. */
  requested(request: PolledRequest): void;
}

/** Between two short polls: milliseconds. */
const EVERY = 2000;
/** Seconds that the server holds a long poll; and milliseconds after which a poll that failed is repeated. */
const HOLD = 25;
const AFTER_FAILURE = 3000;

/** The chat without a WebSocket: a client that asks for what is new, at intervals or with requests that the server holds. */
export class Poller {
  private cursor = 0;
  private readonly ending = new AbortController();

  constructor(
    private readonly kind: 'short' | 'long',
    private readonly nickname: string,
    private readonly taker: PollerTaker,
  ) {
    void this.poll();
  }

  send(msg: string): void {
    const body = JSON.stringify({ sender: this.nickname, msg });
    const headers = { 'Content-Type': 'application/json' };
    void this.ask('send', '/send', { method: 'POST', headers, body }, 1);
  }

  close(): void {
    this.ending.abort();
  }

  private async poll(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const path =
        this.kind === 'short' ? `/poll?since=${this.cursor}` : `/long-poll?since=${this.cursor}&timeout=${HOLD}`;
      const answer = (await this.ask('poll', path, {}, 0)) as { cursor: number; messages: RoomMessage[] } | undefined;
      if (answer !== undefined) {
        this.cursor = answer.cursor;
        for (const message of answer.messages) this.taker.message(message);
      }
      if (answer === undefined) await pause(AFTER_FAILURE, signal);
      else if (this.kind === 'short') await pause(EVERY, signal);
    }
  }

  /** What was answered; undefined: it failed, which was reported. */
  private async ask(lane: 'poll' | 'send', path: string, init: RequestInit, messages: number): Promise<unknown> {
    const { taker } = this;
    const { signal } = this.ending;
    const request: PolledRequest = { lane, begin: pageTime(), messages };
    taker.requested(request);
    try {
      const response = await fetch(path, { ...init, cache: 'no-store', signal });
      const answer = (await response.json()) as { error?: string; messages?: readonly unknown[] };
      if (!response.ok) throw new Error(answer.error ?? `the server answers ${response.status}`);
      request.messages += answer.messages?.length ?? 0;
      return answer;
    } catch (error) {
      request.hasFailed = true;
      if (!signal.aborted) taker.failed(`${path}: ${(error as Error).message}`);
      return undefined;
    } finally {
      request.end = pageTime();
      taker.requested(request);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    window.setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => resolve());
  });
}

/** Milliseconds. */
export function pageTime(): number {
  return new Date().getTime();
}
