import type { AppField, AppMessage, PlacedPacket } from '../../src/apps/packet.js';
import { APP_PROTOCOLS, openApp } from '../../src/apps/registry.js';
import { appUnpacking } from '../../src/cli/host/app-unpacking.js';
import { OPCODE } from '../../src/codec/frames/registry.js';
import { latin1 } from '../../src/codec/http1/text.js';
import { jsonView } from '../../src/describe/json.js';
import { LineBuffer } from '../../src/describe/line-buffer.js';
import { packetsView } from '../../src/terminal/frames/packets.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { AppReading } from '../../src/traffic/apps/app-reading.js';
import { packetText } from '../../src/traffic/apps/packet-text.js';
import type { JudgedFrame } from '../../src/traffic/judged.js';
import { seedsOf, writtenSeeds, type AppSeed, type SeedMessage } from './app-seeds.js';
import type { Dice } from './dice.js';
import type { Corpus, Inputs } from './inputs.js';
import { cut } from './probe.js';

const MOST_MESSAGES = 12;
/** They take no notice of where messages begin. */
const STREAMS = new Set(['mqtt', 'amqp', 'nats']);

/**
 * Mutated conversations of application protocols: nothing throws, fields stay in their packets and in their order, what is
 * drawn is fit for a terminal, JSON is JSON, and of byte streams other messages give the same packets.
 */
export class AppCase {
  private readonly seeds: ReadonlyMap<string, readonly AppSeed[]>;
  private readonly protocols: readonly string[];

  /** `protocol`: that one alone. */
  constructor(
    private readonly inputs: Inputs,
    { apps }: Corpus,
    protocol: string | undefined,
  ) {
    const all = [...apps.flatMap((capture) => seedsOf(capture)), ...writtenSeeds()];
    const names = APP_PROTOCOLS.map(({ name }) => name);
    this.seeds = new Map(names.map((name) => [name, all.filter((seed) => seed.protocol === name)]));
    this.protocols = names.filter((name) => protocol === undefined || name === protocol);
  }

  check(dice: Dice): void {
    const protocol = dice.pick(this.protocols);
    const own = this.seeds.get(protocol)!;
    const seed = own.length > 0 && !dice.once(10) ? dice.pick(own) : dice.pick([...this.seeds.values()].flat());
    if (STREAMS.has(protocol) && seed.protocol === protocol && dice.once(4)) return recut(dice, seed);
    const isStated = !dice.once(4);
    const packets = read(protocol, isStated, { ...seed, messages: this.mutated(dice, seed.messages) }, dice);
    for (const packet of packets) inside(packet, packet.fields(), 0, packet.bytes.length);
  }

  private mutated(dice: Dice, messages: readonly SeedMessage[]): SeedMessage[] {
    const from = dice.once(3) ? dice.roll(Math.max(1, messages.length)) : 0;
    const rate = dice.pick([1, 3, 10]);
    return messages.slice(from, from + 1 + dice.roll(MOST_MESSAGES)).flatMap((message): SeedMessage[] => {
      if (!dice.once(rate)) return [message];
      const { bytes, direction, isText } = message;
      switch (dice.roll(7)) {
        case 0:
          return [message, message];
        case 1:
          return [];
        case 2:
          return [{ ...message, direction: direction === 'client' ? 'server' : 'client' }];
        case 3:
          return cut(dice, bytes)
            .slice(0, 20)
            .map((part) => ({ ...message, bytes: part }));
        case 4:
          return [{ direction, isText: !isText, bytes: dice.once(3) ? dice.bytes(dice.roll(60)) : bytes }];
        case 5:
          return [{ ...message, bytes: withLargeInteger(dice, bytes) }];
        default:
          return [{ ...message, bytes: this.inputs.mutated(dice, bytes, 1 + dice.roll(4)) }];
      }
    });
  }
}

