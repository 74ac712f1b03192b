import { http2ErrorName } from '../../codec/http2/http2-codes.js';

/** Errors of nghttp2 by number: limits of this end, and what the other end did to reach them. */
const BY_NUMBER: Readonly<Record<number, string>> = {
  [-534]: 'too many CONTINUATION frames in a row (a CONTINUATION flood)',
  [-538]: 'too many frames that need an answer (a flood)',
  [-524]: 'a frame before the preface is whole',
  [-903]: 'the client does not begin with the preface of HTTP/2',
};

/** Errors of Node.js by name. */
const BY_CODE: Readonly<Record<string, string | undefined>> = {
  // The connection was lost: the records of its WebSockets report that.
  ECONNRESET: undefined,
  EPIPE: undefined,
  ERR_HTTP2_TOO_MANY_INVALID_FRAMES: 'too many invalid frames, or streams that are reset at once (a rapid reset flood)',
};

/** Why this end ended an HTTP/2 connection, in words; undefined: it did not. */
export function sessionTrouble({ code = '', errno, message }: NodeJS.ErrnoException): string | undefined {
  if (errno !== undefined && BY_NUMBER[errno] !== undefined) return BY_NUMBER[errno];
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  const [, number] = /^Session closed with error code (\d+)/.exec(message) ?? [];
  if (number !== undefined) return `error ${http2ErrorName(Number(number))}`;
  return message;
}
