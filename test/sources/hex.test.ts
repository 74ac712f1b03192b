import { describe, expect, test } from 'vitest';
import { HexSource } from '../../src/sources/hex/hex-source.js';
import { fromText, random, readAllWays, readChunks, toHex } from './read-source.js';

const read = (text: string) => readAllWays(() => new HexSource(), fromText(text));
const kindOf = (text: string): string | undefined => {
  const source = new HexSource();
  source.push(fromText(text));
  source.end();
  return source.kind;
};

const FRAME = '81870ec3f3cd3bf6c6f83bf6c6';
const PYTHON = String.raw`b'\x81\x87\x0e\xc3\xf3\xcd;\xf6\xc6\xf8;\xf6\xc6'`;

/** Text, the bytes it spells, and what it is called. */
const SPELLINGS: readonly (readonly [text: string, hex: string, kind: string])[] = [
  [FRAME, FRAME, 'hex'],
  [FRAME.toUpperCase(), FRAME, 'hex'],
  ['81 87\n0e', '81870e', 'hex'],
  ['81:87:0e', '81870e', 'hex'],
  ['81-87', '8187', 'hex'],
  ['8187 0ec3f3cd', '81870ec3f3cd', 'hex'],
  ['0x81,0x87', '8187', 'hex'],
  ['0X81 0x87', '8187', 'hex'],
  ['0x81, 0xe, 0x0', '810e00', 'hex'],
  ['0x81870ec3', '81870ec3', 'hex'],
  ['  \r\n\r\n81\r\n87\r\n\r\n', '8187', 'hex'],
  ['\ufeff81 87', '8187', 'hex'],
  ['81\u00a087\u200b0e', '81870e', 'hex'],
  ['81 05 # text, final\n48 // H\n/* e\n* / */ 65', '81054865', 'hex'],
  ['deadbeef', 'deadbeef', 'hex'],
  ['129, 135, 14'.replace(/\d+/g, '81'), '818181', 'hex'],
  [String.raw`\x81\x87`, '8187', 'escaped bytes'],
  [String.raw`\x81 \x87`, '8187', 'escaped bytes'],
  ['\\x81\\x87\n\\x0e', '81870e', 'escaped bytes'],
  [String.raw`\x81\x05hello`, '810568656c6c6f', 'escaped bytes'],
  [String.raw`\201\5`, '8105', 'escaped bytes'],
  [PYTHON, FRAME, 'Python bytes literal'],
  [PYTHON.replaceAll("'", '"'), FRAME, 'bytes literal'],
  [`>>> ${PYTHON}\n`, FRAME, 'Python bytes literal'],
  [`data = bytearray(${PYTHON})`, FRAME, 'Python bytes literal'],
  [`(${PYTHON}\n   b'\\x81\\x00')`, `${FRAME}8100`, 'Python bytes literal'],
  [
    String.raw`b'\n\t\r\\\'\"\0\a\b\f\v\1\12\1234'`,
    '0a090d5c272200070 80c0b010a5334'.replace(' ', ''),
    'Python bytes literal',
  ],
  [String.raw`rb'\x'`, '5c78', 'Python bytes literal'],
  ["b'\\x81\\\n\\x87'", '8187', 'Python bytes literal'],
  ["b'\\x81\\\r\n\\x87'", '8187', 'Python bytes literal'],
  ["b''", '', 'Python bytes literal'],
  [String.raw`b"\x81" b"5555"`, '8135353535', 'bytes literal'],
  [String.raw`"\201\205\016]_,F83@a"`, '81850e5d5f2c4638334061', 'escaped string'],
  ['"\\x81\\x85\\x0e" \\\n"\\x5d\\x5f" \\\n"\\x2c"', '81850e5d5f2c', 'escaped string'],
  [String.raw`"\x81" "5555"`, '8135353535', 'escaped string'],
  [String.raw`"\u0081\u{e9}\U000000ff"`, '81e9ff', 'escaped string'],
  [String.raw`$'\x81\e'`, '811b', 'escaped string'],
  [String.raw`printf '\x81\x87'`, '8187', 'escaped string'],
  [String.raw`const char *p = "\x81\x87";`, '8187', 'escaped string'],
  ['"81870ec3"', '81870ec3', 'quoted hex'],
  [`bytes.fromhex("81 87")`, '8187', 'quoted hex'],
  [`Buffer.from('8187', 'hex')`, '8187', 'quoted hex'],
  [`hex!("8187" "0e")`, '81870e', 'quoted hex'],
  ['{0x81, 0xe}', '810e', 'list of bytes'],
  ['[]byte{0x81, 0xe, 0x0}', '810e00', 'list of bytes'],
  ['pkt := [3]byte{0x81, 0xe, 0x0}', '810e00', 'list of bytes'],
  ['unsigned char x[] = {0x81, 0x87};\nunsigned int x_len = 2;\n', '8187', 'list of bytes'],
  ['static const unsigned char\npkt[2] =\n{ 0x81, 0x87, };', '8187', 'list of bytes'],
  ['/* Frame */ char a[] = { /* Packet 4 */\n0x47 };\n\nchar b[] = {0x48 // H\n};', '4748', 'list of bytes'],
  ['new Uint8Array([129, 135])', '8187', 'list of bytes'],
  ['Uint8Array(3) [\n  129, 135, 14\n]', '81870e', 'list of bytes'],
  ['Buffer.from([0x81,0x87])', '8187', 'list of bytes'],
  ['&[0x81u8, 0x87]', '8187', 'list of bytes'],
  ['let x: [u8; 2] = [0x81, 135u8];', '8187', 'list of bytes'],
  ['vec![0x81_u8, 135]', '8187', 'list of bytes'],
  ['byte[] x = new byte[] {(byte)0x81, (byte) 0x87, 0x0e}', '81870e', 'list of bytes'],
  ['[129, 135, 14]', '81870e', 'list of bytes'],
  ['[129 135 14]', '81870e', 'list of bytes'],
  ['[-127, -121, 14]', '81870e', 'list of bytes'],
  ['bytes((129, 135))', '8187', 'list of bytes'],
  ['[81, 87, 0e]', '81870e', 'list of bytes'],
  ['[81, 87, 05]', '818705', 'list of bytes'],
  ['[81, 5, 48, 65, 6c, 6c, 6f]', '810548656c6c6f', 'list of bytes'],
  ['[88, 2, 3, e8]', '880203e8', 'list of bytes'],
  ['[e8, 3, 2, 88]', 'e8030288', 'list of bytes'],
  ['[0, 1, 2, 3, 4]', '0001020304', 'list of bytes'],
  ['[5, 129, 99]', '058163', 'list of bytes'],
  ['[]byte{129, 05, 72, 101, 108, 108, 111}', '810548656c6c6f', 'list of bytes'],
  ['[]byte{136, 02, 03, 232}', '880203e8', 'list of bytes'],
  ['int[] x = {129, 00}', '8100', 'list of bytes'],
  ['[]byte{0x81, 01, 65}', '810141', 'list of bytes'],
  ['[]byte{82, 04, 72, 65, 6c, 6d}', '820472656c6d', 'list of bytes'],
  [String.raw`['a', b'\n', '\'', '\x81', 0b101, 0o17]`, '610a2781050f', 'list of bytes'],
  ['[[129], [135]]', '8187', 'list of bytes'],
  ['[]', '', 'list of bytes'],
  ['{"type":"Buffer","data":[129,135]}', '8187', 'Buffer as JSON'],
  ['{"type":"Buffer","data":[81,5,48,65]}', '51053041', 'Buffer as JSON'],
  ['{ "data": [129, 135], "type": "Buffer" }', '8187', 'Buffer as JSON'],
  ['<Buffer 81 85>', '8185', 'Node.js Buffer'],
];

