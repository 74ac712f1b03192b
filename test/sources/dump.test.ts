import { UNDATED } from '../../src/codec/bytes/time.js';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DumpSource } from '../../src/sources/dumps/dump-source.js';
import { openSource } from '../../src/sources/detect/detect.js';
import type { SourceEvent } from '../../src/sources/bytes/types.js';
import { fromText, readAllWays, toHex } from './read-source.js';

const DIRECTORY = new URL('../../fixtures/dumps/', import.meta.url);
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, DIRECTORY)));
const auto = () => openSource('auto');
const readDump = (text: string) => readAllWays(() => new DumpSource(), fromText(text));

/** Packets of a little-endian microsecond pcap file, each as hex. */
function pcapPackets(name: string): string[] {
  const bytes = file(name);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const packets: string[] = [];
  for (let at = 24; at < bytes.length;) {
    const length = view.getUint32(at + 8, true);
    packets.push(toHex(bytes.subarray(at + 16, at + 16 + length)));
    at += 16 + length;
  }
  return packets;
}

/** What the two sides of exchange.py send: the handshake's heads, then frames. */
const CLIENT_FRAMES = '81870ec3f3cd3bf6c6f83bf6c6' + '81850e5d5f2c4638334061' + '888001020304';
const SERVER_FRAMES = '810735353535353535' + '810463616665' + `827e012c${'00'.repeat(300)}` + '8800';

/** Name of the command in the fixture's name, what the dump is called, and what has to be reported. */
const BYTE_DUMPS: readonly (readonly [command: string, kind: string, notice: RegExp | undefined])[] = [
  ['xxd', 'xxd dump', undefined],
  ['xxd-c7-g3', 'xxd dump', undefined],
  ['xxd-g1', 'xxd dump', undefined],
  ['xxd-u', 'xxd dump', undefined],
  ['xxd-d', 'xxd dump', undefined],
  ['xxd-a', 'xxd dump', undefined],
  ['xxd-b', 'xxd dump', undefined],
  ['xxd-g4', 'xxd dump', undefined],
  ['xxd-e', 'xxd dump', /last byte first/],
  ['xxd-e-g2', 'xxd dump', /last byte first/],
  ['xxd-p', 'hex', undefined],
  ['xxd-i', 'list of bytes', undefined],
  ['hexdump-C', 'hexdump -C dump', undefined],
  ['hexdump-Cv', 'hexdump -C dump', undefined],
  ['hexdump', 'od or hexdump dump', /byte order of the machine/],
  ['hexdump-x', 'od or hexdump dump', /byte order of the machine/],
  ['od-x', 'od or hexdump dump', /byte order of the machine/],
  ['od-tx4', 'od or hexdump dump', /byte order of the machine/],
  ['od-tx1', 'od or hexdump dump', undefined],
  ['od-Ax-tx1z', 'od or hexdump dump', undefined],
  ['od-Ad-tx1', 'od or hexdump dump', undefined],
  ['od-w32', 'od or hexdump dump', undefined],
  ['od-tx2z-be', 'od or hexdump dump', undefined],
  ['od-An-tx1', 'hex', undefined],
];

describe('dumps of bytes', () => {
  const cases = BYTE_DUMPS.flatMap(([command, kind, notice]) =>
    ['mix', 'trap', 'short'].map((source) => [`${source}.${command}`, source, kind, notice] as const),
  );
  test.each(cases)('%s', (name, source, kind, notice) => {
    const input = file(`${name}.txt`);
    const read = readAllWays(auto, input);
    expect(read.problem).toBeUndefined();
    expect(read.bytes).toBe(toHex(file(`${source}.bin`)));
    expect(read.notices).toEqual(notice === undefined ? [] : [expect.stringMatching(notice)]);
    const opened = auto();
    opened.push(input);
    opened.end();
    expect(opened.kind()).toBe(kind);
  });

  test.each([
    ['od', /six digits a word are octal/],
    ['od-c', /three digits a byte are octal/],
    ['hexdump-b', /three digits a byte are octal/],
  ])('%s is refused with the command to use instead', (command, message) => {
    for (const source of ['mix', 'trap', 'short']) {
      const { problem, bytes } = readAllWays(auto, file(`${source}.${command}.txt`));
      expect(bytes).toBe('');
      expect(problem?.message).toMatch(message);
      expect(problem?.message).toMatch(/hexdump -C/);
      expect(problem).toMatchObject({ line: 1, column: 9 });
    }
  });
});

