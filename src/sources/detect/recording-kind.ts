/** Recordings that are text, and no capture of packets. */
export type RecordingKind = 'ndjson' | 'har';

/** So many bytes at most are looked at. */
const WINDOW = 64 * 1024;
const [OPEN, QUOTE] = [0x7b, 0x22];
const HAR = /^\s*\{\s*"log"\s*:/;
const UNFINISHED = /^\s*\{\s*"(?:[^"]*|log"\s*)$/;
/** Records of `--json` that tell of traffic, or that stand in front of such. */
const RECORD =
  /^\s*\{[^\n]*"type"\s*:\s*"(?:opened|handshake|frame|message|bytes|connection|diagnostic|listening|request|error|summary)"/;

/**
 * Which recording begins with `head`: undefined for none, `unknown` where more of it has to be seen. JSON only begins
 * where a quote follows the brace: arrays of C begin with a brace too.
 */
export function recordingKind(head: Uint8Array, extent: 'growing' | 'ended'): RecordingKind | 'unknown' | undefined {
  const begin = skipBlanks(head, head[0] === 0xef ? 3 : 0);
  const isShort = extent === 'growing' && head.length < WINDOW;
  if (begin === head.length) return isShort ? 'unknown' : undefined;
  if (head[begin] !== OPEN) return undefined;
  const next = skipBlanks(head, begin + 1);
  if (next === head.length) return isShort ? 'unknown' : undefined;
  if (head[next] !== QUOTE) return undefined;
  const text = new TextDecoder().decode(head.subarray(begin, WINDOW));
  if (HAR.test(text)) return 'har';
  if (RECORD.test(text)) return 'ndjson';
  // The name of its first member, or the rest of a line, may still come.
  return isShort && (UNFINISHED.test(text) || !text.includes('\n')) ? 'unknown' : undefined;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = Math.min(from, bytes.length);
  while (at < bytes.length && (bytes[at] === 0x20 || (bytes[at]! >= 9 && bytes[at]! <= 13))) at++;
  return at;
}
