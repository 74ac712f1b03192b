import { headerFieldSpan, minimalForm, type HeaderFieldName } from '../../codec/frames/frame.js';
import { closeCodeInfo, OPCODE, opcodeInfo, type CloseCodeKind } from '../../codec/frames/registry.js';
import type { Frame, PlacedUtf8Error } from '../../codec/messages/records.js';
import type { Span } from '../../codec/bytes/span.js';
import type { Truncated } from '../../codec/frames/frame-reader.js';
import type { Diagnostic, DiagnosticArgs, DiagnosticCode } from '../catalogue.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { WholeFrame } from '../../codec/messages/whole-frame.js';

/** What a frame is judged by besides itself. */
export interface FrameContext {
  /** permessage-deflate was negotiated, so RSV1 has a meaning. */
  readonly deflate: boolean;
}

/** Everything that RFC 6455 §5, §7 and §8 and RFC 7692 §6 and §7 say of a frame, in the order of its bytes. */
export function judgeFrame(frame: Frame, context: FrameContext): readonly Diagnostic[] {
  if (frame instanceof WholeFrame && isBlameless(frame)) return NOTHING;
  const found: Diagnostic[] = [];
  const report: Report = (code, span, args = {}) => found.push({ code, span, args });
  if (frame.joined) report('frame-joined', frame.header.span);
  judgeFirstByte(frame, context, report);
  judgePlace(frame, report);
  judgeMask(frame, report);
  judgeLength(frame, report);
  if (frame.close) judgeClose(frame, report);
  if (frame.utf8Error) judgeText(frame, frame.utf8Error, report);
  if (frame.message) judgeMessage(frame, report);
  if (frame.missing !== 0) judgeMissing(frame, report);
  return found;
}

const NOTHING: readonly Diagnostic[] = [];

/** Most frames: what the codec has found sound: masked as required of its sender, its length in the shortest form. */
function isBlameless({ header, direction, keyRepeated }: WholeFrame): boolean {
  const { masked, byte1, payloadLength } = header;
  const length = byte1 & 0x7f;
  if (length >= 126 && (length === 126 ? payloadLength < 126 : payloadLength < 65536)) return false;
  if (masked) return direction !== 'server' && header.key !== 0 && !keyRepeated;
  return direction !== 'client';
}

type Report = (code: DiagnosticCode, span: Span, args?: DiagnosticArgs) => void;

function field(frame: Frame, name: HeaderFieldName): Span {
  return headerFieldSpan(frame.header, name);
}

function nameOf(frame: Frame): string {
  return opcodeInfo(frame.header.opcode).name;
}

function payloadSpan(frame: Frame): Span {
  const start = frame.header.span.end;
  return { start, end: start + frame.received };
}

/** RSV bits (§5.2, RFC 7692 §6), opcode (§5.2), FIN of control frames (§5.5). */
function judgeFirstByte(frame: Frame, context: FrameContext, report: Report): void {
  const { header } = frame;
  if (header.rsv !== 0) judgeRsv(frame, context, report);
  const info = opcodeInfo(header.opcode);
  if (info.name === 'reserved') {
    report('reserved-opcode', field(frame, 'opcode'), { opcode: header.opcode, meaning: info.meaning });
  }
  if (header.control && !header.fin) report('control-fragmented', field(frame, 'FIN'), { name: info.name });
}

function judgeRsv(frame: Frame, context: FrameContext, report: Report): void {
  const { header } = frame;
  let undeclared = header.rsv;
  if (context.deflate && header.rsv1) {
    undeclared &= 3;
    if (header.control) report('rsv1-on-control', field(frame, 'RSV1'), { name: nameOf(frame) });
    else if (header.opcode === OPCODE.continuation) report('rsv1-on-continuation', field(frame, 'RSV1'));
  }
  if (undeclared === 0) return;
  const bits = ([4, 2, 1] as const).flatMap((bit, i) => (undeclared & bit ? [`RSV${i + 1}`] : []));
  const span = bits.length === 1 ? field(frame, bits[0] as HeaderFieldName) : rsvSpan(frame, undeclared);
  report('rsv-without-extension', span, { bits: bits.join(', ') });
}

function rsvSpan(frame: Frame, bits: number): Span {
  return { ...field(frame, 'RSV1'), mask: bits << 4 };
}

/** §5.1: clients mask, servers do not; §5.3: the key. */
function judgeMask(frame: Frame, report: Report): void {
  const { header } = frame;
  if (frame.direction === 'client' && !header.masked) report('client-frame-unmasked', field(frame, 'MASK'));
  if (frame.direction === 'server' && header.masked) report('server-frame-masked', field(frame, 'MASK'));
  if (!header.masked) return;
  if (header.key === 0) report('mask-key-zero', field(frame, 'masking key'));
  else if (frame.keyRepeated) {
    report('mask-key-repeated', field(frame, 'masking key'), { key: hexOf(header.maskingKey!) });
  }
}

