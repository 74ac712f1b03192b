import { latin1 } from '../../codec/http1/text.js';

/** What the first bytes of a file state by themselves. */
export type Magic = 'pcap' | 'pcapng' | 'gzip' | 'zip' | 'utf-16le' | 'utf-16be';

/** Files that begin with fixed bytes. */
const MAGICS: readonly { readonly form: 'pcap' | 'pcapng' | 'gzip' | 'zip'; readonly bytes: readonly number[] }[] = [
  { form: 'pcap', bytes: [0xd4, 0xc3, 0xb2, 0xa1] },
  { form: 'pcap', bytes: [0xa1, 0xb2, 0xc3, 0xd4] },
  { form: 'pcap', bytes: [0x4d, 0x3c, 0xb2, 0xa1] },
  { form: 'pcap', bytes: [0xa1, 0xb2, 0x3c, 0x4d] },
  { form: 'pcap', bytes: [0x34, 0xcd, 0xb2, 0xa1] },
  { form: 'pcap', bytes: [0xa1, 0xb2, 0xcd, 0x34] },
  { form: 'pcapng', bytes: [0x0a, 0x0d, 0x0d, 0x0a] },
  { form: 'gzip', bytes: [0x1f, 0x8b, 0x08] },
  { form: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { form: 'zip', bytes: [0x50, 0x4b, 0x05, 0x06] },
];
/** Bytes that suffice to recognise any of them at the start of the input. */
export const MAGIC_LENGTH = 4;

/** The magic number or the byte order mark of UTF-16 text at the start of `bytes`. */
export function magicOf(bytes: Uint8Array): Magic | undefined {
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

/** Too few bytes to show whether a magic number or a byte order mark begins them. */
export function mayBeMagic(bytes: Uint8Array): boolean {
  if (bytes.length >= MAGIC_LENGTH) return false;
  return bytes[0]! >= 0xfe || MAGICS.some(({ bytes: magic }) => bytes.every((byte, index) => magic[index] === byte));
}

/** A netstring with a dictionary of netstrings in it, as mitmproxy writes flows (`-w`). */
const FLOW =
  /^\d{2,12}:\d{1,2}:(?:version|type|id|error|request|response|websocket|client_conn|server_conn|intercepted|is_replay|marked|metadata|mode|comment|timestamp_created|backup)[;,]/;

export function isFlowFile(bytes: Uint8Array): boolean {
  return FLOW.test(latin1(bytes, 0, Math.min(40, bytes.length)));
}

/** How tshark's JSON, its EK and its PDML begin, without blanks. */
const DISSECTIONS = ['[{"_index":"packets-', '{"_index":"packets-', '{"index":{"_index":"packets-', '<pdml'];
const XML = '<?xml';
/** Comments and a style sheet come before the root. */
const XML_WINDOW = 1024;

/** Packets that tshark or Wireshark took apart; `unknown` where more bytes have to be seen. */
export function isDissection(bytes: Uint8Array): boolean | 'unknown' {
  const text = latin1(bytes, 0, Math.min(XML_WINDOW, bytes.length)).replace(/\s/g, '');
  if (DISSECTIONS.some((begin) => text.startsWith(begin))) return true;
  if (text.startsWith(XML)) return text.includes('<pdml') || (bytes.length < XML_WINDOW && 'unknown');
  return text !== '' && [XML, ...DISSECTIONS].some((begin) => begin.startsWith(text)) && 'unknown';
}
