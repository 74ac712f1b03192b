/** Writers of the forms that the tools print, for tests: bytes in, text out. Checked against the fixtures in dump-writers.test.ts. */

type Bytes = readonly number[];

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const ascii = (bytes: Bytes): string =>
  bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');

function rows(bytes: Bytes, size: number): { readonly at: number; readonly row: Bytes }[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => ({
    at: index * size,
    row: bytes.slice(index * size, (index + 1) * size),
  }));
}

const words = (row: Bytes, size: number): Bytes[] => rows(row, size).map((part) => part.row);

/** `xxd -c COLUMNS -g SIZE`. */
export function xxd(bytes: Bytes, columns = 16, size = 2): string {
  const width = 2 * columns + Math.ceil(columns / size) - 1;
  return rows(bytes, columns)
    .map(({ at, row }) => {
      const area = words(row, size).map((word) => word.map((byte) => hex(byte, 2)).join(''));
      return `${hex(at, 8)}: ${area.join(' ').padEnd(width)}  ${ascii(row)}\n`;
    })
    .join('');
}

/** `xxd -e -g SIZE`. */
export function xxdLittleEndian(bytes: Bytes, size = 4): string {
  const width = 32 + 16 / size - 1;
  return rows(bytes, 16)
    .map(({ at, row }) => {
      const area = words(row, size).map((word) =>
        [...word]
          .reverse()
          .map((byte) => hex(byte, 2))
          .join('')
          .padStart(2 * size),
      );
      return `${hex(at, 8)}: ${area.join(' ').padEnd(width)}  ${ascii(row)}\n`;
    })
    .join('');
}

/** Lines that begin with an offset and a last one with the length; lines like the one before become one `*`, as `hexdump` and `od` do. */
function squeezed(bytes: Bytes, offset: (at: number) => string, draw: (row: Bytes) => string): string {
  let text = '';
  let last = '';
  let starred = false;
  for (const { at, row } of rows(bytes, 16)) {
    const same = row.length === 16 && row.join() === last;
    if (!same) text += `${offset(at)}${draw(row)}\n`;
    else if (!starred) text += '*\n';
    starred = same;
    last = row.join();
  }
  return bytes.length === 0 ? '' : `${text}${offset(bytes.length)}\n`;
}

/** `hexdump -C`. */
export const hexdumpC = (bytes: Bytes): string =>
  squeezed(
    bytes,
    (at) => hex(at, 8),
    (row) => {
      const area = words(row, 8).map((half) => half.map((byte) => hex(byte, 2)).join(' '));
      return `  ${area.join('  ').padEnd(48)}  |${ascii(row)}|`;
    },
  );

/** `od -t xSIZE -A RADIX` on a little-endian machine. */
export const od = (bytes: Bytes, size = 2, radix = 8): string =>
  squeezed(
    bytes,
    (at) => at.toString(radix).padStart(radix === 16 ? 6 : 7, '0'),
    (row) =>
      words(row, size)
        .map(
          (word) =>
            ` ${[...word]
              .reverse()
              .map((byte) => hex(byte, 2))
              .join('')
              .padStart(2 * size, '0')}`,
        )
        .join(''),
  );

/** `tcpdump -X` of one packet, with its header line. */
export const tcpdumpX = (bytes: Bytes): string =>
  '16:52:02.420166 IP 127.0.0.1.1 > 127.0.0.1.2: tcp 1\n' +
  rows(bytes, 16)
    .map(({ at, row }) => {
      const area = words(row, 2).map((word) => ` ${word.map((byte) => hex(byte, 2)).join('')}`);
      return `\t0x${hex(at, 4)}: ${area.join('').padEnd(40)}  ${ascii(row).replaceAll(' ', '.')}\n`;
    })
    .join('');

/** `tshark -x` of one packet. */
export const tsharkX = (bytes: Bytes): string =>
  rows(bytes, 16)
    .map(
      ({ at, row }) =>
        `${hex(at, 4)}  ${row
          .map((byte) => `${hex(byte, 2)} `)
          .join('')
          .padEnd(48)}  ${ascii(row)}\n`,
    )
    .join('') + '\n';

/** `tcpflow -D` of one segment. */
export const tcpflow = (bytes: Bytes): string =>
  '127.000.000.001.00001-127.000.000.001.00002: \n' +
  rows(bytes, 32)
    .map(({ at, row }) => {
      const area = words(row, 2).map((word) => `${word.map((byte) => hex(byte, 2)).join('')} `);
      return `${hex(at, 4)}: ${area.join('').padEnd(bytes.length > 32 ? 80 : 0)}${row.length % 2 === 0 ? ' ' : ''}${ascii(row)}\n`;
    })
    .join('') +
  '\n';

/** `socat -x` of one transfer. */
export const socat = (bytes: Bytes): string =>
  `> 2026/11/22 16:54:15.000809283  length=${bytes.length} from=0 to=${bytes.length - 1}\n${bytes.map((byte) => ` ${hex(byte, 2)}`).join('')}\n`;

const escape = (byte: number, quote: string, other: (byte: number) => string): string => {
  const char = String.fromCharCode(byte);
  if (char === quote || char === '\\') return `\\${char}`;
  return byte >= 0x20 && byte < 0x7f ? char : other(byte);
};

/** `repr()` of Python, but always with single quotes. */
export const python = (bytes: Bytes): string =>
  `b'${bytes.map((byte) => escape(byte, "'", (value) => `\\x${hex(value, 2)}`)).join('')}'`;

/** A C string as Wireshark copies it. */
export const cString = (bytes: Bytes): string =>
  `"${bytes.map((byte) => escape(byte, '"', (value) => `\\${value.toString(8).padStart(3, '0')}`)).join('')}"`;

/** Wireshark's escaped string: sixteen bytes a line. */
export const escapedString = (bytes: Bytes): string =>
  rows(bytes, 16)
    .map(({ row }) => `"${row.map((byte) => `\\x${hex(byte, 2)}`).join('')}"`)
    .join(' \\\n');

export const cArray = (bytes: Bytes): string =>
  `unsigned char bytes[] = {\n${bytes.map((byte) => `0x${byte.toString(16)}`).join(', ')}\n};\n`;
export const json = (bytes: Bytes): string => JSON.stringify({ type: 'Buffer', data: bytes });
export const plain = (bytes: Bytes, separator: string): string => bytes.map((byte) => hex(byte, 2)).join(separator);