/** Capture, command, bytes before what it prints of each packet, and the first packet's time. */
/** 16:52:02 of a day that tcpdump does not print. */
const CLOCK = UNDATED + 16 * 3600 + 52 * 60 + 2;

const PACKET_DUMPS: readonly (readonly [
  capture: string,
  command: string,
  without: number,
  time: number | undefined,
])[] = [
  ['lo', 'tcpdump-x', 14, CLOCK + 0.420166],
  ['lo', 'tcpdump-X', 14, CLOCK + 0.420166],
  ['lo', 'tcpdump-xx', 0, CLOCK + 0.420166],
  ['lo', 'tcpdump-XX', 0, CLOCK + 0.420166],
  ['lo', 'tcpdump-verbose', 0, 1795366322.420166],
  ['lo', 'tcpdump-epoch', 14, 1795366322.420166],
  ['lo', 'tcpdump-untimed', 14, undefined],
  ['any', 'tcpdump-x', 20, CLOCK + 0.420165],
  ['any', 'tcpdump-X', 20, CLOCK + 0.420165],
  ['any', 'tcpdump-xx', 0, CLOCK + 0.420165],
  ['any', 'tcpdump-XX', 0, CLOCK + 0.420165],
  ['any', 'tcpdump-verbose', 0, 1795366322.420165],
  ['any', 'tcpdump-epoch', 20, 1795366322.420165],
  ['any', 'tcpdump-untimed', 20, undefined],
  ['lo', 'tshark-x', 0, undefined],
  ['lo', 'tshark-x-plain', 0, undefined],
  ['lo', 'tshark-P', 0, 1795366322.420166],
  ['lo', 'tshark-V', 0, 1795366322.420166],
  ['lo', 'tshark-noascii', 0, undefined],
  ['lo', 'tshark-delimit', 0, undefined],
  ['any', 'tshark-x', 0, undefined],
];

describe('dumps of packets', () => {
  test.each(PACKET_DUMPS)('%s.%s', (capture, command, without, time) => {
    const read = readAllWays(auto, file(`${capture}.${command}.txt`));
    expect(read.problem).toBeUndefined();
    expect(read.bytes).toBe('');
    const expected = pcapPackets(`${capture}.pcap`).map((hex) => hex.slice(2 * without));
    expect(read.packets.map(({ hex }) => hex)).toEqual(expected);
    expect(
      read.packets.every(({ link, hex, originalLength }) => link === 'unknown' && originalLength === hex.length / 2),
    ).toBe(true);
    if (time === undefined) expect(read.packets[0]!.time).toBeUndefined();
    else expect(read.packets[0]!.time).toBeCloseTo(time, 5);
  });

  test.each([
    ['tcpdump-A', /tcpdump -A prints text .* use tcpdump -x/],
    ['tcpdump-plain', /without -x prints no bytes/],
    ['follow-ascii', /use follow,tcp,raw/],
  ])('lo.%s is refused with the reason', (command, message) => {
    const read = readAllWays(auto, file(`lo.${command}.txt`));
    expect(read).toMatchObject({ bytes: '', packets: [] });
    expect(read.problem?.message).toMatch(message);
  });
});