/** With an integer that no double holds, in the place of a number. */
function withLargeInteger(dice: Dice, bytes: Uint8Array): Uint8Array {
  const text = latin1(bytes);
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return bytes;
  const { index, 0: digits } = dice.pick(numbers);
  return Buffer.from(`${text.slice(0, index)}9007199254740993${text.slice(index + digits.length)}`, 'latin1');
}

function read(protocol: string, isStated: boolean, { messages, handshake }: AppSeed, dice: Dice): PlacedPacket[] {
  const reading = new AppReading({ open: openApp, unpack: appUnpacking, ...(isStated && { stated: protocol }) });
  const { target = '/', subprotocol } = handshake;
  const isJoined = dice.once(4);
  if (!isJoined) {
    const record = { request: { target }, subprotocol, upgraded: true };
    reading.event({
      type: 'handshake',
      handshake: record,
      connection: 0,
      direction: 'client',
      diagnostics: [],
    } as never);
  }
  const views = [
    packetsView({ ...DRAWING, pretty: true }, { theme: PLAIN_THEME, width: 80 }),
    jsonView({ ...DRAWING, verbose: true }, 'packets'),
    jsonView(DRAWING, 'messages'),
  ];
  const out = new LineBuffer();
  const packets: PlacedPacket[] = [];
  messages.forEach((message, index) => {
    const record = reading.frame(frameOf({ ...message, index, length: message.bytes.length, time: index / 8 }));
    for (const view of views) view(record, out);
    for (const packet of record.packets ?? []) {
      packetText(packet);
      packets.push(packet);
    }
    if (dice.once(20)) reading.event({ type: 'gap', direction: message.direction } as never);
  });
  for (const end of reading.end({ number: 0, http2: undefined }, 0)) for (const view of views) view(end, out);
  reading.summary();
  return packets;
}

const DRAWING = { preview: 4096, pretty: false, base64: false, verbose: false };

function frameOf({ index, direction, isText, bytes, length, time }: AppMessage): JudgedFrame {
  const opcode = isText ? OPCODE.text : OPCODE.binary;
  const message = { index, opcode, frames: 1, compressed: false, wireBytes: length, payload: bytes, bytes: length };
  return { type: 'frame', connection: 0, direction, time, diagnostics: [], frame: { message } } as never;
}

function inside({ protocol, type }: PlacedPacket, fields: readonly AppField[], start: number, end: number): void {
  for (const { name, span, fields: inner } of fields) {
    if (!(span.start >= start && span.end <= end && span.start <= span.end)) {
      throw new Error(`${protocol} ${type}: ${name} at ${span.start} to ${span.end} is not in ${start} to ${end}`);
    }
    if (inner !== undefined) inside({ protocol, type } as PlacedPacket, inner, span.start, span.end);
  }
}

/** The bytes of each side in other messages. */
function recut(dice: Dice, seed: AppSeed): void {
  const runs: SeedMessage[] = [];
  for (const message of seed.messages.slice(0, 40)) {
    const last = runs.at(-1);
    if (last?.direction !== message.direction || last.isText !== message.isText) runs.push(message);
    else runs[runs.length - 1] = { ...last, bytes: Uint8Array.from([...last.bytes, ...message.bytes]) };
  }
  const anew = runs.flatMap((run) => cut(dice, run.bytes).map((bytes) => ({ ...run, bytes })));
  const [one, other] = [runs, anew].map((messages) => {
    const reading = new AppReading({ open: openApp, stated: seed.protocol });
    return messages
      .flatMap((message, index) => {
        const whole = { ...message, index, length: message.bytes.length, time: NaN };
        return reading.frame(frameOf(whole)).packets ?? [];
      })
      .map(({ direction, type, name, id, diagnostics }) => [direction, type, name, id, diagnostics.length].join(' '));
  });
  if (one!.join('\n') !== other!.join('\n')) throw new Error(`${seed.protocol}: other messages give other packets`);
}
