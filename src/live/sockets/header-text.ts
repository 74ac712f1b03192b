/** A header's value as UTF-8, each byte as a character: what Node.js and Latin-1 write. */
export function headerText(value: string): string {
  return Buffer.from(value).toString('latin1');
}
