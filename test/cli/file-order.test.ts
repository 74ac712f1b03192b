import { describe, expect, it } from 'vitest';
import { ipv4, pcapFile, tcp } from '../sources/packets.js';
import { decode, type Ran } from '../fuzz/decode-world.js';

/** A capture of packets at these seconds. */
const capture = (...times: number[]): Uint8Array =>
  pcapFile(
    times.map((time, i) => ({
      bytes: ipv4(tcp({ seq: i })),
      seconds: 1_700_000_000 + Math.floor(time),
      fraction: Math.round((time % 1) * 1e6),
    })),
    { link: 101 },
  );

function ran(files: readonly (readonly [string, Uint8Array])[], options: object = {}): Promise<Ran> {
  return decode({ files: files.map(([name, bytes]) => ({ name, chunks: [bytes.slice()] })), options });
}

const A = ['a.pcap', capture(0, 5)] as const;
const NEXT = ['b.pcap', capture(5, 9)] as const;
const LATER = ['c.pcap', capture(8, 12)] as const;

describe('several captures', () => {
  it.each([
    ['in the order of time', [A, NEXT], ''],
    ['with packets that a kernel turned round', [A, ['b', capture(4.95, 6)] as const], ''],
    [
      'the wrong way round',
      [NEXT, A],
      'a.pcap begins before b.pcap: give captures in the order of time, they are read as one\n',
    ],
    [
      'all the wrong way round',
      [LATER, NEXT, A],
      'b.pcap begins before c.pcap: give captures in the order of time, they are read as one\n',
    ],
    [
      'at the same time',
      [NEXT, LATER],
      'c.pcap begins before b.pcap ends: captures are read one after the other (mergecap puts them in order)\n',
    ],
    ['the same twice', [A, A, A], 'a.pcap is given more than once, and read as often\n'],
  ])('%s', async (_, files, told) => {
    expect((await ran(files, { json: true })).err).toBe(told);
    expect((await ran(files, { quiet: true })).err).toBe('');
  });

  it('have names from outside', async () => {
    const { err } = await ran([NEXT, ['\x1b[2J', capture(0)]]);
    expect(err).toContain('\\x1b[2J begins before b.pcap');
  });
});
