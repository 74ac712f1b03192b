import { UsageError } from './exit.js';

/** What is needed of a file system: `node:fs` has it. */
export interface RecordFiles {
  openSync(path: string, flags: 'r' | 'w' | 'a'): number;
  closeSync(file: number): void;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number): number;
  readSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  ftruncateSync(file: number, length: number): void;
  unlinkSync(path: string): void;
  statSync(path: string, options: { throwIfNoEntry: false }): FileKind | undefined;
  fstatSync(file: number): FileKind;
}

interface FileKind {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  isFile(): boolean;
  isCharacterDevice(): boolean;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file may not become that large',
  EISDIR: 'it is a directory',
  ENOENT: 'there is no such directory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'there is no such directory',
  EROFS: 'the file system is read-only',
};

export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

/** stdin, stdout, stderr. */
const STANDARD = [0, 1, 2];

/** Refuses a file that is read from, or printed to, in the same run, and what is no file: a pipe would hold the traffic up. */
export function checkTarget(files: RecordFiles, path: string, inputs: readonly string[]): void {
  const target = files.statSync(path, { throwIfNoEntry: false });
  if (target === undefined) return;
  if (!target.isFile() && !target.isCharacterDevice()) throw new UsageError(`--record: ${path} is no file`);
  if (!target.isFile()) return;
  const isSame = (other: FileKind | undefined): boolean => other?.dev === target.dev && other.ino === target.ino;
  const used = inputs.find((input) => isSame(files.statSync(input, { throwIfNoEntry: false })));
  if (used !== undefined) throw new UsageError(`--record: ${path} is read in the same run: record to another file`);
  if (STANDARD.some((file) => isSame(standard(files, file)))) {
    throw new UsageError(`--record: ${path} is stdin, stdout or stderr of this run: record to another file`);
  }
}

function standard(files: RecordFiles, file: number): FileKind | undefined {
  try {
    return files.fstatSync(file);
  } catch {
    // It is closed.
    return undefined;
  }
}

/**
 * A file that is written as things happen. Each call hands its bytes to the system before it returns, so that a process
 * that is killed loses none of them. Where the disk is slower than the traffic the call takes as long as the disk does:
 * then the traffic waits, nothing is left out, and nothing piles up in memory.
 */
export class RecordFile {
  private readonly file: number;
  private length = 0;
  private begun = false;
  private isOpen = true;
  /** There was none of that name. */
  private readonly isNew: boolean;

  /** Throws a UsageError where it can't be written. What a file of that name holds stays until the first bytes come. */
  constructor(
    private readonly files: RecordFiles,
    readonly path: string,
  ) {
    try {
      this.isNew = files.statSync(path, { throwIfNoEntry: false }) === undefined;
      this.file = files.openSync(path, 'a');
    } catch (error) {
      throw new UsageError(`--record: ${path}: can't be written: ${reasonOf(error)}`);
    }
  }

  /** Throws what the system says. What was written of these bytes is taken back then: what was written before stays readable. */
  write(bytes: Uint8Array): void {
    if (!this.begun) this.cut(0);
    this.begun = true;
    let done = 0;
    try {
      while (done < bytes.length) done += this.files.writeSync(this.file, bytes, done, bytes.length - done);
    } catch (error) {
      if (done > 0) this.cut(this.length);
      throw error;
    }
    this.length += done;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.files.closeSync(this.file);
  }

  /** Nothing was to be written after all: all is as it was. */
  discard(): void {
    this.close();
    if (this.isNew && !this.begun) this.files.unlinkSync(this.path);
  }

  private cut(length: number): void {
    try {
      this.files.ftruncateSync(this.file, length);
    } catch {
      // A device can't be cut: nothing is lost.
    }
  }
}
