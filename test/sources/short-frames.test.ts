import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { fromText, readAllWays, type Read } from './read-source.js';

const HELLO = '810548656c6c6f';
const MASKED = '818537fa213d7f9f4d5158';
const read = (text: string): Read => readAllWays(() => openSource('auto'), fromText(text));

/** What the source leaves out and names. */
function named(text: string): string[] {
  const source = openSource('auto');
  return [...source.push(fromText(text)), ...source.end()].flatMap((event) =>
    event.type === 'damage' ? [`${event.problem.line}: ${event.problem.message}`] : [],
  );
}

/** Lines before a short frame and before a long one. */
const FORMS: readonly (readonly [string, string])[] = [
  ['12:00:01 <- ', '12:00:03 <- '],
  ['12:00:01 -> ', '12:00:03 <- '],
  ['>>> ', '<<< '],
  ['<= ', '=> '],
  ['12:00:01 ← ', '12:00:02 → '],
  ['IN ', 'OUT '],
  ['C->S: ', 'S->C: '],
  ['client: ', 'server: '],
  ['ping: ', 'text: '],
  ['[ws] > ', '[ws] < '],
];

describe('a short frame in a log is read where a line of the same form holds bytes', () => {
  test.each(FORMS)('%s %s', (short, long) => {
    for (const frame of ['8900', '880203e8', '8a00', '89 00', '8180 37fa213d']) {
      const hex = frame.replaceAll(' ', '');
      const text = `${short}${frame}\n${long}${HELLO}\n${short}${frame}\n`;
      const { bytes, problem } = read(text);
      expect([text, bytes, problem, named(text)]).toEqual([text, `${hex}${HELLO}${hex}`, undefined, []]);
    }
  });

  test.each([
    ['a number and a colon before it', `Frame 1: ${HELLO}\nFrame 2: 8900\n`, `${HELLO}8900`],
    ['a word after it', `8900 (ping)\n${HELLO} (text)\n`, `8900${HELLO}`],
    ['a table with commas', `out,${HELLO}\nin,8900\n`, `${HELLO}8900`],
    ['a table with semicolons', `in;8a00\nout;${HELLO}\n`, `8a00${HELLO}`],
    ['a table in quotes', `"out","${HELLO}"\n"in","8900"\n`, `${HELLO}8900`],
    ['a table with columns after it', `1,out,${HELLO},7\n2,in,8900,2\n`, `${HELLO}8900`],
    ['an empty message in a table', `in,8100\nout,${HELLO}\n`, `8100${HELLO}`],
    ['a member of JSON', `{"dir":"out","hex":"${HELLO}"}\n{"dir":"in","hex":"8900"}\n`, `${HELLO}8900`],
    ['an equals sign', `in=8900\nout=${HELLO}\n`, `8900${HELLO}`],
    ['brackets', `RX [8900]\nTX [${HELLO}]\n`, `8900${HELLO}`],
    ['groups of four bytes', `> 8185 37fa213d 7f9f4d5158\n> ${MASKED}\n`, `${MASKED}${MASKED}`],
  ])('%s', (_, text, bytes) => {
    expect([read(text).bytes, named(text)]).toEqual([bytes, []]);
  });
});

describe('a short frame that is not proven is named', () => {
  test.each([
    ['another form', `heartbeat: 8900\n12:00:03 <- ${HELLO}\n`, '1: ', '8900'],
    ['a table beside a log', `out ${HELLO}\nin,8900\n`, '2: ', '8900'],
    ['before what happened to it', `out ${HELLO}\nping 8900 sent\n`, '2: ', '8900'],
    ['after the bytes', `12:00:03 <- ${HELLO}\nheartbeat / 8a00\n`, '2: ', '8a00'],
  ])('%s', (_, text, line, digits) => {
    expect(read(text).bytes).toBe(HELLO);
    expect(named(text)).toEqual([`${line}this line may hold bytes that were not read: ${digits}`]);
  });

  test.each([
    ['a port', `listening on port 8100\n12:00:03 <- ${HELLO}\n`],
    ['a port in the midst', `listening on 8900 since noon\nout ${HELLO}\n`],
    ['a port in a table', `port 8100,open\nout ${HELLO}\n`],
    ['a number that is no frame', `status: 1006\n12:00:03 <- ${HELLO}\n`],
    ['a port with a colon', `port: 8080\n12:00:03 <- ${HELLO}\n`],
  ])('%s is not', (_, text) => {
    expect([read(text).bytes, named(text)]).toEqual([HELLO, []]);
  });
});

describe('a line that has the form of lines with bytes and was not read', () => {
  const ROW = '81 14 48 65 6c 6c 6f 2c';

  test('is named after whole frames', () => {
    const text = 'recv 81 05 48 65 6c 6c 6f\nrecv 81 05 48 65 6c 6c 6\nrecv 89 00\n';
    expect(read(text)).toMatchObject({ bytes: `${HELLO}8900`, problem: undefined });
    expect(named(text)).toEqual([expect.stringMatching(/^2: this line has the form of lines that hold bytes/)]);
  });

  test('ends the reading within a frame', () => {
    const { bytes, problem } = read(`> I (1) ws: ${ROW}\n> I (2) ws: 20 77 6f 72 6c 64 2\n> I (3) ws: 20 31 32 33\n`);
    expect([bytes, problem?.line]).toEqual(['811448656c6c6f2c', 2]);
  });
});
