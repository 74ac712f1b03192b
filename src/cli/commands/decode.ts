import { acceptKey } from '../../codec/accept-key.js';
import { nodeDeflate } from '../../codec/zlib.js';
import { isFinding } from '../../rules/catalogue.js';
import { Inspector } from '../../rules/inspector.js';
import type { Judged } from '../../rules/judged.js';
import type { View } from '../../render/view.js';
import { deflateOf } from '../deflate-option.js';
import { viewOf } from '../drawing.js';
import { EXIT, UsageError } from '../exit.js';
import { inputsOf, readInput, type Input } from '../input.js';
import type { Io } from '../io.js';
import type { DecodeOptions } from '../options.js';

const DEFAULT_PREVIEW = 4096;
const DEFAULT_MAX_MESSAGE = 64 * 1024 * 1024;

/** `decode`: everything that can be read is shown first; then the exit code says what was found. */
export async function run(io: Io, hex: readonly string[], options: DecodeOptions): Promise<number> {
  const preview = options.preview ?? DEFAULT_PREVIEW;
  const view = await viewOf(options.view ?? 'annotated', io, options, {
    preview,
    pretty: options.pretty === true,
    base64: options.base64 === true,
    verbose: options.verbose === true,
  });
  const decoding = new Decoding(io, options, view, preview);
  for (const input of inputsOf(io, hex, options)) {
    await decoding.read(input);
    if (io.interrupted.aborted) return io.interrupted.reason as number;
  }
  return decoding.exit;
}

/** The inputs of one call: records go to the view as they become complete, findings are remembered. */
class Decoding {
  private found = false;
  private hinted = false;

  constructor(
    private readonly io: Io,
    private readonly options: DecodeOptions,
    private readonly view: View,
    private readonly preview: number,
  ) {}

  get exit(): number {
    return this.found ? EXIT.finding : EXIT.ok;
  }

  async read(input: Input): Promise<void> {
    const inspector = this.inspector();
    let bytes = 0;
    for await (const event of readInput(this.io, input, this.options)) {
      if (event.type !== 'bytes') continue;
      bytes += event.bytes.length;
      await this.show(inspector.push(event.bytes, event.time));
      if (this.io.stdout.closed) return;
    }
    if (bytes === 0 && !this.io.interrupted.aborted) throw new UsageError(`${input.name}: no bytes to decode`);
    await this.show(inspector.end());
  }

  private inspector(): Inspector {
    const deflate = deflateOf(this.options.deflate);
    return new Inspector({
      direction: this.options.direction ?? 'unknown',
      ...(deflate && { deflate }),
      raw: nodeDeflate,
      acceptOf: acceptKey,
      previewBytes: this.preview,
      messageBytes: this.preview,
      maxMessageBytes: this.options.maxMessage ?? DEFAULT_MAX_MESSAGE,
    });
  }

  private async show(records: readonly Judged[]): Promise<void> {
    let text = '';
    for (const record of records) {
      this.found ||= record.diagnostics.some((diagnostic) => isFinding(diagnostic, this.options.strict === true));
      text += this.view(record);
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
    await this.io.stderr.write('hint: if permessage-deflate was negotiated, --deflate inflates the messages with RSV1\n');
  }
}
