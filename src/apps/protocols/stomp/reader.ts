import type { Direction } from '../../../codec/messages/records.js';
import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { AppByteStream } from '../../byte-stream.js';
import { DIRECTIONS } from '../../known-calls.js';
import { jsonText, parseJson } from '../../forms/json.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, EndDiagnostic } from '../../packet.js';
import { endOfLine, FrameFinder, parseFrame, type StompFrame } from './frame.js';
import { broken, commandRow, NAME, RULES } from './rules.js';
import { StompSession } from './session.js';

/** One direction: frames take no notice of messages. */
class StompLane {
  readonly stream = new AppByteStream();
  finder = new FrameFinder();
  /** Where a frame begins is not known: one is looked for at the beginning of messages. */
  isAdrift: boolean;
  /** It is put on the next packet. */
  late: readonly AppDiagnostic[] = [];

  constructor(isAdrift: boolean) {
    this.isAdrift = isAdrift;
  }

  drift(): void {
    this.isAdrift = true;
    this.stream.clear();
    this.finder = new FrameFinder();
  }
}

class StompReader implements AppReader {
  private readonly lanes: Partial<Record<Direction, StompLane>> = {};
  private readonly session: StompSession;

  constructor(private readonly isJoined: boolean) {
    this.session = new StompSession(isJoined);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { direction, time } = message;
    const lane = this.lane(direction);
    const silence = this.session.alive(direction, time);
    if (silence.length > 0) lane.late = silence;
    if (lane.isAdrift && !beginsFrame(message.bytes)) return [];
    lane.isAdrift = false;
    if (!lane.stream.push(message)) {
      this.lost(direction);
      return [];
    }
    const packets: AppPacket[] = [];
    for (let packet = this.next(lane, direction); packet !== undefined; packet = this.next(lane, direction))
      packets.push(packet);
    const [first, ...more] = packets;
    const { late } = lane;
    if (first === undefined || late.length === 0) return packets;
    lane.late = [];
    return [{ ...first, diagnostics: [...late, ...first.diagnostics] }, ...more];
  }

  lost(direction: Direction): void {
    this.lane(direction).drift();
    this.session.lost(direction);
  }

  end(): readonly EndDiagnostic[] {
    return DIRECTIONS.flatMap((direction) => {
      const length = this.lanes[direction]?.stream.unread.length ?? 0;
      if (length === 0) return [];
      return [{ ...broken('incomplete', { start: 0, end: length }, { side: direction }), direction }];
    });
  }

  private lane(direction: Direction): StompLane {
    return (this.lanes[direction] ??= new StompLane(this.isJoined));
  }

  private next(lane: StompLane, direction: Direction): AppPacket | undefined {
    const { stream } = lane;
    const { unread } = stream;
    const blank = blankLines(unread, 0);
    if (blank > 0) {
      lane.finder = new FrameFinder();
      return heartbeat(stream.take(blank));
    }
    if (unread.length === 0) return undefined;
    const end = lane.finder.find(unread);
    if (end === undefined) return undefined;
    lane.finder = new FrameFinder();
    // Servers write a line end after the NUL: it is no heartbeat.
    const taken = stream.take(blankLines(unread, end));
    return this.packet(parseFrame(taken.bytes, end, this.session.version), taken, direction);
  }

  private packet(
    frame: StompFrame,
    { bytes, messages }: { readonly bytes: Uint8Array; readonly messages: readonly number[] },
    direction: Direction,
  ): AppPacket {
    const { command, headers, body, fields, diagnostics } = frame;
    const state = this.session.take(frame, direction, bytes.length);
    const name = headers.get('destination');
    const id = idOf(frame);
    return {
      protocol: NAME,
      type: commandRow(command) ? command : 'invalid',
      ...(name !== undefined && { name }),
      ...(id !== undefined && { id }),
      summary: summaryOf(frame),
      payload: { headers: Object.fromEntries(headers), ...(body !== undefined && { body: bodyOf(frame) }) },
      bytes,
      messages,
      fields: () => fields,
      diagnostics: [...diagnostics, ...state.diagnostics],
      ...state.calls,
      ...(command === 'ERROR' && { isError: true }),
    };
  }
}

/** The offset after the line ends that begin at `at`. */
function blankLines(bytes: Uint8Array, at: number): number {
  let end = at;
  for (let more = endOfLine(bytes, end); more > 0; more = endOfLine(bytes, end)) end += more;
  return end;
}

/** Whether a message begins with a command of the protocol, and its line ends there. */
function beginsFrame(bytes: Uint8Array): boolean {
  const [, command = ''] = /^([A-Z]{3,11})\r?\n/.exec(decodeUtf8(bytes.subarray(0, 13))) ?? [];
  return commandRow(command) !== undefined;
}

function heartbeat({ bytes, messages }: ReturnType<AppByteStream['take']>): AppPacket {
  return {
    protocol: NAME,
    type: 'HEARTBEAT',
    summary: '',
    bytes,
    messages,
    diagnostics: [],
    fields: () => [{ name: 'EOL', span: { start: 0, end: bytes.length }, value: decodeUtf8(bytes) }],
  };
}

/** What replies name it by. */
function idOf({ command, headers }: StompFrame): string | undefined {
  const first = (...names: string[]): string | undefined => names.map((name) => headers.get(name)).find(Boolean);
  switch (command) {
    case 'MESSAGE':
      return first('ack', 'message-id');
    case 'ACK':
    case 'NACK':
      return first('id', 'message-id');
    default:
      return first('receipt', 'receipt-id');
  }
}

function bodyOf({ headers, body }: StompFrame): unknown {
  if (typeof body !== 'string' || !/^application\/(?:\S{1,100}\+)?json\b/.test(headers.get('content-type') ?? ''))
    return body;
  return (parseJson(new TextEncoder().encode(body)) ?? { value: body }).value;
}

function summaryOf({ command, headers, body }: StompFrame): string {
  const shown = (commandRow(command)?.shows ?? []).flatMap((name) => {
    const value = headers.get(name);
    return value === undefined ? [] : [`${name}:${value.slice(0, 100)}`];
  });
  return [...shown, ...(body === undefined ? [] : [jsonText(body)])].join(' ');
}

export const STOMP: AppProtocol = {
  name: NAME,
  title: 'STOMP 1.0, 1.1 and 1.2',
  rules: RULES,
  open: ({ isJoined }) => new StompReader(isJoined),
};
