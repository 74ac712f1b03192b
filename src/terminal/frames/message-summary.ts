import { append } from '../../codec/bytes/lists.js';
import type { Message } from '../../codec/messages/records.js';
import { OPCODE, opcodeInfo } from '../../codec/frames/registry.js';
import { drawDump } from '../dump.js';
import { escapeText } from '../../describe/escape.js';
import { count, INDENT, type Look } from '../layout.js';
import { hiddenLines, quoted } from './payload.js';
import { previewText } from '../../describe/preview-text.js';
import { displayWidth } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

/** `17 bytes compressed, 1200 plain (70.6 times)`: what a compressed message became. */
export function sizes(message: Message): Printable {
  if (!message.compressed) return count(message.wireBytes, 'byte');
  if (message.bytes === undefined) return print`${count(message.wireBytes, 'byte')} compressed, not inflated`;
  const ratio = message.bytes / Math.max(1, message.wireBytes);
  return print`${message.wireBytes} bytes compressed, ${message.bytes} plain${ratio < 1.1 ? print`` : print` (${escapeText(ratio.toFixed(1))} times)`}`;
}

/** The message that a frame completes: fragments, sizes, and its content in a line or as a dump. */
export function drawMessageSummary(message: Message, options: { preview: number }, look: Look): Printable[] {
  const parts = [
    print`message ${message.index}`,
    print`${opcodeInfo(message.opcode).name}`,
    ...(message.frames > 1 ? [count(message.frames, 'fragment')] : []),
    sizes(message),
  ];
  const lines = [print`${INDENT}${look.theme.title(joined(parts, print`  `))}`];
  return [...lines, ...drawContent(message, options, look)];
}

/** A message's content: quoted if that fits into a line, else as a dump with offsets in the message. */
export function drawContent(message: Message, options: { preview: number }, look: Look): Printable[] {
  if (message.bytes === undefined) return [];
  const shown = message.payload.subarray(0, options.preview);
  const hidden = message.bytes - shown.length;
  const isText = message.opcode === OPCODE.text;
  const lines: Printable[] = [];
  const line = isText && previewText(shown, hidden > 0) !== undefined ? quoted(shown) : undefined;
  const indent = print`${INDENT}${INDENT}`;
  if (line !== undefined && hidden === 0 && indent.length + displayWidth(line) <= look.width) {
    lines.push(print`${indent}${look.theme.unmasked(line)}`);
  } else if (shown.length > 0) {
    lines.push(look.theme.dim(print`${indent}offsets count from the start of the message`));
    append(lines, drawDump({ bytes: shown, offset: 0, text: isText }, look));
  }
  append(lines, hiddenLines(hidden, indent, look));
  return lines;
}
