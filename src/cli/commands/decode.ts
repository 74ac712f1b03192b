import { isFinding } from '../../rules/catalogue.js';
import type { Judged } from '../../rules/judged.js';
import { lazyView, type LazyView } from '../drawing.js';
import { EXIT, UsageError } from '../exit.js';
import { InputReading } from '../input-reading.js';
import { inputsOf, readInput, type Input } from '../input.js';
import type { Io } from '../io.js';
import type { DecodeOptions } from '../options.js';

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
  private connections = 0;
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
    const reading = new InputReading(this.options, this.connections);
    for await (const event of readInput(this.io, input, this.options)) {
      if (event.type === 'packet' && !reading.readsPackets) await reading.openPackets();
      await this.show(reading.take(event), reading);
      if (this.io.stdout.closed) return;
    }
    if (!reading.any && !this.io.interrupted.aborted) throw new UsageError(`${input.name}: no bytes to decode`);
    await this.show(reading.end(), reading);
    if (reading.isCapture && reading.connections === 0 && !this.io.interrupted.aborted) {
      throw new UsageError(`${input.name}: no TCP connection in its packets`);
    }
    this.connections += reading.connections;
    this.found ||= reading.incomplete;
  }

  private async show(records: readonly Judged[], reading: InputReading): Promise<void> {
    const notices = reading.notices.splice(0);
    if (!this.options.quiet) for (const notice of notices) await this.io.stderr.write(`${notice}\n`);
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
