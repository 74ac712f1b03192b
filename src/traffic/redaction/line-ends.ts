/** Up to how many characters before a place it is looked for what the text there is in. */
const LONGEST_BEFORE = 512;

/** What ends a text at a place: the end of the line, and of a string in double quotes or an element that began on the line. */
export function stopsOfLine(text: string, from: number): string {
  const before = text.slice(Math.max(0, from - LONGEST_BEFORE), from);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  const isCut = line.length === LONGEST_BEFORE;
  return `\r\n\0${isCut || line.includes('"') ? '"\\' : ''}${isCut || line.includes('<') ? '<' : ''}`;
}

export function endOfLine(text: string, from: number): number {
  const stops = stopsOfLine(text, from);
  let end = from;
  while (end < text.length && !stops.includes(text[end]!)) end++;
  return end;
}
