/** Captures from outside for the tests: the generator's and editcap's; whole files through `Flows`, and an independent reading of the same files. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, inflateRawSync } from 'node:zlib';
import { Flows } from '../../src/sources/tcp/flows.js';
import type { FlowLimits } from '../../src/sources/tcp/flows.js';
import type { PacketReader } from '../../src/sources/files/packet-reader.js';

const GENERATOR = fileURLToPath(new URL('../../fixtures/captures/genpcap.py', import.meta.url));

/** A directory for the length of a test file. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'wsinspect-capture-'));

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

interface DirectionTruth {
  readonly frames: number;
  readonly messages: number;
  readonly payload: number;
  readonly sha256: string;
}

export interface Truth {
  readonly totals: { readonly packets: number };
  readonly flows: readonly {
    readonly client: string;
    readonly server: string;
    readonly c2s: DirectionTruth;
    readonly s2c: DirectionTruth;
  }[];
}

interface Generated {
  readonly file: Uint8Array;
  readonly truth: Truth;
}

/** Runs the generator for each list of arguments, in one process: most of a run is the start of Python. */
const EACH = `
import json, runpy, sys
for each in json.loads(sys.argv[1]):
    sys.argv = each
    runpy.run_path(each[0], run_name='__main__')
`;

/** Writes a capture for each of these options, to the path that belongs to them. */
export function generateAll(all: ReadonlyMap<string, readonly string[]>): void {
  const lines = [...all].map(([out, options]) => [GENERATOR, ...options, '--out', out]);
  execFileSync('python3', ['-c', EACH, JSON.stringify(lines)], { stdio: 'ignore' });
}

/** A capture that was written. */
export function generated(out: string): Generated {
  return { file: new Uint8Array(readFileSync(out)), truth: JSON.parse(readFileSync(`${out}.json`, 'utf8')) as Truth };
}

export function generate(out: string, options: readonly string[]): Generated {
  generateAll(new Map([[out, options]]));
  return generated(out);
}

/** One direction: bytes at their offsets, 0 where `lost` says so. */
export interface Directed {
  readonly bytes: Uint8Array;
  /** Ranges [from, to) that were not captured. */
  readonly lost: readonly (readonly [number, number])[];
}

/** `sender>receiver` -> the bytes of that direction, by the code under test, in chunks of `size`. */
export function readFlows(reader: PacketReader, file: Uint8Array, size: number, limits: Partial<FlowLimits> = {}) {
  const directions = new Map<string, { parts: Uint8Array[]; length: number; lost: [number, number][] }>();
  const problems: string[] = [];
  const flows = new Flows(
    {
      opened({ a, b, streams }) {
        const names = [`${a.address}:${a.port}`, `${b.address}:${b.port}`] as const;
        const sides = [`${names[0]}>${names[1]}`, `${names[1]}>${names[0]}`].map((name) => {
          const side = directions.get(name) ?? { parts: [], length: 0, lost: [] };
          directions.set(name, side);
          return side;
        });
        return {
          data(side, bytes, start, end) {
            const direction = sides[side]!;
            const offset = streams[side].offset - (end - start);
            if (direction.length !== offset) throw new Error(`data at ${offset}, expected ${direction.length}`);
            direction.parts.push(bytes.slice(start, end));
            direction.length += end - start;
          },
          gap(side, length) {
            const direction = sides[side]!;
            const offset = streams[side].offset - length;
            if (direction.length !== offset) throw new Error(`gap at ${offset}, expected ${direction.length}`);
            direction.parts.push(new Uint8Array(length));
            direction.lost.push([offset, offset + length]);
            direction.length += length;
          },
          fin: () => undefined,
          reset: () => undefined,
          close: () => undefined,
        };
      },
    },
    limits,
  );
  const visitor = {
    packet: flows.packet.bind(flows),
    notice: (message: string) => problems.push(message),
    problem: ({ message }: { message: string }) => problems.push(message),
  };
  for (let at = 0; at < file.length; at += size) reader.push(file.subarray(at, at + size), visitor);
  reader.end(visitor);
  flows.end();
  const read = [...directions].map(
    ([name, { parts, lost }]) => [name, { bytes: new Uint8Array(Buffer.concat(parts)), lost }] as const,
  );
  return { directions: new Map<string, Directed>(read), problems, counters: flows.counters };
}

