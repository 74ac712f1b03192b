/** Up to how many characters before a place it is looked for what the text there is in. */
const LONGEST_BEFORE = 512;

/** The end of the line, or of what the text there is in: a string in double quotes or an element, that began on the line. */
export function endOfLine(text: string, from: number): number {
  const before = text.slice(Math.max(0, from - LONGEST_BEFORE), from);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  const isCut = line.length === LONGEST_BEFORE;
  const stops = `\r\n\0${isCut || line.includes('"') ? '"\\' : ''}${isCut || line.includes('<') ? '<' : ''}`;
  let end = from;
  while (end < text.length && !stops.includes(text[end]!)) end++;
  return end;
}
