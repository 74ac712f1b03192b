import { UNKNOWN_ENDPOINT } from '../codec/bytes/endpoint.js';
import { knownNumber, type StreamOrigin } from '../codec/bytes/stream-taker.js';
import type { ConversationOptions, Ends } from './conversation-taker.js';

type Wanting = Pick<ConversationOptions, 'wants' | 'chosen'>;

/** Whether a stream that is being opened may be wanted. Without a SYN the first packet may have been the server's. */
export function mayBeWanted({ wants }: Wanting, origin: StreamOrigin): boolean {
  if (wants === undefined) return true;
  const { a = UNKNOWN_ENDPOINT, b = UNKNOWN_ENDPOINT, isClientFirst } = origin;
  const asked = { number: knownNumber(origin), mayCarry: true } as const;
  return wants({ ...asked, client: a, server: b }) || (!isClientFirst && wants({ ...asked, client: b, server: a }));
}

/** Whether the records of a stream are wanted: decided when the client is known. */
export function isWanted({ wants, chosen }: Wanting, { number }: StreamOrigin, ends: Ends): boolean {
  if (chosen !== undefined && !chosen.has(number)) return false;
  return wants === undefined || wants({ number, ...known(ends) });
}

/** Whether a stream that has no records counts. One without a number is none of those that are chosen by number. */
export function counts({ wants }: Wanting, origin: StreamOrigin, ends: Ends): boolean {
  const number = knownNumber(origin) ?? NaN;
  return wants === undefined || wants({ number, mayCarry: true, ...known(ends) });
}

function known({ client = UNKNOWN_ENDPOINT, server = UNKNOWN_ENDPOINT }: Ends) {
  return { client, server };
}