/** §5.5: control frames of at most 125 bytes; §5.2: top bit, minimal form. */
function judgeLength(frame: Frame, report: Report): void {
  const { header } = frame;
  if (header.lengthForm === 7) return;
  const length = String(header.exactLength);
  const span = field(frame, 'extended length');
  const minimal = minimalForm(header.payloadLength);
  if (header.control && minimal !== 7) report('control-too-long', span, { name: nameOf(frame), length });
  if (header.exactLength >= 2 ** 63) report('length-top-bit', span, { length });
  else if (header.payloadLength > Number.MAX_SAFE_INTEGER) report('length-unreadable', span, { length });
  else if (minimal !== header.lengthForm) {
    report('length-not-minimal', span, { length, form: header.lengthForm, minimal });
  }
}

/** §5.4: fragmentation; §5.5.1: nothing after close. */
function judgePlace(frame: Frame, report: Report): void {
  const opcode = field.bind(undefined, frame, 'opcode');
  if (frame.place === 'stray') report('continuation-stray', opcode());
  if (frame.place === 'interrupting') report('message-interrupted', opcode(), { name: nameOf(frame) });
  if (!frame.afterClose) return;
  const code = frame.header.control ? 'control-after-close' : 'data-after-close';
  report(code, frame.header.span, { name: nameOf(frame) });
}

/** §5.6 and §8.1 for text, §5.5.1 for the reason of a close frame. */
function judgeText(frame: Frame, error: PlacedUtf8Error, report: Report): void {
  const bytes = hexOf(error.bytes, ' ');
  if (frame.close) report('close-reason-not-utf8', error.span, { byte: error.start, bytes });
  else
    report(error.incomplete ? 'text-cut-inside-character' : 'text-not-utf8', error.span, { byte: error.start, bytes });
}

const CODE_OF_KIND: Record<Exclude<CloseCodeKind, 'valid'>, DiagnosticCode> = {
  local: 'close-code-local',
  reserved: 'close-code-reserved',
  unused: 'close-code-unused',
  unassigned: 'close-code-unassigned',
  undefined: 'close-code-undefined',
};

/** §5.5.1 and §7.4: the body of a close frame. */
function judgeClose(frame: Frame, report: Report): void {
  const span = payloadSpan(frame);
  if (frame.received === 1) report('close-body-one-byte', span);
  const code = frame.close?.code;
  if (code === undefined) return;
  const codeSpan = { start: span.start, end: span.start + 2 };
  const info = closeCodeInfo(code);
  if (info.kind !== 'valid') {
    report(CODE_OF_KIND[info.kind], codeSpan, { code, name: info.name, meaning: info.meaning });
  }
  if (code === 1010 && frame.direction === 'server') report('close-code-from-server', codeSpan);
}

/** What shows only once a message is whole: inflation (RFC 7692 §7.2.2), UTF-8 of inflated text (§8.1). */
function judgeMessage(frame: Frame, report: Report): void {
  const message = frame.message!;
  const span = payloadSpan(frame);
  if (message.inflation === 'invalid') report('deflate-invalid', span, { reason: message.inflationReason ?? '' });
  if (message.inflation === 'too-large') {
    report('deflate-too-large', span, { wireBytes: message.wireBytes, limit: message.inflationLimit ?? 0 });
  }
  if (message.inflation === 'context-lost') report('deflate-context-lost', span);
  if (!message.compressed || !message.utf8Error) return;
  judgeText(frame, message.utf8Error, report);
}

function judgeMissing(frame: Frame, report: Report): void {
  const { header } = frame;
  if (frame.holed) {
    const args = { missing: String(frame.missing), whole: String(header.exactLength) };
    return report('payload-not-captured', { start: header.span.end, end: header.span.end + frame.received }, args);
  }
  report(
    'frame-truncated',
    { start: header.start, end: payloadSpan(frame).end },
    {
      part: `the payload of frame ${header.index}`,
      missing: String(frame.missing),
      whole: String(header.exactLength),
    },
  );
}

/** The same for a frame of which not even the header came. */
export function judgeUnfinishedHeader(truncated: Truncated): Diagnostic {
  const received = truncated.headerBytes?.length ?? 0;
  return {
    code: 'frame-truncated',
    span: { start: truncated.start, end: truncated.start + received },
    args: {
      part: 'a frame header',
      missing: String(truncated.missing),
      whole: received < 2 ? 'at least 2' : String(received + Number(truncated.missing)),
    },
  };
}
