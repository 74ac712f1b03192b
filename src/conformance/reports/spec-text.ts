/** What JSON does not have, blanked out; or where that cannot be. */
export type Relaxed = { readonly json: string } | { readonly problem: string };

/** A string, a comment in one of three manners, or a comma; `#` as in YAML comes with converted files. */
const PIECES = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[^]*?\*\/|\/\*|#[^\n]*|,/g;

/** Takes comments and trailing commas out of JSON. Places stay, so that what a parser says about them is right. */
export function relaxed(text: string): Relaxed {
  const source = text.replace(/^\ufeff/, ' ');
  let json = '';
  let at = 0;
  /** Where a comma stands that only blanks have followed. */
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