/** Each has the bytes 52 04 30 41 42 43: as hex they would be whole frames as well. */
const CODE = [
  'bytes([NUMBERS])',
  'sock.sendall(bytearray([NUMBERS]))',
  "array.array('B', [NUMBERS])",
  'Buffer.from([NUMBERS])',
  'new Buffer([NUMBERS])',
  'new Uint8Array([NUMBERS])',
  'const x = Uint8Array.of(NUMBERS);',
  'Uint8Array(6) [NUMBERS]',
  'String.fromCharCode(NUMBERS)',
  'Uint8List.fromList([NUMBERS])',
  '[]byte{NUMBERS}',
  '[6]byte{NUMBERS}',
  '[_]u8{ NUMBERS }',
  'new byte[] {NUMBERS}',
  'byte[] x = {NUMBERS};',
  'unsigned char x[] = {\n  NUMBERS\n};',
  'static const uint8_t x[6] = { NUMBERS };',
  'std::array<uint8_t, 6> x = {NUMBERS};',
  '[byte[]](NUMBERS)',
  '[byte[]]@(NUMBERS)',
  'byteArrayOf(NUMBERS)',
  'ByteString(NUMBERS)',
  'string.char(NUMBERS)',
  'vec![NUMBERS]',
  'stream.write_all(&[NUMBERS])',
  'let x: [u8; 6] = [NUMBERS];',
];

