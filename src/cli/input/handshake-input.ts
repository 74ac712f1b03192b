import { print, lined } from '../../describe/printable.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { HandshakeText } from '../../codec/handshake/text.js';
import { jsonLine } from '../../describe/escape.js';
import { drawChecklist, noteText } from '../../terminal/handshakes/checklist.js';
import { handshakeRecord } from '../../describe/handshake-json.js';
import { whyLines } from '../../terminal/connections/why.js';
import { lookOf } from '../decode/look.js';
import { acceptOf } from '../host/adapters.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { CommonOptions, DecodeOptions } from '../options/options.js';
import { concat, latin1 } from '../../traffic/toolbox/bytes.js';
import {
  readHandshake,
  handshakeChecklist,
  isRefused,
  causeOfHandshake,
  judgeHandshake,
} from '../../traffic/toolbox/handshakes.js';
import { readHandshakeText } from '../../traffic/toolbox/handshake-text.js';
import { isFinding } from '../../traffic/toolbox/reading.js';
import type { Input } from './input.js';
import { handshakeOfBytes, handshakeOfTraffic, type FoundHandshake } from './handshake-traffic.js';
import { checkKeyLogs } from './key-log-paths.js';
import { openInput } from './open-input.js';

/** A handshake is a few KB; `curl -v` may have a body after it. Bytes beyond this are not read. */
const MOST = 1024 * 1024;
/** Characters of a line that a refusal shows. */
const SHOWN = 60;

interface Read {
  readonly handshake: Handshake;
  readonly notes: HandshakeText['notes'];
  readonly place?: HandshakeText['place'];
}

interface JudgeOptions extends CommonOptions {
  strict?: true;
  /** Key logs for a capture of TLS. */
  keylog?: string[];
}

/** `accept --handshake`: reads a handshake as text, or as `decode` reads its inputs, and prints the judgement on it. */
export async function judgeText(io: Io, path: string, options: JudgeOptions): Promise<number> {
  const read = await readInput(io, path, options);
  if (read === undefined || io.interrupted.aborted) return io.interrupted.reason;
  const { handshake } = read;
  if (!options.quiet) for (const note of read.notes) await io.stderr.write(print`note: ${noteText(note)}\n`);
  const diagnostics = judgeHandshake(handshake);
  const cause = causeOfHandshake(handshake);
  if (options.json && !options.quiet) {
    const record = handshakeRecord(handshake, diagnostics, read.place);
    await io.stdout.write(jsonLine(cause === undefined ? record : { ...record, cause }));
  } else if (!options.quiet) {
    const look = await lookOf(io, options);
    const drawing = { verbose: options.verbose === true, ...(read.place && { place: read.place }) };
    const lines = drawChecklist(handshakeChecklist(handshake), handshake, drawing, look);
    await io.stdout.write(print`${lined(lines)}${cause === undefined ? print`` : whyLines(cause, 0, look)}`);
  }
  const found = diagnostics.some((diagnostic) => isFinding(diagnostic, options.strict === true));
  return found || isRefused(handshake) ? EXIT.finding : EXIT.ok;
}

/** Undefined where a signal came first. */
async function readInput(io: Io, path: string, { quiet, keylog }: JudgeOptions): Promise<Read | undefined> {
  checkKeyLogs(io, '--keylog', keylog);
  if (path === '-' && io.stdin.isTTY)
    await io.stderr.write(print`reading from the terminal: paste a handshake, then Ctrl-D\n`);
  const again = (): AsyncIterable<Uint8Array> => io.readFile(path);
  const input: Input = path === '-' ? { name: 'stdin', chunks: io.stdin } : { name: path, chunks: again(), again };
  const options: DecodeOptions = { ...(quiet && { quiet }), ...(keylog && { keylog }) };
  const opened = await openInput(io, input, options);
  if (opened.capture !== undefined || opened.recording !== undefined) {
    const { handshake, hint = 'decode shows what there is' } = await handshakeOfTraffic(io, input, opened, options);
    if (io.interrupted.aborted) return undefined;
    if (handshake === undefined) throw new UsageError(`${input.name}: no handshake in it: ${hint}`);
    return { handshake, notes: [] };
  }
  const bytes = await most(opened.chunks);
  return io.interrupted.aborted ? undefined : readBytes(io, input.name, bytes, options);
}

async function readBytes(io: Io, name: string, bytes: Uint8Array, options: DecodeOptions): Promise<Read> {
  const text = readHandshakeText(decode(bytes));
  const { request, response } = text;
  if (request !== undefined || response !== undefined) {
    return { ...text, handshake: readHandshake({ ...text, acceptOf }) };
  }
  const { handshake, hint }: FoundHandshake = bytes.length === 0 ? {} : await handshakeOfBytes(io, bytes, options);
  if (handshake !== undefined) return { handshake, notes: [] };
  throw new UsageError(`${name}: ${hint === undefined ? reasonOf(bytes, text) : `no handshake in it: ${hint}`}`);
}

/** Why nothing is judged, in one line. */
function reasonOf({ length }: Uint8Array, { refusal }: HandshakeText): string {
  if (refusal !== undefined) {
    const { line, text } = refusal.line;
    const shown = `'${text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text}'`;
    const why = refusal.why === 'no-headers' ? `no headers follow ${shown}` : `${shown} is no part of a head`;
    return `line ${line}: ${why}: nothing is judged`;
  }
  const what = length === 0 ? 'nothing in it' : 'no handshake in it';
  return `${what}: a request line, a status line or Sec-WebSocket headers are looked for`;
}

async function most(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of source) {
    chunks.push(chunk.subarray(0, MOST - total));
    total += Math.min(chunk.length, MOST - total);
    if (total === MOST) break;
  }
  return concat(chunks, total);
}

/** Text as files have it: UTF-8, or UTF-16 where a byte order mark shows it (PowerShell), else one character for each byte. */
function decode(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return latin1(bytes);
  }
}
