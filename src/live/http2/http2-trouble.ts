import { http2ErrorName } from '../../codec/http2/http2-codes.js';

/** Why this end ended an HTTP/2 connection. */
export interface SessionTrouble {
  /** What the other end did. */
  readonly words: string;
  /** It is not forbidden, and too much. */
  readonly isLimit: boolean;
}

const limit = (words: string): SessionTrouble => ({ words, isLimit: true });
const fault = (words: string): SessionTrouble => ({ words, isLimit: false });

/** nghttp2 has one error for both. */
const COMPRESSION = fault(
  'a field block that this end can not decompress, or a field of more than its 64 KiB (COMPRESSION_ERROR)',
);

/** Errors of nghttp2 by number (its nghttp2.h). */
const BY_NUMBER: Readonly<Record<number, SessionTrouble>> = {
  [-505]: fault('a frame that HTTP/2 does not allow there (PROTOCOL_ERROR)'),
  [-510]: fault('a frame on a stream that is closed (STREAM_CLOSED)'),
  [-522]: fault('a frame of a wrong length (FRAME_SIZE_ERROR)'),
  [-523]: COMPRESSION,
  [-524]: fault('more than the window allows, or a window beyond its limit (FLOW_CONTROL_ERROR)'),
  [-536]: fault('another frame before its SETTINGS'),
  [-537]: limit('SETTINGS with too many entries'),
  [-903]: fault('a beginning that is not the preface of HTTP/2'),
  [-904]: limit('too many frames that need an answer (a flood)'),
  [-905]: limit('too many CONTINUATION frames in a row (a CONTINUATION flood)'),
};

const INVALID_FRAMES = limit('too many invalid frames, or streams that are reset at once (a rapid reset flood)');

/** Of the error of a session: what its peer did, for which this end ended it; undefined: something else ended it. */
export function peerTrouble({ code, errno }: NodeJS.ErrnoException): SessionTrouble | undefined {
  if (code === 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES') return INVALID_FRAMES;
  return errno === undefined ? undefined : BY_NUMBER[errno];
}

/** The connection was lost: the records of its WebSockets report that. */
const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** Why a session ended, in words; undefined: it was lost. */
export function sessionTrouble(error: NodeJS.ErrnoException): string | undefined {
  const { code = '', message } = error;
  if (LOST.has(code)) return undefined;
  // The code of a GOAWAY that came.
  const [, number] = /^Session closed with error code (\d+)/.exec(message) ?? [];
  return peerTrouble(error)?.words ?? (number === undefined ? message : `error ${http2ErrorName(Number(number))}`);
}

/** Codes of GOAWAY (RFC 9113 §7) for what is not forbidden. */
const LIMITS: ReadonlySet<string> = new Set(['NO_ERROR', 'INTERNAL_ERROR', 'ENHANCE_YOUR_CALM']);

/** Of the GOAWAY that this end sent: `debug` is nghttp2's own text, as `DATA: stream closed`. */
export function goawayTrouble(code: number, debug: string): SessionTrouble {
  const name = http2ErrorName(code);
  if (name === 'COMPRESSION_ERROR') return COMPRESSION;
  if (LIMITS.has(name)) return limit(`too much at once${debug === '' ? '' : `: ${debug}`} (${name})`);
  return fault(`what HTTP/2 forbids: ${debug === '' ? name : `${debug} (${name})`}`);
}