describe('bare numbers of code are decimal, whatever they would be as hex', () => {
  test.each(CODE)('%s', (form) => {
    const text = form.replace('NUMBERS', '82, 4, 48, 65, 66, 67');
    expect(read(text)).toMatchObject({ bytes: '520430414243', problem: undefined, notices: [] });
  });

  test.each(['payload [NUMBERS]', 'byte = [NUMBERS]', 'Binary([NUMBERS])', 'Frame { payload: [NUMBERS] }'])(
    'not beyond doubt: %s',
    (form) => {
      const { bytes, problem, notices } = read(form.replace('NUMBERS', '81, 5, 48, 65'));
      expect({ bytes, isRefused: problem !== undefined, notices }).toEqual({ bytes: '', isRefused: true, notices: [] });
    },
  );
});

describe('hex in the spellings that people paste', () => {
  test.each(SPELLINGS)('%j', (text, hex, kind) => {
    expect(read(text)).toMatchObject({ bytes: hex, problem: undefined, notices: [] });
    expect(kindOf(text)).toBe(kind);
  });

  test.each([
    ["b'81870ec3'", '81870ec3', /read as the bytes that they spell/],
    ['[81, 87]', '5157', /read as decimal/],
    ['[81, 5]', '5105', /read as decimal/],
    ['[82, 3, 1, 2, 3]', '8203010203', /read as hex, which gives whole frames/],
    ['[88, 0]', '8800', /read as hex, which gives whole frames/],
    ['[81, 5, 48, 65, 60, 60, 69]', '81054865606069', /read as hex, which gives whole frames/],
    ['{81, 3, 41, 42, 43}', '8103414243', /read as hex, which gives whole frames/],
    [
      '[1, 11, 72, 69, 76, 76, 79, 72, 69, 76, 76, 79, 33]',
      '010b48454c4c4f48454c4c4f21',
      /read as decimal, which gives whole frames/,
    ],
    ['[]byte{82, 04, 71, 65, 70, 66}', '820471657066', /read as hex, which gives whole frames/],
    ['char x[] = {01, 10, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57};', '010a30313233343536373839', /read as decimal/],
    [' 8187 0ec3\n', '81870ec3', /od -An -x/],
  ])('%j is read with a notice', (text, hex, notice) => {
    const { bytes, notices, problem } = read(text);
    expect(problem).toBeUndefined();
    expect(bytes).toBe(hex);
    expect(notices).toEqual([expect.stringMatching(notice)]);
  });

  test('nothing at all gives nothing', () => {
    expect(read(' \n')).toMatchObject({ bytes: '', notices: [], problem: undefined });
  });
});

