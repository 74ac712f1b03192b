import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from './exit.js';
import { isSystemError, reasonOf, WRITING } from './system-reasons.js';

/** What is needed of a file system: `node:fs` has it. */
export interface OutputFiles {
  readonly constants: Readonly<Record<Flag, number>>;
  openSync(path: string, flags: number, mode: number): number;
  closeSync(file: number): void;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number): number;
  readSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  ftruncateSync(file: number, length: number): void;
  unlinkSync(path: string): void;
  statSync(path: string): Stats;
  lstatSync(path: string): Stats;
  fstatSync(file: number): Stats;
  realpathSync(path: string): string;
  accessSync(path: string, mode: number): void;
  fchmodSync(file: number, mode: number): void;
}

type Flag = 'W_OK' | 'O_RDWR' | 'O_WRONLY' | 'O_APPEND' | 'O_CREAT' | 'O_EXCL' | 'O_NOFOLLOW' | 'O_NONBLOCK';

/** A file that an option names, to be written. */
export interface OutPath {
  readonly option: string;
  readonly path: string;
  /** Its directory is made if it does not exist. */
  readonly makesDirectory?: true;
}

/** A file with traffic is readable by its owner only. */
export const PRIVATE = 0o600;
/** Reports are meant to be read by others: the umask decides. */
export const PUBLIC = 0o666;

/** Open for writing at its end. */
export interface OpenedOutput {
  readonly file: number;
  /** There was no file of that name. */
  readonly isNew: boolean;
  /** It can be truncated, and is closed in the end: not so stdout, and devices. */
  readonly isFile: boolean;
}

type OutputTarget =
  | { readonly kind: 'new' }
  | { readonly kind: 'file'; readonly path: string; readonly stat: Stats }
  | { readonly kind: 'device'; readonly path: string }
  | { readonly kind: 'stream'; readonly file: number };

/** Written to as they are: if opened by name, a file that is stdout would be truncated. */
const STREAMS: Readonly<Record<string, number>> = {
  '/dev/stdout': 1,
  '/dev/stderr': 2,
  '/dev/fd/1': 1,
  '/dev/fd/2': 2,
  '/proc/self/fd/1': 1,
  '/proc/self/fd/2': 2,
};
/** Devices that take any data, and never block. */
const DEVICES: readonly string[] = ['/dev/null', '/dev/full'];
/** stdin, stdout, stderr. */
const STANDARD = [0, 1, 2];
/** Permission to write to a directory for others than its owner. */
const OTHERS = 0o022;
/** Permissions of all but the owner. */
const NOT_OWNER = 0o077;

/**
 * Refuses, before anything is written, what must not be written to: a file that the run reads, or prints to, or writes
 * by another option too; a pipe, a socket or a directory; a link of another user or to nothing. `inputs` are the paths
 * of what is read. Throws a UsageError.
 */
export function checkOutputs(files: OutputFiles, outputs: readonly OutPath[], inputs: readonly string[]): void {
  const taken = new Map<string, string>();
  for (const output of outputs) {
    const target = targetOf(files, output);
    const { option, path } = output;
    if (target.kind === 'device' || target.kind === 'stream') continue;
    const key = target.kind === 'file' ? keyOf(target.stat) : placeOf(files, path);
    const other = taken.get(key);
    if (other !== undefined) throw new UsageError(`${option}: ${path} is the file of ${other} too: name another file`);
    taken.set(key, option);
    checkAccess(files, output, target);
    if (target.kind === 'file') checkUnused(files, output, target.stat, inputs);
  }
}

/** Checked now, so that it does not fail when all is done. */
function checkAccess(
  files: OutputFiles,
  output: OutPath,
  target: OutputTarget & { readonly kind: 'new' | 'file' },
): void {
  if (target.kind === 'new' && output.makesDirectory) return;
  const path = target.kind === 'new' ? dirname(output.path) : target.path;
  tried(output, () => files.accessSync(path, files.constants.W_OK));
}

function checkUnused(files: OutputFiles, { option, path }: OutPath, target: Stats, inputs: readonly string[]): void {
  const isSame = (other: Stats | undefined): boolean => other !== undefined && keyOf(other) === keyOf(target);
  if (inputs.some((input) => isSame(attempt(() => files.statSync(input))))) {
    throw new UsageError(`${option}: ${path} is read in the same run: name another file`);
  }
  // One that is closed has none.
  if (STANDARD.some((file) => isSame(attempt(() => files.fstatSync(file))))) {
    throw new UsageError(`${option}: ${path} is stdin, stdout or stderr of this run: name another file`);
  }
}

