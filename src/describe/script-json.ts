/** What would end or change the script that holds it: a tag, a comment, a line end of JavaScript. */
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON text for a `script` element of HTML, whatever the text has in it: the same value, without a character that HTML reads. */
export function scriptJson(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char]!);
}
