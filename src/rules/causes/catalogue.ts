import { CONNECTION_CAUSES } from './connection-catalogue.js';
import type { DIAL_CAUSES } from './dial-catalogue.js';

/** A likely cause of a framing error. It is reported only where the bytes prove it. */
interface CauseRule {
  /** One plain sentence, or two: what the bytes are, and what to do. `{name}` is replaced by the argument of that name. */
  readonly message: string;
}

/** The causes of framing errors, by code. docs/causes.md lists them. */
export const FRAMING_CAUSES = {
  'http-response-in-stream': {
    message: 'an HTTP response begins where a frame should: {line}. {advice}',
  },
  'http-request-in-stream': {
    message: 'an HTTP request begins where a frame should: {line}. {advice}',
  },
  'tls-in-stream': {
    message: 'TLS begins where a frame should ({what}). {advice}',
  },
  'json-without-frame': {
    message:
      'the bytes are JSON without a frame header: {text}. The sender writes to the socket instead of its WebSocket library',
  },
  'text-without-frame': {
    message:
      'the bytes are text without a frame header: {text}. The sender writes to the socket instead of its WebSocket library',
  },
  'deflate-without-frame': {
    message:
      'the bytes are not frames: they are raw DEFLATE and inflate to {text}, the payload of a compressed message without its header',
  },
  'stray-bytes': {
    message: 'frames fit from +{count} on: {what} written before them ({bytes}). {advice}',
  },
  'length-bytes-swapped': {
    message:
      'the {form}-bit extended payload length is written with its bytes swapped: read as {length}, the frame is whole and another follows. Write it in network byte order (most significant byte first)',
  },
  'mask-without-key': {
    message:
      'MASK is set and no masking key follows: without one the payload is {text}. Write the four bytes of the masking key, or clear MASK',
  },
  'payload-not-masked': {
    message:
      'MASK is set and the payload is {text} as sent: it was not masked, or masked twice. Mask it once (RFC 6455 §5.3)',
  },
  'masking-key-reversed': {
    message:
      'with the masking key in reverse byte order the payload is {text}. Write the masking key in the order in which it masks',
  },
  'deflate-without-rsv1': {
    message:
      'the payload is raw DEFLATE and inflates to {text}, and RSV1 is not set. Set RSV1 on the first frame of a compressed message (RFC 7692 §6)',
  },
  'frame-in-frame': {
    message:
      'the payload is itself a frame ({text}): it was framed twice. Hand the message to the library without a header',
  },
} as const satisfies Readonly<Record<string, CauseRule>>;

/** The causes that are seen in traffic. */
export const TRAFFIC_CAUSES = { ...FRAMING_CAUSES, ...CONNECTION_CAUSES } as const;

export type CauseCode = keyof typeof TRAFFIC_CAUSES | keyof typeof DIAL_CAUSES;

/** What is proven about the first framing error of a direction, or about the end of a connection. */
export interface Cause {
  readonly code: CauseCode;
  /** In words. Quoted text of the stream has no control character, but may have any other. */
  readonly message: string;
}

/** The values that a wording takes. */
export type CauseArgs = Readonly<Record<string, string | number>>;

/** A cause that is seen in traffic. */
export function causeBy(code: keyof typeof TRAFFIC_CAUSES, args: CauseArgs): Cause {
  return wordedCause(code, TRAFFIC_CAUSES[code].message, args);
}

/** A cause with the values that its wording takes. */
export function wordedCause(code: CauseCode, wording: string, args: CauseArgs): Cause {
  const message = wording.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
  return { code, message };
}

/** Whether it is about a connection, and not about a frame. */
export function isOfConnection(code: CauseCode): boolean {
  return !Object.hasOwn(FRAMING_CAUSES, code);
}