describe('dumps of a connection distinguish the sides', () => {
  test.each(['follow-hex', 'follow-raw', 'socat-x', 'socat-x-v', 'tcpflow-D'])('lo.%s', (command) => {
    const { sides, bytes, problem, notices } = readAllWays(auto, file(`lo.${command}.txt`));
    expect(problem).toBeUndefined();
    expect(notices).toEqual([]);
    expect(sides[0].endsWith(CLIENT_FRAMES)).toBe(true);
    expect(sides[1].endsWith(SERVER_FRAMES)).toBe(true);
    expect([sides[0].length / 2, sides[1].length / 2]).toEqual([187, 449]);
    expect(bytes.length).toBe(sides[0].length + sides[1].length);
  });

  test('without names of the sides tcpflow gives one stream, and says so', () => {
    const { sides, bytes, notices } = readAllWays(auto, file('lo.tcpflow-C.txt'));
    expect(sides).toEqual(['', '']);
    expect(bytes.length / 2).toBe(187 + 449);
    expect(notices).toEqual([expect.stringMatching(/tcpflow -C leaves out who sends/)]);
  });

  test('bare hex lines (-T fields -e tcp.payload) are hex', () => {
    const { bytes, problem } = readAllWays(auto, file('lo.fields.txt'));
    expect(problem).toBeUndefined();
    expect(bytes.length / 2).toBe(187 + 449);
  });

  test('a second connection through socat is a second stream', () => {
    const transfer = (side: string, from: number, hex: string): string =>
      `${side} 2026/11/22 16:54:15.000809283  length=${hex.length / 2} from=${from} to=${from + hex.length / 2 - 1}\n ${hex.replace(/..(?=.)/g, '$& ')}\n`;
    const text =
      transfer('<', 0, '8101') +
      transfer('>', 0, '8182') +
      transfer('<', 2, '41') +
      transfer('>', 0, '8983') +
      transfer('<', 0, '8a00');
    const { streams, sides, problem } = readDump(text);
    expect(problem).toBeUndefined();
    expect(streams).toEqual(['8101818241', '89838a00']);
    expect(sides).toEqual(['8101418983', '81828a00']);
  });

  test('the time of a transfer is read, with the three zeros that socat 1.7 puts before the microseconds', () => {
    const source = new DumpSource();
    const text = '> 2026/11/22 16:54:15.000809283  length=2 from=0 to=1\n 81 00\n';
    const [event] = source.push(fromText(text)) as [SourceEvent & { time: number }];
    expect(event.time).toBeCloseTo(Date.UTC(2026, 10, 22, 16, 54, 15) / 1000 + 0.809283, 6);
  });

  test('each follow is a stream of its own', () => {
    const follow = (hex: string): string =>
      `====\nFollow: tcp,raw\nFilter: tcp.stream eq 0\nNode 0: a:1\nNode 1: b:2\n${hex}\n\t8a00\n====\n`;
    expect(readDump(follow('8900') + follow('8901')).streams).toEqual(['89008a00', '89018a00']);
  });
});

describe('an ASCII column is distinguished from hex by its position', () => {
  test.each([
    ['xxd', '00000000: 8104 6361 6665                           ..cafe\n', '810463616665'],
    [
      'xxd, a full line',
      '00000000: 8104 6361 6665 8104 6361 6665 8104 ab63  ..cafe..cafe...c\n',
      '8104636166658104636166658104ab63',
    ],
    [
      'hexdump -C',
      '00000000  81 04 63 61 66 65                                 |ca fe 12|\n00000006\n',
      '810463616665',
    ],
    ['tcpflow, a half word', '0000: 8103 6361 66 afcafe\n', '8103636166'],
    ['tcpflow', '0000: 8104 6361 6665  cafe\n', '810463616665'],
    ['od z', '000000 81 04 63 61 66 65                                >63 61 <\n000006\n', '810463616665'],
    ['od z, a bar', '000000 81 04 63 64 7c 61                                >..cd|a<\n000006\n', '810463647c61'],
    [
      'od -A d z, a bar',
      '0000000 81 11 61 7c 61 61 61 61 61 61 61 61 61 61 61 61  >..a|aaaaaaaaaaaa<\n0000016 61 61 61  >aaa<\n0000019\n',
      `8111617c${'61'.repeat(15)}`,
    ],
    [
      'hexdump -C, what od z has',
      '00000000  81 04 20 20 3e 41                                 |..  >A|\n00000006\n',
      '810420203e41',
    ],
    ['xxd, a gap of one blank', '00000000: 8105 4865 6c6c 6f ..Hello\n', '810548656c6c6f'],
    ['xxd -g 1, a gap of one blank', '00000000: 81 05 48 65 6c 6c 6f ..Hello', '810548656c6c6f'],
    ['Wireshark', '0000   81 04 63 61 66 65                                 ca fe \n', '810463616665'],
    ['follow', '00000000  81 06 63 61 66 65 20 20                           ab cd ef\n', '8106636166652020'],
  ])('%s', (_, text, hex) => {
    expect(readDump(text)).toMatchObject({ bytes: hex, problem: undefined });
  });

  test('tcpdump -X', () => {
    const text =
      '\t0x0000:  4500 0016 0000 0000 0006 0000 7f00 0001  E...............\n\t0x0010:  6162 6364 6566                           ab cd ef\n';
    expect(readDump(text).packets).toEqual([
      {
        hex: '450000160000000000060000' + '7f000001616263646566',
        link: 'unknown',
        time: undefined,
        originalLength: 22,
      },
    ]);
  });
});

describe('what Wireshark copies', () => {
  const packet = pcapPackets('lo.pcap')[9]!;
  const copied = (hex: string): string =>
    hex.replace(
      /.{1,32}/g,
      (line, at: number) =>
        `${(at / 2).toString(16).padStart(4, '0')}   ${line.replace(/../g, '$& ').padEnd(48)}  ................\n`,
    );

  test('a packet is a packet', () => {
    expect(readDump(copied(packet)).packets.map(({ hex }) => hex)).toEqual([packet]);
  });
  test('a part of one is bytes', () => {
    expect(readDump(copied(packet.slice(2 * 66)))).toMatchObject({ bytes: packet.slice(2 * 66), packets: [] });
  });
});

