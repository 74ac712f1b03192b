import { describe, expect, it } from 'vitest';
import { pcapReader, pcapSource } from '../../src/sources/files/pcap.js';
import { concat, le32, pcapFile, readAll, text } from './packets.js';

const ONE = text('first packet');
const TWO = text('second');
const SECOND = 1_700_000_000;

describe('pcap', () => {
  const forms = [
    { name: 'little endian, microseconds', f: {}, fraction: 250_000 },
    { name: 'big endian, microseconds', f: { big: true }, fraction: 250_000 },
    { name: 'little endian, nanoseconds', f: { magic: 0xa1b23c4d }, fraction: 250_000_000 },
    { name: 'big endian, nanoseconds', f: { big: true, magic: 0xa1b23c4d }, fraction: 250_000_000 },
    { name: 'patched libpcap', f: { magic: 0xa1b2cd34 }, fraction: 250_000 },
  ];
  for (const { name, f, fraction } of forms) {
    const file = pcapFile([{ bytes: ONE, fraction }, { bytes: TWO, original: 99 }, { bytes: new Uint8Array(0) }], f);
    for (const size of [1, 2, 7, 23, 24, 41, file.length]) {
      it(`${name}, in chunks of ${size}`, () => {
        const { packets, notices, problems } = readAll(pcapReader(), file, size);
        expect(problems).toEqual([]);
        expect(notices).toEqual([]);
        expect(packets).toEqual([
          { link: 'ethernet', bytes: ONE, original: ONE.length, time: SECOND + 0.25 },
          { link: 'ethernet', bytes: TWO, original: 99, time: SECOND },
          { link: 'ethernet', bytes: new Uint8Array(0), original: 0, time: SECOND },
        ]);
      });
    }
  }

  it.each([
    [0, 'null'],
    [1, 'ethernet'],
    [12, 'raw'],
    [14, 'raw'],
    [51, 'pppoe'],
    [101, 'raw'],
    [108, 'loop'],
    [113, 'sll'],
    [228, 'raw'],
    [229, 'raw'],
    [276, 'sll2'],
    // The upper bits say how long the frame check sequence is.
    [0x50000001, 'ethernet'],
  ])('link type %i is %s', (link, name) => {
    for (const big of [false, true]) {
      expect(readAll(pcapReader(), pcapFile([{ bytes: ONE }], { link, big })).packets[0]?.link).toBe(name);
    }
  });

  it('reports an unknown link type once and passes its packets over', () => {
    const { packets, notices, problems } = readAll(
      pcapReader(),
      pcapFile([{ bytes: ONE }, { bytes: TWO }], { link: 105 }),
    );
    expect({ packets, notices, problems }).toEqual({
      packets: [],
      notices: ['link type 105 (IEEE 802.11) is not read: its packets are passed over'],
      problems: [],
    });
  });

  const whole = pcapFile([{ bytes: ONE }, { bytes: TWO }]);
  const secondAt = 24 + 16 + ONE.length;
  const damages: readonly (readonly [string, Uint8Array, number, string, number])[] = [
    ['nothing at all', new Uint8Array(0), 0, 'cut off in the middle of a file header: 24 of 24 bytes are missing', 0],
    [
      'a file header cut off',
      whole.subarray(0, 20),
      0,
      'cut off in the middle of a file header: 4 of 24 bytes are missing',
      0,
    ],
    ['another format', text('GET / HTTP/1.1\r\n'), 0, 'not a pcap file: unknown magic number', 0],
    [
      'a packet header cut off',
      whole.subarray(0, secondAt + 9),
      1,
      'cut off in the middle of a packet: 7 of 16 bytes are missing',
      secondAt,
    ],
    [
      'a packet cut off',
      whole.subarray(0, whole.length - 2),
      1,
      'cut off in the middle of a packet: 2 of 22 bytes are missing',
      secondAt,
    ],
    [
      'a length out of reason',
      concat(whole, le32(SECOND), le32(0), le32(0x7fffffff), le32(0x7fffffff), ONE),
      2,
      'damaged packet header: it claims 2147483647 captured bytes',
      whole.length,
    ],
    ['zeros', concat(whole, new Uint8Array(64)), 2, 'damaged packet header: only zeros', whole.length],
  ];
  for (const [name, file, good, message, offset] of damages) {
    it.each([1, 13, Math.max(1, file.length)])(
      `${name}: the packets in front of it, then the problem (chunks of %i)`,
      (size) => {
        const { packets, problems } = readAll(pcapReader(), file, size);
        expect(packets).toHaveLength(good);
        expect(problems).toEqual([{ message, offset }]);
      },
    );
  }

  it('takes a snap length beyond the usual one at its word, up to the limit', () => {
    const large = new Uint8Array(300_000);
    expect(readAll(pcapReader(), pcapFile([{ bytes: large }], { snap: 400_000 })).packets).toHaveLength(1);
    expect(readAll(pcapReader(), pcapFile([{ bytes: large }])).problems).toHaveLength(1);
    const reader = pcapReader({ maxRecord: 200_000 });
    expect(readAll(reader, pcapFile([{ bytes: large }], { snap: 400_000 })).problems).toHaveLength(1);
  });

  it('says nothing more after a problem', () => {
    const source = pcapSource();
    expect(source.push(text('no capture')).map((event) => event.type)).toEqual(['problem']);
    expect([...source.push(whole), ...source.end()]).toEqual([]);
  });

  it('is a Source: events in place of calls', () => {
    const source = pcapSource();
    expect([...source.push(whole.subarray(0, 50)), ...source.push(whole.subarray(50)), ...source.end()]).toEqual([
      { type: 'packet', packet: { link: 'ethernet', bytes: ONE, originalLength: ONE.length, time: SECOND } },
      { type: 'packet', packet: { link: 'ethernet', bytes: TWO, originalLength: TWO.length, time: SECOND } },
    ]);
  });
});
