import { print, type Printable } from '../../describe/printable.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { SourceEvent } from '../../sources/bytes/types.js';
import { PacketTraffic } from '../../traffic/inputs/packet-traffic.js';
import { RecordedTraffic } from '../../traffic/inputs/recorded-traffic.js';
import { TextTraffic } from '../../traffic/inputs/text-traffic.js';
import type { TlsTraffic } from '../../traffic/layers/tls-traffic.js';
import type { TrafficTaker } from '../../traffic/inputs/traffic-taker.js';
import { concat } from '../../traffic/toolbox/bytes.js';
import { readHandshake } from '../../traffic/toolbox/handshakes.js';
import { readHandshakeBytes } from '../../traffic/toolbox/handshake-text.js';
import { trafficOptions } from '../decode/traffic-options.js';
import { loadPackets } from '../entries/load-packets.js';
import { acceptOf } from '../host/adapters.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';
import { FileOrder } from './file-order.js';
import type { Input } from './input.js';
import type { Opened } from './open-input.js';
import { readCapture, readRecording, type Pace } from './traffic-files.js';

/** What was found, or what the packets hold instead that may have one. */
export interface FoundHandshake {
  readonly handshake?: Handshake | undefined;
  readonly hint?: string | undefined;
}

/** The handshakes of an input that `decode` reads, up to the first that switched protocols. */
class HandshakeSearch implements Pace {
  readonly found: Handshake[] = [];
  private hint: string | undefined;

  constructor(private readonly io: Io) {}

  readonly taker: TrafficTaker & { damage(): void } = {
    record: (record) => {
      if (record.type === 'handshake' && !this.isDone) this.found.push(record.handshake);
    },
    closed: () => undefined,
    passedOver: () => undefined,
    notice: (message, kind) => {
      if (kind !== undefined) this.hint ??= message.split('\n', 1)[0];
    },
    damage: () => undefined,
  };

  result(otherwise?: Handshake): FoundHandshake {
    return { handshake: this.found.at(-1) ?? otherwise, hint: this.hint };
  }

  get isDone(): boolean {
    return this.found.at(-1)?.upgraded === true;
  }

  get over(): boolean {
    return this.isDone || this.io.interrupted.aborted;
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }
}

/** The handshake of a capture or a recording: the first that switched protocols, else the last one. */
export async function handshakeOfTraffic(
  io: Io,
  input: Input,
  opened: Opened,
  options: DecodeOptions,
): Promise<FoundHandshake> {
  const search = new HandshakeSearch(io);
  if (opened.capture !== undefined) {
    const packets = await loadPackets();
    const tls = await tlsOf(io, options);
    const traffic = new PacketTraffic(packets, { ...trafficOptions(options, 0), tls }, options, search.taker);
    traffic.secretsAhead(opened.capture, input.again && packets.secretsOfFile(input.name));
    const file = { input, opened, reader: opened.capture };
    await readCapture(file, traffic, new FileOrder(), () => undefined, search);
    traffic.end();
  } else if (opened.recording !== undefined) {
    const traffic = new RecordedTraffic(opened.recording, trafficOptions(options, 0), options, search.taker);
    await readRecording(input, opened, traffic, search);
  }
  return search.result();
}

/** What opens TLS, with the key logs of the command line. */
async function tlsOf(io: Io, options: DecodeOptions): Promise<TlsTraffic> {
  const { readKeyLogs, tlsTraffic } = await loadPackets();
  const tls = tlsTraffic(options);
  const notice = (message: Printable): void => void (options.quiet || io.stderr.write(print`${message}\n`));
  await readKeyLogs(io, options.keylog ?? [], tls, notice);
  return tls;
}

/** The handshake of an input that is not the text of heads: hex in any spelling, a dump of bytes or of packets, bare bytes. */
export async function handshakeOfBytes(io: Io, bytes: Uint8Array, options: DecodeOptions): Promise<FoundHandshake> {
  const search = new HandshakeSearch(io);
  const { openSource } = await import('../entries/texts.js');
  const source = openSource('auto');
  const events = [...source.push(bytes), ...source.end()];
  // Heads among bare bytes are text, which was searched already.
  if (source.kind() === 'raw bytes') return {};
  const parts = await loadPackets();
  const tls = await tlsOf(io, options);
  let packets: PacketTraffic | undefined;
  const text = new TextTraffic('unknown', () => trafficOptions({}, 0), {
    ...search.taker,
    packet: (packet) =>
      (packets ??= new PacketTraffic(parts, { ...trafficOptions({}, 0), tls }, {}, search.taker)).push(packet),
    holdsDatagram: (packet) =>
      parts.inferLink(packet.bytes, 0, packet.bytes.length, packet.originalLength) !== undefined,
  });
  for (const event of events) if (event.type === 'bytes' || event.type === 'packet') text.take(event);
  text.end();
  packets?.end();
  return search.result(headsOf(events));
}

/** Heads that were not read as a handshake: a request with another method, for example. */
function headsOf(events: readonly SourceEvent[]): Handshake | undefined {
  if (events.some(({ type }) => type === 'problem')) return undefined;
  const halves = readHandshakeBytes(concat(events.flatMap((event) => (event.type === 'bytes' ? event.bytes : []))));
  return halves.request || halves.response ? readHandshake({ ...halves, acceptOf }) : undefined;
}
