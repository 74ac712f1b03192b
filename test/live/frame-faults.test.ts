import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { concat, decodeFrames, encodeFrame, plainPayload, type WireFrame } from '../../src/index.js';
import { seeded } from '../../src/cli/host/seeded.js';
import { FrameFaults, type FrameFaultPlan } from '../../src/live/relay/frame-faults.js';

const MASK = 0x37fa213d;
const text = (length: number, more: object = {}): Uint8Array =>
  encodeFrame({
    ...{ fin: true, rsv: 0, opcode: 1, key: MASK },
    payload: Uint8Array.from({ length }, (_, i) => 97 + (i % 26)),
    ...more,
  });

/** What is passed on of the chunks, and what was reported of it. */
function through(
  plan: FrameFaultPlan,
  chunks: readonly Uint8Array[],
  most = Infinity,
): { out: Uint8Array; told: string[] } {
  const out: Uint8Array[] = [];
  const told: string[] = [];
  let frames = 0;
  const next = { write: (bytes: Uint8Array) => out.push(bytes.slice()) > 0, end: () => undefined };
  const taker = {
    did: (fault: string, index: number, words: string) => void told.push(`${fault} ${index}: ${words}`),
    passed: () => ++frames < most,
  };
  const faults = new FrameFaults(next, plan, taker, seeded(7));
  for (const chunk of chunks) faults.write(chunk);
  faults.end();
  return { out: concat(out), told };
}

const framesOf = (bytes: Uint8Array): readonly WireFrame[] => decodeFrames(bytes).frames;
const chopped = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe('frames that are passed on', () => {
  it('are the same where nothing is done to them, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => {
        expect(through({}, chopped(bytes, size)).out).toEqual(bytes);
      }),
    );
  });

  it.each([1, 3, 7, 1000])('are cut into frames that carry the same bytes: chunks of %i', (size) => {
    const wire = concat([text(10), text(23, { rsv: 4, fin: false }), text(4), text(30, { opcode: 9, key: undefined })]);
    const { out, told } = through({ fragment: 7 }, chopped(wire, size));
    const frames = framesOf(out);
    expect(frames.map(({ header: { fin, rsv, opcode, payloadLength } }) => [fin, rsv, opcode, payloadLength])).toEqual([
      [false, 0, 1, 7],
      [true, 0, 0, 3],
      [false, 4, 1, 7],
      [false, 0, 0, 7],
      [false, 0, 0, 7],
      [false, 0, 0, 2],
      [true, 0, 1, 4],
      [true, 0, 9, 30],
    ]);
    const payloads = (all: readonly WireFrame[]): string =>
      all.map((one) => Buffer.from(plainPayload(one)).toString()).join('');
    expect(payloads(frames)).toBe(payloads(framesOf(wire)));
    expect(told).toEqual(['fragment 0: cut into 2 frames of 7 bytes', 'fragment 1: cut into 4 frames of 7 bytes']);
  });

  it.each([1, 5, 1000])('are sent twice: chunks of %i', (size) => {
    const [one, two] = [text(9), text(0, { opcode: 10 })];
    const { out, told } = through({ duplicate: true }, chopped(concat([one, two]), size));
    expect(out).toEqual(concat([one, one, two, two]));
    expect(told).toEqual(['duplicate 0: sent twice', 'duplicate 1: sent twice']);
  });

  it.each([1, 4, 1000])('have one bit turned over, and the frame is reported: chunks of %i', (size) => {
    const wire = concat([text(20), text(0), text(40)]);
    const { out, told } = through({ corrupt: 1 }, chopped(wire, size));
    expect(told).toHaveLength(2);
    const wrong = wire.slice();
    const starts = framesOf(wire).map(({ header }) => header.start + header.length);
    for (const line of told) {
      const [, index = '', bit = '', at = ''] = /^corrupt (\d+): bit (\d) of payload byte (\d+) turned over$/.exec(
        line,
      )!;
      wrong[starts[Number(index)]! + Number(at)]! ^= 1 << Number(bit);
    }
    expect(out).toEqual(wrong);
  });

  it('are corrupted as often as was asked, the same ones with the same seed', () => {
    const wire = concat(Array.from({ length: 2000 }, () => text(3)));
    const { told, out } = through({ corrupt: 0.1 }, [wire]);
    expect(told.length).toBeGreaterThan(140);
    expect(told.length).toBeLessThan(260);
    expect(through({ corrupt: 0.1 }, chopped(wire, 11)).out).toEqual(out);
  });

  it('end with the frame that is the last', () => {
    const wire = concat([text(5), text(6), text(7)]);
    expect(through({}, chopped(wire, 4), 2).out).toEqual(concat([text(5), text(6)]));
  });
});
