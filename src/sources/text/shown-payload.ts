import { headerLength, readHeader } from '../../codec/frames/frame.js';
import { unmask } from '../../codec/frames/mask.js';
import { looksLikeFrames } from '../../codec/resync/plausible.js';
import { latin1 } from '../../codec/http1/text.js';

/** What comes before characters, and after them. */
const BEFORE = /[\s|"'`>[(]/;
const AFTER = /[\s|"'`<\])]/;

/** Whether `text` is the payload, unmasked, of the frame that `bytes` begin: all that they hold of it. Characters that can't be printed may be dots. */
export function isPayload(text: string, bytes: readonly number[]): boolean {
  const wire = Uint8Array.from(bytes);
  if (!looksLikeFrames(wire, 1) || wire.length < headerLength(wire[1]!)) return false;
  const { length, masked, key, payloadLength } = readHeader(wire, 0, 0, 0);
  const end = Math.min(wire.length, length + payloadLength);
  const payload = masked ? unmask(wire, length, end, key) : wire.subarray(length, end);
  return end === wire.length && payload.length > 0 && printed(latin1(payload)) === printed(text);
}

const printed = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- each of them is one dot
  unframed(text).replace(/[\x00-\x1f\x7f]/g, '.');

function unframed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && BEFORE.test(text[from]!)) from++;
  while (to > from && AFTER.test(text[to - 1]!)) to--;
  return text.slice(from, to);
}
