import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { cut, fromText, readAllWays, readChunks, type Read } from './read-source.js';

/** Text of 20 bytes, text of 5, masked text of 5. */
const LONG = '811448656c6c6f2c20776f726c642120313233343536';
const HELLO = '810548656c6c6f';
const MASKED = '818537fa213d7f9f4d5158';

const read = (text: string): Read => readAllWays(() => openSource('auto'), fromText(text));

const GDB = `0x555555558040 <frame>:\t129\t20\t72\t101\t108\t108\t111\t44
0x555555558048 <frame+8>:\t32\t119\t111\t114\t108\t100\t33\t32
0x555555558050 <frame+16>:\t49\t50\t51\t52\t53\t54
`;
const GDB_HEX = `(gdb) x/22xb frame
0x555555558040 <frame>:\t0x81\t0x14\t0x48\t0x65\t0x6c\t0x6c\t0x6f\t0x2c
0x555555558048 <frame+8>:\t0x20\t0x77\t0x6f\t0x72\t0x6c\t0x64\t0x21\t0x20
0x555555558050 <frame+16>:\t0x31\t0x32\t0x33\t0x34\t0x35\t0x36
`;
const ROW = '81 14 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 20';
const END = '31 32 33 34 35 36';
const ASCII = '..Hello, world! ';

