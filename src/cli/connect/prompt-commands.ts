import type { Typed } from './typed.js';
import type { AppCommands } from './app-commands.js';
import { readQuoted } from './escapes.js';
import { parseHex } from '../host/hex-argument.js';

/** Replaces a line end inside a message, as a paste of several lines has them. */
export const LINE_END = '␤';

/** Control characters in a paste, as their symbols (U+2400 to U+2421): the line is sent with the characters themselves. */
export function symbolsFor(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (sign) => (sign === '\x7f' ? '␡' : symbol(sign.charCodeAt(0))));
}

function symbol(code: number): string {
  return String.fromCharCode(0x2400 + code);
}

function withoutSymbols(text: string): string {
  return text
    .replaceAll(LINE_END, '\n')
    .replace(/[␀-␟␡]/g, (sign) => (sign === '␡' ? '\x7f' : String.fromCharCode(sign.charCodeAt(0) - 0x2400)));
}

export const PROMPT_HELP = `a line is sent as a text message; several lines pasted at once are one message (${LINE_END} is a line end, ␀ to ␟ are control characters)
  /text "…"               send a text message with escapes: \\u001e, \\0, \\n, \\\\, \\"
  /ping [text]            send a ping
  /close [code] [reason]  close the connection
  /binary <hex>           send a binary message
  /raw <hex>              send these bytes as they are on the socket
  /fragment <bytes>       split messages into fragments of N bytes (off: do not split)
  /help                   this
  /quit                   close with 1000 and end, like Ctrl-D
  //text                  send a message that begins with /
`;

/** Reads a line of the prompt. */
/** `apps`: the commands of a protocol, which come first. */
export function readTyped(line: string, apps?: AppCommands): Typed {
  const text = withoutSymbols(line);
  if (!text.startsWith('/')) return { kind: 'message', data: Buffer.from(text), binary: false };
  if (text.startsWith('//')) return { kind: 'message', data: Buffer.from(text.slice(1)), binary: false };
  const own = apps?.read(text);
  if (own !== undefined) return own;
  const [, name = '', rest = ''] = /^\/(\S*)\s*([^]*)$/.exec(text.trimEnd()) ?? [];
  return (
    COMMANDS.get(name)?.(rest) ??
    mistake(`/${name} is no command: /help lists them, and // sends a message that begins with /`)
  );
}

const COMMANDS: ReadonlyMap<string, (rest: string) => Typed> = new Map<string, (rest: string) => Typed>([
  ['text', textOf],
  ['ping', pingOf],
  ['close', closeOf],
  ['binary', (rest) => bytesOf('binary', rest)],
  ['raw', (rest) => bytesOf('raw', rest)],
  ['fragment', fragmentOf],
  ['help', () => ({ kind: 'help' })],
  ['quit', () => ({ kind: 'quit' })],
]);

function textOf(rest: string): Typed {
  const read = readQuoted(rest);
  return 'mistake' in read ? mistake(read.mistake) : { kind: 'message', data: Buffer.from(read.text), binary: false };
}

function pingOf(rest: string): Typed {
  const data = Buffer.from(rest);
  return data.length > 125 ? mistake('a ping has at most 125 bytes') : { kind: 'ping', data };
}

function bytesOf(name: 'binary' | 'raw', rest: string): Typed {
  const data = parseHex(rest);
  if (data === undefined || rest === '') return mistake(`/${name} takes hex, two digits per byte`);
  return name === 'raw' ? { kind: 'raw', data } : { kind: 'message', data, binary: true };
}

function fragmentOf(rest: string): Typed {
  if (rest === 'off' || rest === '0') return { kind: 'fragment', bytes: undefined };
  if (!/^[1-9]\d{0,8}$/.test(rest)) return mistake('/fragment takes a number of bytes, or off');
  return { kind: 'fragment', bytes: Number(rest) };
}

function closeOf(rest: string): Typed {
  if (rest === '') return { kind: 'close', code: undefined, reason: '' };
  const [, code, reason = ''] = /^(\d{4})(?:[\s:]+([^]*))?$/.exec(rest) ?? [];
  return code === undefined
    ? mistake('/close takes a code of four digits and optionally a reason')
    : { kind: 'close', code: Number(code), reason };
}

function mistake(reason: string): Typed {
  return { kind: 'mistake', reason };
}
