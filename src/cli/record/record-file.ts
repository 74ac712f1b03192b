import { openOutput, PRIVATE, type OutPath, type OutputFiles } from '../host/output-file.js';

interface RecordFileOptions {
  /** The permissions of a file that is made. */
  readonly mode?: number;
  /** What was written is read again. */
  readonly access?: 'write' | 'both';
}

/** File descriptors up to this are not ours to close. */
const STDERR = 2;
/** A full pipe is tried again this number of times, after this number of milliseconds. */
const TRIES = 1000;
const PAUSE = 10;

/**
 * A file that is written as things happen. Each call passes its bytes to the system before it returns, so that a
 * process that is killed loses none of them. Where the disk is slower than the traffic, the call takes as long as the
 * disk does: then the traffic waits, nothing is left out, and nothing collects in memory.
 */
export class RecordFile {
  readonly path: string;
  private readonly file: number;
  private readonly isFile: boolean;
  private length = 0;
  private begun = false;
  private isOpen = true;
  /** There was no file of that name. */
  private readonly isNew: boolean;

  /** Throws a UsageError where it can't be written. What a file of that name holds stays until the first bytes come. */
  constructor(
    private readonly files: OutputFiles,
    output: OutPath,
    { mode = PRIVATE, access = 'write' }: RecordFileOptions = {},
  ) {
    this.path = output.path;
    const { file, isNew, isFile } = openOutput(files, output, mode, access);
    this.file = file;
    this.isNew = isNew;
    this.isFile = isFile;
  }

  /** Bytes that were in it when it was opened. */
  get size(): number {
    return this.isFile ? this.files.fstatSync(this.file).size : 0;
  }

  /** Throws the system's errors. What was written of these bytes is removed then: what was written before stays readable. */
  write(bytes: Uint8Array): void {
    if (!this.begun) this.cut(0);
    this.begun = true;
    let done = 0;
    try {
      while (done < bytes.length) done += this.writeSome(bytes, done);
    } catch (error) {
      if (done > 0) this.cut(this.length);
      throw error;
    }
    this.length += done;
  }

  /** Up to `length` bytes of what was written. */
  read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, this.files.readSync(this.file, bytes, 0, length, at));
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.file > STDERR) this.files.closeSync(this.file);
  }

  /** Nothing had to be written: the previous state is restored. */
  discard(): void {
    this.close();
    if (this.isNew && !this.begun) this.files.unlinkSync(this.path);
  }

  /** It is no longer needed. */
  remove(): void {
    this.close();
    this.files.unlinkSync(this.path);
  }

  private writeSome(bytes: Uint8Array, at: number): number {
    for (let tries = 0; ; tries++) {
      try {
        return this.files.writeSync(this.file, bytes, at, bytes.length - at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || tries >= TRIES) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
      }
    }
  }

  private cut(length: number): void {
    // The file that is stdout holds what other programs have written.
    if (this.isFile) this.files.ftruncateSync(this.file, length);
  }
}
