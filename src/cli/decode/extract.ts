import { makeDirectory, type DirectoryFiles } from '../host/make-directory.js';
import { count } from '../../terminal/layout.js';
import { join } from 'node:path';
import type { Message } from '../../codec/messages/records.js';
import { escapeText } from '../../describe/escape.js';
import { UsageError } from '../host/exit.js';
import { type Printable, print } from '../../describe/printable.js';
import { OutputBound } from './output-bound.js';
import { PRIVATE } from '../host/output-file.js';
import { isSystemError, reasonOf, WRITING } from '../host/system-reasons.js';
import { connectionOfStream, placeOfStream } from '../../traffic/stream-number.js';
import { OPCODE } from '../../traffic/toolbox/builders.js';

/** What is needed of a file system: `node:fs` has it. */
export interface ExtractFiles extends DirectoryFiles {
  readdirSync(path: string): readonly string[];
  writeFileSync(path: string, bytes: Uint8Array, options: { flag: 'wx'; mode: number }): void;
}

/** Digits of a name: up to this length, the names of one sender sort in the order of connections and messages. */
const CONNECTION_DIGITS = 4;
const MESSAGE_DIGITS = 6;

/** Writes the payload of each message to a file of its own, one at a time, in a directory that was empty or not there. */
export class Extractor {
  private readonly written = { messages: 0, bytes: 0 };
  private unreadable = 0;

  /** Refuses a directory that is not empty before anything is written, so that no file is ever replaced or mixed with others. */
  constructor(
    private readonly directory: string,
    private readonly files: ExtractFiles,
    private readonly bound: OutputBound = new OutputBound(Infinity),
  ) {
    const names = this.attempt(directory, () => {
      makeDirectory(files, directory);
      return files.readdirSync(directory);
    });
    if (names.length > 0) {
      throw new UsageError(`--extract: ${directory} is not empty: it has to be a new directory or an empty one`);
    }
  }

  /** `bytes` is the whole message, decompressed; an incomplete one is counted, not written. */
  take(connection: number, message: Message, bytes: Uint8Array): void {
    if (message.bytes !== bytes.length) {
      this.unreadable++;
      return;
    }
    if (!this.bound.take(bytes.length, 'message')) return;
    const path = join(this.directory, nameOf(connection, message));
    // `wx` creates: a file or link that was made there meanwhile is neither replaced nor followed.
    this.attempt(path, () => this.files.writeFileSync(path, bytes, { flag: 'wx', mode: PRIVATE }));
    this.written.messages++;
    this.written.bytes += bytes.length;
  }

  /** `wrote 12 messages, 3.4 MB, to DIR; 1 could not be read` */
  summary(): Printable {
    const { messages, bytes } = this.written;
    const done = print`wrote ${count(messages, 'message')}, ${size(bytes)}, to ${escapeText(this.directory)}`;
    return this.unreadable === 0 ? done : print`${done}; ${this.unreadable} could not be read`;
  }

  private attempt<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UsageError(`--extract: ${path}: can't be written: ${reasonOf(error, OWN_REASONS)}`);
    }
  }
}

/** `mkdir -p` reports this for a file in its way. */
const OWN_REASONS = { ...WRITING, ENOTDIR: 'there is a file of that name' };

/** Numbers only, nothing from a peer. */
function nameOf(connection: number, { direction, index, opcode }: Message): string {
  const ending = opcode === OPCODE.text ? 'txt' : 'bin';
  const place = placeOfStream(connection);
  const name = digits(connectionOfStream(connection), CONNECTION_DIGITS) + (place === 1 ? '' : `.${place}`);
  return `c${name}-${direction}-${digits(index, MESSAGE_DIGITS)}.${ending}`;
}

/** Padded with zeros. A number too long for that gets an `x` for each further digit, which sorts after all digits. */
function digits(number: number, width: number): string {
  const text = String(number);
  return text.length <= width ? text.padStart(width, '0') : 'x'.repeat(text.length - width) + text;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

function size(bytes: number): Printable {
  if (bytes < 1000) return count(bytes, 'byte');
  let value = bytes / 1000;
  let unit = 0;
  // A number that would be written as 1000.0 is written in the next unit.
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return print`${escapeText(value.toFixed(1))} ${UNITS[unit]!}`;
}
