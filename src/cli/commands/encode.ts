import { count } from '../../terminal/layout.js';
import { print } from '../../describe/printable.js';
import type { Diagnostic } from '../../rules/catalogue.js';
import { Inspector } from '../../traffic/inspector.js';
import { brokenRule } from '../../terminal/handshakes/diagnostics.js';
import { FORMATS, pieces } from '../../describe/byte-formats.js';
import { acceptOf, lazyDeflate } from '../host/adapters.js';
import { deflateOf } from '../options/deflate-option.js';
import { annotatedView } from '../../terminal/frames/annotated.js';
import { LineBuffer } from '../../describe/line-buffer.js';
import { lookOf } from '../decode/look.js';
import { EXIT, UsageError } from '../host/exit.js';
import { buildFrames, opcodeOf, payloadKind, type FramePlan } from '../encode/frame-plan.js';
import type { Io } from '../host/io.js';
import type { EncodeOptions } from '../options/options.js';
import { sourceBytes } from '../input/source-bytes.js';
import { DEFAULT_PREVIEW, isFinding } from '../../traffic/toolbox/reading.js';
import { concat, hexOf, encodeUtf8 } from '../../traffic/toolbox/bytes.js';

/** Payloads are built in memory: this is a tool for inspection, not for transfer. */
const MAX_PAYLOAD = 256 * 1024 * 1024;

/** `encode`: frames from text or bytes. Frames that break the standard need `--allow-invalid`, and their faults are named. */
export async function run(io: Io, text: string | undefined, options: EncodeOptions): Promise<number> {
  // Faults of the options are reported before a payload is waited for.
  const deflate = deflateOf(options.deflate);
  opcodeOf(options);
  const payload = await readPayload(io, text, options);
  if (io.interrupted.aborted) return io.interrupted.reason;
  const plan: FramePlan = { options, payload, deflate };
  const { bytes, frames } = buildFrames(plan, (length) => io.random(length));
  const shown = judge(bytes, plan);
  await report(
    io,
    shown.flatMap((record) => record.diagnostics),
    options,
  );
  if (options.quiet) return EXIT.ok;
  if (options.verbose) await io.stderr.write(print`${count(frames, 'frame')}, ${count(bytes.length, 'byte')}\n`);
  if (options.json) {
    await writeAll(io, pieces('{"type":"encoded","hex":"', bytes, hexOf, '', `","frames":${frames}}\n`));
  } else if (options.explain || (io.stdout.isTTY && !options.plain && options.out === 'hex')) {
    const view = annotatedView(
      { preview: DEFAULT_PREVIEW, pretty: false, base64: false, verbose: false },
      await lookOf(io, options),
    );
    const lines = new LineBuffer();
    for (const record of shown) view(record, lines);
    await io.stdout.write(lines.take());
    await writeAll(io, pieces('\n', bytes, hexOf, '', '\n'));
  } else {
    await writeAll(io, FORMATS[options.out ?? 'hex'](bytes));
  }
  return EXIT.ok;
}

async function writeAll(io: Io, output: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of output) {
    if (io.stdout.closed) return;
    await io.stdout.payload(typeof piece === 'string' ? encodeUtf8(piece) : piece);
  }
}

/** Text from the argument, a file, or stdin where neither a text nor a control frame is given. */
async function readPayload(io: Io, text: string | undefined, options: EncodeOptions): Promise<Uint8Array> {
  if (options.rawPayload !== undefined) {
    if (text !== undefined || options.file !== undefined)
      throw new UsageError('--raw-payload is the payload: omit the other');
    return fromHex(options.rawPayload, '--raw-payload');
  }
  if (text !== undefined && options.file !== undefined) throw new UsageError('give a text or --file, not both');
  if (text !== undefined) return options.hex ? fromHex(text, 'text') : encodeUtf8(text);
  const control = payloadKind(options) === 'control';
  if (options.file === undefined && control) return new Uint8Array(0);
  const path = options.file ?? '-';
  if (path === '-' && io.stdin.isTTY)
    await io.stderr.write(print`reading the payload from the terminal: end with Ctrl-D\n`);
  const bytes = await readAll(path === '-' ? io.stdin : io.readFile(path));
  return options.hex ? fromHex(bytes, path) : bytes;
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > MAX_PAYLOAD) throw new UsageError(`the payload is larger than ${MAX_PAYLOAD} bytes`);
    read.push(chunk);
  }
  return concat(read, total);
}

async function fromHex(text: string | Uint8Array, source: string): Promise<Uint8Array> {
  const { bytes, problem } = await sourceBytes('hex', typeof text === 'string' ? encodeUtf8(text) : text);
  if (problem) throw new UsageError(problem.message, { source, ...problem });
  return bytes;
}

/** The judgement on the frames: the same rules as for traffic. */
function judge(bytes: Uint8Array, plan: FramePlan): ReturnType<Inspector['push']> {
  const inspector = new Inspector({
    direction: 'unknown',
    ...(plan.deflate && { deflate: plan.deflate }),
    raw: lazyDeflate,
    acceptOf,
    bare: true,
  });
  return [...inspector.push(bytes), ...inspector.end()];
}

async function report(io: Io, diagnostics: readonly Diagnostic[], options: EncodeOptions): Promise<void> {
  const broken = diagnostics.filter((diagnostic) => isFinding(diagnostic, false));
  if (broken.length > 0 && !options.allowInvalid) {
    throw new UsageError(`${brokenRule(broken[0]!)}; --allow-invalid makes it anyway`);
  }
  if (options.quiet) return;
  for (const diagnostic of diagnostics) await io.stderr.write(print`notice: ${brokenRule(diagnostic)}\n`);
}