test.each([
  [
    'hex',
    '00000000  81 05 48 65 6c 6c 6f 82  03 01 02 03 88 02 03 e8\n00000010\n',
    '810548656c6c6f820301020388 0203e8',
  ],
  [
    'hex, two rows',
    '00000000  81 05 48 65 6c 6c 6f 82  03 01 02 03 88 02 03 e8\n00000010  8a 00\n00000012\n',
    '810548656c6c6f820301020388 0203e88a00',
  ],
])('the offset at the end of a dump without characters is %s where all bytes before it make it so', (_, text, hex) => {
  expect(readDump(text)).toMatchObject({ bytes: hex.replace(' ', ''), problem: undefined });
});

describe('live', () => {
  const HEAD = '16:52:02.420166 IP 127.0.0.1.1 > 127.0.0.1.2: Flags [P.], length 4\n';
  const FIRST = '\t0x0000:  4500 0020 0001 4000 4006 3cd5 7f00 0001\n';

  test('a tcpdump packet comes out with its last line of hex, before the next header', () => {
    const source = auto();
    expect(source.push(fromText(HEAD + FIRST))).toEqual([]);
    const events = source.push(fromText('\t0x0010:  7f00 0001 0001 0002 0000 0000 8180 0102\n'));
    expect(events.map(({ type }) => type)).toEqual(['packet']);
    expect(source.kind()).toBe('tcpdump -x text');
    expect(source.end()).toEqual([]);
  });

  test('padding after the IP length makes no second packet', () => {
    const padded = `${HEAD}${FIRST}\t0x0010:  7f00 0001 0001 0002 0000 0000 8180 0102\n\t0x0020:  0000 0000\n${HEAD}${FIRST}\t0x0010:  7f00 0001 0001 0002\n`;
    const { packets, problem } = readDump(padded);
    expect(problem).toBeUndefined();
    expect(packets.map(({ hex }) => hex.length / 2)).toEqual([32, 24]);
    expect(packets.map(({ originalLength }) => originalLength)).toEqual([32, 32]);
  });

  test('a line of a dump comes out when it ends', () => {
    const source = auto();
    expect(source.push(fromText('00000000  81 00 |'))).toEqual([]);
    expect(source.push(fromText('..|\n'))).toEqual([{ type: 'bytes', bytes: Uint8Array.of(0x81, 0x00) }]);
  });
});

describe('rows in the columns of others', () => {
  test.each([
    [
      'xxd -b',
      [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0x10, 0x10, 0, 0, 0, 0],
        [0x41, 0x42, 0x43, 0x44, 0x45, 0x46],
      ].map((row, index) => {
        const bits = row.map((byte) => byte.toString(2).padStart(8, '0')).join(' ');
        const characters = row.map((byte) => (byte > 0x20 ? String.fromCharCode(byte) : '.')).join('');
        return `${(index * 6).toString(16).padStart(8, '0')}: ${bits}  ${characters}\n`;
      }),
      `${'00'.repeat(18)}101000000000414243444546`,
    ],
    [
      'tcpflow',
      [
        '0000: 8105 4865 6c6c 6f41 4243  ..HelloABC\n',
        '000a: 8105 4865 6c6c 6f41 4243  ..HelloABC\n',
        '0014: 8100 89  ...\n',
      ],
      '810548656c6c6f414243'.repeat(2) + '810089',
    ],
  ])('%s', (_, rows, hex) => {
    expect(readDump(rows.join(''))).toMatchObject({ bytes: hex, problem: undefined });
  });
});

