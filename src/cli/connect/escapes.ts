const SIMPLE: Readonly<Record<string, string>> = {
  ...{ '0': '\0', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', '"': '"', '/': '/' },
};
const ESCAPE = /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(.?))/gisu;

/** Text in quotes with the escapes of JSON and JavaScript (`"\u001e"`, `"\0"`); or why it is none. */
export function readQuoted(text: string): { readonly text: string } | { readonly mistake: string } {
  const [, inside] = /^"((?:[^"\\]|\\.)*)"$/su.exec(text) ?? [];
  if (inside === undefined) return { mistake: 'the text is in quotes, as in /text "a\\u001e" (\\" is a quote)' };
  let mistake: string | undefined;
  const read = inside.replace(ESCAPE, (whole, braced?: string, four?: string, two?: string, one?: string) => {
    const hex = braced ?? four ?? two;
    const code = hex === undefined ? undefined : parseInt(hex, 16);
    const character = code === undefined ? SIMPLE[one ?? ''] : code > 0x10ffff ? undefined : String.fromCodePoint(code);
    if (character === undefined)
      mistake ??= `${whole} is no escape: \\u001e, \\x1e, \\0, \\n, \\r, \\t, \\\\ and \\" are`;
    return character ?? '';
  });
  if (mistake === undefined && /\p{Surrogate}/u.test(read)) mistake = "half of a surrogate pair can't be sent as UTF-8";
  return mistake === undefined ? { text: read } : { mistake };
}
