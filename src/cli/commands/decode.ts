import type { SourceEvent } from '../../capture/types.js';
import { isFinding } from '../../rules/catalogue.js';
import { ConnectionInspector, Inspector } from '../../rules/inspector.js';
import type { Judged } from '../../rules/judged.js';
import { lazyView, type LazyView } from '../drawing.js';
import { EXIT, UsageError } from '../exit.js';
import { inputsOf, readInput, type Input } from '../input.js';
import type { Io } from '../io.js';
import type { DecodeOptions } from '../options.js';
import { PacketDecoding } from '../packet-decoding.js';
import { readingOptions } from '../reading-options.js';

/** `decode`: everything that can be read is shown first; then the exit code says what was found. */
export async function run(io: Io, hex: readonly string[], options: DecodeOptions): Promise<number> {
  const decoding = new Decoding(io, options);
  for (const input of inputsOf(io, hex, options)) {
    await decoding.read(input);
    if (io.interrupted.aborted) return io.interrupted.reason;
  }
  return decoding.exit;
}

/** The inputs of one call: records go to the view as they become complete, findings are remembered. */
class Decoding {
  private found = false;
  private hinted = false;
  private readonly view: LazyView;

  constructor(
    private readonly io: Io,
    private readonly options: DecodeOptions,
  ) {
    this.view = lazyView(io, options);
  }

  get exit(): number {
    return this.found ? EXIT.finding : EXIT.ok;
  }

  async read(input: Input): Promise<void> {
    const reading = new InputReading(this.options);
    for await (const event of readInput(this.io, input, this.options)) {
      await this.show(reading.take(event), reading);
      if (this.io.stdout.closed) return;
    }
    if (!reading.any && !this.io.interrupted.aborted) throw new UsageError(`${input.name}: no bytes to decode`);
    await this.show(reading.end(), reading);
  }

  private async show(records: readonly Judged[], reading: InputReading): Promise<void> {
    for (const notice of reading.notices.splice(0)) await this.io.stderr.write(`${notice}\n`);
    if (records.length === 0) return;
    const view = await this.view(reading.isCapture ? 'summary' : 'annotated');
    let text = '';
    for (const record of records) {
      this.found ||= record.diagnostics.some((diagnostic) => isFinding(diagnostic, this.options.strict === true));
      text += view(record);
    }
    await this.io.stdout.write(text);
    await this.hint(records);
  }

  /** RSV1 on bare data frames is most often permessage-deflate whose handshake was not given. */
  private async hint(records: readonly Judged[]): Promise<void> {
    if (this.hinted || this.options.deflate !== undefined || this.options.quiet) return;
    const compressed = records.some(
      (record) =>
        record.type === 'frame' &&
        record.frame.header.rsv === 4 &&
        record.diagnostics.some((diagnostic) => diagnostic.code === 'rsv-without-extension'),
    );
    if (!compressed) return;
    this.hinted = true;
    await this.io.stderr.write(
      'hint: if permessage-deflate was negotiated, --deflate inflates the messages with RSV1\n',
    );
  }
}

/** One input: bare bytes, two directions side by side, or packets, whichever comes. */
class InputReading {
  any = false;
  isCapture = false;
  readonly notices: string[] = [];
  private readonly records: Judged[] = [];
  private bare: Inspector | undefined;
  private sides: ConnectionInspector | undefined;
  private packets: PacketDecoding | undefined;

  constructor(private readonly options: DecodeOptions) {}

  /** What the event completes. */
  take(event: SourceEvent): Judged[] {
    if (event.type === 'bytes') {
      this.any ||= event.bytes.length > 0;
      if (event.side === undefined) return this.bareBytes().push(event.bytes, event.time);
      this.sides ??= new ConnectionInspector(readingOptions(this.options));
      return this.filtered(this.sides.push(event.side, event.bytes, event.time));
    }
    if (event.type !== 'packet') return [];
    this.any = true;
    this.isCapture = true;
    this.packets ??= new PacketDecoding(readingOptions(this.options), {
      records: (records) => this.records.push(...records),
      notice: (message) => this.notices.push(message),
    });
    this.packets.push(event.packet);
    return this.filtered(this.records.splice(0));
  }

  end(): Judged[] {
    this.packets?.end();
    const { webSocket, other } = this.packets?.seen ?? { webSocket: 0, other: 0 };
    if (this.packets && webSocket === 0) {
      this.notices.push(`no WebSocket traffic found in ${other === 1 ? '1 connection' : `${other} connections`}`);
    }
    return [...(this.bare?.end() ?? []), ...this.filtered([...(this.sides?.end() ?? []), ...this.records.splice(0)])];
  }

  private bareBytes(): Inspector {
    return (this.bare ??= new Inspector({
      ...readingOptions(this.options),
      direction: this.options.direction ?? 'unknown',
    }));
  }

  /** Where the direction is known, `--direction` picks. */
  private filtered(records: Judged[]): Judged[] {
    const { direction = 'unknown' } = this.options;
    return direction === 'unknown' ? records : records.filter((record) => record.direction === direction);
  }
}
