declare const printable: unique symbol;

/**
 * Text that may be written to a terminal: our own words, and text from outside that has been escaped. Only this module,
 * `escape.ts` and what styles text make it; the linter forbids casts to it anywhere else.
 */
export type Printable = {
  readonly [printable]: true;
  // What is cut out of it or put around it with blanks may be written too.
  slice(start?: number, end?: number): Printable;
  trim(): Printable;
  trimEnd(): Printable;
  padEnd(width: number): Printable;
  padStart(width: number): Printable;
  repeat(times: number): Printable;
  split(separator: ' '): Printable[];
} & string;

/** The same in UTF-8. */
export type PrintableBytes = {
  readonly [printable]: true;
  subarray(start?: number, end?: number): PrintableBytes;
} & Uint8Array;

/** A string of which the type says which one it is: one of our own words. */
type Word<T extends string> = Record<never, never> extends Record<T, unknown> ? never : T;
type PrintPart<T> = T extends Printable | number | bigint ? T : T extends string ? Word<T> : never;

/** Our own words, with what is printable, a word or a number between them. Text from outside has to go through `escapeText` first. */
export function print<const T extends readonly (string | number | bigint)[]>(
  fixed: TemplateStringsArray,
  ...parts: { readonly [At in keyof T]: PrintPart<T[At]> }
): Printable {
  let text = fixed[0]!;
  for (let i = 0; i < parts.length; i++) text += String(parts[i]) + fixed[i + 1]!;
  return text as Printable;
}

/** `parts` as one text, with `separator` between them. */
export function joined(parts: readonly Printable[], separator: Printable | '' = ''): Printable {
  return parts.join(separator) as Printable;
}

/** Lines with their line ends. */
export function lined(lines: readonly Printable[]): Printable {
  return lines.map((line) => `${line}\n`).join('') as Printable;
}
