import type { Cause } from '../../rules/causes/catalogue.js';
import { formatExtensions } from '../../codec/handshake/extensions.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Diagnostic, DiagnosticCode } from '../../rules/catalogue.js';
import type { Judged, JudgedFrame } from '../judged.js';
import { ActivityCount } from './activity.js';
import { NO_CLOSE_FRAME } from './close-codes.js';
import { DirectionTally } from './lane.js';
import type { CloseReason, StreamOrigin } from '../../codec/bytes/stream-taker.js';
import type { ConnectionSummary, HandshakeSummary, PassedEndpoints, StallSummary } from './summary.js';

const SIDE = { client: 0, server: 1, unknown: 2 } as const;

/** The end that sent the first FIN, or the RST, and when: seconds since the epoch, NaN where unknown. */
export interface TcpEnd {
  readonly by: Direction;
  readonly time: number;
}

/** Counts one connection: its records, what was lost of it, and how it ended. */
export class Tally {
  /** By direction; made when they are needed, as most connections have two of the three. */
  private readonly lanes: (DirectionTally | undefined)[] = [undefined, undefined, undefined];
  private diagnostics: Map<DiagnosticCode, number> | undefined = undefined;
  /** Made for the first frame: most streams of a capture carry something else. */
  private activity: ActivityCount | undefined = undefined;
  private first = NaN;
  private last = NaN;
  private handshake: HandshakeSummary | undefined = undefined;
  private closedBy: Direction | undefined = undefined;
  private reason: CloseReason | undefined = undefined;
  private cause: Cause | undefined;
  private tcpEnd: TcpEnd | undefined = undefined;
  private failure: string | undefined = undefined;
  /** Bytes were not read: a close frame may be among them. */
  private blind = false;

  constructor(
    /** Has the number of the connection. */
    private readonly origin: Pick<StreamOrigin, 'number'>,
    private endpoints: PassedEndpoints = {},
  ) {}

  /** Sets the endpoints, which may be known only now. */
  named(endpoints: PassedEndpoints): void {
    this.endpoints = { ...this.endpoints, ...endpoints };
  }

  /** Something was seen at that time, such as the first packet; NaN where unknown. */
  at(time: number): void {
    if (Number.isNaN(time)) return;
    // Comparisons with NaN, which both are at first, are false.
    if (!(this.first <= time)) this.first = time;
    if (!(this.last >= time)) this.last = time;
  }

  /** Counts a record; gives the round-trip time of a pong, where it is sure. */
  take(record: Judged): number | undefined {
    if (record.type === 'frame') return this.frame(record);
    const { direction, time = NaN, diagnostics } = record;
    this.at(time);
    if (diagnostics.length > 0) this.judge(diagnostics);
    if (record.type === 'handshake') this.handshake = handshakeOf(record.handshake);
    else if (record.type === 'gap') this.lost(direction, record.length);
    else if (record.type === 'unread') this.passed(direction, record.length);
    else if (record.type === 'cause') this.cause ??= record.cause;
    else if (record.type === 'failure') this.failure = record.text;
    else if (record.type === 'body') this.lane(direction).otherBytes += record.bytes.length;
    else if (record.type === 'tail') this.lane(direction).otherBytes += record.truncated.headerBytes?.length ?? 0;
    return undefined;
  }

  /** The same for a frame. */
  frame({ frame, direction, time = NaN, diagnostics }: JudgedFrame): number | undefined {
    this.at(time);
    if (diagnostics.length > 0) this.judge(diagnostics);
    const lane = this.lane(direction);
    (this.activity ??= new ActivityCount()).at(time);
    lane.frame(frame);
    return frame.header.opcode >= OPCODE.close ? this.control(lane, frame, direction, time) : undefined;
  }

  /** A hole: bytes that were sent and not captured. */
  private lost(direction: Direction, bytes: number): void {
    const lane = this.lane(direction);
    lane.gaps++;
    lane.lostBytes += bytes;
    lane.isEndUnseen = true;
    this.blind = true;
  }

