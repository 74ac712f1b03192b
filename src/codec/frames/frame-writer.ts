import { firstByte, headerLength, secondByte, writeHeader, type HeaderInit } from './frame.js';
import { xorBehind } from './mask.js';

export interface FrameInit extends Omit<HeaderInit, 'payloadLength'> {
  /** The application's bytes; masked on the way out where there is a key. */
  readonly payload: Uint8Array;
  /** The length to declare, where it is not the payload's own. */
  readonly payloadLength?: number | bigint;
  /** The payload follows the header as it is, even if there is a key. */
  readonly payloadIsWire?: boolean;
}

/**
 * A frame's bytes (RFC 6455 §5.2) in new memory, legal or not: whatever the header can express is written. Throws a
 * RangeError where the length does not fit the requested form.
 */
export function encodeFrame(init: FrameInit): Uint8Array {
  const { fin, rsv, opcode, payload, key, lengthForm } = init;
  const payloadLength = init.payloadLength ?? payload.length;
  const parts = { fin, rsv, opcode, payloadLength, lengthForm, key } as HeaderInit;
  const byte1 = secondByte(parts);
  const length = headerLength(byte1);
  const frame = xorBehind(length, payload, init.payloadIsWire ? 0 : (key ?? 0));
  writeHeader(frame, 0, firstByte(parts), byte1, payloadLength, key ?? 0);
  return frame;
}
