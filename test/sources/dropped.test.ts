import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from '../cli/in-process.js';
import { has } from '../tools.js';
import { generate, Scratch } from './captures.js';

const scratch = new Scratch();
afterAll(() => scratch.remove());

interface FrameLine {
  readonly type: string;
  readonly connection: number;
  readonly direction: string;
  readonly offset: number;
  readonly payloadLength: number;
  readonly opcode: number;
  readonly fin: boolean;
  readonly text?: string;
  readonly hex?: string;
  readonly client?: string;
  readonly code?: string;
  readonly message?: string;
  readonly diagnostics: readonly { readonly code: string }[];
}

interface Frames {
  readonly whole: Map<string, string>;
  readonly holed: Map<string, string>;
  /** By client and direction: from, to. */
  readonly gaps: Map<string, [number, number][]>;
}

/** Every frame by its place: client, direction, offset. What was not captured whole is apart. */
async function framesOf(path: string): Promise<Frames> {
  const { out, exit, err } = await runHere(['decode', '-f', path, '--json']);
  // Holes are exit 1; anything else is a fault of ours.
  expect([0, 1]).toContain(exit);
  expect(err).toBe('');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FrameLine);
  const clients = new Map(
    lines.flatMap((line) => (line.type === 'connection' ? [[line.connection, line.client]] : [])),
  );
  const [whole, holed] = [new Map<string, string>(), new Map<string, string>()];
  const gaps = new Map<string, [number, number][]>();
  for (const line of lines) {
    if (line.type === 'diagnostic' && line.code === 'bytes-not-captured') {
      const lane = `${clients.get(line.connection)} ${line.direction}`;
      gaps.set(lane, [...(gaps.get(lane) ?? []), [line.offset, line.offset + parseInt(line.message!)]]);
    }
    if (line.type !== 'frame') continue;
    const place = `${clients.get(line.connection)} ${line.direction} ${line.offset}`;
    const header = `${line.opcode} ${line.fin} ${line.payloadLength}`;
    const isHoled = line.diagnostics.some(({ code }) => code === 'payload-not-captured');
    (isHoled ? holed : whole).set(place, isHoled ? header : `${header} ${line.text ?? line.hex}`);
    const wrong = line.diagnostics.filter(
      ({ code }) => !['payload-not-captured', 'frame-joined', 'deflate-context-lost', 'frame-truncated'].includes(code),
    );
    expect(wrong, place).toEqual([]);
  }
  return { whole, holed, gaps };
}

/** How many of the frames are not touched by any gap. */
function survivors(truth: Map<string, string>, gaps: Frames['gaps']): number {
  const isWhole = ([place, frame]: [string, string]): boolean => {
    const [client, direction, offset] = place.split(' ') as [string, string, string];
    const length = Number(frame.split(' ')[2]);
    const start = Number(offset);
    const header = (length < 126 ? 2 : length < 65536 ? 4 : 10) + (direction === 'client' ? 4 : 0);
    const lane = gaps.get(`${client} ${direction}`) ?? [];
    return lane.every(([from, to]) => to <= start || from >= start + header + length);
  };
  return [...truth].filter(isWhole).length;
}

/** The capture without some of its packets; those of the handshakes, which come first, stay. Deterministic. */
function drop(file: Uint8Array, share: number, seed: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const kept = [file.subarray(0, 24)];
  let state = seed;
  let number = 0;
  for (let at = 24; at < file.length; number++) {
    const length = 16 + view.getUint32(at + 8, true);
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (number < HANDSHAKE_PACKETS || state / 2 ** 32 >= share) kept.push(file.subarray(at, at + length));
    at += length;
  }
  return Buffer.concat(kept);
}

const FLOWS = 8;
const HANDSHAKE_PACKETS = 6 * FLOWS;

/** How many of the frames that are left whole have to be shown: the rest can't be verified. */
const RUNS: readonly { readonly options: string; readonly share: number; readonly shown: number }[] = [
  { options: '--profile small --mb 1', share: 0.02, shown: 0.999 },
  { options: '--profile small --mb 1', share: 0.3, shown: 0.98 },
  { options: '--profile packed --mb 1', share: 0.02, shown: 0.99 },
  { options: '--profile packed --mb 1', share: 0.1, shown: 0.97 },
  { options: '--profile packed --mb 1 --fragment 3', share: 0.03, shown: 0.75 },
  { options: '--profile large --mb 4', share: 0.002, shown: 0.9 },
  { options: '--profile deflate --mb 1', share: 0.02, shown: 0.97 },
  { options: '--profile deflate --mb 1 --no-takeover', share: 0.05, shown: 0.95 },
];

describe.skipIf(!has('python3'))('a capture with losses', () => {
  it.concurrent.each(RUNS.map((each, index) => ({ ...each, index })))(
    '$options, $share of the packets lost: no wrong frame, and those that can be verified',
    async ({ options, share, shown, index }) => {
      const [all, left] = [scratch.file(`${index}-all.pcap`), scratch.file(`${index}-left.pcap`)];
      const { file } = generate(all, [...options.split(' '), '--flows', String(FLOWS)]);
      writeFileSync(left, drop(file, share, 20261122 + index));
      const [truth, found] = await Promise.all([framesOf(all), framesOf(left)]);
      for (const [place, frame] of found.whole)
        expect(`${place}: ${frame}`).toBe(`${place}: ${truth.whole.get(place)}`);
      for (const [place, header] of found.holed) expect(truth.whole.get(place)).toMatch(new RegExp(`^${header} `));
      expect(found.whole.size / survivors(truth.whole, found.gaps)).toBeGreaterThan(shown);
    },
  );
});