  /** Bytes that could not be read as frames. */
  private passed(direction: Direction, bytes: number): void {
    const lane = this.lane(direction);
    lane.otherBytes += bytes;
    lane.isEndUnseen = true;
    this.blind = true;
  }

  /** The end of it. Only `fin` and `reset` are of this connection: for the others the time is that of something else. */
  ended(reason: CloseReason, time = NaN, by?: TcpEnd): void {
    this.reason = reason;
    this.tcpEnd = by;
    if (reason === 'fin' || reason === 'reset') this.at(time);
  }

  /** The end that sends in that direction did not take bytes for a time. */
  stalled(direction: Direction, stalls: StallSummary | undefined): void {
    if (stalls !== undefined) this.lane(direction).stalls = stalls;
  }

  summary(): ConnectionSummary {
    const { endpoints, handshake, closedBy, reason, first, last, tcpEnd, failure } = this;
    const closeCode = this.closeCode();
    const activity = this.activity?.activity();
    return {
      connection: this.origin.number,
      ...endpoints,
      ...(!Number.isNaN(first) && { firstTime: first, lastTime: last }),
      directions: {
        client: (this.lanes[SIDE.client] ?? new DirectionTally()).summary(),
        server: (this.lanes[SIDE.server] ?? new DirectionTally()).summary(),
        ...(this.lanes[SIDE.unknown] && { unknown: this.lanes[SIDE.unknown]!.summary() }),
      },
      diagnostics: Object.fromEntries(this.diagnostics ?? []),
      ...(activity && { activity }),
      ...(handshake && { handshake }),
      ...(closeCode !== undefined && { closeCode }),
      ...(closedBy && { closedBy }),
      ...(reason && { ended: reason }),
      ...(this.cause && { cause: this.cause }),
      ...(failure && { failure }),
      ...(tcpEnd && { endedBy: tcpEnd.by, ...(!Number.isNaN(tcpEnd.time) && { endedAt: tcpEnd.time }) }),
    };
  }

  private lane(direction: Direction): DirectionTally {
    return (this.lanes[sideOf(direction)] ??= new DirectionTally());
  }

  private control(lane: DirectionTally, frame: Frame, direction: Direction, time: number): number | undefined {
    const { opcode } = frame.header;
    if (opcode === OPCODE.close && lane.closing(frame, time)) this.closing(direction, time);
    if (frame.missing !== 0 || direction === 'unknown') return undefined;
    if (opcode === OPCODE.ping) lane.ping(frame.payload, time);
    if (opcode !== OPCODE.pong) return undefined;
    return this.lane(direction === 'client' ? 'server' : 'client').pong(frame.payload, time);
  }

  /** The earlier one: what waited after a hole is reported later. */
  private closing(direction: Direction, time: number): void {
    if (this.closedBy === undefined || time < this.lane(this.closedBy).closeTime) this.closedBy = direction;
  }

  private judge(diagnostics: readonly Diagnostic[]): void {
    const counts = (this.diagnostics ??= new Map());
    for (const { code } of diagnostics) counts.set(code, (counts.get(code) ?? 0) + 1);
  }

  private closeCode(): number | undefined {
    if (this.closedBy) return this.lane(this.closedBy).close?.code;
    const hasEnded = this.reason === 'fin' || this.reason === 'reset';
    const wasOpen =
      this.handshake?.upgraded === true || this.lanes.some((lane) => lane !== undefined && lane.frames > 0);
    return hasEnded && wasOpen && !this.blind ? NO_CLOSE_FRAME : undefined;
  }
}

/** Without a look-up by name, which takes longer than all else that is counted of a frame. */
function sideOf(direction: Direction): number {
  if (direction === 'client') return SIDE.client;
  return direction === 'server' ? SIDE.server : SIDE.unknown;
}

function handshakeOf({ request, response, subprotocol, extensions, upgraded }: Handshake): HandshakeSummary {
  return {
    ...(request && { target: request.target }),
    ...(response?.status !== undefined && { status: response.status }),
    ...(subprotocol !== undefined && { subprotocol }),
    extensions: extensions.map((extension) => formatExtensions([extension])),
    upgraded,
    answered: response !== undefined,
  };
}