describe('an offset and bytes, in a layout that proves itself', () => {
  test.each([
    ['four digits, a colon', `0000: ${ROW} ${ASCII}\n0010: ${END}                               123456\n`],
    ['no characters', `0000: ${ROW}\n0010: ${END}\n`],
    ['three blanks', `00000000   ${ROW}   ${ASCII}\n00000010   ${END}   123456\n`],
    ['decimal offsets', `  0: ${ROW}\n 16: ${END}\n`],
    ['octal offsets', `0000000: ${ROW}\n0000020: ${END}\n`],
    ['brackets', `[0000] ${ROW}\n[0010] ${END}\n`],
    ['bars', `|00000000| ${ROW} |${ASCII}|\n|00000010| ${END}                               |123456          |\n`],
    ['0x', `0x0000  ${ROW}  ${ASCII}\n0x0010  ${END}  123456\n`],
    ['h', `0000h: ${ROW}\n0010h: ${END}\n`],
    [
      'OpenSSL',
      `0000 - 81 14 48 65 6c 6c 6f 2c-20 77 6f 72 6c 64 21 20   ${ASCII}\n0010 - ${END}                                 123456\n`,
    ],
    [
      'WinDbg',
      `00000000\`0019f7d0  81 14 48 65 6c 6c 6f 2c-20 77 6f 72 6c 64 21 20  ${ASCII}\n00000000\`0019f7e0  ${END}                                123456\n`,
    ],
    ['a time in front', `12:30:45.123 0000: ${ROW}\n12:30:45.124 0010: ${END}\n`],
    [
      'a logger in front',
      `I (1234) ws: 0x3ffb1234   ${ROW.replace(/ (?=20 77)/, '  ')}  |${ASCII}|\nI (1234) ws: 0x3ffb1244   ${END}                                 |123456|\n`,
    ],
    ['lldb', `0x100003f90: ${ROW}  ${ASCII}\n0x100003fa0: ${END}                                123456\n`],
    [
      'columns of PowerShell',
      `           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n00000000   ${ROW}  ${ASCII}\n00000010   ${END}                                123456\n`,
    ],
    [
      'columns of HxD',
      `Offset(h) 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n00000000  ${ROW}  ${ASCII}\n00000010  ${END}                                123456\n`,
    ],
    ['two digits, proven by their growth', `00  ${ROW}\n10  ${END}\n`],
    ['an offset at the end', `0000: ${ROW}\n0010: ${END}\n0016\n`],
    ['gdb, hex', GDB_HEX],
    ['gdb, decimal', GDB],
    ['gdb, signed', GDB.replace('129', '-127')],
    [
      'words with characters',
      '0000: 8114 4865 6c6c 6f2c 2077 6f72 6c64 2120  ..Hello, world! \n0010: 3132 3334 3536                           123456\n',
    ],
  ])('%s', (_, text) => {
    const { bytes, problem, sides } = read(text);
    expect({ bytes, problem, sides }).toEqual({ bytes: LONG, problem: undefined, sides: ['', ''] });
  });

  test.each([
    ['characters prove one row', '0000: 81 05 48 65 6C 6C 6F                               ..Hello         \n'],
    ['a colon proves one row', '0x7fffffffe000:\t0x81\t0x05\t0x48\t0x65\t0x6c\t0x6c\t0x6f\n'],
    ['digits among the characters', '0000: 81 05 48 65 6C 6C 6F   ..Hello\n'],
  ])('%s', (_, text) => {
    expect(read(text)).toMatchObject({ bytes: HELLO, problem: undefined });
  });

  test.each([
    ['one row of two digits', '00: 81 05 48 65 6c 6c 6f\n', /nothing proves it/],
    ['a column that does not count', '01: 81 05 48 65 6c 6c 6f\n02: 89 00\n', /nothing proves it/],
    ['a lost row', `0000: ${ROW}\n0020: ${END}\n`, /0020 stands where 0010 has to/],
    ['a lost first row', `0010: ${ROW}\n0020: ${END}\n`, /rows before it are missing/],
    ['a cut row', `0000: 81 14 48 65 6c 6c 6f 2c 20 77\n0010: ${END}\n`, /stands where 000a has to/],
    ['a cut last row', `0000: ${ROW}  ${ASCII}\n0010: 31 32 33\n`, /last row is cut/],
    ['rows left out by *', `0000: ${ROW}\n*\n0040: ${END}\n`, /left out/],
    [
      'a cut row of xxd',
      `00000000: 812e 3973 6638 2f5b 4839\n-----\n00000010: 4e36 2e37 6e6c 662c 3139 3042 3d4c 6047  N6.7nlf,190B=L\`G\n`,
      /may be decimal, or hex after rows/,
    ],
    [
      'words whose characters are cut',
      '12:30:45 00000000: 8980 2da2 8d0a                           ..-..\n',
      /byte order|nothing proves it/,
    ],
    ['a lost first row of xxd', `00000010: 3132 3334 3536  123456\n`, /rows before it are missing/],
    ['words that show dots in either order', '[0000] 0281 e803                                ....\n', /byte order/],
    ['words of which nobody knows the order', '0x555555558040:\t0x65481481\t0x2c6f6c6c\n', /byte order/],
    [
      'curl that announces more',
      '=> Send data, 22 bytes (0x16)\n0000: 31 32 33 34 35 36                               123456\n',
      /22 bytes are announced/,
    ],
    [
      'Netty that announces more',
      `x [id: 0x1, L:/a:1 - R:/b:2] READ: 22B\n|00000000| ${ROW} |${ASCII}|\nx READ COMPLETE\n`,
      /22 bytes are announced/,
    ],
  ])('%s is refused', (_, text, problem) => {
    expect(read(text).problem?.message).toMatch(problem);
  });

  test.each(['READ: 124B', 'WRITE: 124B', 'recv 124B', '[id: 0x1, L:/a:1 - R:/b:2] READ: 124B', 'sent: 124B'])(
    'a number of bytes that could be hex is none: %s',
    (heading) => {
      const bytes = Buffer.concat([Buffer.from([0x81, 122]), Buffer.alloc(122, 'a')]);
      const rows = bytes
        .toString('hex')
        .match(/.{1,32}/g)!
        .map((row, index) => `|${(16 * index).toString(16).padStart(8, '0')}| ${row.replace(/..(?=.)/g, '$& ')} |\n`);
      expect(read(`${heading}\n${rows.join('')}`)).toMatchObject({ bytes: bytes.toString('hex'), problem: undefined });
    },
  );

  test("sides are those of Wireshark's follow only where both occur", () => {
    const row = '00000000  81 05 48 65 6c 6c 6f                               ..Hello\n';
    expect(read(row)).toMatchObject({ bytes: HELLO, sides: ['', ''] });
    expect(read(`${row}    ${row}`).sides).toEqual([HELLO, HELLO]);
  });
});

