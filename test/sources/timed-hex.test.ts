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

describe('a first column on later lines', () => {
  const HEADS = ['', `${HELLO}\n`, `${SPACED}\n`, `${HELLO}\n${MASKED}\n`];

  test.each(['12:00:01', '2024-05-01 12:00:01', '2024-05-01', '1714561201', '20240501', '00:12'])(
    'the time %s is passed over',
    (time) => {
      for (const head of HEADS.slice(1))
        for (const bytes of [HELLO, SPACED, '8105 4865 6c6c 6f'])
          for (const text of [`${head}${time} ${bytes}`, `${head}${time} ${bytes}\r\n${time},  ${bytes}\n`]) {
            const truth = fromText(`${head}${bytes}`.replace(/\s/g, ''));
            expect([text, read(text)]).toMatchObject([text, { problem: undefined }]);
            expect(read(text).bytes.startsWith(new TextDecoder().decode(truth))).toBe(true);
          }
    },
  );

  test.each([
    ['counters', ['01', '02', '03']],
    ['wide counters', ['0001', '0002', '0003']],
    ['lengths', ['07', '0b', '07']],
    ['names', ['deadbeef', 'deadbeef', 'cafe']],
    ['addresses of network cards', ['ab:cd:ef:01:02:03', 'ab:cd:ef:01:02:04', 'ab:cd:ef:01:02:03']],
    ['two columns', ['10 20', '10 21', '10 22']],
    ['a counter and a time', ['01 12:00:01', '02 12:00:02', '03 12:00:03']],
    ['a mark', ['0x1', '0x2', '0x3']],
  ])('%s are never read as bytes', (_, column) => {
    const truth = `${HELLO}${MASKED}${HELLO}`;
    for (const lines of [
      [HELLO, MASKED, HELLO],
      [SPACED, MASKED.replace(/..(?=.)/g, '$& '), SPACED],
    ])
      for (const from of [0, 1, 2])
        for (const end of ['', '\n', '\r\n']) {
          const text = `${lines.map((line, at) => (at < from ? line : `${column[at]} ${line}`)).join('\n')}${end}`;
          const { bytes, problem } = read(text);
          if (problem === undefined) expect([text, bytes]).toEqual([text, truth]);
          else expect([text, truth.startsWith(bytes)]).toEqual([text, true]);
        }
  });

  test('a time within a frame is refused', () => {
    const { bytes, problem } = read(`81 05 48\n12:00:01 ${SPACED}\n`);
    expect({ bytes, message: problem?.message }).toEqual({
      bytes: '810548',
      message: expect.stringContaining('the frame before it is not complete') as string,
    });
  });

  test.each([
    ['the header apart', `${HELLO}\n8105 48656c6c6f\n8185 37fa213d 7f9f4d5158\n`, `${HELLO}${HELLO}${MASKED}`],
    ['a frame over lines', `8105 4865\n6c6c 6f\n${SPACED}\n`, `${HELLO}${HELLO}`],
    ['the end of a frame and a frame', `8105\n48656c6c6f ${HELLO}\n`, `${HELLO}${HELLO}`],
    ['a first byte too many', `00 ${SPACED}\n`, `00${HELLO}`],
    ['a frame that is wrong', `${HELLO}\nff 81 05 48 65 6c\n`, `${HELLO}ff810548656c`],
    ['rows of a dump', `82 0e 82 02 61 62 82 02\n61 62 82 02 61 62 82 02\n`, '820e820261628202616282026162' + '8202'],
  ])('%s is read as it is', (_, text, bytes) => {
    expect(read(text)).toMatchObject({ bytes, problem: undefined });
  });
});

