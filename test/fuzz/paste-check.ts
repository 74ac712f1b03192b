import type { SourceEvent } from '../../src/sources/bytes/types.js';
import type { OpenedSource } from '../../src/sources/detect/detect.js';
import type { Dice } from './dice.js';

/** One frame, and who sent it. */
interface Sent {
  readonly isOut: boolean;
  readonly bytes: readonly number[];
}

/** A way in which people have bytes: its lines; which of them may be lost so that it shows. */
interface Form {
  readonly name: string;
  /** Both directions may be in it. */
  readonly isTwoSided?: boolean;
  /** The offsets are addresses: a lost first row does not show. */
  readonly isAddress?: boolean;
  /** Announces how many bytes follow. */
  readonly announces?: boolean;
  /** Every frame is a line of its own: a lost one does not show. */
  readonly isLine?: boolean;
  /** Spells a frame. */
  readonly lines: (sent: Sent, at: number) => string[];
}

const hex = (value: number, width = 2): string => value.toString(16).padStart(width, '0');
const shown = (bytes: readonly number[]): string =>
  bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
const spaced = (bytes: readonly number[], before = '', between = ' '): string =>
  bytes.map((byte) => before + hex(byte)).join(between);
const escaped = (bytes: readonly number[], escape: (byte: number) => string): string =>
  bytes
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && !`"'\\`.includes(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : escape(byte),
    )
    .join('');
const python = (bytes: readonly number[]): string => `b'${escaped(bytes, (byte) => `\\x${hex(byte)}`)}'`;

function rows(size: number, row: (offset: number, bytes: readonly number[]) => string): Form['lines'] {
  return ({ bytes }) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      row(index * size, bytes.slice(index * size, (index + 1) * size)),
    );
}

const netty = rows(16, (at, bytes) => `|${hex(at, 8)}| ${spaced(bytes).padEnd(47)} |${shown(bytes).padEnd(16)}|`);
const curl = rows(16, (at, bytes) => `${hex(at, 4)}: ${spaced(bytes).padEnd(47)} ${shown(bytes)}`);
const words = [
  ['sent', 'received'],
  ['TX:', 'RX:'],
  ['=>', '<='],
  ['[send]', '[recv]'],
  ['++Sent raw:', '++Rcv raw:'],
] as const;
const said =
  (spell: (bytes: readonly number[]) => string, pair: readonly [string, string]): Form['lines'] =>
  ({ isOut, bytes }) => [`${pair[isOut ? 0 : 1]} ${spell(bytes)}`];

