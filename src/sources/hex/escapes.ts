import { failAt, type HexContext } from './mode.js';
import { StringLiteral } from './string.js';
import { isBlank } from '../text/place.js';

const NO_QUOTE = -1;
const BACKSLASH = 0x5c;
const UNSURE = 'could be a byte or a separator: put the string into quotes';

/**
 * Escapes without quotes, as in a shell's `printf`: `\x81\x87;\xf6`. Ends of lines separate; so do blanks where one
 * follows the first escape and every other (`\x81 \x87`); anywhere else a blank could mean a byte.
 */
export class BareEscapes extends StringLiteral {
  private items = 0;
  private spaced = false;
  /** Offset of the first blank after the last item, or -1. */
  private blankAt = -1;
  private wrapped = false;

  constructor(context: HexContext) {
    super(context, NO_QUOTE, false, () => this);
  }

  override end(offset: number): void {
    if (this.state === 'octal') this.finish();
    else if (this.state !== 'text' && this.state !== 'wrap')
      failAt(this.context, this.escapeAt, `the input ends inside an escape (at byte ${offset})`);
  }

  protected override text(byte: number, offset: number): void {
    if (isBlank(byte)) {
      if (this.blankAt < 0) this.blankAt = offset;
      if (byte === 0x0a) {
        this.wrapped = true;
        this.context.place.newline(offset + 1);
      }
      return;
    }
    if (this.separated(byte, offset)) super.text(byte, offset);
  }

  /** Whether the way from the last item to this one is beyond doubt; says so if not. */
  private separated(byte: number, offset: number): boolean {
    const { blankAt, wrapped } = this;
    this.items++;
    this.blankAt = -1;
    this.wrapped = false;
    if (this.items === 1 || (wrapped && byte === BACKSLASH)) return true;
    if (this.items === 2) this.spaced = blankAt >= 0;
    if (this.spaced ? blankAt >= 0 && byte === BACKSLASH : blankAt < 0) return true;
    const place = blankAt >= 0 && !wrapped ? blankAt : offset;
    failAt(
      this.context,
      place,
      blankAt >= 0 ? `this blank ${UNSURE}` : `without a blank in front, as the others have one, this ${UNSURE}`,
    );
    return false;
  }
}