describe('byte literals in the lines of logs and code', () => {
  const hello = String.raw`\x81\x05Hello`;
  test.each([
    ['Python', `DEBUG got b'${hello}'`],
    ['a C string', String.raw`got "\201\005Hello"`],
    ['Erlang', 'frame: <<129,5,72,101,108,108,111>>'],
    ['Erlang with text', 'frame: <<129,5,"Hello">>'],
    ['Elixir, hex', 'frame: <<0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F>>'],
    ['Erlang, radix', 'frame: <<16#81, 16#05, 16#48, 16#65, 16#6C, 16#6C, 16#6F>>'],
    ['NSData', 'received {length = 7, bytes = 0x810548656c6c6f}'],
    ['old NSData', 'received <81054865 6c6c6f>'],
    ['C', 'uint8_t f[] = {129, 5, 72, 101, 108, 108, 111}; // text'],
    ['Go', 'recv: [129 5 72 101 108 108 111]'],
    ['Java', 'INFO: [-127, 5, 72, 101, 108, 108, 111]'],
    ['Rust', 'read [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f] ok'],
    ['casts', '(byte)0x81,(byte)0x05,(byte)0x48,(byte)0x65,(byte)0x6c,(byte)0x6c,(byte)0x6f'],
    ['a list of escapes', String.raw`[\x81, \x05, \x48, \x65, \x6c, \x6c, \x6f]`],
    ['less', '<81><05>Hello'],
    ['Jetty', `Filled 7 bytes - Direct@1b[p=0,l=7,c=4096,r=7]={<<<${hello}>>>stale...\\x00}`],
    ['BitConverter', 'Received: 81-05-48-65-6C-6C-6F'],
    ['colons', 'data: 81:05:48:65:6c:6c:6f'],
    ['decimal numbers', 'RX: 129 5 72 101 108 108 111'],
    ['a field of JSON', '{"level":"debug","hex":"810548656c6c6f","id":"deadbeef"}'],
    ['lines of hex digits', 'RX: 81 05 48 65\n    6c 6c 6f'],
    ['colours', '\x1b[32mRX:\x1b[0m 81 05 48 65 6c 6c 6f\x1b[0m'],
    ['a serial monitor', '[12:30:45] RX: 81 05 48 65 6c 6c 6f'],
    ['digits', 'payload=810548656c6c6f'],
    ['bits', '10000001 00000101 01001000 01100101 01101100 01101100 01101111'],
    ['bits in a line', 'got 10000001 00000101 01001000 01100101 01101100 01101100 01101111'],
    ['Node', 'got <Buffer 81 05 48 65 6c 6c 6f>'],
    ['strace', String.raw`recvfrom(4, "\201\5Hello", 4096, 0, NULL, NULL) = 7`],
    ['strace -xx', String.raw`02:11:25.049 write(4<socket:[43]>, "\x81\x05\x48\x65\x6c\x6c\x6f", 7) = 7`],
    [
      'strace of a vector',
      String.raw`writev(4, [{iov_base="\201\5", iov_len=2}, {iov_base="Hello", iov_len=5}], 2) = 7`,
    ],
    ['strace of a part', String.raw`write(4, "\201\5Hello, and more", 16) = 7`],
  ])('%s', (_, line) => {
    for (const text of [line, `${line}\n`, `INFO started\n${line}\nINFO done\n`]) {
      const { bytes, problem } = read(text);
      expect({ bytes, problem }).toEqual({ bytes: HELLO, problem: undefined });
    }
  });

  test('says how many lines held bytes, and which', () => {
    const text = `INFO a\nINFO got b'${hello}'\nINFO b\nINFO got b'${hello}'\n`;
    expect(read(text).notices).toEqual(['2 lines of 4 held bytes']);
    const source = openSource('auto');
    readChunks(source, [fromText(text)]);
    expect(source.kind()).toBe('bytes in a log (lines 2, 4)');
  });

  const masked = String.raw`\x81\x857\xfa!=\x7f\x9fMQX`;
  test.each([
    ['words', `sent b'${masked}'\nreceived b'${hello}'`],
    ['camel case', `onSend: "${masked}"\nonReceive: "${hello}"`],
    ['arrows of curl', `=> b'${masked}'\n<= b'${hello}'`],
    ['arrows', `> b'${masked}'\n< b'${hello}'`],
    ['names', `client -> server: b'${masked}'\nserver -> client: b'${hello}'`],
    ['++Sent', `++Sent raw: b'${masked}'\n++Rcv raw: b'${hello}'`],
    ['brackets', `[TX] b'${masked}'\n[RX] b'${hello}'`],
    ['a table', `| write | b'${masked}' |\n| read  | b'${hello}' |`],
    [
      'Netty',
      '[id: 0x1a, L:/a:1 - R:/b:2] READ: 11B\n|00000000| 81 85 37 fa 21 3d 7f 9f 4d 51 58                |..7.!=..MQX     |\n[id: 0x1a, L:/a:1 - R:/b:2] WRITE: 7B\n|00000000| 81 05 48 65 6c 6c 6f                            |..Hello         |\n',
    ],
    [
      'OpenSSL',
      'write to 0x55 [0x56] (11 bytes => 11 (0xB))\n0000 - 81 85 37 fa 21 3d 7f 9f-4d 51 58                  ..7.!=..MQX\nread from 0x55 [0x56] (4096 bytes => 7 (0x7))\n0000 - 81 05 48 65 6c 6c 6f                              ..Hello\n',
    ],
  ])('%s give the side', (_, text) => {
    expect(read(text)).toMatchObject({ sides: [MASKED, HELLO], problem: undefined });
  });

  test.each([
    ['a mail', `> b'${hello}'\n> b'${hello}'`],
    ['one line without a word', `sent b'${hello}'\nreceived b'${hello}'\nb'${hello}'`],
    ['one end alone', `sent b'${hello}'`],
  ])('%s gives none', (_, text) => {
    const { sides, bytes } = read(text);
    expect(sides).toEqual(['', '']);
    expect(bytes.startsWith(HELLO)).toBe(true);
  });

  test.each([
    ['strace without -s', String.raw`write(4, "\201\24Hello,"..., 22) = 22`, /cut short/],
    ['a string with dots', 'got b"\\x81\\x05He"...', /cut short/],
    ['dots in a list', 'got [0x81, 0x05, 0x48, ...]', /cut short/],
    ['Elixir with dots', 'got <<129, 5, 72, ...>>', /cut short/],
    ['NSData with dots', 'got {length = 700, bytes = 0x81054865 ... 6c6c6f00}', /cut short/],
    ['Node with more', 'got <Buffer 81 05 48 65 ... 50 more bytes>', /cut short/],
    ['a length that is not met', `received 9 bytes: b'${hello}'`, /9 bytes/],
    ['a payload', 'DEBUG Received frame Binary([1, 2, 3])', /payload/],
    ['text', "message: b'Hello'", /payload/],
    ['what gdb repeats', '$1 = "\\201\\005He", \'l\' <repeats 20 times>', /repeats 0/],
    ['a part of a list', 'foo(x, 0x81, 0x05, 0x48)', /elements/],
    ['two literals', `sent b'${hello}' with key b'\\x01\\x02'`, /several byte literals/],
    ['Jetty that leaves out', 'x[p=0,l=70,c=4096,r=70]={<<<\\x81\\x05Hel...lo>>>}', /cut short/],
  ])('%s is refused', (_, text, problem) => {
    const { bytes, problem: found } = read(`INFO\n${text}\n`);
    expect(bytes).toBe('');
    expect(found?.message).toMatch(problem);
  });

  test('a handshake among the lines', () => {
    const text = `--- request header ---\nGET / HTTP/1.1\nHost: a\n\n---\n--- response header ---\nHTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n---\n++Sent raw: b'${masked}'\n++Rcv raw: b'${hello}'\n`;
    const hex = (head: string): string => Buffer.from(head.replace(/\n/g, '\r\n')).toString('hex');
    expect(read(text).sides).toEqual([
      hex('GET / HTTP/1.1\nHost: a\n\n') + MASKED,
      hex('HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n') + HELLO,
    ]);
  });

  test('heads with a dot for each CR, as ngrep -W byline prints them', () => {
    const request = 'GET /ws HTTP/1.1.\nHost: a.\nUpgrade: websocket.\n.\n';
    const response = 'HTTP/1.1 101 Switching Protocols.\nUpgrade: websocket.\n.\n';
    const text = `T 10.0.0.1:5 -> 10.0.0.2:80 [AP] #4\n${request}\n##\nT 10.0.0.2:80 -> 10.0.0.1:5 [AP] #6\n${response}\n`;
    const wire = (head: string): string => Buffer.from(head.replace(/\.\n/g, '\r\n')).toString('hex');
    expect(read(text)).toMatchObject({ sides: [wire(request), wire(response)], problem: undefined });
  });

  test('a long line whose length is that of its digits', () => {
    const frame = `827f0000000000010000${'0a'.repeat(65536)}`;
    const text = `{"level":"debug","msg":"sent","hex":"${frame}"}\n{"level":"debug","msg":"sent","hex":"8900"}\n`;
    const source = openSource('auto');
    expect(readChunks(source, [fromText(text)])).toMatchObject({ bytes: `${frame}8900`, problem: undefined });
    expect(readChunks(openSource('auto'), [fromText(`got ${'x'.repeat(9000)} b'\\x89\\0'\n`)]).bytes).toBe('');
  });

  test('a log longer than what is looked at', () => {
    const filler = 'INFO nothing to see\n'.repeat(5000);
    const source = (): ReturnType<typeof openSource> => openSource('auto');
    const bytes = fromText(`${filler}got b'${hello}'\n${filler}got b'${hello}'\n`);
    for (const size of [1000, 65536, bytes.length]) {
      expect(
        readChunks(
          source(),
          cut(bytes, () => size),
        ),
      ).toMatchObject({ bytes: HELLO + HELLO, problem: undefined });
    }
  });
});

