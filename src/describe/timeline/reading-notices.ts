import { count } from '../../codec/bytes/plural.js';

/** Notices that a page shows above its tabs, and characters of each. */
const MOST_NOTICES = 2;
const MOST_CHARACTERS = 200;

/** What was reported about a reading, for the line above a page: the first of it, and how much more there was. */
export class ReadingNotices {
  readonly first: string[] = [];
  private further = 0;

  add(message: string): void {
    if (this.first.length < MOST_NOTICES) this.first.push(shortened(message));
    else this.further++;
  }

  /** Empty: there was nothing. */
  get words(): readonly string[] {
    return this.further === 0 ? this.first : [...this.first, `and ${count(this.further, 'further notice')}`];
  }
}

/** The first line, without its end where it is long. */
function shortened(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS)}…`;
}
