import type { Io } from '../host/io.js';

const HEX = /^(?:0x|\\x)?[0-9a-f]{2}(?:[\s,:-]*(?:0x|\\x)?[0-9a-f]{2})*$/i;
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const URL = /^(?:wss?|https?):\/\//i;
/** `localhost:9001`, `example.com/ws`. */
const PLACE = /^(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d{1,5})?(?:\/\S*)?$/i;
const PORT = /^[1-9]\d{3,4}$/;
const FILE = /\.(?:pcap|pcapng|cap|har|json|ndjson|jsonl|txt|log|bin|hex|dump|gz|zip|mitm|ya?ml)$/i;

/**
 * The command line that was probably meant by a word in place of a command: a file, bytes, a URL, a key, a port.
 * Undefined: it looks like none of them.
 */
export function meantBy(io: Pick<Io, 'fileExists'>, argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => !word.startsWith('-') || word === '-');
  const option = argv.findIndex((word) => /^(?:-f.*|--file(?:=.*)?)$/.test(word));
  if (option >= 0) return line('decode', argv);
  const word = argv[at];
  if (word === undefined) return undefined;
  const [before, after] = [argv.slice(0, at), argv.slice(at + 1)];
  if (word === '-') return line('decode', [...before, ...after]);
  if (URL.test(word)) return line('connect', [...before, word.replace(/^http/i, 'ws'), ...after]);
  if (io.fileExists(word)) return line('decode -f', [word, ...before, ...after]);
  if (KEY.test(word)) return line('accept', [word, ...before, ...after]);
  if (PORT.test(word) && Number(word) <= 0xffff && after.length === 0) {
    return `${line('serve', [word])}, or ${line('decode', [word])}`;
  }
  if (HEX.test(word)) return line('decode', argv);
  if (FILE.test(word)) return `${line('decode -f', [word, ...before, ...after])} (there is no such file)`;
  return PLACE.test(word) ? line('connect', [`ws://${word}`, ...before, ...after]) : undefined;
}

/** Of longer words the beginning is shown. */
const MOST_SHOWN = 200;

function quotedWord(word: string): string {
  return shellWord(word.length > MOST_SHOWN ? `${word.slice(0, MOST_SHOWN)}…` : word);
}

/** One word for a POSIX shell. */
export function shellWord(shown: string): string {
  return /^[\w@%+=:,./…-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", String.raw`'\''`)}'`;
}

function line(command: string, words: readonly string[]): string {
  return ['wsinspect', command, ...words.map(quotedWord)].join(' ');
}