/** Text, then line, column and byte offset of the problem, and its words. */
const PROBLEMS: readonly (readonly [text: string, line: number, column: number, offset: number, message: RegExp])[] = [
  ['8187 0g', 1, 7, 6, /^'g' is not a hex digit$/],
  ['81\r\n87 zz', 2, 4, 7, /^'z' is not a hex digit$/],
  ['81\u00a0é', 1, 4, 4, /^'é' is not a hex digit$/],
  ['# é\n81 →', 2, 4, 8, /^'→' is not a hex digit$/],
  ['/* é */ 81 !', 1, 12, 12, /^'!' is not a hex digit$/],
  ['81\u0001', 1, 3, 2, /^character U\+0001 is not a hex digit$/],
  ['818', 1, 3, 2, /^the hex digit '8' has no second one: there are 3 in a row$/],
  ['81 8 7', 1, 4, 3, /it is alone$/],
  ['818\n7', 1, 3, 2, /has no second one/],
  ['0x818', 1, 5, 4, /has no second one/],
  ['0x', 1, 2, 1, /no hex digit follows 0x/],
  ['129, 135', 1, 3, 2, /has no second one/],
  ['81 87 ...', 1, 7, 6, /cut short/],
  ['81…', 1, 3, 2, /cut short/],
  ['81 /* 87', 1, 9, 8, /comment is not closed/],
  ['ab cd = 12', 1, 7, 6, /^'=' is not a hex digit$/],
  ['deadbeef id=12', 1, 10, 9, /^'i' is not a hex digit$/],
  ['81 / 87', 1, 4, 3, /^'\/' is not a hex digit$/],
  ['hello there', 1, 1, 0, /^'h' is not a hex digit$/],
  ['"GET"', 1, 2, 1, /^'G' is not a hex digit$/],
  ['"8187', 1, 6, 5, /closing '"'/],
  ['<Buffer 81 85 ... 10 more bytes>', 1, 15, 14, /cut short/],
  ['<Buffer 81 85', 1, 14, 13, /closing '>'/],
  ['Uint8Array(30) [\n  129, 135,\n  ... 28 more items\n]', 3, 3, 31, /cut short/],
  ['[129, 300]', 1, 7, 6, /^'300' is not a byte \(they are decimal here\)$/],
  ['[129, 0e]', 1, 7, 6, /^'0e' is not a byte \(they are decimal here\)$/],
  ['[0e, 129]', 1, 6, 5, /^'129' is not a byte \(they are hex here\)$/],
  ['[81, 5, 48, 65]', 1, 2, 1, /hex as well as decimal/],
  ['[2, 1, 10]', 1, 2, 1, /hex as well as decimal/],
  ['[ 10, 20, 30, 40, 50]', 1, 3, 2, /hex as well as decimal/],
  ['[81, 5, 48, 65', 1, 2, 1, /hex as well as decimal/],
  ['[08, 5, 48]', 1, 6, 5, /^'5' is not a byte/],
  ['[8, 05, 48]', 1, 5, 4, /^'05' is not a byte/],
  ['[81, a]', 1, 6, 5, /^'a' is not a byte/],
  ['[]byte{82, 04, 72, 65}', 1, 8, 7, /hex as well as decimal/],
  ['new byte[] {81, 87, 05}', 1, 13, 12, /hex as well as decimal/],
  ['[01, 05, 72, 69, 76, 76, 79]', 1, 2, 1, /hex as well as decimal/],
  ['[]byte{129, 012, 72}', 1, 13, 12, /^numbers with a leading zero may be octal/],
  ['{0x81, 0x8185}', 1, 8, 7, /^'0x8185' is not a byte$/],
  ['[129, 135', 1, 10, 9, /not closed/],
  ['[129; "x"]', 1, 7, 6, /^'"' is not part of a list of bytes$/],
  ['[129] [135', 1, 11, 10, /not closed/],
  ['[129] oops', 1, 7, 6, /^'o' after the bytes/],
  [String.raw`b'\xg1'`, 1, 5, 4, /^\\x has to be followed by 2 hex digits, not by 'g'$/],
  [String.raw`b'\q'`, 1, 3, 2, /^a backslash before 'q'/],
  [String.raw`b'\777'`, 1, 3, 2, /511, which is more than a byte/],
  [String.raw`"\u2192"`, 1, 2, 1, /8594, which is more than a byte/],
  ["b'\\x81é'", 1, 7, 6, /has to be escaped/],
  ["b'\\x81\n'", 1, 7, 6, /line ends inside the string/],
  [String.raw`b'\x81`, 1, 7, 6, /' is missing/],
  [String.raw`\x81\x05 hello`, 1, 9, 8, /this blank could be a byte/],
  [String.raw`\x81 \x87\x0e`, 1, 10, 9, /without a blank in front/],
  [String.raw`\x8`, 1, 1, 0, /ends inside an escape/],
];

describe('what is wrong with hex has a place and a reason', () => {
  test.each(PROBLEMS)('%j', (text, line, column, offset, message) => {
    const { problem } = read(text);
    expect(problem).toMatchObject({ line, column, offset });
    expect(problem?.message).toMatch(message);
  });
});

test('bytes come out as they come in, in as much memory as one chunk takes', () => {
  const source = new HexSource();
  const chunk = fromText('81 87 0e c3\n'.repeat(1000));
  let total = 0;
  for (let round = 0; round < 100; round++) {
    for (const event of source.push(chunk)) {
      if (event.type !== 'bytes') throw new Error(event.type);
      expect(event.bytes.buffer.byteLength).toBeLessThanOrEqual(chunk.length);
      total += event.bytes.length;
    }
  }
  expect(total).toBe(400_000);
});

test('all bytes survive a literal that names them in octal, and one that names them in hex', () => {
  const all = Uint8Array.from({ length: 256 }, (_, value) => value);
  const octal = `"${[...all].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
  const hex = `"${[...all].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
  for (const text of [octal, hex]) expect(readChunks(new HexSource(), [fromText(text)]).bytes).toBe(toHex(all));
});

describe('what comes out does not depend on how the text is cut', () => {
  test.each([
    ['a bracket whose first number is on the next line', '}\n(\n-1\n*'],
    ['the same behind a name', 'Foo(\n3) [129]'],
    ['words of od, then a line that has none', ' 3a39\n00 3a39\n0000'],
    ['a brace whose "data" is on a later line', '{\n\n"data"\n:\n[129]}'],
    ['the type of a Buffer over several lines', '[129]\n"type"\n:\n"Buffer"'],
    ['a length over several lines', '[129]\nx_len = 2\n;'],
    ['a call over several lines', '"8187"\n.slice(\n0\n)'],
    ['the name of an encoding, with its bracket on the next line', '"8187", "hex"\n)'],
    ['a Go type whose brace is on the next line', '[]byte\n{0x81}'],
    ['a comment that is nothing but its sign', '#\n81'],
    ['two comments and an end of line of two', '// a\r\n//\r\n81'],
    ['a backslash far into quotes behind a list', `[129] "${'a'.repeat(200)}\\x81"`],
    ['a character that is no digit far into a bytes literal behind a list', `[129] b'${'81'.repeat(30)}zz'`],
  ])('%s', (_, text) => {
    const whole = read(text);
    for (let at = 1; at < text.length; at++) {
      const [head, tail] = [fromText(text.slice(0, at)), fromText(text.slice(at))];
      expect(readChunks(new HexSource(), [head, tail]), `cut at ${at}`).toEqual(whole);
    }
  });

  test('the first line alone shows whether od printed it', () => {
    expect(read(' 3a39\n00 3a39\n0000').notices).toEqual([expect.stringMatching(/od -An -x/)]);
    expect(read(' 3a39 00\n 3a39\n').notices).toEqual([]);
  });

  test.each([
    ['Foo(\n3) [129]', '81'],
    ['{\n\n"data"\n:\n[129]}', '81'],
    ['[129]\n"type"\n:\n"Buffer"', '81'],
    ['[129]\nx_len = 2\n;', '81'],
    ['"8187"\n.slice(\n0\n)', '8187'],
    ['"8187", "hex"\n)', '8187'],
    ['[]byte\n{0x81}', '81'],
    ['#\n81', '81'],
  ])('%j continues over the ends of lines', (text, hex) => {
    expect(read(text)).toMatchObject({ bytes: hex, problem: undefined });
  });

  const SEED = 20261123;
  test(`pieces of spellings in a random order (seed ${SEED})`, () => {
    const pieces =
      String.raw`"type":"Buffer"|"type"|"data"|"Buffer"|:|{|}|[|]|(|)|(129|-1|129,|0x81|[129,0],|\x81|\201|\n|b'|'|"|b'8187'|"8187"
"81\x81"|"hex"|.slice(|.a|<Buffer|81|8187| 8187 0ec3|3a39|00|x|x_len|=|var x =|= 2;|;|#|//|/*|*/|*|Foo(|Foo|3) [|[]byte|new byte[]
byte|return|>>>|&mut|vec!|printf|echo -n|\|deadbeef|zz|...|é|len`.split(/[|\n]/);
    const joints = ['\n', '\n', ' ', '', ',', '\r\n', ' \n\n'];
    const draw = random(SEED);
    const pick = (from: readonly string[]): string => from[draw(from.length)]!;
    let good = 0;
    for (let round = 0; round < 6000; round++) {
      const text = Array.from({ length: 1 + draw(8) }, () => pick(pieces) + pick(joints)).join('');
      const padded = draw(20) === 0 ? `${pick(pieces)}${' '.repeat(draw(1100))}${text}` : text;
      if (read(padded).problem === undefined) good++;
    }
    expect(good).toBeGreaterThan(100);
  });
});
