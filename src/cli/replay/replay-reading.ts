import { connectionName } from '../../describe/connection-name.js';
import { count } from '../../terminal/layout.js';
import { print, type Printable } from '../../describe/printable.js';
import type { SourceEvent } from '../../sources/bytes/types.js';
import { ScriptWriter, type Script } from '../../live/replay/script.js';
import type { Judged } from '../../traffic/judged.js';
import { PacketTraffic } from '../../traffic/inputs/packet-traffic.js';
import { RecordedTraffic } from '../../traffic/inputs/recorded-traffic.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { isUsageError, UsageError } from '../host/exit.js';
import { FileOrder } from '../input/file-order.js';
import { inputsOf, type Input } from '../input/input.js';
import { checkKeyLogs } from '../input/key-log-paths.js';
import type { Io } from '../host/io.js';
import { loadPackets } from '../entries/load-packets.js';
import { noticeOf, openInput, type Opened } from '../input/open-input.js';
import type { DecodeOptions } from '../options/options.js';
import { readCapture, readRecording, type Pace } from '../input/traffic-files.js';
import { trafficOptions } from '../decode/traffic-options.js';
import { escapedLines, escapeText } from '../../describe/escape.js';

export interface ReplayRequest {
  /** A recording or capture; `-`: stdin. */
  readonly replay: string;
  /** The connection in it; by default the one with the first frame. */
  readonly connection?: number | undefined;
  readonly quiet?: true | undefined;
  /** Key logs, for a capture of TLS. */
  readonly replayKeylog?: readonly string[] | undefined;
}

/** What a connection may take in memory: bytes. */
const MOST_BYTES = 512 * 1024 * 1024;
const MOST_MESSAGE = 256 * 1024 * 1024;

/** Reads what one connection of a recording sent. Throws a UsageError where there is none, or it is too much. */
export async function readScript(io: Io, request: ReplayRequest): Promise<Script> {
  const { replay, connection, quiet, replayKeylog } = request;
  const options: DecodeOptions = {
    file: [replay],
    ...(replayKeylog && { keylog: [...replayKeylog] }),
    ...(quiet && { quiet }),
    preview: MOST_MESSAGE,
    maxMessage: MOST_MESSAGE,
    ...(connection !== undefined && { connection: [{ low: connection, high: connection }] }),
  };
  checkKeyLogs(io, '--replay-keylog', replayKeylog);
  const input = inputsOf(io, [], options)[0]!;
  const reading = new ScriptReading(io, input, options);
  await reading.read();
  return reading.script(connection);
}

/** Picks one connection out of a recording. */
class ScriptReading implements Pace {
  /** Connections whose frames may still come. */
  private readonly writers = new Map<number, ScriptWriter>();
  private chosen: number | undefined;
  private ended = false;
  private others = 0;
  private damages: string[] = [];

  constructor(
    private readonly io: Io,
    private readonly input: Input,
    private readonly options: DecodeOptions,
  ) {}

  /** It has everything that is looked for. */
  get over(): boolean {
    return this.ended || this.io.interrupted.aborted || this.writerOf(this.chosen).bytes > MOST_BYTES;
  }

  /** After each piece of the input. */
  turn(): Promise<void> {
    return Promise.resolve();
  }

  async read(): Promise<void> {
    const { io, input, options } = this;
    const opened = await openInput(io, input, options);
    if (opened.recording) {
      const traffic = new RecordedTraffic(opened.recording, trafficOptions(options, 0), options, {
        record: (record) => this.take(record),
        closed: (summary) => this.closed(summary),
        notice: (message) => this.report(escapeText(message)),
        damage: (message) => void this.damages.push(message),
      });
      await readRecording(input, opened, traffic, this);
    } else await this.readPackets(opened);
    for (const damage of this.damages.splice(0)) await io.stderr.write(print`wsinspect: ${noticeOf(input, damage)}\n`);
  }