describe('words beside bytes that are none of them', () => {
  const PASSED = (words: string, side = 'after', line = 1): string =>
    `line ${line}: '${words}' ${side} the bytes is none of them, and is not read`;

  test.each([
    ['81 05 48 65 6c 6c 6f  zz', [PASSED('zz')]],
    ['81 05 48 65 6c 6c 6f | zz', [PASSED('| zz')]],
    ['81:05:48:65:6c:6c:6f zz', [PASSED('zz')]],
    ['[0x81,0x05,0x48,0x65,0x6c,0x6c,0x6f] zz', [PASSED('zz')]],
    ['"\\x81\\x05Hello" \u00e9t\u00e9', [PASSED('\u00e9t\u00e9')]],
    ['zz 81 05 48 65 6c 6c 6f', [PASSED('zz', 'before')]],
    ['recv: 81 05 48 65 6c 6c 6f  zz', [PASSED('zz')]],
    [`81 05 48 65 6c 6c 6f  ${'z'.repeat(50)}`, [PASSED(`${'z'.repeat(40)}…`)]],
  ])('%s: a notice', (text, notices) => {
    const found = read(`${text}\n`);
    expect([found.bytes, found.notices]).toEqual(['810548656c6c6f', notices]);
  });

  test('once, with the number of other lines', () => {
    const { notices } = read('# one\n81 05 48 65 6c 6c 6f  zz\n89 00 8a 00  yy\n8a 00 89 00  xx\n');
    expect(notices).toContain(`${PASSED('zz', 'after', 2)}, as are words in 2 other lines`);
  });

  test.each([
    '81 05 48 65 6c 6c 6f  Hello',
    '81 05 48 65 6c 6c 6f  ..Hello',
    '81 85 37 fa 21 3d 7f 9f 4d 51 58  Hello',
    '81 05 48 65 6c 6c 6f  # zz',
    '81 05 48 65 6c 6c 6f // zz',
    '81 05 48 65 6c 6c 6f  (7 bytes)',
    '81 05 48 65 6c 6c 6f  sent',
    'recv 81 05 48 65 6c 6c 6f',
    'const x = [0x81,0x05,0x48,0x65,0x6c,0x6c,0x6f];',
    '[12:00:01] 81 05 48 65 6c 6c 6f',
  ])('%s: none', (text) => expect(read(`${text}\n`).notices).toEqual([]));
});

