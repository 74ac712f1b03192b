import type { Frame, Message } from '../../codec/messages/records.js';
import { OPCODE, OPCODES } from '../../codec/frames/registry.js';
import { RoundTrips } from './pings.js';
import { COUNT_NAMES, type CloseSummary, type Counts, type DirectionSummary, type StallSummary } from './summary.js';

/** RFC 6455 §7.4.1: the code of a close frame without one. */
const NO_CODE = 1005;

type OpcodeTotals = Partial<Record<(typeof OPCODES)[number]['name'], number>>;

/** The counters of one direction. `frame` makes no objects: millions of frames come a second. */
export class DirectionTally implements Counts {
  frames = 0;
  wireBytes = 0;
  payloadBytes = 0;
  messages = 0;
  messageBytes = 0;
  compressedMessages = 0;
  compressedWireBytes = 0;
  compressedBytes = 0;
  notInflated = 0;
  gaps = 0;
  lostBytes = 0;
  otherBytes = 0;
  pings: RoundTrips | undefined = undefined;
  close: CloseSummary | undefined = undefined;
  stalls: StallSummary | undefined = undefined;
  closeTime = NaN;
  /** Bytes after the last frame were not captured, or not read. */
  isEndUnseen = false;
  private readonly opcodes: number[] = OPCODES.map(() => 0);

  frame(frame: Frame): void {
    const { header, received } = frame;
    const { opcode } = header;
    this.opcodes[opcode]!++;
    this.frames++;
    this.isEndUnseen = false;
    this.wireBytes += header.length + received;
    this.payloadBytes += received;
    if (opcode >= OPCODE.close) return;
    if (header.fin && frame.missing === 0 && !frame.compressed && frame.place === 'first') {
      // A message of one frame, known without `frame.message`, which may be made on demand.
      this.messages++;
      this.messageBytes += received;
    } else if (frame.message !== undefined) this.message(frame.message);
  }

  /** Remembers a close frame if it is the first: whether it is. */
  closing({ close }: Frame, time: number): boolean {
    if (this.close !== undefined) return false;
    this.closeTime = time;
    this.close = close === undefined ? { reason: '' } : { code: close.code ?? NO_CODE, reason: close.reason };
    return true;
  }

  ping(payload: Uint8Array, time: number): void {
    (this.pings ??= new RoundTrips()).ping(payload, time);
  }

  /** The other direction answered: after how many seconds, where that is sure. */
  pong(payload: Uint8Array, time: number): number | undefined {
    return (this.pings ??= new RoundTrips()).pong(payload, time);
  }

  summary(): DirectionSummary {
    const opcodes: OpcodeTotals = {};
    this.opcodes.forEach((count, opcode) => {
      const { name } = OPCODES[opcode]!;
      if (count > 0) opcodes[name] = (opcodes[name] ?? 0) + count;
    });
    const counts = Object.fromEntries(COUNT_NAMES.map((name) => [name, this[name]])) as unknown as Counts;
    const { close, stalls, isEndUnseen } = this;
    const ping = this.pings?.summary();
    return {
      ...counts,
      opcodes,
      ...(ping && { ping }),
      ...(stalls && { stalls }),
      ...(close && { close }),
      ...(isEndUnseen && { isEndUnseen }),
    };
  }

  private message({ compressed, wireBytes, bytes }: Message): void {
    this.messages++;
    this.messageBytes += bytes ?? 0;
    if (!compressed) return;
    if (bytes === undefined) {
      this.notInflated++;
      return;
    }
    this.compressedMessages++;
    this.compressedWireBytes += wireBytes;
    this.compressedBytes += bytes;
  }
}
