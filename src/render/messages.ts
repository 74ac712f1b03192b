import { opcodeInfo } from '../codec/registry.js';
import { drawDiagnostic } from './diagnostics.js';
import { handshakeWords } from './handshake.js';
import { count, drawTitle, hexOffset, type Look } from './layout.js';
import { drawContent, sizes } from './message-summary.js';
import { prettyJson, previewText } from './payload.js';
import type { View, ViewOptions } from './view.js';

/** The messages as the application sees them: assembled, inflated; frames are told of only where something is wrong. */
export function messagesView(options: ViewOptions, look: Look): View {
  return (record, out) => {
    const problems = record.diagnostics.flatMap((diagnostic) => drawDiagnostic(diagnostic, look));
    const message = record.type === 'frame' ? record.frame.message : undefined;
    if (!message) {
      const title = record.type === 'handshake' ? drawTitle(handshakeWords(record.handshake), '', look) : [];
      const lines = [...title, ...problems];
      if (lines.length > 0) out.text(`${lines.join('\n')}\n`);
      return;
    }
    const words = [
      `message ${message.index}`,
      opcodeInfo(message.opcode).name,
      ...(message.direction === 'unknown' ? [] : [`from ${message.direction}`]),
      ...(message.frames > 1 ? [count(message.frames, 'fragment')] : []),
      sizes(message),
    ];
    const title = drawTitle(words, `at ${hexOffset(message.span.start)}`, look);
    const whole = message.payload.length === message.bytes && message.payload.length <= options.preview;
    const text = options.pretty && whole ? previewText(message.payload, false) : undefined;
    const json = text === undefined ? undefined : prettyJson(text);
    out.text(`${[...title, ...(json ?? drawContent(message, options, look)), ...problems].join('\n')}\n`);
  };
}
