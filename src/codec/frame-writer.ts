import { createHeader, type HeaderInit } from './frame.js';
import { unmask } from './mask.js';

export interface FrameInit extends Omit<HeaderInit, 'payloadLength'> {
  /** The application's bytes; masked on the way out where there is a key. */
  readonly payload: Uint8Array;
  /** The length to declare, where it is not the payload's own. */
  readonly payloadLength?: number | bigint;
  /** The payload is put behind the header as it is, though there may be a key. */
  readonly payloadIsWire?: boolean;
}

/** A frame's bytes (RFC 6455 §5.2), legal or not: whatever the header can say is written. The payload is not touched. */
export function encodeFrame(init: FrameInit): Uint8Array {
  const { payload, key } = init;
  const header = createHeader({ ...init, payloadLength: init.payloadLength ?? payload.length }).bytes;
  const wire = key === undefined || init.payloadIsWire ? payload : unmask(payload, 0, payload.length, key);
  const frame = new Uint8Array(header.length + payload.length);
  frame.set(header);
  frame.set(wire, header.length);
  return frame;
}
