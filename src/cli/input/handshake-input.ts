import { print, lined } from '../../describe/printable.js';
import type { HandshakeText } from '../../codec/handshake/text.js';
import { jsonLine } from '../../describe/escape.js';
import { drawChecklist, noteText } from '../../terminal/handshakes/checklist.js';
import { handshakeRecord } from '../../describe/handshake-json.js';
import { lookOf } from '../decode/view-selection.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { CommonOptions } from '../options/options.js';
import { concat } from '../../traffic/toolbox/bytes.js';
import {
  readHandshake,
  readHandshakeBytes,
  readHandshakeText,
  handshakeChecklist,
  isRefused,
  judgeHandshake,
} from '../../traffic/toolbox/handshakes.js';
import { isFinding } from '../../traffic/toolbox/reading.js';

export interface HandshakeSeams {
  /** The bytes that a hex dump stands for; undefined for what is no dump. */
  readonly bytesOf?: (input: Uint8Array) => Uint8Array | undefined;
}

/** A handshake is a few KB; `curl -v` may have a body behind it. What is beyond is not read. */
const MOST = 1024 * 1024;

type Read = Pick<HandshakeText, 'request' | 'response' | 'notes'> & Partial<Pick<HandshakeText, 'place'>>;

/** `accept --handshake`: reads a handshake as text (or, through the seam, as a dump) and prints the judgement on it. */
export async function judgeText(
  io: Io,
  path: string,
  options: CommonOptions & { strict?: true },
  seams: HandshakeSeams,
  acceptOf: (key: string) => string,
): Promise<number> {
  const bytes = await readBytes(io, path);
  if (io.interrupted.aborted) return io.interrupted.reason;
  const read = readInput(bytes, path === '-' ? 'stdin' : path, seams);
  const { request, response } = read;
  if (!options.quiet) for (const note of read.notes) await io.stderr.write(print`note: ${noteText(note)}\n`);
  const handshake = readHandshake({ ...(request && { request }), ...(response && { response }), acceptOf });
  const diagnostics = judgeHandshake(handshake);
  if (options.json && !options.quiet) {
    await io.stdout.write(jsonLine(handshakeRecord(handshake, diagnostics, read.place)));
  } else if (!options.quiet) {
    const look = await lookOf(io, options);
    const drawing = { verbose: options.verbose === true, ...(read.place && { place: read.place }) };
    const lines = drawChecklist(handshakeChecklist(handshake), handshake, drawing, look);
    await io.stdout.write(lined(lines));
  }
  const found = diagnostics.some((diagnostic) => isFinding(diagnostic, options.strict === true));
  return found || isRefused(handshake) ? EXIT.finding : EXIT.ok;
}

async function readBytes(io: Io, path: string): Promise<Uint8Array> {
  if (path === '-' && io.stdin.isTTY)
    await io.stderr.write(print`reading from the terminal: paste a handshake, then Ctrl-D\n`);
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of path === '-' ? io.stdin : io.readFile(path)) {
    chunks.push(chunk.subarray(0, MOST - total));
    total += Math.min(chunk.length, MOST - total);
    if (total === MOST) break;
  }
  return concat(chunks, total);
}

function readInput(bytes: Uint8Array, name: string, seams: HandshakeSeams): Read {
  const text = readHandshakeText(decode(bytes));
  if (text.request !== undefined || text.response !== undefined) return text;
  const dumped = seams.bytesOf?.(bytes);
  const heads = dumped === undefined ? {} : readHandshakeBytes(dumped);
  if (heads.request !== undefined || heads.response !== undefined) return { ...heads, notes: [] };
  const what = bytes.length === 0 ? 'nothing in it' : 'no handshake in it';
  throw new UsageError(`${name}: ${what}: it needs a request line, a status line or Sec-WebSocket headers`);
}

/** Text as files have it: UTF-8, or UTF-16 where a byte order mark says so (PowerShell), else a character a byte. */
function decode(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}
