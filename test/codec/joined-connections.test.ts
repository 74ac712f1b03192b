import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/codec/connection/connection.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';

const KEYS = [0x37fa213d, 0x38fa213e, 0xe17e8eb9, 0xb7cefd57, 0];
const frame = (opcode: number, said: string, key?: number): Uint8Array =>
  encodeFrame({ fin: true, rsv: 0, opcode, payload: encodeUtf8(said), ...(key !== undefined && { key }) });
const sure = [1, 2, 3, 4, 5, 6].map((id) => frame(1, `{"message": ${id}, "text": "hello"}`));

type Said = readonly [side: 0 | 1, bytes: Uint8Array];
const server = (...frames: Uint8Array[]): Said[] => frames.map((bytes) => [1, bytes]);

/** [what, segments, frames of each side] */
const cases = (key: number): readonly (readonly [string, readonly Said[], readonly [number, number]])[] => [
  ['a ping first', [[0, frame(9, '', key)], ...server(frame(10, ''), ...sure)], [1, 7]],
  [
    'two short client frames',
    [[0, frame(1, 'test message', key)], ...server(...sure), [0, frame(1, 'hi', key ^ 0x55aa)]],
    [2, 6],
  ],
  ['one client frame', [...server(...sure), [0, frame(2, 'abc', key)]], [1, 6]],
  ['one close frame', [...server(...sure), [0, frame(8, '', key)]], [1, 6]],
  ['two frames in one segment', [...server(concat([frame(10, ''), frame(1, 'welcome to this')]), ...sure)], [0, 8]],
  ['both sides short', [[0, frame(1, 'hello there', key)], ...server(frame(1, 'hello you'))], [1, 1]],
  [
    'one server frame',
    [...[1, 2, 3, 4, 5].map((id): Said => [0, frame(1, `{"message": ${id}}`, key ^ id)]), ...server(frame(1, 'ok'))],
    [5, 1],
  ],
];

/** Segments that show nothing. */
const NOTHING: readonly (readonly [string, readonly Said[]])[] = [
  ['one frame alone', [[0, frame(1, 'only one message', 0x37fa213d)]]],
  [
    'MQTT subscriptions',
    [
      [0, Uint8Array.of(0x82, 8, 0, 1, 0, 3, 97, 47, 98, 0)],
      [1, Uint8Array.of(0x90, 3, 0, 1, 0)],
    ],
  ],
  ['half a frame', [[0, frame(1, 'only one message', 0x37fa213d).subarray(0, 12)]]],
];

function framesOf(said: readonly Said[]): [number, number] {
  const connection = new Connection({ capture: 'any' });
  const events = said.flatMap(([side, bytes]) => connection.push(side, concat([bytes])));
  events.push(...connection.end());
  expect(events.filter(({ type }) => type !== 'frame')).toEqual([]);
  const count = (from: string): number =>
    events.filter(({ type, direction }) => type === 'frame' && direction === from).length;
  return [count('client'), count('server')];
}

describe('a connection that is joined in its middle', () => {
  describe.each(KEYS)('with the masking key %i', (key) => {
    it.each(cases(key))('%s', (_name, said, frames) => {
      expect(framesOf(said)).toEqual(frames);
    });
  });

  it.each(NOTHING)('%s is no evidence', (_name, said) => {
    expect(framesOf(said)).toEqual([0, 0]);
  });
});
