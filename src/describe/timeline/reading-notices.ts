import { count } from '../../codec/bytes/plural.js';

/** Notices in the line below the tabs of a page, and characters of each. */
const MOST_NOTICES = 2;
const MOST_CHARACTERS = 140;
/** The same where the reader opens all of them: the page gets them again and again while a file is read. */
const MOST_OPENED = 50;
const MOST_OPENED_CHARACTERS = 1000;

/** What was reported about a reading: the first of it for the line of a page, with how much more there was, and what that leaves out. */
export class ReadingNotices {
  private readonly kept: string[] = [];
  private damages = 0;
  private total = 0;

  /** `isDamage`: a part could not be read. It goes before what is only worth knowing. */
  add(message: string, isDamage = false): void {
    this.total++;
    const text = shortened(message, MOST_OPENED_CHARACTERS);
    if (!isDamage) this.kept.push(text);
    else this.kept.splice(this.damages++, 0, text);
    this.damages = Math.min(this.damages, MOST_OPENED);
    this.kept.splice(MOST_OPENED);
  }

  /** Empty: there was nothing. */
  get words(): readonly string[] {
    return this.first(MOST_NOTICES, (message) => shortened(message.split('\n', 1)[0]!, MOST_CHARACTERS));
  }

  /** Each of them as it was reported, up to a bound; undefined: `words` has all of it. */
  get inFull(): readonly string[] | undefined {
    const all = this.first(MOST_OPENED, (message) => message);
    return this.words.join('\n') === all.join('\n') ? undefined : all;
  }

  private first(most: number, written: (message: string) => string): readonly string[] {
    const shown = this.kept.slice(0, most).map(written);
    const further = this.total - shown.length;
    return further === 0 ? shown : [...shown, `and ${count(further, 'further notice')}`];
  }
}

/** Without its end where it is long. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