  /** Throws a UsageError where there is none. */
  script(connection: number | undefined): Script {
    const { input, chosen } = this;
    if (chosen === undefined) {
      const which =
        connection === undefined
          ? 'no WebSocket frames in it'
          : `no connection ${connectionName(connection)} with frames`;
      throw new UsageError(`--replay: ${input.name}: ${which}`);
    }
    const writer = this.writerOf(chosen);
    if (writer.bytes > MOST_BYTES) {
      throw new UsageError(
        `--replay: ${input.name}: connection ${connectionName(chosen)} is too long: more than 512 MiB in memory`,
      );
    }
    if (this.others > 0) {
      this.report(
        print`connection ${connectionName(chosen)} is replayed; there are others (--connection N selects one)`,
      );
    }
    const script = writer.script();
    if (script.left > 0)
      this.report(print`${count(script.left, 'part')} of it can't be replayed: they are not complete`);
    return script;
  }

  private async readPackets(opened: Opened): Promise<void> {
    const { io, input, options } = this;
    const packets = await loadPackets();
    const tls = packets.tlsTraffic(options);
    await packets.readKeyLogs(io, options.keylog ?? [], tls, (message) => this.report(message));
    const capture = new PacketTraffic(packets, { ...trafficOptions(options, 0), tls }, options, {
      record: (record) => this.take(record),
      closed: (summary) => this.closed(summary),
      passedOver: () => undefined,
      notice: (message) => this.report(escapedLines(ofReplay(message))),
    });
    if (opened.capture) {
      capture.secretsAhead(opened.capture, input.again && packets.secretsOfFile(input.name));
      const file = { input, opened, reader: opened.capture };
      const problem = await readCapture(file, capture, new FileOrder(), (message) => this.report(message), this);
      if (problem) this.damages.push(`offset ${problem.offset}: ${problem.message}`);
    } else {
      for await (const events of packetsOnly(opened.events(io, input, options), input)) {
        for (const packet of events) capture.push(packet);
        if (this.over) break;
      }
    }
    if (!this.ended) capture.end();
  }

  private take(record: Judged): void {
    const { connection } = record;
    if (this.chosen !== undefined && connection !== this.chosen) {
      this.others++;
      return;
    }
    this.writerOf(connection).take(record);
    if (record.type !== 'frame' || this.chosen !== undefined) return;
    this.chosen = connection;
    // Those that began before it are no longer needed.
    for (const other of [...this.writers.keys()]) {
      if (other === connection) continue;
      this.writers.delete(other);
      this.others++;
    }
  }

  private closed(summary: ConnectionSummary): void {
    if (summary.connection !== this.chosen) return void this.writers.delete(summary.connection);
    this.writerOf(this.chosen).closed(summary);
    this.ended = true;
  }

  private writerOf(connection = -1): ScriptWriter {
    let writer = this.writers.get(connection);
    if (!writer) {
      writer = new ScriptWriter();
      if (connection >= 0) this.writers.set(connection, writer);
    }
    return writer;
  }

  private report(message: Printable): void {
    if (this.options.quiet) return;
    void this.io.stderr.write(print`${escapeText(this.input.name)}: ${message}\n`);
  }
}

/** What reads the capture names the option of `decode`: to these commands --keylog is a file that they write. */
function ofReplay(message: string): string {
  return message.replaceAll('--keylog FILE', '--replay-keylog FILE');
}

type SourcePacket = Extract<SourceEvent, { type: 'packet' }>['packet'];

/** Bytes of one side, or no bytes at all, are no conversation. */
async function* packetsOnly(
  source: AsyncIterable<readonly SourceEvent[]>,
  { name }: Input,
): AsyncGenerator<SourcePacket[]> {
  const none = `--replay: ${name}: no recording: a capture (pcap, pcapng, tcpdump -x), a HAR or what --record writes is needed`;
  let any = false;
  try {
    for await (const events of source) {
      yield events.map((event) => {
        if (event.type !== 'packet') throw new UsageError(none);
        any = true;
        return event.packet;
      });
    }
  } catch (error) {
    // Whatever the reader of hex digits reports about it: it is not hex.
    throw isUsageError(error) && !any && error.place.source !== undefined ? new UsageError(none) : error;
  }
}
