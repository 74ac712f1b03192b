import { describe } from 'vitest';
import { HELLO, LONG, testSpellings, type ReadSpellings, type RefusedSpellings } from './spellings.js';

const READ: ReadSpellings = [
  ['PostgreSQL, two rows', '\\x810548656c6c6f\n\\x8a00\n', `${HELLO}8a00`],
  ['PostgreSQL COPY, two rows', '\\\\x810548656c6c6f\n\\\\x8a00\n', `${HELLO}8a00`],
  [
    'a trace of websocket-client',
    "++Rcv raw: b'\\x81\\x05Hello'\n++Rcv decoded: fin=1 opcode=1 data=b'Hello'\n",
    HELLO,
  ],
  ['strace, byte by byte', 'read(3, "\\201", 1) = 1\nread(3, "\\5", 1) = 1\nread(3, "Hello", 5) = 5\n', HELLO],
  [
    'strace, cut within the masking key',
    'write(3, "\\201\\205\\1\\2\\3\\4Igohk", 11) = 5\nwrite(3, "\\4Igohk", 6) = 6\n',
    '81850102030449676f686b',
  ],
  ['Go %v', 'recv [129 5 72 101 108 108 111]\n', HELLO],
  ['Go %x', '2024/01/02 03:04:05 recv 810548656c6c6f\n', HELLO],
  ['Go % x', '2024/01/02 03:04:05 recv 81 05 48 65 6c 6c 6f\n', HELLO],
  ['Go % X', '2024/01/02 03:04:05 recv: 81 05 48 65 6C 6C 6F\n', HELLO],
  ['Go %#v', '[]byte{0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}\n', HELLO],
  ['Go %#v uint8', '[]uint8{0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}\n', HELLO],
  ['Go log %#v', '2024/01/02 03:04:05 main.go:12: []uint8{0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}\n', HELLO],
  ['Go %q', '2024/01/02 read "\\x81\\x05Hello"\n', HELLO],
  ['Go %+q', 'read "\\x81\\x05Hello"\n', HELLO],
  ['Go %#x', 'recv 0x810548656c6c6f\n', HELLO],
  ['Go %# x', 'recv 0x81 0x05 0x48 0x65 0x6c 0x6c 0x6f\n', HELLO],
  ['a program of Perl', `$ perl -e 'print "\\x81\\x05Hello"' | nc h 1\n`, HELLO],
  ['a program of Python', `$ python3 -c "import sys; sys.stdout.buffer.write(b'\\x81\\x05Hello')"\n`, HELLO],
  ['a program of Ruby', `$ ruby -e 'print "\\x81\\x05Hello"'\n`, HELLO],
  ['a program of a shell', `$ sh -c "printf '\\201\\005Hello'"\n`, HELLO],
  ['a program of PHP', `$ php -r 'echo "\\x81\\x05Hello";' | xxd\n`, HELLO],
  ['Go code in a log', '12:00:01 send []byte{81, 4, 48, 65, 66, 67}\n', '510430414243'],
  ['Python code in a log', 'DEBUG send: bytes([81, 4, 48, 65, 66, 67])\n', '510430414243'],
  ['Node.js in a log', 'recv Buffer.from([81, 4, 48, 65, 66, 67]) ok\n', '510430414243'],
  ['Kotlin in a log', 'send byteArrayOf(81, 4, 48, 65, 66, 67)\n', '510430414243'],
  ['a typed array in a log', 'recv Uint8Array(6) [81, 4, 48, 65, 66, 67]\n', '510430414243'],
  ['Rust {:?}', '[129, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['Rust {:02x?}', '[81, 05, 48, 65, 6c, 6c, 6f]\n', HELLO],
  ['Rust {:x?} no pad', 'DEBUG ws: read [81, 5, 48, 65, 6c, 6c, 6f]\n', HELLO],
  ['Rust {:02x?} log', 'DEBUG ws: read [81, 05, 48, 65, 6c, 6c, 6f]\n', HELLO],
  [
    'Rust {:#04x?}',
    `[
    0x81,
    0x05,
    0x48,
    0x65,
    0x6c,
    0x6c,
    0x6f,
]
`,
    HELLO,
  ],
  [
    'Rust {:#?}',
    `[
    129,
    5,
    72,
    101,
    108,
    108,
    111,
]
`,
    HELLO,
  ],
  ['Rust Bytes', 'Bytes b"\\x81\\x05Hello"\n', HELLO],
  ['Rust log Bytes', 'DEBUG hyper::proto: read b"\\x81\\x05Hello"\n', HELLO],
  ['py bytes', "b'\\x81\\x05Hello'\n", HELLO],
  ['py bytearray', "bytearray(b'\\x81\\x05Hello')\n", HELLO],
  ['py log bytearray', "DEBUG:root:got bytearray(b'\\x81\\x05Hello')\n", HELLO],
  ['py list', '[129, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['py hexlify sep', "b'81 05 48 65 6c 6c 6f'\n", HELLO],
  ['py hexlify :', "b'81:05:48:65:6c:6c:6f'\n", HELLO],
  ['py hexlify log', "DEBUG got b'810548656c6c6f'\n", HELLO],
  ['py hex log', 'DEBUG got 81:05:48:65:6c:6c:6f\n', HELLO],
  ['py array', "array('B', [129, 5, 72, 101, 108, 108, 111])\n", HELLO],
  ['numpy', 'array([129,   5,  72, 101, 108, 108, 111], dtype=uint8)\n', HELLO],
  ['numpy str', '[129   5  72 101 108 108 111]\n', HELLO],
  ['py tuple', '(129, 5, 72, 101, 108, 108, 111)\n', HELLO],
  [
    'py multiline',
    `(b'\\x81\\x05He'
 b'llo')
`,
    HELLO,
  ],
  ['Java Arrays.toString', '[-127, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['Java HexFormat', '810548656c6c6f\n', HELLO],
  ['Java HexFormat :', '81:05:48:65:6c:6c:6f\n', HELLO],
  ['Java HexFormat ofDelimiter ", "', '81, 05, 48, 65, 6c, 6c, 6f\n', HELLO],
  ['Java log', '12:00:00 [main] INFO App - received [-127, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['Java array', 'new byte[]{(byte) 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}\n', HELLO],
  ['okio', '[hex=810548656c6c6f]\n', HELLO],
  ['okio log', 'I/OkHttp: <-- [hex=810548656c6c6f]\n', HELLO],
  ['Erlang', '<<129,5,72,101,108,108,111>>\n', HELLO],
  ['Erlang str', '<<129,5,"Hello">>\n', HELLO],
  ['Erlang shell, wrapped', '<<129,5,72,101,\n  108,108,111>>\n', HELLO],
  ['Erlang shell, three lines', '1> F.\n<<129,5,72,\n  101,108,\n  108,111>>\n2>\n', HELLO],
  ['Erlang log, wrapped', '12:00 [debug] got <<129,5,\n                  72,101,108,108,111>>\nnext\n', HELLO],
  ['Erlang tuple, wrapped', '{tcp,#Port<0.5>,\n     <<129,5,72,101,108,\n       108,111>>}\n', HELLO],
  ['Erlang string, wrapped', '<<129,5,\n  "Hello">>\n', HELLO],
  ['Erlang hex, wrapped', '<<16#81,16#05,16#48,\n  16#65,16#6c,16#6c,16#6f>>\r\n', HELLO],
  [
    'Elixir, wrapped',
    '<<129, 20, 72, 101, 108, 108, 111, 44, 32, 119, 111, 114, 108, 100,\n  33, 32, 49, 50, 51, 52, 53, 54>>\n',
    LONG,
  ],
  ['Elixir log, wrapped', '[info] received: <<129, 5, 72, 101,\n  108, 108, 111>>\n', HELLO],
  ['Erlang list, wrapped', '[129,5,72,101,\n 108,108,111]\n', HELLO],
  ['Erlang list', '[129,5,72,101,108,108,111]\n', HELLO],
  ['Elixir', '<<129, 5, 72, 101, 108, 108, 111>>\n', HELLO],
  ['Elixir log', '[debug] received frame: <<129, 5, 72, 101, 108, 108, 111>>\n', HELLO],
  ['Elixir base hex', '<<0x81, 0x5, 0x48, 0x65, 0x6C, 0x6C, 0x6F>>\n', HELLO],
  ['Swift array', '[129, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['NSData old', '<81054865 6c6c6f>\n', HELLO],
  ['NSData new', '{length = 7, bytes = 0x810548656c6c6f}\n', HELLO],
  ['NSData log', '2024-01-02 03:04:05.678 App[123:456] got {length = 7, bytes = 0x810548656c6c6f}\n', HELLO],
  ['NSData spaced', '{length = 22, bytes = 0x81144865 6c6c6f2c 20776f72 6c642120 31323334 3536}\n', LONG],
  ['NSData opt', 'Optional<NSData>: <81054865 6c6c6f>\n', HELLO],
  ['NSData print', 'Optional(<81054865 6c6c6f>)\n', HELLO],
  ['NSData in a dictionary', '    data = <81054865 6c6c6f>;\n', HELLO],
  ['NSData %@ of iOS 13', 'App[1:2] frame: {length = 7, bytes = 0x810548656c6c6f}\n', HELLO],
  ['NSData lldb', '(NSConcreteData *) $0 = 0x0000600000c04510 {length = 7, bytes = 0x810548656c6c6f}\n', HELLO],
  ['NSData of four groups', '<81144865 6c6c6f2c 20776f72 6c642120 31323334 3536>\n', LONG],
  [
    'NSData po',
    `(lldb) po data
<81054865 6c6c6f>
`,
    HELLO,
  ],
  ['.NET BitConverter', '81-05-48-65-6C-6C-6F\n', HELLO],
  [
    '.NET log',
    `info: ws[0]
      81-05-48-65-6C-6C-6F
`,
    HELLO,
  ],
  ['.NET Convert', 'Received: 810548656C6C6F\n', HELLO],
  ['C# array', 'new byte[] { 0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F }\n', HELLO],
  ['PS array', '129 5 72 101 108 108 111\n', HELLO],
  ['PHP bin2hex', 'string(14) "810548656c6c6f"\n', HELLO],
  ['PHP var_dump', 'string(7) "\\x81\\x05Hello"\n', HELLO],
  ['PHP chunk_split', '81 05 48 65 6c 6c 6f \n', HELLO],
  ['Ruby inspect', '"\\x81\\x05Hello"\n', HELLO],
  ['Ruby log', 'D, [2024-01-02T03:04:05.678 #123] DEBUG -- : recv "\\x81\\x05Hello"\n', HELLO],
  ['Ruby bytes', '[129, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['Ruby unpack', '["810548656c6c6f"]\n', HELLO],
  ['Ruby #{', '"\\x81\\x05\\#{a}o"\n', '8105237b617d6f'],
  ['Lua x', '"\\x81\\x05Hello"\n', HELLO],
  ['Clojure', '[-127, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['Clojure vec', '[-127 5 72 101 108 108 111]\n', HELLO],
  ['Clojure seq', '(-127 5 72 101 108 108 111)\n', HELLO],
  ['Kotlin', 'byteArrayOf(0x81.toByte(), 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f)\n', HELLO],
  ['Kotlin ubyte', 'ubyteArrayOf(0x81u, 0x05u, 0x48u, 0x65u, 0x6cu, 0x6cu, 0x6fu)\n', HELLO],
  ['Dart', '[129, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['Dart log', 'flutter: received [129, 5, 72, 101, 108, 108, 111]\n', HELLO],
  ['JS Buffer', '<Buffer 81 05 48 65 6c 6c 6f>\n', HELLO],
  [
    'JS Uint8Array',
    `Uint8Array(7) [
  129,   5,  72, 101,
  108, 108, 111
]
`,
    HELLO,
  ],
  ['JS U8 1', 'Uint8Array(7) [129, 5, 72, 101, 108, 108, 111]\n', HELLO],
  [
    'JS U8 dev',
    "Uint8Array(7) [129, 5, 72, 101, 108, 108, 111, buffer: ArrayBuffer(7), byteLength: 7, byteOffset: 0, length: 7, Symbol(Symbol.toStringTag): 'Uint8Array']\n",
    HELLO,
  ],
  ['JS AB', 'ArrayBuffer { [Uint8Contents]: <81 05 48 65 6c 6c 6f>, byteLength: 7 }\n', HELLO],
  ['JS AB log', 'message ArrayBuffer { [Uint8Contents]: <81 05 48 65 6c 6c 6f>, byteLength: 7 }\n', HELLO],
  ['JS json idx', '{"0":129,"1":5,"2":72,"3":101,"4":108,"5":108,"6":111}\n', HELLO],
  ['JS json idx log', 'got {"0":129,"1":5,"2":72,"3":101,"4":108,"5":108,"6":111}\n', HELLO],
  ['JS Buffer json', '{"type":"Buffer","data":[129,5,72,101,108,108,111]}\n', HELLO],
  ['JS Buffer json log', 'INFO recv {"type":"Buffer","data":[129,5,72,101,108,108,111]}\n', HELLO],
  ['Bun Buffer', 'Buffer(7) [ 129, 5, 72, 101, 108, 108, 111 ]\n', HELLO],
  ['Bun U8', 'Uint8Array(7) [ 129, 5, 72, 101, 108, 108, 111 ]\n', HELLO],
  [
    'Deno U8',
    `Uint8Array(7) [
  129,   5,  72, 101,
  108, 108, 111
]
`,
    HELLO,
  ],
  ['FF console', 'Uint8Array(7) [ 129, 5, 72, 101, 108, 108, 111 ]\n', HELLO],
  ['Safari console', '[129, 5, 72, 101, 108, 108, 111] (7)\n', HELLO],
  ['C array', 'unsigned char f[] = {0x81,0x05,0x48,0x65,0x6c,0x6c,0x6f};\n', HELLO],
  [
    'C array wrapped',
    `unsigned char f[] = {
  0x81, 0x05, 0x48, 0x65,
  0x6c, 0x6c, 0x6f
};
unsigned int f_len = 7;
`,
    HELLO,
  ],
  ['C chars', "{'\\x81', '\\x05', 'H', 'e', 'l', 'l', 'o'}\n", HELLO],
  [
    'C str cont',
    `"\\x81\\x05" \\
"Hello"
`,
    HELLO,
  ],
  ['C str oct', '"\\201\\005Hello"\n', HELLO],
  ['asm .byte', '.byte 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f\n', HELLO],
  ['asm db', 'db 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f\n', HELLO],
  [
    'NodeMCU',
    `> print(crypto.toHex(s))
810548656c6c6f
`,
    HELLO,
  ],
  ['tcl', '\\x81\\x05Hello\n', HELLO],
  ['bash $', "$'\\x81\\005Hello'\n", HELLO],
  ['bash printf', "printf '\\x81\\x05Hello' | nc\n", HELLO],
  ['bash echo', 'echo -ne "\\x81\\x05Hello"\n', HELLO],
  ['matlab', '   129     5    72   101   108   108   111\n', HELLO],
  ['SQL', '0x810548656C6C6F\n', HELLO],
  ['pg bytea', '\\x810548656c6c6f\n', HELLO],
  ['mysql X', "X'810548656C6C6F'\n", HELLO],
  ['csv', '81,05,48,65,6c,6c,6f\n', HELLO],
  ['semi', '81;05;48;65;6c;6c;6f\n', HELLO],
  ['json str', '{"data":"\\u0081\\u0005Hello"}\n', HELLO],
  ['json hex', '{"level":"debug","hex":"810548656c6c6f"}\n', HELLO],
  ['json arr', '{"level":"debug","bytes":[129,5,72,101,108,108,111]}\n', HELLO],
  ['logfmt', 'level=debug msg=recv data=810548656c6c6f\n', HELLO],
  ['logfmt q', 'level=debug msg=recv data="\\x81\\x05Hello"\n', HELLO],
  ['tomcat', 'FINE: Received [81, 05, 48, 65, 6c, 6c, 6f]\n', HELLO],
  ['jetty', 'HeapByteBuffer@7d6f77cc[p=0,l=7,c=1024,r=7]={<<<\\x81\\x05Hello>>>\\x00\\x00}\n', HELLO],
  ['jetty pre', 'DirectByteBuffer@1[p=2,l=9,c=16,r=7]={\\x00\\x00<<<\\x81\\x05Hello>>>\\x00}\n', HELLO],
  [
    'jetty log',
    '2024-01-02 03:04:05.678:DBUG:oejw.Parser:qtp-1: Parsing HeapByteBuffer@1[p=0,l=7,c=7,r=7]={<<<\\x81\\x05Hello>>>}\n',
    HELLO,
  ],
  [
    'jetty 2',
    'DEBUG o.e.j.io.WriteFlusher - write: [HeapByteBuffer@1[p=0,l=2,c=28,r=2]={<<<\\x81\\x05>>>\\x00},HeapByteBuffer@2[p=0,l=5,c=5,r=5]={<<<Hello>>>}]\n',
    HELLO,
  ],
  ['jetty 9', 'fill 7 HeapByteBuffer@5f[p=0,l=7,c=1024,r=7]={<<<\\x81\\x05Hello>>>\\x00\\x00\\x00...\\x00}\n', HELLO],
  [
    'jetty, a response',
    'flushed 27 [HeapByteBuffer@7c[p=0,l=27,c=27,r=27]={<<<HTTP/1.1 101 OK\\r\\nA: bcd\\r\\n\\r\\n>>>}]\n',
    Buffer.from('HTTP/1.1 101 OK\r\nA: bcd\r\n\r\n').toString('hex'),
  ],
  ['jetty 12', 'Retainable@1[p=0,l=7,c=2048,r=7]={<<<\\x81\\x05Hello>>>}\n', HELLO],
  ['jetty write', 'flushed=7 DirectByteBuffer@7c[p=0,l=7,c=7,r=7]={<<<\\x81\\x05Hello>>>}\n', HELLO],
  ['signed cr', '-127,5,72,101,108,108,111\n', HELLO],
  ['signed sp', '-127 5 72 101 108 108 111\n', HELLO],
  [
    'one frame per line',
    `81 05 48 65 6c 6c 6f
89 00
`,
    '810548656c6c6f8900',
  ],
  ['hex with text after', '81 05 48 65 6c 6c 6f  # text\n', HELLO],
  ['hex // text', '81 05 48 65 6c 6c 6f // hello\n', HELLO],
  ['frame: hex', 'frame: 81 05 48 65 6c 6c 6f\n', HELLO],
  ['Frame (7 bytes): hex', 'Frame (7 bytes): 81 05 48 65 6c 6c 6f\n', HELLO],
  [
    'wrapped \\',
    `81 05 48 65 \\
6c 6c 6f
`,
    HELLO,
  ],
  [
    '0x cont',
    `0x81, 0x05, \\
0x48, 0x65, 0x6c, 0x6c, 0x6f
`,
    HELLO,
  ],
  ['=> hex', '=> 81 05 48 65 6c 6c 6f\n', HELLO],
  ['>>> hex', '>>> 81 05 48 65 6c 6c 6f\n', HELLO],
  ['binary 0b', '0b10000001 0b00000101 0b01001000 0b01100101 0b01101100 0b01101100 0b01101111\n', HELLO],
  ['binary list', '[0b10000001, 0b101, 0b1001000, 0b1100101, 0b1101100, 0b1101100, 0b1101111]\n', HELLO],
  ['0o list', '[0o201, 0o5, 0o110, 0o145, 0o154, 0o154, 0o157]\n', HELLO],
  ['Swift map hex', '["81", "05", "48", "65", "6c", "6c", "6f"]\n', HELLO],
  ['F# hex', '[|0x81uy; 0x05uy; 0x48uy; 0x65uy; 0x6cuy; 0x6cuy; 0x6fuy|]\n', HELLO],
  ['R raw', '[1] 81 05 48 65 6c 6c 6f\n', HELLO],
  ['pipe', '81|05|48|65|6c|6c|6f\n', HELLO],
  ['dots', '81.05.48.65.6c.6c.6f\n', HELLO],
  ['underscore', '81_05_48_65_6c_6c_6f\n', HELLO],
  ['percent', '%81%05Hello\n', HELLO],
  ['percent all', '%81%05%48%65%6c%6c%6f\n', HELLO],
  ['a suffix h', '81h 05h 48h 65h 6ch 6ch 6fh\n', HELLO],
  ['a suffix h in a log', '12:00:01 TX: 81h 05h 48h 65h 6ch 6ch 6fh\n', HELLO],
  ['Visual Basic with blanks', '&H81 &H05 &H48 &H65 &H6C &H6C &H6F\n', HELLO],
  ['Pascal with blanks', '$81 $05 $48 $65 $6c $6c $6f\n', HELLO],
  ['a sign of a comment before each', '#81 #05 #48 #65 #6c #6c #6f\n', HELLO],
  ['x before each', 'x81 x05 x48 x65 x6c x6c x6f\n', HELLO],
  ['IBM', "H'81' H'05' H'48' H'65' H'6c' H'6c' H'6f'\n", HELLO],
  ['0x and bars', '0x81|0x05|0x48|0x65|0x6c|0x6c|0x6f\n', HELLO],
  ['0x in angles', 'got <0x81><0x05><0x48><0x65><0x6c><0x6c><0x6f>\n', HELLO],
  ['brackets around each', '[81][05][48][65][6c][6c][6f]\n', HELLO],
  ['braces around each', '{81}{05}{48}{65}{6c}{6c}{6f}\n', HELLO],
  ['slashes', '81/05/48/65/6c/6c/6f\n', HELLO],
  ['0x at the first alone', '0x81 05 48 65 6c 6c 6f\n', HELLO],
  ['a form of a URL', 'body=%81%05Hello&next=1\n', HELLO],
  ['URL encoding in quotes', 'recv "%81%05Hello"\n', HELLO],
  ['URL encoding, cut', '%81%05%48%65\n', '81054865'],
  ['quoted-printable', '=81=05Hello\n', HELLO],
  ['cat -v', 'M-^A^EHello\n', HELLO],
  ['cat -A', '< M-^A^EHello$\n', HELLO],
  ['cat -v, masked', 'M-^AM-^E7M-z!=\x7fM-^_MQX\n'.replace('\x7f', '^?'), '818537fa213d7f9f4d5158'],
  ['groups of two after a verb', 'recv 8105 4865 6c6c 6f\n', HELLO],
  ['groups of two among lines', 'start\n12:00:01 recv: 8105 4865 6c6c 6f\nend\n', HELLO],
  ['groups of four after a verb', 'recv 81054865 6c6c6f\n', HELLO],
  ['groups and their length', 'recv 8105 4865 6c6c 6f (7 bytes)\n', HELLO],
  ['a count in parentheses', 'TX (7) 81 05 48 65 6c 6c 6f\n', HELLO],
  ['a count in parentheses, groups', 'TX(7): 8105 4865 6c6c 6f\n', HELLO],
  ['a count in brackets', 'recv [7] 81 05 48 65 6c 6c 6f\n', HELLO],
  ['a count in angles', 'recv<7> 81 05 48 65 6c 6c 6f\n', HELLO],
  ['a count and a colon', 'recv 7: 81 05 48 65 6c 6c 6f\n', HELLO],
  ['a count alone', 'TX 7 81 05 48 65 6c 6c 6f\n', HELLO],
  ['a count of two digits', 'TX 12 81 0a 48 65 6c 6c 6f 48 65 6c 6c 6f\n', '810a48656c6c6f48656c6c6f'],
  ['a number below that of the bytes', '3: 81 05 48 65 6c 6c 6f\n', HELLO],
];

/** What can't be read without a guess, or is shortened: no other bytes than the true ones come out. */
const REFUSED: RefusedSpellings = [
  ['Go %+q of UTF-8', '"\\x81\\aHello\\u00e9"\n'],
  ['Go %+q of UTF-8 in a log', 'recv "\\u00e9\\x81\\x05Hello"\n'],
  ['an object of aiohttp', "WSMessage(type=<WSMsgType.BINARY: 2>, data=b'\\x08\\x96\\x01', extra=None)\n"],
  ['an object of wsproto', "BytesMessage(data=b'\\x81\\x05Hello', frame_finished=True, message_finished=True)\n"],
  ['an event of a browser', "MessageEvent { type: 'message', data: <Buffer 08 96 01> }\n"],
  ['decimal escapes of Lua without quotes', '\\129\\005Hello\n'],
  ['Rust {:x?} no pad, all digits', 'DEBUG ws: read [81, 5, 48, 65]\n'],
  ['Rust {:x?} no pad, a letter alone', 'DEBUG ws: read [81, 5, 48, f]\n'],
  ['tungstenite', 'TRACE tungstenite: Received frame Binary([1, 2, 3])\n'],
  [
    'tungstenite2',
    `TRACE tungstenite::protocol::frame: received frame 
<FRAME>
final: true
reserved: false false false
opcode: TEXT
length: 7
payload length: 5
payload: 0x48656c6c6f
            
`,
  ],
  ['py memoryview', '<memory at 0x7f00>\n'],
  ['websockets dbg', "< TEXT 'Hello' [5 bytes]\n"],
  ['websockets bin', 'DEBUG:websockets.client:< BINARY 81 05 48 65 ... 6c 6f [700 bytes]\n'],
  ['Java BB', 'java.nio.HeapByteBuffer[pos=0 lim=7 cap=7]\n'],
  ['Java netty ByteBuf', 'PooledUnsafeDirectByteBuf(ridx: 0, widx: 7, cap: 64)\n'],
  ['okio size', '[size=700 hex=810548656c6c6f…]\n'],
  ['okio bytestring', 'ByteString[size=7 md5=0123456789abcdef0123456789abcdef]\n'],
  ['Erlang trunc', '<<129,5,72,101,...>>\n'],
  ['Erlang trunc2', '<<129,5,72,101,108,...>>\n'],
  ['Erlang size', '<<129:8,5:8,72,101,108,108,111>>\n'],
  ['Erlang without its end', '<<129,5,72,101,\n  108,108,\n'],
  ['Erlang cut by the shell', '<<129,5,72,101,\n  108,...>>\n'],
  ['Erlang, another line inside', '<<129,5,72,101,\n12:00 next\n  108,108,111>>\n'],
  ['Erlang, a size in the second line', '<<129,5,72,101,\n  108:8,108,111>>\n'],
  ['Erlang, the rest not indented', '<<129,5,72,101,\n108,108,111>>\n'],
  ['Swift Data', '7 bytes\n'],
  [
    'Swift debug',
    `▿ 7 bytes
  - count : 7
  - pointer : 0x00007ffee
  ▿ bytes : 7 elements
    - 0 : 129
    - 1 : 5
`,
  ],
  ['NSData dots', '{length = 30, bytes = 0x81054865 6c6c6f00 ... 00000000 }\n'],
  ['OS_dispatch_data', '<OS_dispatch_data: data[0x60] = { leaf, size = 7, buf = 0x1 }>\n'],
  [
    'C# vs dbg',
    `{byte[7]}
    [0]: 129
    [1]: 5
    [2]: 72
`,
  ],
  ['F#', '[|129uy; 5uy; 72uy; 101uy; 108uy; 108uy; 111uy|]\n'],
  [
    'PS lines',
    `129
5
72
101
108
108
111
`,
  ],
  [
    'PHP unpack',
    `array(7) {
  [1]=>
  int(129)
  [2]=>
  int(5)
}
`,
  ],
  ['Lua %q', '"\\129\\5Hello"\n'],
  ['Lua dec3', '"\\129\\005Hello"\n'],
  ['Haskell', '"\\129\\ENQHello"\n'],
  ['Haskell2', '"\\129\\5Hello"\n'],
  ['Haskell3', '"\\129\\t\\200\\&5"\n'],
  [
    'JS U8 more',
    `Uint8Array(150) [
  129, 126, 0, 146, 1, 2,
  ... 50 more items
]
`,
  ],
  [
    'JS AB more',
    `ArrayBuffer {
  [Uint8Contents]: <81 05 48 65 ... 50 more bytes>,
  byteLength: 150
}
`,
  ],
  ['JS Buffer more', '<Buffer 81 7e 00 90 48 65 ... 94 more bytes>\n'],
  ['FF console more', 'Uint8Array(700) [ 129, 5, 72, 101, 108, 108, 111, 0, 0, 0, … ]\n'],
  ['Pascal str', "#$81#$05'Hello'\n"],
  ['perl', '"\\x{81}\\x{05}Hello"\n'],
  ['html', '&#x81;&#x05;Hello\n'],
  ['json b64', '{"level":"debug","payload":"gQVIZWxsbw=="}\n'],
  ['b64 in a log', 'DEBUG frame gQVIZWxsbw== from peer\n'],
  ['b64 with a name', '2024-01-02T03:04:05 INFO recv payload=gQVIZWxsbw== len=7 conn=5\n'],
  ['b64 of python', "DEBUG:ws:recv b'gQVIZWxsbw=='\n"],
  ['b64 in a long line', `INFO ${'x=1 '.repeat(100)} frame gRRIZWxsbywgd29ybGQhIDEyMzQ1Ng== done\n`],
  ['a key, and no bytes', 'INFO client dGhlIHNhbXBsZSBub25jZQ== has joined\n'],
  ['NSData, no bytes of it', '{length = 30, bytes = 0x81054865 6c6c6f00 31323334 ... 35363738 00000000 }\n'],
  ['NSData, a length too large', '{length = 9, bytes = 0x810548656c6c6f}\n'],
  ['jetty, r is more', 'HeapByteBuffer@1[p=0,l=9,c=9,r=9]={<<<\\x81\\x05Hello>>>}\n'],
  ['jetty trunc', 'HeapByteBuffer@7d6f77cc[p=0,l=70,c=1024,r=70]={<<<\\x81\\x7e\\x00\\x42Hello...aaaa>>>}\n'],
  ['nginx', '2024/01/02 03:04:05 [debug] 1#1: *1 recv: fd:3 7 of 4096\n'],
  ['mitmproxy', "<< WebSocket 1 message: b'Hello'\n"],
  ['hex -- text', '81 05 48 65 6c 6c 6f -- hello\n'],
  ['hex <- text', '81 05 48 65 6c 6c 6f <- hello\n'],
  ['Frame (9 bytes): hex', 'Frame (9 bytes): 81 05 48 65 6c 6c 6f\n'],
  ['URL encoding with a +', 'data=%81%05He+lo\n'],
  ['a count that is another', 'TX (9) 81 05 48 65 6c 6c 6f\n'],
  ['a number of two digits that is no count', 'recv 13 81 05 48 65 6c 6c 6f\n'],
  ['groups that are cut', 'recv 8105 4865 6c6c\n'],
  ['a group before the frames', 'recv 8900 0123 8105 4865 6c6c 6f\n'],
  ['a byte before the frames', '00|81|05|48|65|6c|6c|6f\n'],
  ['a byte after the frames', '81|05|48|65|6c|6c|6f|8\n'],
  ['text of a URL', 'got q=%D0%9F%D1%80 from peer\n'],
  ['a telephone number', 'call 02.02.34.56.78 now\n'],
  ['cat -v, cut', 'M-^A^EHell\n'],
  ['lists of another radix', '[81] [05] [6c, 6f]\n'],
  ['bits nibbles', '1000 0001 0000 0101\n'],
];

describe('bytes, as languages and their logs print them', () => testSpellings(READ, REFUSED));
