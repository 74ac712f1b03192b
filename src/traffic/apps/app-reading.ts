import {
  MOST_APP_BYTES,
  type AppContext,
  type AppMessage,
  type AppPacket,
  type AppReader,
  type MessageUnpacking,
  type PlacedPacket,
} from '../../apps/packet.js';
import { cutPacket } from '../../apps/build-packet.js';
import { withNested } from '../../apps/nested.js';
import { MOST_LOOKED_AT, MOST_OF_LONG } from '../../apps/signs.js';
import { AppRecognition, MOST_MESSAGES } from '../../apps/recognition.js';
import { DIRECTIONS } from '../../apps/known-calls.js';
import { APP_SIGNS } from '../../apps/sign-table.js';
import type { MessageNeed } from '../../codec/messages/assembler.js';
import type { Direction, Message } from '../../codec/messages/records.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Judged, JudgedFrame } from '../judged.js';
import { AppTally, type AppSummary } from './app-tally.js';
import { CallPairing } from './calls.js';
import { PolledQueue } from './polled-queue.js';
import type { PolledMessage, PolledSessions } from './polled-sessions.js';

/** Which application protocols are read, and how. */
export interface AppOptions {
  /** Bytes of each message that are kept for readers; of longer ones nothing is judged. */
  readonly mostKept?: number | undefined;
  /** Opens a reader: the protocols are loaded with the first one that is recognised. */
  readonly open: (name: string, context: AppContext) => AppReader | undefined;
  /** The protocol, where it was stated: what breaks its rules is an error. */
  readonly stated?: string | undefined;
  readonly unpack?: MessageUnpacking | undefined;
  /** No protocol is recognised. */
  readonly isPayloadOnly?: boolean | undefined;
  /** How messages of no known protocol are read; undefined: they are not. */
  readonly payload?: PayloadReading | undefined;
  /** What other connections of the run polled; undefined: it is not looked for. */
  readonly polled?: PolledSessions | undefined;
  /** Bytes of a direction that a reader may take without a packet: of more, nothing is read any more. Undefined: no bound but its own. */
  readonly mostHeld?: number | undefined;
}

/** Reads messages of no known protocol, each by itself. */
export interface PayloadReading {
  /** The user states the form: it is tried with every message. */
  readonly isStated: boolean;
  /** False: `read` gives nothing. */
  readonly mayHold: (message: AppMessage) => boolean;
  readonly read: (message: AppMessage) => AppPacket | undefined;
}

/** Which conversation it is. */
interface EndedConversation {
  readonly number: number;
  readonly http2: { readonly stream: number | undefined } | undefined;
}

/** The protocol whose sessions begin by HTTP long-polling. */
const POLLED = 'socket.io';
/** A polled packet is on none. */
const NO_MESSAGE = -1;

function withPackets(record: JudgedFrame, packets: readonly PlacedPacket[] | undefined): JudgedFrame {
  return packets === undefined || packets.length === 0 ? record : { ...record, packets };
}

/** The application protocol of one conversation: recognised from its handshake and first messages, then read. */
export class AppReading implements MessageNeed {
  /** The protocol, once it is known. */
  protocol: string | undefined;
  private reader: AppReader | undefined;
  private recognition: AppRecognition | undefined;
  private handshake: AppContext['handshake'] | undefined;
  /** Made with the reader: most conversations have none. */
  private tally: AppTally | undefined;
  private calls: CallPairing | undefined;
  /** Bytes that the reader took since the last packet. */
  private readonly taken: Record<Direction, number> = { client: 0, server: 0, unknown: 0 };
  /** There were messages before its protocol was known: no reader gets them. */
  private hasPassed = false;
  /** What is read of each message. */
  private most = 0;
  /** Its protocol, or its form, is known: all of it is read. */
  private isKnown = false;
  /** No packet will come of it: found out when that changes, as it is asked with each frame. */
  private isOver = false;
  private isGivenUp = false;
  private readonly polled = new PolledQueue();
  /** Messages in which no form was found, before any in which one was. */
  private formless = 0;

  constructor(private readonly options: AppOptions) {
    if (options.stated === undefined && options.isPayloadOnly !== true)
      this.recognition = new AppRecognition(APP_SIGNS);
    this.settle();
  }

  /** Of what breaks the protocol's rules. */
  private get severity(): 'error' | 'warning' {
    return this.options.stated === undefined ? 'warning' : 'error';
  }

  /** What is read has changed. */
  private settle(): void {
    this.isOver = this.isGivenUp || !(this.isOpen || this.triesForms);
    const { mostKept = MOST_APP_BYTES, stated, payload } = this.options;
    const isAsked = stated !== undefined || payload?.isStated === true;
    this.isKnown = isAsked || this.reader !== undefined || this.calls !== undefined;
    this.most = this.isOver ? 0 : mostKept;
  }

  /** A protocol is read, or may be recognised. */
  private get isOpen(): boolean {
    return this.reader !== undefined || this.recognition !== undefined || this.options.stated !== undefined;
  }

  /** Where the first messages have no form, later ones are not tried. */
  private get triesForms(): boolean {
    const { payload } = this.options;
    return payload !== undefined && (payload.isStated || this.formless < MOST_MESSAGES);
  }