describe('frames in a comment', () => {
  const NOTICE = expect.stringContaining('one of them holds whole frames') as string;

  test.each([
    ['a number with #', `${HELLO}\n#1 ${MASKED}\n`],
    ['at the end', `${HELLO}\n# ${SPACED}`],
    ['after bytes', `${HELLO} # ${SPACED}\n`],
    ['after //', `${HELLO}\n// frame 2: ${SPACED}\n${HELLO}\n`],
    ['before all bytes', `# ${SPACED}\n${HELLO}\n`],
    ['after a literal', `b'\\x81\\x05Hello'\n# ${SPACED}`],
  ])('are reported: %s', (_, text) => {
    expect(read(text)).toMatchObject({ problem: undefined, notices: [NOTICE] });
  });

  test.each([
    ['words', `${HELLO} # text, FIN\n`],
    ['one byte', '81 # 81\n05 # 05\n48656c6c6f # "Hello"\n'],
    ['a piece', `${HELLO}\n# 81 05 48 65\n`],
  ])('are not: %s', (_, text) => {
    expect(read(text)).toMatchObject({ bytes: HELLO, problem: undefined, notices: [] });
  });
});

test.each([
  ['a value', `INSERT INTO f VALUES (1, '\\x${HELLO}');\n`],
  ['a value with E', `INSERT INTO f VALUES (1, E'\\\\x${HELLO}');\n`],
  ['a string with E', `E'\\\\x${HELLO}'`],
  ['rows of a table', ` 1 | \\x${HELLO}\n 2 | \\x${HELLO}\n`],
  ['a line of a log', `12:00 INFO saved\n12:01 INSERT INTO f VALUES (1, '\\x${HELLO}');\n`],
])('the bytea of PostgreSQL in a line is no escape and characters: %s', (_, text) => {
  const { bytes, problem } = read(text);
  expect([bytes, problem?.message]).toEqual(['', expect.stringContaining('bytea of PostgreSQL') as string]);
});

describe('a counter whose width changes', () => {
  const TEN = '810a48656c6c6f48656c6c6f';
  const spaced = (hex: string): string => hex.replace(/..(?=.)/g, '$& ');

  test.each([
    ['blanks', '9 ', '10 ', ' '],
    ['a colon', '9: ', '10: ', ' '],
    ['brackets', '[9] ', '[10] ', ' '],
    ['commas', '9,', '10,', ','],
    ['several blanks', ' 9  ', '10  ', ' '],
  ])('%s', (_, first, second, between) => {
    const bytes = spaced(TEN).replaceAll(' ', between);
    for (const columns of [
      [first, second],
      [second, first],
      [first, second, second],
      [second, second, first],
    ])
      for (const end of ['\n', '\r\n']) {
        const text = columns.map((column) => `${column}${bytes}${end}`).join('');
        const { bytes: found, problem } = read(text);
        const truth = TEN.repeat(columns.length);
        if (problem === undefined) expect([text, found]).toEqual([text, truth]);
        else expect([text, truth.startsWith(found)]).toEqual([text, true]);
      }
    expect(read(`${first}${bytes}\n${second}${bytes}\n`)).toMatchObject({ bytes: TEN.repeat(2), problem: undefined });
  });

  test.each([
    ['the second line is no hex', `10 ${SPACED}\nfoo\n`],
    ['the second line is narrower', `10 ${SPACED}\n9 ${SPACED}\n`],
    ['an empty line between', `10 ${SPACED}\n\n9 ${SPACED}\n`],
    ['the second line is wider', `99 ${SPACED}\n100 ${SPACED}\n`],
    ['a comment between', `10 ${SPACED}\n# next\n9 ${SPACED}\n`],
  ])('no false byte of the first line comes before the refusal: %s', (_, text) => {
    expect(read(text)).toMatchObject({ bytes: '' });
    expect(read(text).problem).toBeDefined();
  });

  test('line numbers', () => {
    expect(read(`1  ${SPACED}\n2  89 00\n`)).toMatchObject({ bytes: `${HELLO}8900`, problem: undefined });
  });

  test('a line of bytes continues one that is not whole', () => {
    expect(read('recv 81 0a 48 65 6c 6c\n6f 81 03 48 65 6c\n')).toMatchObject({ bytes: '810a48656c6c6f810348656c' });
  });
});
