import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { fromText, readAllWays, type Read } from './read-source.js';

const HELLO = '810548656c6c6f';
const SPACED = '81 05 48 65 6c 6c 6f';
const MASKED = '818537fa213d7f9f4d5158';
const read = (text: string): Read => readAllWays(() => openSource('auto'), fromText(text));

const TIMES = [
  '12:00:01',
  '00:05:48',
  '9:05:48',
  '12:00',
  '12:00:01,123',
  '12:00:01:123456',
  '2024-05-01 12:00:01',
  '2024/05/01 12:00:01',
  '2024-05-01',
  '20240501 120001',
  '20240501',
  '1714561201',
  '1714561201123',
  '1714561201123456',
  '  12:00:01',
  '12:00:01.123',
  '[12:00:01]',
  '2024-05-01T12:00:01Z',
];

describe('a time before plain hex is passed over', () => {
  test.each(TIMES)('%s', (time) => {
    for (const text of [`${time} ${HELLO}`, `${time} ${SPACED}\n`, `${time}  ${HELLO}\r\n`])
      expect([text, read(text)]).toMatchObject([text, { bytes: HELLO, problem: undefined }]);
    const lines = read(`${time} ${SPACED}\n${time} ${MASKED}\n${time} ${HELLO}\n`);
    expect(lines).toMatchObject({ bytes: `${HELLO}${MASKED}${HELLO}`, problem: undefined });
  });

  test.each([
    ['a colon', `12:00:01: ${HELLO}`],
    ['a comma', `12:00:01,${HELLO}`],
    ['a semicolon', `1714561201; ${SPACED}`],
    ['a hyphen', `12:00:01 - ${HELLO}`],
    ['a comment before it', `# from the log\n12:00:01 ${HELLO}\n`],
    ['a short frame first', `12:00:01 8900\n12:00:02 ${HELLO}\n`, `8900${HELLO}`],
    ['a message in two frames', `12:00:01 0103 48656c\n12:00:02 80026c6f\n`, '010348656c80026c6f'],
  ])('%s', (_, text, bytes = HELLO) => {
    expect(read(text)).toMatchObject({ bytes, problem: undefined });
  });
});

describe('a time before bytes that are no whole frames is refused', () => {
  test.each([
    ['cut', '12:00:01 810548656c6c'],
    ['more than frames', `12:00:01 ${SPACED} 89\n`],
    ['an offset after it', '12:00:01 0000 810548656c6c6f\n'],
    ['a date', '2024-05-01 12:00:01 81 05 48\n'],
    ['seconds', '1714561201 810548\n'],
    ['in two lines', '12:00:01 81 05 48\n12:00:02 65 6c 6c 6f\n'],
  ])('%s', (_, text) => {
    const { bytes, problem } = read(text);
    expect({ bytes, message: problem?.message }).toEqual({
      bytes: '',
      message: expect.stringContaining('begins with what looks like a time') as string,
    });
  });
});

test.each([
  ['a frame whose bytes could be a time', '01:05:48 65 6c 6c 6f', '010548656c6c6f'],
  ['pairs with colons', '81:05:48:65:6c:6c:6f', HELLO],
])('%s is read as it is', (_, text, bytes) => {
  expect(read(text)).toMatchObject({ bytes, problem: undefined });
});