  /** The conversation has ended by itself, and no byte is missing: what its protocol still asks for, by direction. */
  end({ number, http2 }: EndedConversation, time: number): Judged[] {
    const { protocol = '', severity, tally } = this;
    const broken = this.reader?.end?.() ?? [];
    for (const { code } of broken) tally?.broke(code);
    return DIRECTIONS.flatMap((direction): Judged[] => {
      const own = broken.filter((one) => one.direction === direction);
      if (own.length === 0) return [];
      const of = {
        connection: number,
        ...(http2 && { stream: http2.stream }),
        direction,
        ...(!Number.isNaN(time) && { time }),
      };
      return [{ type: 'app-end', ...of, end: { protocol, severity, broken: own }, diagnostics: [] }];
    });
  }

  /** As long as it is not known that anything is read of messages: what they are recognised by. */
  bytesOf(length: number): number {
    const { most } = this;
    if (this.isKnown || most === 0) return most;
    return Math.min(most, length > MOST_LOOKED_AT && length < Infinity ? MOST_OF_LONG : MOST_LOOKED_AT);
  }

  /** What was said, at the end; undefined: no packet was read. */
  summary(): AppSummary | undefined {
    return this.tally?.summary(this.calls!.waiting);
  }

  /** The record with the packets that its message completes. */
  frame(record: JudgedFrame): JudgedFrame {
    if (this.isOver) return record;
    const { message } = record.frame;
    const packets = message && this.read(message, record.direction, record.time ?? NaN);
    const polled = message === undefined ? [] : this.polled.take(record.direction);
    return withPackets(record, polled.length === 0 ? packets : [...polled, ...(packets ?? [])]);
  }

  /** A packet of the session of Engine.IO that this conversation continues. */
  takePolled({ direction, isText, bytes, time }: PolledMessage): void {
    if (this.reader === undefined && this.options.stated === POLLED) this.open(POLLED);
    if (this.protocol !== POLLED || this.reader === undefined) return;
    if (!this.polled.hasRoom(bytes.length)) return this.lost(direction);
    const read = this.reader.read({ index: NO_MESSAGE, direction, isText, bytes, length: bytes.length, time });
    for (const packet of read ?? []) {
      this.polled.add({ ...this.calls!.place({ ...packet, messages: [] }, direction, time), polledAt: time });
    }
  }

  /** What is no frame. */
  event(record: Judged): void {
    if (record.type === 'handshake') this.begin(record.handshake);
    else if (record.type === 'gap' || record.type === 'unread') this.lost(record.direction);
  }

  private begin({ request, subprotocol, upgraded }: Extract<Judged, { type: 'handshake' }>['handshake']): void {
    if (!upgraded) return;
    this.handshake = { ...(request && { target: request.target }), ...(subprotocol !== undefined && { subprotocol }) };
    const name = this.recognition?.handshake(this.handshake);
    if (name !== undefined) this.open(name);
  }

  private read(message: Message, direction: Direction, time: number): PlacedPacket[] | undefined {
    if (message.bytes === undefined) {
      this.lost(direction);
      return undefined;
    }
    const { index, opcode, payload: bytes, bytes: length } = message;
    const whole: AppMessage = { index, direction, isText: opcode === OPCODE.text, bytes, length, time };
    if (this.reader === undefined) this.recognise(whole);
    if (this.reader === undefined) return this.payload(whole);
    if (bytes.length < length) return this.cut(whole);
    const packets = this.reader.read(whole);
    this.watchHeld(direction, length, packets?.length ?? 0);
    if (packets === undefined) {
      if (this.options.stated === undefined) this.reader = undefined;
      this.settle();
      return undefined;
    }
    return packets.map((packet) => this.calls!.place(packet, direction, time));
  }

  /** A message of no known protocol. */
  private payload(message: AppMessage): PlacedPacket[] | undefined {
    const { payload } = this.options;
    const packet = this.triesForms && payload?.mayHold(message) ? payload.read(message) : undefined;
    if (packet === undefined) {
      if (this.calls === undefined && ++this.formless === MOST_MESSAGES) this.settle();
      return undefined;
    }
    if (this.calls === undefined) {
      this.calls = new CallPairing('warning');
      this.settle();
    }
    return [this.calls.place(packet, message.direction, message.time)];
  }

  /** What a reader holds is at most what it took since the last packet of that direction. */
  private watchHeld(direction: Direction, length: number, packets: number): void {
    const { mostHeld = Infinity } = this.options;
    this.taken[direction] = packets > 0 ? length : this.taken[direction] + length;
    if (this.taken[direction] <= mostHeld || packets > 0) return;
    this.reader = undefined;
    this.isGivenUp = true;
    this.settle();
  }

  private lost(direction: Direction): void {
    this.reader?.lost?.(direction);
    this.calls?.lost(direction);
    this.tally?.lost();
  }

  /** A reader gets whole messages: of one that is longer than what is kept, nothing is judged. */
  private cut(message: AppMessage): PlacedPacket[] | undefined {
    this.lost(message.direction);
    return [this.calls!.place(cutPacket(message, this.protocol!), message.direction, message.time)];
  }

  private recognise(message: AppMessage): void {
    const name = this.options.stated ?? this.recognition?.message(message);
    if (name !== undefined) return this.open(name);
    this.hasPassed = true;
    if (this.recognition?.isOver) {
      this.recognition = undefined;
      this.settle();
    }
  }

  private open(name: string): void {
    const { handshake = {}, options } = this;
    this.recognition = undefined;
    this.protocol = name;
    const isJoined = this.handshake === undefined || this.hasPassed;
    const isStated = options.stated !== undefined;
    this.tally = new AppTally(name);
    this.calls = new CallPairing(this.severity, this.tally);
    this.reader = options.open(
      name,
      withNested(options.open, { handshake, isJoined, isStated, unpack: options.unpack }),
    );
    this.settle();
  }
}
