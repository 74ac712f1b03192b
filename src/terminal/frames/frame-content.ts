import type { Frame } from '../../codec/messages/records.js';
import { closeCodeInfo, OPCODE } from '../../codec/frames/registry.js';
import { escapeText } from '../../describe/escape.js';
import { spaced } from '../layout.js';
import { cutQuoted } from './payload.js';
import { previewText } from '../../describe/preview-text.js';
import type { ViewOptions } from '../../describe/view.js';
import { truncate } from '../width.js';
import { print, type Printable } from '../../describe/printable.js';

/** Payload bytes on a line: more than fits into the widest. */
export const MOST_SHOWN = 256;

type PreviewLimits = Pick<ViewOptions, 'preview' | 'stretch'>;

/** How many of a payload's bytes are on its line, at most. */
export function shownBytes(whole: number, { preview, stretch }: PreviewLimits): number {
  return Math.min(stretch ? preview : Math.min(MOST_SHOWN, preview), whole);
}

/** The content of a frame, in at most about `room` columns. */
export function frameContent(frame: Frame, options: PreviewLimits, room: number): Printable {
  const { close, message } = frame;
  if (close?.code !== undefined) {
    const reason = close.reason === '' ? '' : print` "${escapeText(close.reason)}"`;
    return print`${close.code} ${escapeText(closeCodeInfo(close.code).name)}${reason}`;
  }
  if (frame.compressed) {
    if (!message) return print`${frame.received} bytes compressed`;
    if (message.bytes === undefined) return print`compressed, not inflated`;
    const note = plainNote(message.bytes, room);
    const left = room - note.length;
    const text = preview(message.payload, message.bytes, message.opcode !== OPCODE.binary, options, left);
    return print`${truncate(text, left)}${note}`;
  }
  return preview(frame.payload, frame.received, frame.header.opcode !== OPCODE.binary, options, room);
}

/** The fewest columns in which content is shown. */
const LEAST_CONTENT = 12;

/** After compressed content, also where that is too long: its size when it is inflated. Nothing where both have no room. */
export function plainNote(bytes: number, room: number): Printable {
  const note = print`  (${bytes} plain)`;
  return room - note.length < LEAST_CONTENT ? print`` : note;
}

function preview(
  payload: Uint8Array,
  whole: number,
  textual: boolean,
  options: PreviewLimits,
  room: number,
): Printable {
  const shown = payload.subarray(0, shownBytes(whole, options));
  if (shown.length === 0) return print``;
  if (textual && previewText(shown, shown.length < whole) !== undefined) return cutQuoted(shown, whole);
  return hexIn(shown, room);
}

/** Whole bytes, as many as fit. */
function hexIn(bytes: Uint8Array, room: number): Printable {
  if (bytes.length * 3 - 1 <= room) return spaced(bytes);
  return print`${spaced(bytes.subarray(0, Math.max(1, Math.floor((room - 1) / 3))))} …`;
}
