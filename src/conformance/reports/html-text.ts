/** Text that is HTML already. Everything else that goes into `markup` is escaped, so nothing can be forgotten. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What hides, reorders or breaks text: controls, format characters, lone surrogates, separators, blank letters. */
const UNSEEN = /(?:[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5)/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * HTML from a template: values are escaped for text and for quoted attributes alike; line breaks and indents of
 * the template are left out.
 */
export function markup(fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const [first, ...others] = fixed.map((piece) => piece.replace(/\n\s*/g, ''));
  let text = first!;
  for (const [at, part] of parts.entries()) text += textOf(part) + others[at]!;
  return new Markup(text);
}

/** Several lines, as in `<pre>`: LF stays. */
export function lines(text: string): Markup {
  const seen = text.replace(/\r\n/g, '\n').replace(UNSEEN, (char) => (char === '\n' ? char : visible(char)));
  return new Markup(entities(seen));
}

/** The ends of what is long, with a word about what is left out. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`;
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return entities(String(part).replace(UNSEEN, visible));
}

function entities(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}

function visible(char: string): string {
  const code = char.codePointAt(0)!;
  if (code < 0x80) return SHORT[char] ?? `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}
