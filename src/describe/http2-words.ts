import { http2ErrorName } from '../codec/http2/http2-codes.js';
import type { Http2Event } from '../codec/http2/http2-taker.js';
import { escapeText } from './escape.js';
import { print, type Printable } from './printable.js';

/** A frame about the stream or its connection, in words: `RST_STREAM CANCEL`. */
export function http2Words(event: Http2Event): Printable {
  if (event.name === 'fault') return print`HTTP/2`;
  const code = escapeText(http2ErrorName(event.code));
  if (event.name === 'RST_STREAM') return print`RST_STREAM ${code}`;
  const debug = event.debug === '' ? print`` : print` "${escapeText(event.debug)}"`;
  return print`GOAWAY ${code}, last stream ${event.lastStream}${debug}`;
}

/** The fields that `--json` has of it. */
export function http2Fields(event: Exclude<Http2Event, { name: 'fault' }>): Record<string, unknown> {
  const { name, code } = event;
  const error = { name, code, error: http2ErrorName(code) };
  if (name === 'RST_STREAM') return error;
  return { ...error, lastStream: event.lastStream, ...(event.debug !== '' && { debug: event.debug }) };
}
