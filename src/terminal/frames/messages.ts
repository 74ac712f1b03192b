import { opcodeInfo } from '../../codec/frames/registry.js';
import type { Message } from '../../codec/messages/records.js';
import type { Judged } from '../../traffic/judged.js';
import { drawMissing } from './annotated.js';
import { causeBlock } from './cause.js';
import { drawDiagnostic } from '../handshakes/diagnostics.js';
import { handshakeWords } from '../handshakes/handshake.js';
import { drawTitle, hexOffset, type Look, count } from '../layout.js';
import { drawContent, sizes } from './message-summary.js';
import { originWords, senderWords } from './origin.js';
import { drawAppEnd, drawPackets } from './packets.js';
import { prettyJson } from './pretty-json.js';
import { previewText } from '../../describe/preview-text.js';
import type { PlacedPacket } from '../../apps/packet.js';
import type { View, ViewOptions } from '../../describe/view.js';
import { print, type Printable } from '../../describe/printable.js';

/** The messages as the application sees them: assembled, inflated; frames are shown only where something is wrong. */
export function messagesView(options: ViewOptions, look: Look): View {
  const originOf = originWords(options);
  return (record, out) => {
    const problems = record.diagnostics.flatMap((diagnostic) => drawDiagnostic(diagnostic, look));
    const message = record.type === 'frame' ? record.frame.message : undefined;
    const origin = originOf(record);
    const packets = record.type === 'frame' ? (record.packets ?? []) : [];
    out.lines(message ? drawWithPackets(message, packets, origin) : drawOther(record, look, origin));
    out.lines(problems);
  };

  function drawWithPackets(
    message: Message,
    packets: readonly PlacedPacket[],
    origin: readonly Printable[],
  ): Printable[] {
    const json = prettyMessage(message, options);
    // A message that is JSON is indented already.
    const tree = options.pretty && json === undefined ? options.preview : undefined;
    return [
      ...drawMessage(message, json ?? drawContent(message, options, look), look, origin),
      ...drawPackets(packets, look, { withFields: options.verbose, tree }),
    ];
  }
}

function prettyMessage({ payload, bytes }: Message, { pretty, preview }: ViewOptions): Printable[] | undefined {
  const isWhole = payload.length === bytes && payload.length <= preview;
  const text = pretty && isWhole ? previewText(payload, false) : undefined;
  return text === undefined ? undefined : prettyJson(text);
}

function drawMessage(
  message: Message,
  content: readonly Printable[],
  look: Look,
  origin: readonly Printable[],
): Printable[] {
  const words = [
    print`message ${message.index}`,
    print`${opcodeInfo(message.opcode).name}`,
    ...senderWords(message),
    ...origin,
    ...(message.frames > 1 ? [count(message.frames, 'fragment')] : []),
    sizes(message),
  ];
  const title = drawTitle(words, print`at ${hexOffset(message.span.start)}`, look);
  return [...title, ...content];
}

/** What is no message: the handshake; and in a capture, where others come between, the connection whose fault is reported below. */
function drawOther(record: Judged, look: Look, origin: readonly Printable[]): Printable[] {
  if (record.type === 'handshake') return drawTitle([...handshakeWords(record.handshake), ...origin], print``, look);
  if (record.type === 'cause') return [causeBlock(record, origin, look)];
  if (record.type === 'app-end') return drawAppEnd(record, look, [...senderWords(record), ...origin]);
  if (origin.length === 0 || record.diagnostics.length === 0) return [];
  if (record.type === 'gap' || record.type === 'unread') return drawMissing(record, look, origin);
  if (record.type === 'failure') return drawTitle([print`connection failed`, ...origin], print``, look);
  if (record.type !== 'frame') return drawTitle([...senderWords(record), ...origin], print``, look);
  const { index, opcode, start } = record.frame.header;
  const words = [print`frame ${index}`, print`${opcodeInfo(opcode).name}`, ...senderWords(record), ...origin];
  return drawTitle(words, print`at ${hexOffset(start)}`, look);
}
