import { escapeUnseen } from '../../codec/bytes/escaping.js';
import { markupEntities } from '../../codec/bytes/markup-entities.js';

/** Text that is HTML already. Everything else that goes into `markup` is escaped, so nothing can be forgotten. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | readonly Markup[];

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
  return new Markup(markupEntities(escapeUnseen(text, { newline: 'keep' })));
}

/** The ends of a long text, with a note of what is left out. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`;
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return markupEntities(escapeUnseen(String(part)));
}
