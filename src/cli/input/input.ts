import { print } from '../../describe/printable.js';
import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';
import { withProgress } from '../host/progress.js';
import { encodeUtf8 } from '../../traffic/toolbox/bytes.js';

/** One input of `decode`: its name for messages, and its bytes. */
export interface Input {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** The same input again, where that is possible. */
  readonly again?: () => Input['chunks'];
  /** A file next to it, by its name; undefined: there is none. */
  readonly attachments?: (name: string) => Uint8Array | undefined;
  /** Its kind, where that is obvious. */
  readonly form?: 'hex';
  /** Printed after the problem when it can't be read. */
  readonly hint?: string;
}

/** Arguments, files or stdin, in that order of preference. An argument that is not hex but names a file is read as one. */
export function inputsOf(io: Io, args: readonly string[], options: DecodeOptions): Input[] {
  const files = options.file ?? [];
  const printsAtEnd = options.stats === true && options.json !== true;
  const fileInput = (path: string): Input => inputOfFile(io, path, printsAtEnd);
  // A shell's pattern after -f: the option takes the first file, and the others are words.
  if (args.length > 0 && files.length > 0) {
    const missing = args.find((arg) => !io.fileExists(arg));
    if (missing !== undefined) {
      throw new UsageError(`give hex or --file, not both: there is no file ${missing} (more files: -f A -f B)`);
    }
    return [...files, ...args].map(fileInput);
  }
  if (files.length > 0) return files.map(fileInput);
  if (args.length === 0) return [fileInput('-')];
  if (args.every((arg) => arg !== '-' && !looksLikeHex(arg) && io.fileExists(arg))) {
    return args.map(fileInput);
  }
  if (args.length === 1 && args[0] === '-') return [fileInput('-')];
  if (args.every(looksLikeHex)) return [{ name: 'argument', chunks: [encodeUtf8(args.join(' '))], form: 'hex' }];
  const path = args.length === 1 && /^[^\s'"\\/.]*[/.][^\s'"\\]*$/.test(args[0]!);
  return [
    { name: 'argument', chunks: [encodeUtf8(args.join(' '))], ...(path && { hint: ', and no file has that name' }) },
  ];
}

function looksLikeHex(arg: string): boolean {
  return /^(0x)?[0-9a-f]+$/i.test(arg) && arg.replace(/^0x/i, '').length % 2 === 0;
}

function inputOfFile(io: Io, path: string, printsAtEnd: boolean): Input {
  if (path !== '-') {
    const size = io.fileSize(path);
    const chunks = withProgress(io, io.readFile(path), size, { printsAtEnd });
    const attachments = (name: string): Uint8Array | undefined => besideHar(io, path, name);
    return { name: path, chunks, attachments, ...(size !== undefined && { again: () => io.readFile(path) }) };
  }
  if (io.stdin.isTTY) void io.stderr.write(print`reading from the terminal: paste frames, then Ctrl-D\n`);
  return { name: 'stdin', chunks: io.stdin.isTTY ? io.stdin : withProgress(io, io.stdin, undefined, { printsAtEnd }) };
}

/** The largest size, for each file, of what Playwright writes next to a HAR. */
const MOST_ATTACHED = 256 * 1024 * 1024;

/** A file of that name in the directory of `path`, or in `resources` next to it. The name comes from an untrusted source, and gives access to no other file. */
function besideHar(io: Io, path: string, name: string): Uint8Array | undefined {
  const [, plain] = /^(?:resources\/)?(\w[\w.-]{0,200})$/.exec(name) ?? [];
  if (plain === undefined) return undefined;
  const directory = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return (
    io.smallFile?.(`${directory}${plain}`, MOST_ATTACHED) ??
    io.smallFile?.(`${directory}resources/${plain}`, MOST_ATTACHED)
  );
}