const FORMS: readonly Form[] = [
  { name: 'curl rows', lines: curl },
  { name: 'rows without characters', lines: rows(16, (at, bytes) => `${hex(at, 4)}: ${spaced(bytes)}`) },
  {
    name: 'three blanks',
    lines: rows(16, (at, bytes) => `${hex(at, 8)}   ${spaced(bytes).padEnd(47)}   ${shown(bytes)}`),
  },
  {
    name: 'xxd',
    lines: rows(
      16,
      (at, bytes) =>
        `${hex(at, 8)}: ${spaced(bytes, '', '')
          .replace(/.{4}(?=.)/g, '$& ')
          .padEnd(39)}  ${shown(bytes)}`,
    ),
  },
  { name: 'xxd -g1', lines: rows(16, (at, bytes) => `${hex(at, 8)}: ${spaced(bytes).padEnd(47)}  ${shown(bytes)}`) },
  {
    name: 'hexdump -C',
    lines: rows(16, (at, bytes) => `${hex(at, 8)}  ${spaced(bytes).padEnd(48)}  |${shown(bytes)}|`),
  },
  {
    name: 'hexyl',
    lines: rows(16, (at, bytes) => {
      const half = (from: number): string => spaced(bytes.slice(from, from + 8)).padEnd(23);
      const panel = (from: number): string => shown(bytes.slice(from, from + 8)).padEnd(8);
      return `│${hex(at, 8)}│ ${half(0)} ┊ ${half(8)} │${panel(0)}┊${panel(8)}│`;
    }),
  },
  { name: 'HxD', lines: rows(16, (at, bytes) => `${hex(at, 8)}  ${spaced(bytes).padEnd(47)}  ${shown(bytes)}`) },
  {
    name: 'decimal offsets',
    lines: rows(16, (at, bytes) => `${String(at).padStart(5)}: ${spaced(bytes).padEnd(47)}  ${shown(bytes)}`),
  },
  {
    name: 'OpenSSL',
    lines: rows(
      16,
      (at, bytes) =>
        `${hex(at, 4)} - ${spaced(bytes.slice(0, 8))}${bytes.length > 8 ? `-${spaced(bytes.slice(8))}` : ''}   ${shown(bytes)}`,
    ),
  },
  {
    name: 'gdb',
    isAddress: true,
    lines: rows(8, (at, bytes) => `0x${hex(0x7ffe0000 + at, 8)}:\t${spaced(bytes, '0x', '\t')}`),
  },
  {
    name: 'ESP-IDF',
    isAddress: true,
    lines: rows(
      16,
      (at, bytes) =>
        `I (1234) ws: 0x${hex(0x3ffb0000 + at, 8)}   ${spaced(bytes.slice(0, 8))}  ${spaced(bytes.slice(8))}`.padEnd(
          76,
        ) + `  |${shown(bytes)}|`,
    ),
  },
  {
    name: 'ESP-IDF without offsets',
    lines: rows(16, (at, bytes) => `I (${1234 + (at >> 4)}) ws: ${spaced(bytes)} `),
  },
  {
    name: 'U-Boot',
    isAddress: true,
    lines: (sent, at) => [
      `=> md.b 0x82000000 ${hex(sent.bytes.length, 1)}`,
      ...rows(16, (offset, bytes) => `${hex(0x82000000 + offset, 8)}: ${spaced(bytes).padEnd(47)}    ${shown(bytes)}`)(
        sent,
        at,
      ),
    ],
  },
  {
    name: 'curl',
    isTwoSided: true,
    announces: true,
    lines: (sent) => [
      `${sent.isOut ? '=> Send' : '<= Recv'} data, ${sent.bytes.length} bytes (0x${hex(sent.bytes.length, 1)})`,
      ...curl(sent, 0),
    ],
  },
  {
    name: 'Netty',
    isTwoSided: true,
    announces: true,
    lines: (sent) => [
      `03:04:05.123 [w-1] DEBUG - [id: 0x1a2b, L:/a:1 - R:/b:2] ${sent.isOut ? 'WRITE' : 'READ'}: ${sent.bytes.length}B`,
      ...netty(sent, 0),
    ],
  },
  ...words.map((pair): Form => ({
    name: `Python, ${pair[0]}`,
    isTwoSided: true,
    isLine: true,
    lines: said(python, pair),
  })),
  {
    name: 'C strings',
    isTwoSided: true,
    isLine: true,
    lines: said((bytes) => `"${escaped(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`)}"`, words[0]),
  },
  { name: 'Erlang', isTwoSided: true, isLine: true, lines: said((bytes) => `<<${bytes.join(',')}>>`, words[0]) },
  {
    name: 'Java',
    isTwoSided: true,
    isLine: true,
    lines: said((bytes) => `[${bytes.map((byte) => (byte << 24) >> 24).join(', ')}]`, words[1]),
  },
  {
    name: 'C arrays',
    isTwoSided: true,
    isLine: true,
    lines: said((bytes) => `{ ${spaced(bytes, '0x', ', ')} }`, words[0]),
  },
  { name: 'Go', isTwoSided: true, isLine: true, lines: said((bytes) => `[${bytes.join(' ')}]`, words[0]) },
  { name: 'decimal', isTwoSided: true, isLine: true, lines: said((bytes) => bytes.join(' '), words[1]) },
  {
    name: 'JSON logs',
    isTwoSided: true,
    isLine: true,
    lines: ({ isOut, bytes }) => [
      `{"level":"debug","msg":"${isOut ? 'sent' : 'received'}","hex":"${spaced(bytes, '', '')}"}`,
    ],
  },
  {
    name: 'ngrep -x',
    isLine: true,
    lines: rows(16, (_, bytes) => `  ${spaced(bytes).padEnd(47)}    ${shown(bytes).padEnd(16)}`),
  },
  { name: 'dashes', isTwoSided: true, isLine: true, lines: said((bytes) => spaced(bytes, '', '-'), words[0]) },
  {
    name: 'NSData',
    isTwoSided: true,
    isLine: true,
    lines: said((bytes) => `{length = ${bytes.length}, bytes = 0x${spaced(bytes, '', '')}}`, words[0]),
  },
  {
    name: 'bits',
    isTwoSided: true,
    isLine: true,
    lines: said((bytes) => bytes.map((byte) => byte.toString(2).padStart(8, '0')).join(' '), words[0]),
  },
  { name: 'serial monitor', isTwoSided: true, isLine: true, lines: said((bytes) => spaced(bytes), words[1]) },
  {
    name: 'strace',
    isTwoSided: true,
    isLine: true,
    lines: ({ isOut, bytes }) => [
      `${isOut ? 'sendto' : 'recvfrom'}(3, "${spaced(bytes, '\\x', '')}", 4096, 0, NULL, NULL) = ${bytes.length}`,
    ],
  },
  { name: 'hex', lines: ({ bytes }) => [spaced(bytes)] },
];

