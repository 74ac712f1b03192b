import { type DumpKind, dumpKind } from './dump-kinds.js';
import { isHexLine } from './hex-lead.js';
import { latin1 } from './text-lines.js';
import { WideChar } from './text-place.js';

type Binary = 'pcap' | 'pcapng' | 'gzip' | 'binary' | 'utf-16le' | 'utf-16be';

/** What input is, as its first bytes tell. */
export type Form =
  | { readonly form: Binary }
  | { readonly form: 'dump'; readonly kind: DumpKind }
  /** `skip` bytes (shell prompts) stand in front of the digits. */
  | { readonly form: 'hex'; readonly skip: number };

/** Files that begin with fixed bytes. */
const MAGICS: readonly { readonly form: 'pcap' | 'pcapng' | 'gzip'; readonly bytes: readonly number[] }[] = [
  { form: 'pcap', bytes: [0xd4, 0xc3, 0xb2, 0xa1] },
  { form: 'pcap', bytes: [0xa1, 0xb2, 0xc3, 0xd4] },
  { form: 'pcap', bytes: [0x4d, 0x3c, 0xb2, 0xa1] },
  { form: 'pcap', bytes: [0xa1, 0xb2, 0x3c, 0x4d] },
  { form: 'pcapng', bytes: [0x0a, 0x0d, 0x0d, 0x0a] },
  { form: 'gzip', bytes: [0x1f, 0x8b, 0x08] },
];
const MAGIC_LENGTH = 4;
/** A handshake in front of frames: raw bytes, though all of them are printable. */
const HTTP_HEAD = /^(?:[A-Z]{3,10} \S+ HTTP\/\d|HTTP\/\d)/;
/** `root@host:~# …`, with a bracket in front or not: no list of bytes. */
const LOGIN = /^\[?[\w.-]+@[\w.-]+/;
/** `$ xxd -p frame.bin`, `>>> …`, and what tools say before they begin. */
const PROMPT =
  /^(?:\S*(?:[$#%>]|[\x80-\xff]{2,}) |PS [A-Z]:|Running as user|tcpdump: |listening on |reading from file |Capturing on )/;

/** How much of the input is at hand: more will come; the most that is looked at; all there is. */
export type Extent = 'growing' | 'full' | 'ended';

/**
 * Tells what `bytes` are the beginning of; undefined while more are needed, which is so only of `growing` ones. Text is
 * looked at line by line: the first that gives a form away decides.
 */
export function formOf(bytes: Uint8Array, extent: Extent): Form | undefined {
  const growing = extent === 'growing';
  const magic = magicOf(bytes);
  if (magic !== undefined) return { form: magic };
  const binary = firstBinary(bytes, extent === 'ended');
  if (binary < 0) return growing && bytes.length < MAGIC_LENGTH ? undefined : textForm(bytes, !growing);
  if (growing && mayBeMagic(bytes)) return undefined;
  // Whole lines in front of the first byte that is no text would have decided, had the rest not been there yet.
  const before = binary < MAGIC_LENGTH ? undefined : textForm(bytes.subarray(0, binary), false);
  return before ?? { form: 'binary' };
}

function magicOf(bytes: Uint8Array): Binary | undefined {
  const found = MAGICS.find(
    ({ bytes: magic }) => bytes.length >= magic.length && magic.every((byte, index) => byte === bytes[index]),
  );
  if (found !== undefined) return found.form;
  if (bytes.length < MAGIC_LENGTH) return undefined;
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe && fourth === 0 && third !== 0) return 'utf-16le';
  if (first === 0xfe && second === 0xff && third === 0 && fourth !== 0) return 'utf-16be';
  return undefined;
}

/** Fewer bytes than tell whether a magic number or a byte order mark begins them. */
function mayBeMagic(bytes: Uint8Array): boolean {
  if (bytes.length >= MAGIC_LENGTH) return false;
  return bytes[0]! >= 0xfe || MAGICS.some(({ bytes: magic }) => bytes.every((byte, index) => magic[index] === byte));
}

/** Index of the first byte that no text has: a control character, or what is no UTF-8; -1 for none. A character that the end cuts is no fault, unless `final`. */
function firstBinary(bytes: Uint8Array, final: boolean): number {
  const wide = new WideChar();
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (wide.open || byte >= 0x80) {
      const code = wide.feed(byte, at);
      if (code === 0xfffd || (code >= 0 && code < 0xa0)) return wide.start;
    } else if (isControl(byte)) return at;
  }
  return final && wide.open ? wide.start : -1;
}

/** No tab, no end of a line, no vertical tab or form feed. */
const isControl = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20) || byte === 0x7f;

function textForm(bytes: Uint8Array, final: boolean): Form | undefined {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = latin1(bytes, mark, bytes.length);
  /** Where the digits begin, if no dump does. */
  let digits = -1;
  for (let from = 0; from < text.length;) {
    const feed = text.indexOf('\n', from);
    if (feed < 0 && !final) return undefined;
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(from, end).replace(/\r$/, '');
    const kind = dumpKind(line);
    if (kind !== undefined) return { form: 'dump', kind };
    if (digits < 0 && HTTP_HEAD.test(line)) return { form: 'binary' };
    if (digits < 0 && !isIdle(line)) {
      if (isHexLine(line)) return { form: 'hex', skip: mark + from };
      if (!PROMPT.test(line)) digits = from;
    }
    from = end + 1;
  }
  return final ? { form: 'hex', skip: mark + Math.max(0, digits) } : undefined;
}

const isIdle = (line: string): boolean => line.trim() === '' || LOGIN.test(line);
