import { describe } from 'vitest';
import { HELLO, LONG, testSpellings, type ReadSpellings, type RefusedSpellings } from './spellings.js';

const READ: ReadSpellings = [
  [
    'VS memory',
    `0x00AFFC58  81 14 48 65 6c 6c 6f 2c  ..Hello,
0x00AFFC60  20 77 6f 72 6c 64 21 20   world! 
0x00AFFC68  31 32 33 34 35 36        123456
`,
    LONG,
  ],
  ['VS memory cc', '0x000000D9A7AFF6E8  81 05 48 65 6c 6c 6f cc  ..Hello.\n', '810548656c6c6fcc'],
  [
    'IDA',
    `.data:00403000  81 14 48 65 6C 6C 6F 2C  20 77 6F 72 6C 64 21 20  ..Hello, world! 
.data:00403010  31 32 33 34 35 36                                 123456
`,
    LONG,
  ],
  ['IDA2', '.data:0000000140003000  81 05 48 65 6C 6C 6F  ..Hello\n', HELLO],
  [
    'hexyl',
    `┌────────┬─────────────────────────┬─────────────────────────┬────────┬────────┐
│00000000│ 81 14 48 65 6c 6c 6f 2c ┊ 20 77 6f 72 6c 64 21 20 │×•Hello,┊ world! │
│00000010│ 31 32 33 34 35 36       ┊                         │123456  ┊        │
└────────┴─────────────────────────┴─────────────────────────┴────────┴────────┘
`,
    LONG,
  ],
  [
    'hexyl one',
    `┌────────┬─────────────────────────┬─────────────────────────┬────────┬────────┐
│00000000│ 81 05 48 65 6c 6c 6f    ┊                         │×•Hello ┊        │
└────────┴─────────────────────────┴─────────────────────────┴────────┴────────┘
`,
    HELLO,
  ],
  [
    'hexyl ascii',
    `+--------+-------------------------+-------------------------+--------+--------+
|00000000| 81 14 48 65 6c 6c 6f 2c | 20 77 6f 72 6c 64 21 20 |x.Hello,| world! |
|00000010| 31 32 33 34 35 36       |                         |123456  |        |
+--------+-------------------------+-------------------------+--------+--------+
`,
    LONG,
  ],
  ['windbg db', '00000000`002ff7c0  81 05 48 65 6c 6c 6f                             ..Hello\n', HELLO],
  [
    'windbg db32',
    `0012ff40  81 14 48 65 6c 6c 6f 2c-20 77 6f 72 6c 64 21 20  ..Hello, world! 
0012ff50  31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  [
    'windbg prompt',
    `0:000> db 12ff40 L7
0012ff40  81 05 48 65 6c 6c 6f                             ..Hello
`,
    HELLO,
  ],
  [
    'lldb',
    `(lldb) memory read 0x100003f90 -c 7
0x100003f90: 81 05 48 65 6c 6c 6f                             ..Hello
`,
    HELLO,
  ],
  ['lldb x/7xb', '0x100003f90: 0x81 0x05 0x48 0x65 0x6c 0x6c 0x6f\n', HELLO],
  ['gdb ub', '0x404040 <buf>:\t129\t5\t72\t101\t108\t108\t111\n', HELLO],
  ['gdb ob', '0x404040 <buf>:\t0201\t005\t0110\t0145\t0154\t0154\t0157\n', HELLO],
  ['gdb tb', '0x404040 <buf>:\t10000001\t00000101\t01001000\t01100101\t01101100\t01101100\t01101111\n', HELLO],
  ['gdb cb', "0x404040 <buf>:\t-127 '\\201'\t5 '\\005'\t72 'H'\t101 'e'\t108 'l'\t108 'l'\t111 'o'\n", HELLO],
  ['gdb print', '$1 = "\\201\\005Hello"\n', HELLO],
  ['gdb print x', '$1 = {0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}\n', HELLO],
  ['gdb x/s', '0x404040 <buf>:\t"\\201\\005Hello"\n', HELLO],
  [
    'HxD',
    `Offset(h) 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F

00000000  81 05 48 65 6C 6C 6F                             ..Hello
`,
    HELLO,
  ],
  [
    'HxD dec',
    `Offset(d) 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15

00000000  81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20  ..Hello, world! 
00000016  31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  [
    'HxD .Hello nonASCII',
    `Offset(h) 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F

00000000  88 02 03 E8                                      ˆ..è
`,
    '880203e8',
  ],
  [
    'PS5',
    `           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F

00000000   81 05 48 65 6C 6C 6F                             .Hello
`,
    HELLO,
  ],
  [
    'PS7',
    `   Label: String (System.String) <3A9A64A2>

          Offset Bytes                                           Ascii
                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F
          ------ ----------------------------------------------- -----
0000000000000000 81 05 48 65 6C 6C 6F                            ��Hello
`,
    HELLO,
  ],
  [
    'PS7 2',
    `   Label: String (System.String) <3A9A64A2>

          Offset Bytes                                           Ascii
                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F
          ------ ----------------------------------------------- -----
0000000000000000 81 14 48 65 6C 6C 6F 2C 20 77 6F 72 6C 64 21 20 ��Hello, world! 
0000000000000010 31 32 33 34 35 36                               123456
`,
    LONG,
  ],
  [
    'certutil',
    `  0000  81 14 48 65 6c 6c 6f 2c  20 77 6f 72 6c 64 21 20   ..Hello, world! 
  0010  31 32 33 34 35 36                                  123456
`,
    LONG,
  ],
  ['certutil one', '  0000  81 05 48 65 6c 6c 6f                               ..Hello\n', HELLO],
  [
    'od -x',
    `0000000 0581 6548 6c6c 006f
0000007
`,
    HELLO,
  ],
  [
    'hexdump',
    `0000000 0581 6548 6c6c 006f                    
0000007
`,
    HELLO,
  ],
  ['od -x without an end', '0000000 0581 6548 6c6c 006f\n', HELLO],
  [
    'hexdump 8',
    `0000000 1481 6548 6c6c 2c6f 7720 726f 646c 2021
0000010 3231 3433 3635                         
0000016
`,
    LONG,
  ],
  [
    'busybox hexdump -C',
    `00000000  81 05 48 65 6c 6c 6f                              |..Hello|
00000007
`,
    HELLO,
  ],
  ['busybox xxd', '00000000: 8105 4865 6c6c 6f                        ..Hello\n', HELLO],
  [
    'od -t x1 -A d',
    `0000000 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
0000016 31 32 33 34 35 36
0000022
`,
    LONG,
  ],
  ['od -An -tu1', ' 129   5  72 101 108 108 111\n', HELLO],
  [
    'snoop',
    `           0: 8114 4865 6c6c 6f2c 2077 6f72 6c64 2120    ..Hello, world! 
          16: 3132 3334 3536                             123456
`,
    LONG,
  ],
  ['snoop one', '           0: 8105 4865 6c6c 6f                          ..Hello\n', HELLO],
  [
    'ngrep -x',
    `T 127.0.0.1:9001 -> 127.0.0.1:40000 [AP] #4
  81 05 48 65 6c 6c 6f                               ..Hello         
`,
    HELLO,
  ],
  [
    'ngrep -x 2',
    `T 127.0.0.1:9001 -> 127.0.0.1:40000 [AP] #4
  81 14 48 65 6c 6c 6f 2c    20 77 6f 72 6c 64 21 20    ..Hello, world! 
  31 32 33 34 35 36                                  123456          
`,
    LONG,
  ],
  [
    'Wireshark hex dump copy',
    `0000   81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20   ..Hello, world! 
0010   31 32 33 34 35 36                                 123456
`,
    LONG,
  ],
  [
    'Wireshark offset hex',
    `0000   81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
0010   31 32 33 34 35 36
`,
    LONG,
  ],
  ['Wireshark hex text', '0000   81 05 48 65 6c 6c 6f                              ..Hello\n', HELLO],
  [
    'Wireshark c array',
    `/* Frame (7 bytes) */
static const unsigned char pkt1[7] = {
0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f  /* ..Hello */
};
`,
    HELLO,
  ],
  ['Wireshark escaped', '"\\x81\\x05\\x48\\x65\\x6c\\x6c\\x6f"\n', HELLO],
  [
    'Wireshark escaped multi',
    `"\\x81\\x05\\x48\\x65" \\
"\\x6c\\x6c\\x6f"
`,
    HELLO,
  ],
  [
    'Wireshark go lit',
    `// Packet 1
[]byte{
0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}
`,
    HELLO,
  ],
  [
    'Wireshark follow C',
    `char peer0_0[] = { /* Packet 4 */
0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 
0x4d, 0x51, 0x58 };
char peer1_0[] = { /* Packet 6 */
0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f };
`,
    '818537fa213d7f9f4d5158810548656c6c6f',
  ],
  [
    'Netty',
    `         +-------------------------------------------------+
         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |
+--------+-------------------------------------------------+----------------+
|00000000| 81 05 48 65 6c 6c 6f                            |..Hello         |
+--------+-------------------------------------------------+----------------+
`,
    HELLO,
  ],
  [
    'Netty prefix',
    `2024-01-02 03:04:05.678 DEBUG 1 --- [or-http-epoll-2] r.n.c.ChannelOperations : [x] 
         +-------------------------------------------------+
         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |
+--------+-------------------------------------------------+----------------+
|00000000| 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20 |..Hello, world! |
|00000010| 31 32 33 34 35 36                               |123456          |
+--------+-------------------------------------------------+----------------+
`,
    LONG,
  ],
  [
    'socat -v -x',
    `> 2024/01/02 03:04:05.000678901  length=7 from=0 to=6
 81 05 48 65 6c 6c 6f                             ..Hello
--
`,
    HELLO,
  ],
  ['arduino no pad 0x', '0x81 0x5 0x48 0x65 0x6C 0x6C 0x6F\n', HELLO],
  ['arduino comma 0x', '12:01:02.123 -> 0x81,0x5,0x48,0x65,0x6C,0x6C,0x6F,\n', HELLO],
  ['arduino dec', '12:01:02.123 -> 129 5 72 101 108 108 111\n', HELLO],
  ['ESP-IDF', 'I (1234) ws: 81 05 48 65 6c 6c 6f \n', HELLO],
  ['ESP-IDF dump', 'I (1234) ws: 0x3ffb5e10   81 05 48 65 6c 6c 6f                              |..Hello|\n', HELLO],
  ['ESP-IDF color', '\u001b[0;32mI (1234) ws: 81 05 48 65 6c 6c 6f \u001b[0m\n', HELLO],
  [
    'ESP-IDF, two lines',
    'I (1234) ws: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20 \nI (1235) ws: 31 32 33 34 35 36 \n',
    LONG,
  ],
  [
    'ESP-IDF, several buffers',
    `I (1234) wifi: connected
I (1234) ws: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
I (1235) ws: 31 32 33 34 35 36
I (1236) wifi: rssi -60
I (1237) ws: 89 00
I (1238) ws: 81 05 48 65 6c 6c 6f
`,
    `${LONG}8900${HELLO}`,
  ],
  [
    'logcat, two lines',
    `11-29 15:00:00.123  1234  1250 D Ws: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
11-29 15:00:00.124  1234  1250 D Ws: 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'Arduino, two lines',
    '12:01:02.123 -> 0x81 0x14 0x48 0x65 0x6C 0x6C 0x6F 0x2C 0x20 0x77\n12:01:02.124 -> 0x6F 0x72 0x6C 0x64 0x21 0x20 0x31 0x32 0x33 0x34\n12:01:02.125 -> 0x35 0x36\n',
    LONG,
  ],
  [
    'journal, two lines',
    `Nov 29 15:00:00 box app[71]: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
Nov 29 15:00:00 box app[71]: 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'a head in lines of bytes',
    'I (1) ws: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a\nI (1) ws: 48 6f 73 74 3a 20 61 0d 0a 0d 0a\n',
    '474554202f20485454502f312e310d0a486f73743a20610d0a0d0a',
  ],
  [
    'zephyr',
    `[00:00:01.234,000] <dbg> ws: recv
                                     81 05 48 65 6c 6c 6f                             |..Hello          
`,
    HELLO,
  ],
  ['linux hexdump', '[   12.345678] ws: 00000000: 81 05 48 65 6c 6c 6f                             ..Hello\n', HELLO],
  [
    'linux hexdump2',
    `[   12.345678] 00000000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20  ..Hello, world! 
[   12.345679] 00000010: 31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  [
    'mbedtls',
    `ssl_msg.c:1234: 0000:  81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20  ..Hello, world! 
ssl_msg.c:1234: 0010:  31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  [
    'mbedtls one',
    `ssl_msg.c:1234: dumping 'input' (7 bytes)
ssl_msg.c:1234: 0000:  81 05 48 65 6c 6c 6f                             ..Hello
`,
    HELLO,
  ],
  [
    'lws',
    `[2024/01/02 03:04:05:6789] N: 
[2024/01/02 03:04:05:6789] N: 0000: 81 05 48 65 6C 6C 6F                               ..Hello         
[2024/01/02 03:04:05:6789] N: 
`,
    HELLO,
  ],
  [
    'libwebsockets 2',
    `[2024/01/02 03:04:05:6789] D: lws_hexdump_level
[2024/01/02 03:04:05:6789] D: 0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20    ..Hello, world! 
[2024/01/02 03:04:05:6789] D: 0010: 31 32 33 34 35 36                                  123456
`,
    LONG,
  ],
  [
    'tshark data',
    `    Data: 810548656c6c6f
    [Length: 7]
`,
    HELLO,
  ],
  [
    'CRLF rows',
    `0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20  ..Hello, world! \r
0010: 31 32 33 34 35 36                                123456\r
`,
    LONG,
  ],
  [
    'tabs',
    `0000\t81\t14\t48\t65\t6c\t6c\t6f\t2c\t20\t77\t6f\t72\t6c\t64\t21\t20
0010\t31\t32\t33\t34\t35\t36
`,
    LONG,
  ],
  [
    'upper 0X',
    `0X0000 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
0X0010 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'parens',
    `(0000) 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
(0010) 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'angle',
    `<0000> 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
<0010> 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'plus',
    `+0000 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
+0010 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'at',
    `@0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
@0010: 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'equal',
    `0000= 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
0010= 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'semicolon',
    `0000; 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
0010; 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'quote rows',
    `> 0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
> 0010: 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'docker',
    `ws_1  | 0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20  ..Hello, world! 
ws_1  | 0010: 31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  [
    'journal',
    `Jan 02 03:04:05 host ws[123]: 0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20  ..Hello, world! 
Jan 02 03:04:05 host ws[123]: 0010: 31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  [
    'journal no ascii',
    `Jan 02 03:04:05 host ws[123]: 0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
Jan 02 03:04:05 host ws[123]: 0010: 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'w=4',
    `0000: 81 05 48 65
0004: 6c 6c 6f
`,
    HELLO,
  ],
  [
    'w=8 commas',
    `0000: 81, 14, 48, 65, 6c, 6c, 6f, 2c
0008: 20, 77, 6f, 72, 6c, 64, 21, 20
0010: 31, 32, 33, 34, 35, 36
`,
    LONG,
  ],
  [
    'w=8 0x',
    `0000: 0x81 0x14 0x48 0x65 0x6c 0x6c 0x6f 0x2c
0008: 0x20 0x77 0x6f 0x72 0x6c 0x64 0x21 0x20
0010: 0x31 0x32 0x33 0x34 0x35 0x36
`,
    LONG,
  ],
  ['w=32', '00000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20 31 32 33 34 35 36  ..Hello, world! 123456\n', LONG],
  [
    'gdb x/20xb sym',
    `0x4052a0:\t0x81\t0x05\t0x48\t0x65\t0x6c\t0x6c\t0x6f\t0x00
0x4052a8:\t0x00\t0x00
`,
    '810548656c6c6f000000',
  ],
  ['tcpdump -X of bytes', '\t0x0000:  8105 4865 6c6c 6f                        ..Hello\n', HELLO],
  [
    'eight bytes a row, two blanks',
    '0000  81 14 48 65 6c 6c 6f 2c  ..Hello,\n0008  20 77 6f 72 6c 64 21 20   world! \n0010  31 32 33 34 35 36        123456\n',
    LONG,
  ],
  [
    'eight bytes a row, three blanks',
    '0000   81 14 48 65 6c 6c 6f 2c\n0008   20 77 6f 72 6c 64 21 20\n0010   31 32 33 34 35 36\n',
    LONG,
  ],
  [
    'eight bytes a row in words',
    '0x0000: 8114 4865 6c6c 6f2c\n0x0008: 2077 6f72 6c64 2120\n0x0010: 3132 3334 3536\n',
    LONG,
  ],
  ['four bytes a row, two blanks', '0000  81 05 48 65\n0004  6c 6c 6f\n', HELLO],
  [
    'a bar between blanks',
    '0000 | 81 14 48 65 6c 6c 6f 2c | ..Hello,\n0008 | 20 77 6f 72 6c 64 21 20 |  world! \n0010 | 31 32 33 34 35 36       | 123456\n',
    LONG,
  ],
  ['decimal bytes', '0000: 129 5 72 101 108 108 111\n', HELLO],
  ['010 Editor', '0000h: 81 05 48 65 6C 6C 6F                             ..Hello \n', HELLO],
  ['hte', '00000000 81 05 48 65 6c 6c 6f                                     |..Hello|\n', HELLO],
  ['Python hexdump pkg', '00000000: 81 05 48 65 6C 6C 6F                             ..Hello\n', HELLO],
  [
    'Python hexdump pkg, two rows',
    '00000000: 81 14 48 65 6C 6C 6F 2C  20 77 6F 72 6C 64 21 20  ..Hello, world! \n00000010: 31 32 33 34 35 36                                 123456\n',
    LONG,
  ],
  [
    'PS7, an array',
    `   Label: Byte[] (System.Byte[]) <123456AB>

          Offset Bytes                                           Ascii
                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F
          ------ ----------------------------------------------- -----
0000000000000000 81 14 48 65 6C 6C 6F 2C 20 77 6F 72 6C 64 21 20 ..Hello, world!
0000000000000010 31 32 33 34 35 36                               123456
`,
    LONG,
  ],
  [
    'gdb, with an address in the frame above',
    `Breakpoint 1, ws_send (fd=5, buf=0x7fffffffe000, len=7) at ws.c:42
(gdb) x/7xb buf
0x7fffffffe000:\t0x81\t0x05\t0x48\t0x65\t0x6c\t0x6c\t0x6f
`,
    HELLO,
  ],
  ['scapy hexdump', '0000  81 05 48 65 6C 6C 6F                             ..Hello\n', HELLO],
  [
    'scapy hexdump2',
    `0000  81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20  ..Hello, world! 
0010  31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  [
    'ruby hexdump',
    `00000000  81 05 48 65 6c 6c 6f                             |..Hello|
00000007
`,
    HELLO,
  ],
  ['Go hex.Dump', '00000000  81 05 48 65 6c 6c 6f                              |..Hello|\n', HELLO],
  [
    'Go hex.Dump 2',
    `2024/01/02 03:04:05 recv:
00000000  81 14 48 65 6c 6c 6f 2c  20 77 6f 72 6c 64 21 20  |..Hello, world! |
00000010  31 32 33 34 35 36                                 |123456|
`,
    LONG,
  ],
  [
    'Rust pretty-hex',
    `Length: 7 (0x7) bytes
0000:   81 05 48 65  6c 6c 6f                                ..Hello
`,
    HELLO,
  ],
  ['node hexy', '00000000: 8105 4865 6c6c 6f                        ..Hello\n', HELLO],
  [
    'node hexdump-nodejs',
    `  Offset  00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F

00000000  81 05 48 65 6C 6C 6F                             ..Hello
`,
    HELLO,
  ],
  ['Erlang hexdump', '0000: 81 05 48 65 6C 6C 6F  ..Hello\n', HELLO],
  ['qemu xp', '0000000000001000: 0x81 0x05 0x48 0x65 0x6c 0x6c 0x6f\n', HELLO],
  [
    'u-boot md.b, command',
    `=> md.b 82000000 14
82000000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20    ..Hello, world! 
82000010: 31 32 33 34                                        1234
`,
    LONG.slice(0, 40),
  ],
  [
    'u-boot md.b, command with 0x',
    `U-Boot> md.b 0x82000000 0x16
82000000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20    ..Hello, world! 
82000010: 31 32 33 34 35 36                                  123456
`,
    LONG,
  ],
  [
    'OpenOCD mdb',
    `> mdb 0x20000000 16
0x20000000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
0x20000010: 31 32 33 34 35 36
`,
    LONG,
  ],
  [
    'WinDbg db, length without L',
    `0:000> db 0012ff40 0012ff55
0012ff40  81 14 48 65 6c 6c 6f 2c-20 77 6f 72 6c 64 21 20  ..Hello, world! 
0012ff50  31 32 33 34 35 36                                123456
`,
    LONG,
  ],
  ['J-Link mem8', 'J-Link>mem8 20000000 7\n20000000 = 81 05 48 65 6C 6C 6F\n', HELLO],
  [
    'J-Link mem8, two rows',
    `J-Link>mem8 0x20000000 0x16
20000000 = 81 14 48 65 6C 6C 6F 2C 20 77 6F 72 6C 64 21 20
20000010 = 31 32 33 34 35 36
`,
    LONG,
  ],
  ['u-boot md.b', '82000000: 81 05 48 65 6c 6c 6f    ..Hello\n', HELLO],
  ['u-boot md.l', '82000000: 65480581 006f6c6c    ..Hello.\n', '810548656c6c6f00'],
  ['wireshark websocket bytes pane', '0000  81 05 48 65 6c 6c 6f                              ..Hello\n', HELLO],
  ['Charles hex', '00000000  81 05 48 65 6C 6C 6F                                       Hello\n', HELLO],
  ['Fiddler', '81 05 48 65 6C 6C 6F                             .Hello\n', HELLO],
  ['IntelliJ', '0x0000: 81 05 48 65 6C 6C 6F\n', HELLO],
  ['bytes and their payload', '81 05 48 65 6c 6c 6f  Hello\n', HELLO],
  ['bytes and their payload between bars', '81 05 48 65 6c 6c 6f  |Hello|\n', HELLO],
  ['bytes and their payload after a tab', '81 05 48 65 6c 6c 6f\tHello\n', HELLO],
  ['a name, bytes and their payload', 'recv 81 05 48 65 6c 6c 6f  Hello\n', HELLO],
  ['bytes and their payload, unmasked', '81 85 37 fa 21 3d 7f 9f 4d 51 58  Hello\n', '818537fa213d7f9f4d5158'],
  [
    'rows of bytes and their payload',
    '81 10 48 65 6c 6c 6f 2c  Hello,\n20 77 6f 72 6c 64 21 21   world!!\n21 21  !!\n',
    '811048656c6c6f2c20776f726c6421212121',
  ],
  [
    'rows of bytes and their characters, a blank the first of them',
    `      81 94 5d d6 06 bf 60 e1 4c cd 6e e0 21 94 11 e7    ..]...\`.L.n.!...
      20 8a 39 88 36 c6 65 b4 34 86                       .9.6.e.4.\n`,
    '81945dd606bf60e14ccd6ee0219411e7208a398836c665b43486',
  ],
  ['a number, bytes and their characters', 'TX 07 81 05 48 65 6c 6c 6f  ..Hello\n', HELLO],
];

const COUNT = '00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f';
/** A binary frame with the numbers from 0 to 15, whose rows look like the numbers above the columns of a table. */
const COUNTED = `8210${COUNT.replaceAll(' ', '')}`;
const COUNTS: ReadSpellings = [
  ['as the last row', `0000: 82 10\n0002: ${COUNT}\n`, COUNTED],
  ['as the last row, with characters', `0000  82 10  ..\n0002  ${COUNT}  ................\n`, COUNTED],
  ['as the first row', `0000: ${COUNT}\n0010: 82 10\n`, `${COUNTED.slice(4)}8210`],
  ['in a table', `|00000000| 82 10 |..|\n|00000002| ${COUNT} |................|\n`, COUNTED],
  ['in a table of bars', `0000 | 82 10 | ..\n0002 | ${COUNT} | ................\n`, COUNTED],
  ['after two digits', `00  82 10\n02  ${COUNT}\n`, COUNTED],
  ['after a time', `12:00:01 0000: 82 10\n12:00:01 0002: ${COUNT}\n`, COUNTED],
  [
    'without an offset',
    `  82 10                                              ..\n  ${COUNT}    ................\n`,
    COUNTED,
  ],
  ['without an offset, alone', `  ${COUNT}    ................\n`, COUNTED.slice(4)],
  ['as hex', `${COUNT}\n82 10\n`, `${COUNTED.slice(4)}8210`],
  [
    'below the numbers themselves',
    `Offset(h) ${COUNT.toUpperCase()}\n\n00000000  ${COUNT}  ................\n00000010  82 10  ..\n`,
    `${COUNTED.slice(4)}8210`,
  ],
  [
    'below the numbers without a name',
    `           ${COUNT.toUpperCase()}\n\n00000000   ${COUNT}  ................\n00000010   82 10  ..\n`,
    `${COUNTED.slice(4)}8210`,
  ],
];

/** What can't be read without a guess, or is shortened: no other bytes than the true ones come out. */
const REFUSED: RefusedSpellings = [
  ['an address that looks like frames', 'md.b 0x82000000 b\nnothing\n'],
  ['a counter that looks like frames', 'I (1) app: state 01 00 00 00\n'],
  ['a buffer in lines, cut', 'I (1) ws: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20\nI (1) ws: 31 32 33\n'],
  [
    'a piece of a buffer that could be a frame',
    'I (1) ws: 81 14 48 65 6c 6c 6f 2c\nI (1) ws: 81 06 48 65 6c 6c 6f 2c\n',
  ],
  ['lldb words', '0x100003f90: 0x65480581 0x006f6c6c\n'],
  ['gdb xw', '0x7fffffffe000:\t0x65480581\t0x006f6c6c\n'],
  ['gdb xh', '0x7fffffffe000:\t0x0581\t0x6548\t0x6c6c\n'],
  ['gdb xg', '0x7fffffffe000:\t0x6c6c65480581006f\n'],
  ['gdb print rep', '$1 = {0x81, 0x5, 0x48, 0x65, 0x6c <repeats 2 times>, 0x6f}\n'],
  ['gdb p str rep', '$1 = "\\201\\005He", \'l\' <repeats 20 times>, "o"\n'],
  [
    'od -c',
    `0000000 201 005   H   e   l   l   o
0000007
`,
  ],
  [
    'od -t u1',
    `0000000 129   5  72 101 108 108 111
0000007
`,
  ],
  [
    'od -t d1',
    `0000000 -127    5   72  101  108  108  111
0000007
`,
  ],
  ['arduino no pad', '81 5 48 65 6C 6C 6F\n'],
  ['arduino log', '[12:01:02] RX: 81 5 48 65 6C 6C 6F\n'],
  ['gnutls', '|<9>| 0000 - 81 05 48 65 6c 6c 6f\n'],
  ['haproxy debug', '00000000:fe.clihdr[0005:ffffffff]: GET / HTTP/1.1\n'],
  [
    'rows lost',
    `0000: 81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20
0020: 31 32 33 34 35 36
`,
  ],
  [
    'Rust hexdump',
    `|81054865 6c6c6f|                       ..Hello         00000000
                                                       00000007
`,
  ],
];

describe('dumps, as tools print them', () => testSpellings(READ, REFUSED));
describe('bytes that count up from 0', () => testSpellings(COUNTS, []));
