import { count } from '../../codec/bytes/plural.js';

/** Notices that a page shows above its tabs, and characters of each. */
const MOST_NOTICES = 2;
const MOST_CHARACTERS = 140;

/** What was reported about a reading, for the line above a page: the first of it, and how much more there was. */
export class ReadingNotices {
  private readonly first: string[] = [];
  private damages = 0;
  private further = 0;

  /** `isDamage`: a part could not be read. It goes before what is only worth knowing. */
  add(message: string, isDamage = false): void {
    if (this.first.length >= MOST_NOTICES) this.further++;
    if (!isDamage) this.first.push(shortened(message));
    else this.first.splice(this.damages++, 0, shortened(message));
    this.damages = Math.min(this.damages, MOST_NOTICES);
    this.first.splice(MOST_NOTICES);
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
