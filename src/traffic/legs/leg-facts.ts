import type { Head } from '../../codec/http1/head.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Judged, JudgedFrame } from '../judged.js';
import { SaidMessagesWatch, type SaidMessages } from './said-messages.js';

/** The part of a head that is compared. */
export type LegHead = Pick<Head, 'line'> & {
  readonly headers: readonly Pick<Head['headers'][number], 'name' | 'value'>[];
};

/** What of a connection shows whether another one is its other leg: its handshake and its messages. Seconds since the epoch. */
export interface LegFacts {
  readonly key: string;
  /** When the request was whole, and the response. */
  readonly asked: number;
  readonly answered: number;
  readonly request: LegHead;
  readonly response: LegHead;
  /** Undefined where a message was not seen whole. */
  readonly said?: SaidMessages;
}

/** Follows a connection for what shows its other leg. */
export class LegWatch {
  private handshake: LegFacts | undefined;
  /** Made for a handshake that counts: most streams of a capture are something else. */
  private messages: SaidMessagesWatch | undefined;

  frame(record: JudgedFrame): void {
    this.messages?.frame(record);
  }

  /** `kept`: the handshake of a record that has one, without the places of its parts. */
  event(record: Judged, kept: Handshake | undefined): void {
    if (record.type !== 'handshake' || kept === undefined) return;
    this.handshake = legFacts(kept, record);
    if (this.handshake !== undefined) this.messages ??= new SaidMessagesWatch();
  }

  facts(): LegFacts | undefined {
    const said = this.messages?.said();
    return this.handshake && { ...this.handshake, ...(said && { said }) };
  }
}

/** Undefined for a handshake that shows nothing: it failed, or its times are not known. */
function legFacts(
  { request, response, upgraded, key }: Handshake,
  { time = NaN, duration = NaN }: Pick<Judged & { type: 'handshake' }, 'time' | 'duration'>,
): LegFacts | undefined {
  if (!request || !response || !upgraded || key === undefined || Number.isNaN(time - duration)) return undefined;
  return { key, asked: time - duration, answered: time, request, response };
}
