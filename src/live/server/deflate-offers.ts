import type { IncomingMessage } from 'node:http';
import { answerDeflate, type DeflateWish } from '../../codec/handshake/deflate-agreement.js';
import { formatExtensions, parseExtensions } from '../../codec/handshake/extensions.js';

const NOT_LIMITED =
  'no offer of permessage-deflate is accepted: none that is legal has client_max_window_bits, which --deflate asks for';

/**
 * Puts in the place of a request's offers what is agreed on of permessage-deflate, or nothing: `ws`, which is to answer it, takes
 * that as it is. Of the offers it would accept `010` and `+10` as numbers, and refuse the request for one that is to be declined
 * (RFC 7692 §5, §7). What is shown of the request are its bytes. Gives the reason why a legal offer was declined.
 */
export function settleDeflate({ headers }: IncomingMessage, wish: DeflateWish): string | undefined {
  const offers = headers['sec-websocket-extensions'];
  if (offers === undefined) return undefined;
  const { extensions } = parseExtensions(offers);
  const answer = answerDeflate(extensions, wish);
  if (answer) {
    headers['sec-websocket-extensions'] = formatExtensions([answer.extension]);
    return undefined;
  }
  delete headers['sec-websocket-extensions'];
  return answerDeflate(extensions) && NOT_LIMITED;
}
