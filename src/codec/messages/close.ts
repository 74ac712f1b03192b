import { decodeUtf8, encodeUtf8, utf8Error, type Utf8Error } from '../bytes/utf8.js';

/** The body of a close frame (RFC 6455 §5.5.1): empty, or a code in two bytes and a reason in UTF-8. */
export interface CloseBody {
  /** Absent when the body is empty or a single byte. */
  readonly code?: number;
  readonly reason: string;
  readonly reasonBytes: Uint8Array;
  /** What is wrong with the reason's UTF-8; offsets count from the start of the body. */
  readonly utf8Error?: Utf8Error;
}

/** Reads an unmasked close body; accepts any bytes. */
export function readCloseBody(body: Uint8Array): CloseBody {
  if (body.length < 2) return { reason: '', reasonBytes: body.subarray(body.length) };
  const reasonBytes = body.subarray(2);
  const error = utf8Error(reasonBytes);
  return {
    code: (body[0]! << 8) | body[1]!,
    reason: decodeUtf8(reasonBytes),
    reasonBytes,
    ...(error && { utf8Error: { ...error, start: error.start + 2, end: error.end + 2 } }),
  };
}

/** A close body of a code (0 to 65535) and a reason. */
export function writeCloseBody(code: number, reason = ''): Uint8Array {
  const text = encodeUtf8(reason);
  const body = new Uint8Array(2 + text.length);
  body[0] = code >> 8;
  body[1] = code;
  body.set(text, 2);
  return body;
}
