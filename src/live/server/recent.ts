const MOST_LINES = 500;
const MOST_CHARACTERS = 2 * 1024 * 1024;

/** The last records, for a page that is opened later; bounded in number and size. */
export class Recent {
  readonly lines: string[] = [];
  /** Records that are not in it. */
  left = 0;
  private characters = 0;

  /** Undefined: a record that was not passed on. */
  push(line: string | undefined): void {
    if (line === undefined) {
      this.left++;
      return;
    }
    this.lines.push(line);
    this.characters += line.length;
    while (this.lines.length > MOST_LINES || (this.characters > MOST_CHARACTERS && this.lines.length > 1)) {
      this.characters -= this.lines.shift()!.length;
      this.left++;
    }
  }
}
