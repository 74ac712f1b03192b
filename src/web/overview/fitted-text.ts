/** What is used of a canvas. */
export interface TextMeasure {
  measureText(text: string): { readonly width: number };
}

/** The text, or as much of its beginning as is `width` wide with an ellipsis. */
export function fittedText(pen: TextMeasure, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= width) fits = middle;
    else tooLong = middle;
  }
  return `${text.slice(0, fits).trimEnd()}…`;
}
