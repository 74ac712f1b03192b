import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { fromText, readAllWays } from './read-source.js';
import { HELLO, testSpellings, type ReadSpellings, type RefusedSpellings } from './spellings.js';

const DECIMAL = '129, 5, 72, 101, 108, 108, 111';

const READ: ReadSpellings = [
  ['Nim', "let f = [129'u8, 5, 72, 101, 108, 108, 111]\n", HELLO],
  ['Nim, hex', "@[0x81'u8, 0x05'u8, 0x48'u8, 0x65'u8, 0x6C'u8, 0x6C'u8, 0x6F'u8]\n", HELLO],
  ['Nim, signed', "[-127'i8, 5'i8, 72'i8, 101'i8, 108'i8, 108'i8, 111'i8]\n", HELLO],
  ['Verilog', "{8'h81, 8'h05, 8'h48, 8'h65, 8'h6c, 8'h6c, 8'h6f}\n", HELLO],
  ['Verilog in a log', "rx 8'h81, 8'h05, 8'h48, 8'h65, 8'h6c, 8'h6c, 8'h6f\n", HELLO],
  ['Smalltalk', 'sent [16r81, 16r05, 16r48, 16r65, 16r6C, 16r6C, 16r6F]\n', HELLO],
  ['assembler, h', 'db 81h, 05h, 48h, 65h, 6Ch, 6Ch, 6Fh\n', HELLO],
  ['assembler, $', 'dc.b $81, $05, $48, $65, $6C, $6C, $6F\n', HELLO],
  ['Visual Basic', 'Dim f() As Byte = {&H81, &H5, &H48, &H65, &H6C, &H6C, &H6F}\n', HELLO],
  ['VB', '{&H81, &H05, &H48, &H65, &H6C, &H6C, &H6F}\n', HELLO],
  ['asm db h', 'db 81h, 05h, 48h, 65h, 6Ch, 6Ch, 6Fh\n', HELLO],
  ['masm 0h', 'db 081h,005h,048h,065h,06Ch,06Ch,06Fh\n', HELLO],
  ['Delphi', '($81, $05, $48, $65, $6C, $6C, $6F)\n', HELLO],
  ['Perl, pack C', `my $f = pack("C*", ${DECIMAL});\n`, HELLO],
  ['Perl, pack C7', `pack('C7', ${DECIMAL})\n`, HELLO],
  ['Perl, pack H', 'pack("H*", "810548656c6c6f")\n', HELLO],
  ['Perl, pack H of a variable', "my $frame = pack 'H*', '810548656c6c6f';\n", HELLO],
  ['PHP, pack H', "$f = pack('H14', '810548656c6c6f');\n", HELLO],
  ['Python, struct', `struct.pack("!7B", ${DECIMAL})\n`, HELLO],
  ['C, octal', 'unsigned char f[] = {0201, 05, 0110, 0145, 0154, 0154, 0157};\n', HELLO],
  ['C, octal of three digits', 'char f[] = { 0201, 005, 0110, 0145, 0154, 0154, 0157 };\n', HELLO],
  ['octal as well as decimal, the same', '{129, 005, 72, 101, 108, 108, 111}\n', HELLO],
  ['escapes written twice', '"\\\\x81\\\\x05Hello"\n', HELLO],
  ['bare escapes written twice', '\\\\x81\\\\x05Hello\n', HELLO],
  ['escapes written twice in a log', '12:00:01 sent \\\\x81\\\\x05Hello\n', HELLO],
  ['\\u escapes written twice', '"\\\\u0081\\\\u0005Hello"\n', HELLO],
  ['bytea written twice', '"\\\\x810548656c6c6f"\n', HELLO],
  [
    'a log of Docker',
    `{"log":"sent b'\\\\x81\\\\x05Hello'\\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}\n`,
    HELLO,
  ],
  ['hex in a log of Docker', '{"log":"ws: recv 81 05 48 65 6c 6c 6f\\n","stream":"stderr","time":"t"}\n', HELLO],
  ['zap', '{"level":"debug","ts":1.5,"msg":"write \\"\\\\x81\\\\x05Hello\\""}\n', HELLO],
  ['pino', '{"level":20,"time":1,"pid":7,"msg":"sent <Buffer 81 05 48 65 6c 6c 6f>"}\n', HELLO],
  ['a message of a JSON log', '{"message":"frame 81 05 48 65 6c 6c 6f"}\n', HELLO],
  ['pairs with commas', 'sent: 81, 05, 48, 65, 6C, 6C, 6F\n', HELLO],
  ['pairs with commas alone', 'sent 81,05,48,65,6C,6C,6F\n', HELLO],
  ['pairs in angles', 'Jan  1 10:00:00 host app[123]: RX <81 05 48 65 6c 6c 6f>\n', HELLO],
  ['commas in angles', 'TX<81,05,48,65,6c,6c,6f>\n', HELLO],
];

const REFUSED: RefusedSpellings = [
  ['a # between digits', '81#05\n'],
  ['Ada', '16#81# 16#05# 16#48#\n'],
  ['C, octal, half a frame', '{0201, 05, 0110, 0145}\n'],
  ['octal and decimal, both whole frames', '{129, 5, 0110, 0145, 108, 108, 0157}\n'],
  ['octal that is none', '{0281, 05, 0110}\n'],
  ['Perl, pack n', 'pack("n*", 0x8105, 0x4865)\n'],
  ['Perl, pack h', 'pack("h*", "185084566c6c6f6")\n'],
  ['Verilog, wider', "{16'h8105, 16'h4865}\n"],
  ['the end of a quoted buffer', '> I (1235) ws: ce 83 01 e1\n'],
  ['the end of a quoted buffer among words', "it's fine\n> I (1236) ws: fd 01 bc 92\nuser@host:~$ tail -f log\n"],
];

testSpellings(READ, REFUSED);

describe('a number in brackets between literals is none of their bytes', () => {
  test.each([
    ['Python, arrows', "connection 12 opened\n<= b'\\x81\\x05'\ntook (12, 34) ms\n<= b'Hello'\n"],
    ['C, arrows', 'id 7\n=> "\\x81\\x05"\nstats (1, 2)\n=> "Hello"\n'],
  ])('%s', (_, text) => {
    const { bytes, problem } = readAllWays(() => openSource('auto'), fromText(text));
    if (problem === undefined) expect(bytes).toBe(HELLO);
    else expect(HELLO.startsWith(bytes)).toBe(true);
  });
});

test('a list that may be octal as well as decimal says so', () => {
  const { problem } = readAllWays(() => openSource('auto'), fromText('{0110, 0145, 0154}\n'));
  expect(problem?.message).toMatch(/octal as well as decimal/);
});