/** The same by another way: every byte of every segment is written where its sequence number says. Little-endian pcap, IPv4 without options. */
export function naiveDirections(file: Uint8Array, linkBytes: number): Map<string, Directed> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found = new Map<
    string,
    { base: number | undefined; segments: [number, Uint8Array][]; end: number | undefined }
  >();
  for (let at = 24; at < file.length; at += 16 + view.getUint32(at + 8, true)) {
    const ip = at + 16 + linkBytes;
    const segment = ip + 20;
    const address = (from: number): string => `${file.subarray(from, from + 4).join('.')}`;
    const name = `${address(ip + 12)}:${view.getUint16(segment)}>${address(ip + 16)}:${view.getUint16(segment + 2)}`;
    const payload = file.subarray(segment + (view.getUint8(segment + 12) >> 4) * 4, ip + view.getUint16(ip + 2));
    const flags = view.getUint8(segment + 13);
    const sequence = view.getUint32(segment + 4);
    const direction = found.get(name) ?? { base: undefined, segments: [], end: undefined };
    found.set(name, direction);
    if ((flags & 2) !== 0) direction.base = sequence + 1;
    if (payload.length > 0) direction.segments.push([sequence, payload]);
    if ((flags & 1) !== 0) direction.end = sequence + payload.length;
  }
  return new Map([...found].map(([name, direction]) => [name, laidOut(direction)]));
}

function laidOut({
  base,
  segments,
  end,
}: {
  base: number | undefined;
  segments: [number, Uint8Array][];
  end: number | undefined;
}): Directed {
  const reference = segments[0]?.[0] ?? 0;
  const start = base ?? reference + Math.min(...segments.map(([sequence]) => (sequence - reference) | 0));
  const behind = segments.map(([sequence, { length }]) => ((sequence - start) | 0) + length);
  const bytes = new Uint8Array(end === undefined ? Math.max(0, ...behind) : (end - start) | 0);
  const covered = new Uint8Array(bytes.length);
  for (const [sequence, payload] of segments) {
    bytes.set(payload, (sequence - start) | 0);
    covered.fill(1, (sequence - start) | 0, ((sequence - start) | 0) + payload.length);
  }
  const lost: [number, number][] = [];
  for (let at = covered.indexOf(0); at >= 0;) {
    const next = covered.indexOf(1, at);
    lost.push([at, next < 0 ? covered.length : next]);
    at = next < 0 ? -1 : covered.indexOf(0, next);
  }
  return { bytes, lost };
}

/** A trivial WebSocket decoder, for streams known to be right: what the generator's ground truth says of a direction. */
export function decodeDirection(stream: Uint8Array, deflate: boolean, takeover: boolean): DirectionTruth {
  const buffer = Buffer.from(stream);
  let at =
    buffer.subarray(0, 4).equals(Buffer.from('GET ')) || buffer.subarray(0, 4).equals(Buffer.from('HTTP'))
      ? buffer.indexOf('\r\n\r\n') + 4
      : 0;
  const sha = createHash('sha256');
  const truth = { frames: 0, messages: 0, payload: 0 };
  let parts: Buffer[] = [];
  let window: Buffer = Buffer.alloc(0);
  while (at < buffer.length) {
    const [first, second] = [buffer[at]!, buffer[at + 1]!];
    const short = second & 127;
    const length =
      short < 126 ? short : short === 126 ? buffer.readUInt16BE(at + 2) : Number(buffer.readBigUInt64BE(at + 2));
    at += short < 126 ? 2 : short === 126 ? 4 : 10;
    const key = second > 127 ? buffer.subarray(at, (at += 4)) : undefined;
    const payload = Buffer.from(buffer.subarray(at, (at += length)));
    if (key !== undefined) for (let i = 0; i < payload.length; i++) payload[i]! ^= key[i & 3]!;
    truth.frames++;
    if ((first & 15) === 8) continue;
    parts.push(payload);
    if (first < 128) continue;
    let message: Buffer = Buffer.concat(parts);
    parts = [];
    if (deflate) {
      const dictionary = window.length > 0 && takeover ? { dictionary: window } : {};
      message = inflateRawSync(Buffer.concat([message, Buffer.from([0, 0, 255, 255])]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        ...dictionary,
      });
      window = Buffer.concat([window, message]).subarray(-32768);
    }
    truth.messages++;
    truth.payload += message.length;
    sha.update(message);
  }
  return { ...truth, sha256: sha.digest('hex') };
}
