import type * as zlib from 'node:zlib';
import { builtin } from '../entries/builtin.js';
import { UsageError } from '../host/exit.js';
import { concat } from '../../traffic/toolbox/bytes.js';

/** Limits for a zip file, and for one file in it. Bytes. */
const MOST = { packed: 128 * 1024 * 1024, least: 16 * 1024 * 1024, perByte: 100, most: 256 * 1024 * 1024 };
const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const MOST_NAMED = 5;

interface Packed {
  readonly name: string;
  readonly method: number;
  readonly start: number;
  readonly length: number;
}

/** The files of a zip archive (APPNOTE 6.3), unpacked when they are read. */
export class ZipFile {
  readonly names: readonly string[];
  private readonly entries: ReadonlyMap<string, Packed>;

  constructor(private readonly bytes: Uint8Array) {
    this.entries = new Map(entriesOf(bytes).map((entry) => [entry.name, entry]));
    this.names = [...this.entries.keys()];
  }

  /** Undefined where there is no such file, or it can't be unpacked. */
  file(name: string): Uint8Array | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined) return undefined;
    const packed = this.bytes.subarray(entry.start, entry.start + entry.length);
    if (entry.method === 0) return packed;
    if (entry.method !== 8) return undefined;
    const maxOutputLength = Math.min(MOST.most, MOST.least + MOST.perByte * packed.length);
    try {
      return (builtin('node:zlib') as typeof zlib).inflateRawSync(packed, { maxOutputLength });
    } catch {
      return undefined;
    }
  }
}

function entriesOf(bytes: Uint8Array): Packed[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (end >= 0 && end >= bytes.length - 22 - 0xffff && view.getUint32(end, true) !== END) end--;
  if (end < 0 || view.getUint32(end, true) !== END) return [];
  const entries: Packed[] = [];
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= end && view.getUint32(at, true) === ENTRY) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength!));
    const local = view.getUint32(at + 42, true);
    if (local + 30 <= bytes.length && view.getUint32(local, true) === LOCAL && !name.endsWith('/')) {
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      entries.push({ name, method: view.getUint16(at + 10, true), start, length: view.getUint32(at + 20, true) });
    }
    at += 46 + nameLength! + extra! + comment!;
  }
  return entries;
}

/** The one recording in a zip file, and its other files: Playwright packs a HAR with its attached files. Throws a UsageError. */
export async function openZip(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
): Promise<{ readonly bytes: Uint8Array; readonly attachments: (name: string) => Uint8Array | undefined }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MOST.packed)
      throw new UsageError(`a zip file of more than ${MOST.packed} bytes: unzip it`, { source });
    pieces.push(chunk);
  }
  const zip = new ZipFile(concat(pieces));
  const hars = zip.names.filter((name) => /\.har$/i.test(name));
  const [name] = hars.length === 0 ? zip.names : hars;
  if (name === undefined) throw new UsageError('a zip file that is damaged, or has no files', { source });
  if (hars.length > 1 || (hars.length === 0 && zip.names.length > 1)) {
    const named = (hars.length > 1 ? hars : zip.names).slice(0, MOST_NAMED).join(', ');
    throw new UsageError(`a zip file with several files, and not one HAR (${named}): unzip it first`, { source });
  }
  const bytes = zip.file(name);
  if (bytes === undefined) throw new UsageError(`${name} in the zip file is damaged, or too large`, { source });
  return { bytes, attachments: (each) => zip.file(each) ?? zip.file(`resources/${each}`) };
}