describe('groups of four digits that may be octal as well as hex', () => {
  test.each([
    ['octal, whole frames', '0201 0005 0110 0145 0154 0154 0157\n', HELLO],
    ['octal, in two lines', '0201 0005 0110\n0145 0154 0154 0157\n', HELLO],
    ['octal, with commas', '0201, 0005, 0110, 0145, 0154, 0154, 0157', HELLO],
    ['hex, whole frames', '0203 0102 0300 0300 0000\n', '02030102030003000000'],
    ['hex, as a later group shows', '0203 0102\n0389 0000\n', '0203010203890000'],
    ['hex, as the first group shows', '8105 4865 6c6c 6f\n', HELLO],
  ])('%s', (_, text, bytes) => expect(read(text)).toMatchObject({ bytes, problem: undefined }));

  test.each([
    ['half a frame', '0201 0005 0110 0145\n'],
    ['two groups', '0201 0005'],
    ['no frames', '0102 0103 0210 0220\n'],
    ['much of it', '0177 0101\n'.repeat(10000)],
  ])('%s: refused', (_, text) => {
    const { bytes, problem } = read(text);
    expect(bytes).toBe('');
    expect(problem?.message).toMatch(/octal as well as hex/);
  });

  test('a word before them takes no part of them', () => {
    expect(read('payload: 0201 0005 0110\n').bytes).toBe('');
    expect(read('payload: 8105 4865 6c6c 6f\n').bytes).toBe('810548656c6c6f');
  });
});

