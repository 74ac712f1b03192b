import { expect, it } from 'vitest';
import { harMessage } from '../../src/sources/recordings/har-message.js';

const close = (data: string): unknown => harMessage({ type: 'receive', opcode: 8, data, time: 1 }, 0);

it.each(['A'.repeat(16_000_000), 'a'.repeat(16_000_001), '='.repeat(16_000_000)])(
  'a close frame of 16 MB in a HAR is refused as one without its code',
  (data) => {
    expect(() => close(data)).toThrow('a close frame without its code');
  },
);

it.each(['A+hieWU=', 'A+hieWVz', 'A+hieQ==', 'A+g='])('%s is the Base64 of a code and a reason', (data) => {
  expect(close(data)).toMatchObject({ side: 1, missing: 0 });
});

it.each(['A+hie', 'A+hieWU==', 'A+h=====', '===='])('%s is no Base64', (data) => {
  expect(() => close(data)).toThrow('a close frame without its code');
});
