/** What JSON does not have, replaced by blanks; or the position where that is not possible. */
export type Relaxed = { readonly json: string } | { readonly problem: string };

/** A string, a comment in one of three manners, or a comma; `#` as in YAML comes with converted files. */
const PIECES = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[^]*?\*\/|\/\*|#[^\n]*|,/g;

/** Removes comments and trailing commas from JSON. Positions stay, so that those of a parser's errors are right. */
export function relaxed(text: string): Relaxed {
  const source = text.replace(/^\ufeff/, ' ');
  let json = '';
  let at = 0;
  /** The position of a comma that only blanks have followed. */
  let comma: number | undefined;
  for (const { 0: piece, index } of source.matchAll(PIECES)) {
    const between = source.slice(at, index);
    if (comma !== undefined && /\S/.test(between)) {
      json = withoutTrailing(json, comma, between);
      comma = undefined;
    }
    json += between;
    if (piece === '/*') return { problem: `the comment in line ${lineAt(source, index)} does not end` };
    if (piece === ',') comma = json.length;
    else if (piece.startsWith('"')) comma = undefined;
    json += piece === ',' || piece.startsWith('"') ? piece : piece.replace(/[^\n]/g, ' ');
    at = index + piece.length;
  }
  const rest = source.slice(at);
  if (comma !== undefined) json = withoutTrailing(json, comma, rest);
  return { json: json + rest };
}

function withoutTrailing(json: string, comma: number, follows: string): string {
  return /^\s*[\]}]/.test(follows) ? `${json.slice(0, comma)} ${json.slice(comma + 1)}` : json;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