const AROUND = [
  'INFO started',
  'connection 12 opened',
  '2024-01-02 03:04:05 DEBUG done in 30 ms',
  'user@host:~$ tail -f log',
  '-----',
  '',
  'took (12, 34) ms',
  'id deadbeef00112233',
  "it's fine, don't worry",
  'GET it done',
  'port 8080 [1, 2]',
  '12:30:45 tick',
  '* note',
];
const PREFIXES = [
  '[INFO] ',
  '2024-01-02 03:04:05.123 ',
  '12:30:45 ',
  '[2024/01/02 03:04:05:6472] N: ',
  '> ',
  '    ',
  'ws: ',
  '\t',
  '#12 ',
  '34 ',
];

/** What people paste, mutated: the answer is the truth, a beginning of it with a reason, or a refusal. */
export function pasteCase(openSource: (from: 'auto') => OpenedSource, dice: Dice): void {
  const form = dice.pick(FORMS);
  const sent = Array.from({ length: form.isTwoSided ? 1 + dice.roll(4) : 1 }, () => frame(dice));
  const { text, isShort } = mutated(form, sent, dice);
  const source = openSource('auto');
  const input = new TextEncoder().encode(text);
  const at = dice.roll(input.length + 1);
  const events = [...source.push(input.slice(0, at)), ...source.push(input.slice(at)), ...source.end()];
  const why = judged(events, sent, isShort);
  if (why !== undefined)
    throw new Error(`${form.name}, read as ${source.kind()}: ${why}\n${text}\n${JSON.stringify(text)}`);
}

/** A text frame, whole. */
function frame(dice: Dice): Sent {
  const isOut = dice.once(2);
  const length = dice.pick([0, 1, 5, 14, 20, 30, 46, 60]);
  const payload = Array.from({ length }, () => (dice.once(3) ? 0x30 + dice.roll(10) : 0x20 + dice.roll(95)));
  const key = [...dice.bytes(4)];
  const body = isOut ? [...key, ...payload.map((byte, index) => byte ^ key[index % 4]!)] : payload;
  return { isOut, bytes: [length === 0 ? 0x89 : 0x81, length | (isOut ? 0x80 : 0), ...body] };
}

