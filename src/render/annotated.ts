import type { Frame } from '../codec/message.js';
import { opcodeInfo } from '../codec/registry.js';
import type { Judged } from '../rules/judged.js';
import { drawDiagnostic } from './diagnostics.js';
import { drawDump } from './dump.js';
import { drawHandshake } from './handshake.js';
import { headerRows } from './header-rows.js';
import { count, drawRow, hexOffset, INDENT, spaced, spread, type Look } from './layout.js';
import { drawMessageSummary } from './message-summary.js';
import { drawPayload, prettyJson, previewText } from './payload.js';
import type { View, ViewOptions } from './view.js';

/** The annotated view: every bit of every frame with its meaning. A blank line stands between records. */
export function annotatedView(options: ViewOptions, look: Look): View {
  let first = true;
  return (record) => {
    const lines = [...drawRecord(record, options, look), ...record.diagnostics.flatMap((d) => drawDiagnostic(d, look))];
    const gap = first ? '' : '\n';
    first = false;
    return `${gap}${lines.join('\n')}\n`;
  };
}

function drawRecord(record: Judged, options: ViewOptions, look: Look): string[] {
  switch (record.type) {
    case 'handshake':
      return drawHandshake(record.handshake, look);
    case 'frame':
      return drawFrame(record.frame, options, look);
    case 'tail': {
      const { start, headerBytes } = record.truncated;
      const title = spread(look.theme.title('unfinished frame header'), `at ${hexOffset(start)}`, look.width);
      const bytes = headerBytes ?? new Uint8Array(0);
      return [title, drawRow({ offset: start, bytes: spaced(bytes), paint: look.theme.payload }, look)];
    }
    case 'body': {
      const { bytes, offset } = record;
      const shown = bytes.subarray(0, options.preview);
      return [
        spread(look.theme.title('body'), `${count(bytes.length, 'byte')} at ${hexOffset(offset)}`, look.width),
        ...drawDump({ bytes: shown, offset, text: true }, look),
      ];
    }
  }
}

/** A frame: title, header fields, payload, and the message that it completes where that tells more. */
export function drawFrame(frame: Frame, options: ViewOptions, look: Look): string[] {
  const { header } = frame;
  const lines = [
    title(frame, look),
    ...headerRows(header, frame.direction, look.theme).map((row) => drawRow(row, look)),
    ...drawPayload(frame, options, look),
  ];
  const { message } = frame;
  if (message && (message.compressed || message.frames > 1)) lines.push(...drawMessageSummary(message, options, look));
  if (options.pretty) lines.push(...(prettyPayload(frame, options) ?? []));
  return lines;
}

function title(frame: Frame, look: Look): string {
  const { header } = frame;
  const parts = [
    `frame ${header.index}`,
    opcodeInfo(header.opcode).name,
    fragmentWord(frame),
    header.masked ? 'masked' : 'unmasked',
    ...(frame.compressed ? ['compressed'] : []),
    count(header.exactLength, 'byte'),
    ...(frame.direction === 'unknown' ? [] : [`from ${frame.direction}`]),
  ];
  const total = header.length + frame.received;
  const cut = frame.missing === 0 ? '' : ' here';
  const where = `${count(total, 'byte')}${cut} at ${hexOffset(header.start)}`;
  return spread(look.theme.title(parts.join('  ')), look.theme.dim(where), look.width);
}

function fragmentWord(frame: Frame): string {
  if (frame.header.fin) return 'final';
  return frame.place === 'continuation' ? 'fragment' : 'first fragment';
}

function prettyPayload(frame: Frame, options: ViewOptions): string[] | undefined {
  const payload = frame.message?.payload ?? frame.payload;
  const whole = frame.message?.bytes ?? frame.received;
  if (payload.length < whole || payload.length > options.preview) return undefined;
  const text = previewText(payload, false);
  const lines = text === undefined ? undefined : prettyJson(text);
  return lines && [`${INDENT}JSON`, ...lines];
}