test('rows of one layout are read the same with another layout, another line or another width among them', () => {
  const bytes = Array.from({ length: 333 }, (_, at) =>
    at === 0 ? 0x82 : at === 1 ? 0x7e : at === 2 ? 1 : (at * 73) & 255,
  );
  bytes[3] = 333 - 4 - 256;
  const whole = Buffer.from(bytes).toString('hex');
  const row = (at: number, count: number, show = '.'): string => {
    const part = bytes.slice(at, at + count);
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : show)).join('');
    return `${at.toString(16).padStart(4, '0')} | ${hex.padEnd(47)} | ${text}\n`;
  };
  const rows = (width: (at: number) => number, show?: (at: number) => string): string => {
    let text = '';
    for (let at = 0; at < bytes.length; at += width(at)) text += row(at, width(at), show?.(at));
    return text;
  };
  for (const text of [
    rows(() => 16),
    rows((at) => (at % 3 === 0 ? 16 : 15)),
    rows(
      () => 16,
      (at) => (at % 64 === 0 ? '?' : '.'),
    ),
    rows(() => 16).replace(/^0040/m, '----\n0040'),
  ])
    expect(read(text)).toMatchObject({ bytes: whole, problem: undefined });
});

test('an offset of letters alone is one among the rows before it', () => {
  // Of the multiples of eleven, 0xabe is the first without a digit among its letters.
  const width = 11;
  const rows = Array.from({ length: 372 }, (_, index) => index * width);
  const last = rows.findIndex((at) => /^[a-f]+$/.test(at.toString(16).padStart(3, '0')));
  expect(last).toBeGreaterThan(2);
  const total = (last + 1) * width;
  const bytes = Uint8Array.from(
    { length: total },
    (_, at) => [0x82, 0x7e, (total - 4) >> 8, (total - 4) & 255][at] ?? 0x80,
  );
  const text = rows
    .slice(0, last + 1)
    .map(
      (at) =>
        `${at.toString(16).padStart(3, '0')}: ${Buffer.from(bytes.subarray(at, at + width))
          .toString('hex')
          .replace(/..(?=.)/g, '$& ')}\n`,
    )
    .join('');
  expect(read(text)).toMatchObject({ bytes: Buffer.from(bytes).toString('hex'), problem: undefined });
});