function mutated(form: Form, sent: readonly Sent[], dice: Dice): { text: string; isShort: boolean } {
  let isShort = false;
  const pieces = sent.map((one, index) => {
    const lines = form.lines(one, index);
    const first = form.isAddress ? 1 : 0;
    // A row in the midst; the last too where more is announced. Not a heading: it says whose the rows are.
    const from = form.announces ? 1 : first;
    const to = lines.length - (form.announces || form.isLine ? 0 : 1);
    if (dice.once(4) && !form.isLine && to > from) lines.splice(from + dice.roll(to - from), 1);
    return lines;
  });
  let lines = pieces.flat();
  if (dice.once(8) && !form.isLine && form.name !== 'hex') {
    // A row that is cut.
    const at = dice.roll(lines.length);
    if (!/bytes \(|: \d+B$/.test(lines[at]!)) {
      lines[at] = lines[at]!.slice(0, Math.max(32, lines[at]!.length - 1 - dice.roll(60)));
      isShort = true;
    }
  }
  if (dice.once(4))
    lines = lines.map((line) =>
      line.replace(/^(\|?)(0x)?([0-9a-f]+)(?=[:| ])/, (all, bar: string, mark = '', digits: string) =>
        form.name === 'hex' || form.isLine || form.name === 'decimal offsets'
          ? all
          : `${bar}${mark as string}${'0'.repeat(1 + (all.length % 4))}${digits}`,
      ),
    );
  if (dice.once(4)) lines = lines.map((line) => line.trimEnd());
  if (dice.once(5) && form.name !== 'hex') {
    const prefix = dice.pick(PREFIXES);
    lines = lines.map((line) => prefix + line);
  }
  if (dice.once(8)) lines = lines.map((line) => line.replace(/\t/g, '  '));
  if (dice.once(8) && !form.isLine)
    lines = lines.map((line) => line.replace(/(?<!\\)\b[0-9a-f]{2}\b(?= |$)/g, (digits) => digits.toUpperCase()));
  if (dice.once(3) && form.name !== 'hex') lines.unshift(dice.pick(AROUND));
  if (dice.once(3) && form.name !== 'hex') lines.push(dice.pick(AROUND));
  if (dice.once(4) && form.name !== 'hex') lines.splice(dice.roll(lines.length + 1), 0, dice.pick(AROUND));
  return { text: lines.join(dice.once(6) ? '\r\n' : '\n') + (dice.once(2) ? '\n' : ''), isShort };
}

/** What does not hold of what was read; undefined where it is the truth, or less with a reason. */
function judged(events: readonly SourceEvent[], sent: readonly Sent[], isShort: boolean): string | undefined {
  const isRefused = events.some(({ type }) => type === 'problem') || !events.some(({ type }) => type === 'bytes');
  const isLess =
    isRefused ||
    isShort ||
    events.some((event) => event.type === 'notice' && /missing|left out|passed over/.test(event.message));
  const bytes = events.filter((event) => event.type === 'bytes');
  if (events.some(({ type }) => type === 'packet')) return 'bytes are taken for a packet';
  const sides = new Set(bytes.map(({ side }) => side));
  const all = compared(
    bytes.flatMap((event) => [...event.bytes]),
    sent.flatMap((one) => one.bytes),
    isLess,
  );
  if (all !== undefined || sides.has(undefined)) return all;
  for (const side of sides) {
    const first = bytes.find((event) => event.side === side)!;
    const speaker = sent.find(
      (one) =>
        one.bytes[0] === first.bytes[0] &&
        hexOf(one.bytes).startsWith(hexOf([...first.bytes].slice(0, one.bytes.length))),
    );
    const own = bytes.flatMap((event) => (event.side === side ? [...event.bytes] : []));
    const why =
      speaker &&
      compared(
        own,
        sent.flatMap((one) => (one.isOut === speaker.isOut ? one.bytes : [])),
        isLess,
      );
    if (why !== undefined) return `side ${side}: ${why}`;
  }
  return undefined;
}

const hexOf = (bytes: readonly number[]): string => bytes.map((byte) => hex(byte)).join('');

function compared(have: readonly number[], truth: readonly number[], isLess: boolean): string | undefined {
  const [read, told] = [hexOf(have), hexOf(truth)];
  if (read === told || (isLess && told.startsWith(read))) return undefined;
  return `${read || 'nothing'} instead of ${told}`;
}
