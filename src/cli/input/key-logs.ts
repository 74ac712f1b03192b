import type * as fs from 'node:fs';
import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import { magicOf } from '../../sources/detect/magic.js';
import { pcapngReader } from '../../sources/files/pcapng.js';
import type { PacketVisitor } from '../../sources/files/packet-reader.js';
import { TlsTraffic } from '../../traffic/layers/tls-traffic.js';
import { tlsCryptoWith } from '../../traffic/toolbox/tls.js';
import { builtin } from '../entries/builtin.js';
import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { isSystemError, reasonOf } from '../host/system-reasons.js';
import type { DecodeOptions } from '../options/options.js';

/** What opens the TLS sessions of a run. node:crypto is loaded with the first of them. */
export function tlsTraffic(options: DecodeOptions): TlsTraffic {
  let loaded: ReturnType<typeof tlsCryptoWith> | undefined;
  const crypto = (): ReturnType<typeof tlsCryptoWith> =>
    (loaded ??= tlsCryptoWith(builtin('node:crypto') as Parameters<typeof tlsCryptoWith>[0]));
  const lazy: ReturnType<typeof tlsCryptoWith> = {
    supports: (suite) => crypto().supports(suite),
    hmac: (...args) => crypto().hmac(...args),
    open: (...args) => crypto().open(...args),
    decryptCbc: (...args) => crypto().decryptCbc(...args),
    encryptBlocks: (...args) => crypto().encryptBlocks(...args),
  };
  return new TlsTraffic(lazy, { mostTrials: options.keylogSearch });
}

/** Reads the key logs of the command line up to their ends. */
export async function readKeyLogs(
  io: Io,
  files: readonly string[],
  traffic: TlsTraffic,
  notice: (message: Printable) => void,
): Promise<void> {
  for (const name of files) {
    const reader = traffic.log((message) => notice(noticeOf(name, message)));
    for await (const chunk of io.readFile(name)) reader.push(chunk);
    reader.end();
    if (reader.secrets === 0) notice(noticeOf(name, 'no TLS secret in it'));
  }
  const { leftOut } = traffic.secrets;
  if (leftOut > 0) notice(print`${leftOut} lines of the key logs were left out: there are too many`);
}

/** Reads the key logs within a pcapng file, wherever they are in it. False: the file is packed, or cannot be read. */
export function secretsOfFile(
  name: string,
  files: KeyLogFiles = builtin('node:fs') as KeyLogFiles,
): (take: (keyLog: Uint8Array) => void) => boolean {
  return (take) => {
    const reader = pcapngReader();
    let isCapture: boolean | undefined;
    const nothing = (): void => undefined;
    let isOver = false;
    const stop = (): void => void (isOver = true);
    const visitor: PacketVisitor = { packet: nothing, secrets: take, notice: nothing, problem: stop };
    let descriptor: number | undefined;
    try {
      descriptor = files.openSync(name, files.constants.O_RDONLY);
      while (!isOver) {
        // Its own: the reader keeps what it has not read yet.
        const chunk = new Uint8Array(LARGE_CHUNK);
        const length = files.readSync(descriptor, chunk, 0, LARGE_CHUNK, null);
        if (length === 0) break;
        isCapture ??= magicOf(chunk) === 'pcapng';
        if (!isCapture) return false;
        reader.push(chunk.subarray(0, length), visitor);
      }
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return false;
    } finally {
      if (descriptor !== undefined) files.closeSync(descriptor);
    }
  };
}

function noticeOf(name: string, message: string): Printable {
  return print`${escapeText(name)}: ${escapeText(message)}`;
}

/** What is needed of a file system: `node:fs` has it. */
export type KeyLogFiles = Pick<typeof fs, 'openSync' | 'readSync' | 'closeSync' | 'constants'>;

const CHUNK = 64 * 1024;
const LARGE_CHUNK = 1024 * 1024;
/** The file does not exist yet, or the pipe is still empty. */
const LATER: ReadonlySet<string | undefined> = new Set(['ENOENT', 'EAGAIN']);

/** A key log that is written while packets come: a file that grows, or may not exist yet, or a named pipe. Never waits. */
class GrowingKeyLog {
  private descriptor: number | undefined;
  private readonly chunk = new Uint8Array(CHUNK);

  constructor(
    private readonly name: string,
    private readonly files: KeyLogFiles,
    private readonly reader: ReturnType<TlsTraffic['log']>,
    private readonly notice: (message: Printable) => void,
  ) {}

  /** Reads what was added. */
  refresh(): void {
    const { constants } = this.files;
    try {
      this.descriptor ??= this.files.openSync(this.name, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      for (;;) {
        const length = this.files.readSync(this.descriptor, this.chunk, 0, CHUNK, null);
        if (length === 0) return;
        this.reader.push(this.chunk.subarray(0, length));
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (!LATER.has(error.code)) throw new UsageError(`--keylog: ${this.name}: can't be read: ${reasonOf(error)}`);
    }
  }

  end(): void {
    this.refresh();
    this.reader.end();
    if (this.descriptor === undefined)
      this.notice(noticeOf(this.name, 'there is no such file: no TLS secret was read'));
    else if (this.reader.secrets === 0) this.notice(noticeOf(this.name, 'no TLS secret in it'));
  }
}

/** Reads key logs as they grow. Gives the function that reads the last of them. */
export function followKeyLogs(
  files: readonly string[],
  traffic: TlsTraffic,
  notice: (message: Printable) => void,
  system: KeyLogFiles = builtin('node:fs') as KeyLogFiles,
): () => void {
  const logs = files.map((name) => {
    const reader = traffic.log((message) => notice(noticeOf(name, message)));
    return new GrowingKeyLog(name, system, reader, notice);
  });
  traffic.growBy(() => logs.forEach((log) => log.refresh()));
  traffic.refresh();
  return () => logs.forEach((log) => log.end());
}