/**
 * Opens it. The content of an existing file stays; a new one gets `mode`, and an existing one loses what `mode` does
 * not grant where only its owner may have access. Throws a UsageError.
 */
export function openOutput(files: OutputFiles, output: OutPath, mode: number, access: 'write' | 'both'): OpenedOutput {
  const target = targetOf(files, output);
  if (target.kind === 'stream') return { file: target.file, isNew: false, isFile: false };
  const { O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = files.constants;
  const flags = (access === 'both' ? O_RDWR : O_WRONLY) | O_APPEND | O_NOFOLLOW;
  return tried(output, () => {
    // What is made there after the check is neither followed nor waited for.
    if (target.kind === 'new') {
      return { file: files.openSync(output.path, flags | O_CREAT | O_EXCL, mode), isNew: true, isFile: true };
    }
    const file = files.openSync(target.path, flags | O_NONBLOCK, mode);
    const isFile = target.kind === 'file';
    if (isFile && keyOf(files.fstatSync(file)) !== keyOf(target.stat)) {
      files.closeSync(file);
      throw new UsageError(`${output.option}: ${output.path} was replaced meanwhile`);
    }
    // Traffic holds passwords and tokens: others can no longer read it, whatever permissions an earlier run left.
    if (isFile && mode === PRIVATE && (target.stat.mode & NOT_OWNER) !== 0 && !isForeign(target.stat))
      files.fchmodSync(file, PRIVATE);
    return { file, isNew: false, isFile };
  });
}

/** What the path leads to. Throws a UsageError where that can't be written to. */
function targetOf(files: OutputFiles, output: OutPath): OutputTarget {
  const { option, path } = output;
  if (path === '') throw new UsageError(`${option}: a name is missing`);
  if (Object.hasOwn(STREAMS, path)) return { kind: 'stream', file: STREAMS[path]! };
  const named = tried(output, () => attempt(() => files.lstatSync(path), 'ENOENT'));
  if (named === undefined) return { kind: 'new' };
  const isLink = named.isSymbolicLink();
  if (isLink && isForeign(named))
    throw new UsageError(`${option}: ${path} is a link of another user: it is not followed`);
  const real = isLink ? tried(output, () => attempt(() => files.realpathSync(path), 'ENOENT')) : path;
  if (real === undefined) throw new UsageError(`${option}: ${path} is a link to a path that does not exist`);
  const stat = isLink ? tried(output, () => files.statSync(real)) : named;
  if (stat.isCharacterDevice() && DEVICES.includes(real)) return { kind: 'device', path: real };
  if (stat.isDirectory()) throw new UsageError(`${option}: ${path}: can't be written: it is a directory`);
  if (!stat.isFile()) throw new UsageError(`${option}: ${path} is not a file`);
  // For example in /tmp, any user may have made it, to read what is written.
  if (isForeign(stat) && isOpenToOthers(files, real)) {
    throw new UsageError(`${option}: ${path} is the file of another user, in a directory that others can write to`);
  }
  return { kind: 'file', path: real, stat };
}

/** Owned neither by this user nor by root, who may do anything anyway. */
function isForeign({ uid }: Stats): boolean {
  const self = process.geteuid?.();
  return self !== undefined && uid !== self && uid !== 0;
}

function isOpenToOthers(files: OutputFiles, path: string): boolean {
  const directory = attempt(() => files.statSync(dirname(path)));
  return directory === undefined || (directory.mode & OTHERS) !== 0;
}

function keyOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
}

/** Where a file of that name would be made. */
function placeOf(files: OutputFiles, path: string): string {
  const whole = resolve(path);
  const directory = attempt(() => files.realpathSync(dirname(whole))) ?? dirname(whole);
  return join(directory, basename(whole));
}

/** Undefined where the system refuses: for that reason, where one is given. */
function attempt<T>(action: () => T, code?: string): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isSystemError(error) && (code === undefined || error.code === code)) return undefined;
    throw error;
  }
}

function tried<T>({ option, path }: OutPath, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(`${option}: ${path}: can't be written: ${reasonOf(error, WRITING)}`);
  }
}