/** Dumps that have lost something, and where that shows. */
const BROKEN: readonly (readonly [name: string, text: string, line: number, column: number, message: RegExp])[] = [
  ['a bad digit', '00000000: 8187 0eg3  ....\n', 1, 18, /^'g' is not a hex digit$/],
  ['half a byte', '00000000  81 8 |..|\n', 1, 14, /has no second one/],
  ['a lost line', '00000000: 8187  ..\n00000010: 8187  ..\n', 2, 1, /the offset is 00000010 and has to be 00000002/],
  [
    'a line twice',
    '00000000: 8187  ..\n00000002: 8187  ..\n00000002: 8187  ..\n',
    3,
    1,
    /lines are missing, doubled or cut/,
  ],
  ['too long a jump', `00000000: 00  .\n*\n7fffffffffff: 00  .\n`, 3, 1, /repeated lines may have up to/],
  ['no whole lines for a *', '00000000  00 00 |..|\n*\n00000005  00 |.|\n', 3, 1, /does not fit the preceding \*/],
  [
    'a * in doubt',
    '0000000 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n0000400\n',
    3,
    1,
    /may be hex or octal or decimal/,
  ],
  ['a gap of one blank, other characters', '00000000: 8105 4865 6c6c 6f ..Hullo\n', 1, 29, /not a hex digit/],
  ['a gap of one blank, too few characters', '00000000: 8105 4865 6c6c 6f ..Hell\n', 1, 29, /not a hex digit/],
  [
    'an offset at the end that is decimal, or hex after a row that is cut',
    '00000000  81 08 48 65 6c 6c 6f 21  20 20\n00000010\n',
    2,
    1,
    /may be decimal or octal/,
  ],
  ['columns in contradiction', '00000000: 8187 0ec3  ..x...\n', 1, 20, /do not belong together/],
  ['a word too long', '0000000 8187 0ec3f3\n', 1, 14, /not as long as/],
  ['words in doubt', '00000000: 81870ec3  ....\n', 1, 1, /xxd -g 4 .* xxd -e/],
  ['the byte order turns', '00000000: 8141  .A\n00000002: 4181  .A\n', 2, 1, /byte order of the words/],
  ['padding that is none', '0000000 8187\n0000001\n', 2, 1, /byte order is in doubt/],
  [
    'a lost line of a packet',
    '\t0x0000:  4500 0020 0001 4000 4006 3cd5 7f00 0001\n\t0x0020:  0000\n',
    2,
    1,
    /and has to be 0010/,
  ],
  [
    'a lost transfer',
    '> 2026/11/22 16:54:15.000809283  length=2 from=0 to=1\n< 2026/11/22 16:54:15.000809283  length=2 from=0 to=1\n',
    2,
    1,
    /2 bytes of the transfer/,
  ],
  ['socat -v alone', '> 2026/11/22 16:54:15.000809283  length=2 from=0 to=1\nGE\n', 2, 1, /use socat -x/],
  [
    'a lost line of a follow',
    '00000000  81 00                                             ..\n00000003  81                                                .\n',
    2,
    1,
    /stands where 00000002 has to/,
  ],
  ['follow of another layer', 'Follow: websocket,hex\n', 1, 9, /use follow,tcp,raw/],
  ['no dump', 'hello\nthere\n', 1, 1, /no dump of a known form/],
];

describe('what is lost is reported, never guessed', () => {
  test.each(BROKEN)('%s', (_, text, line, column, message) => {
    const { problem } = readDump(text);
    expect(problem?.message).toMatch(message);
    expect(problem).toMatchObject({ line, column });
  });

  test('words that nothing proves are read as xxd prints them by default, with a notice', () => {
    expect(readDump('00000000: 8180 0102  ....\n')).toMatchObject({
      bytes: '81800102',
      notices: [expect.stringMatching(/xxd -e -g 2/)],
    });
  });
  test('lines of other kinds are passed over with a notice', () => {
    const { bytes, notices } = readDump('$ xxd x\n00000000: 8100  ..\n$ echo\n\n00000002: 8100  ..\n');
    expect(bytes).toBe('81008100');
    expect(notices).toEqual([expect.stringMatching(/^line 3 does not belong/), expect.any(String)]);
  });
  test('dumps in a row are one stream', () => {
    expect(readDump('00000000: 8101 41  ..A\n00000000: 8101 42  ..B\n').bytes).toBe('810141810142');
    expect(readDump('00000000  81 01 41 |..A|\n00000003\n00000000  81 01 42 |..B|\n00000003\n').bytes).toBe(
      '810141810142',
    );
  });
  test('a * at the end leaves its lines out, and says so', () => {
    expect(readDump('00000000  00 00 |..|\n*\n')).toMatchObject({
      bytes: '0000',
      notices: [expect.stringMatching(/ends with a \*/)],
    });
  });
});

test('a * stands for megabytes without needing them', () => {
  const text = '00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n01000000\n';
  const events = new DumpSource().push(fromText(text));
  const sizes = events.map((event) => (event.type === 'bytes' ? event.bytes.length : NaN));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(0x01000000);
  const memory = new Set(events.map((event) => (event.type === 'bytes' ? event.bytes.buffer : undefined)));
  expect(memory.size).toBeLessThanOrEqual(3);
});
