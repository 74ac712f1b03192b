import { isDissection, isFlowFile, type Magic, MAGIC_LENGTH, magicOf, mayBeMagic } from './magic.js';
import { type DumpKind, dumpKind, knownKind } from '../dumps/kinds.js';
import { columnHead } from '../dumps/offset-row.js';
import { isHexLine } from '../hex/lead.js';
import { quoteOf } from '../text/quoted.js';
import { latin1 } from '../../codec/http1/text.js';
import { withoutColours } from '../text/lines.js';
import { literalsIn } from '../text/literals.js';
import { WideChar } from '../text/place.js';

/** What the input is, by its first bytes. */
export type Form =
  | { readonly form: Magic | 'binary' | 'mitmproxy' | 'curl -v' | 'dissection' }
  | { readonly form: 'dump'; readonly kind: DumpKind }
  /** A dump with that before each line. */
  | { readonly form: 'quoted'; readonly prefix: string }
  /** `skip` bytes (shell prompts) precede the digits. */
  | { readonly form: 'hex'; readonly skip: number };

/** A handshake before frames: raw bytes, though all of them are printable. */
const HTTP_HEAD = /^(?:[A-Z]{3,10} \S+ HTTP\/\d|HTTP\/\d)/;
/** `root@host:~# …`, with or without a leading bracket: no list of bytes. */
const LOGIN = /^\[?[\w.-]+@[\w.-]+/;
/** `$ xxd -p frame.bin`, `>>> …`, and what tools say before they begin. */
const PROMPT =
  /^(?:\S*(?:[$#%>]|[\x80-\xff]{2}) |PS [A-Z]:|Running as user|tcpdump: |listening on |reading from file |Capturing on )/;

const RULER = /^[\s:;,-]+$/;
/** No prompt where bytes follow. */
const QUOTED = /^\s*[<>=+-]/;
/** `curl -v` with the body among its own lines, which no longer show where either ends. */
const CURL =
  /^(?:[*] .*\n)*[*] +(?:Trying|Connected to|Host|Rebuilt URL|processing:) .*\n(?:[^]*\n)?> [A-Z]+ \S+ HTTP\//;

const ESC = 0x1b;

/** How much of the input is at hand: more will come; the most that is looked at; all there is. */
export type Extent = 'growing' | 'full' | 'ended';

/** Recognises the input from more and more of its beginning. Text is looked at line by line: the first line that shows a form decides. */
export class FormDetector {
  private readonly wide = new WideChar();
  /** Bytes that were looked at one by one, and the index of the first that no text has. */
  private scanned = 0;
  private binaryAt = -1;
  /** Where the first line begins that was not looked at. */
  private lineStart = 0;
  /** No end of that line was found before this offset. */
  private searched = 0;
  /** Where digits begin, if no dump does: the first line that is no prompt; -1 where none was seen. */
  private digits = -1;

  /** What `bytes`, the input so far, are the beginning of; undefined while more are needed, which is so only of `growing` ones. */
  look(bytes: Uint8Array, extent: Extent): Form | undefined {
    const magic = magicOf(bytes);
    if (magic !== undefined) return { form: magic };
    if (isFlowFile(bytes)) return { form: 'mitmproxy' };
    const growing = extent === 'growing';
    const isTakenApart = isDissection(bytes);
    if (isTakenApart === true) return { form: 'dissection' };
    if (isTakenApart === 'unknown' && growing) return undefined;
    this.scan(bytes, extent === 'ended');
    if (this.binaryAt >= 0 && CURL.test(latin1(bytes, 0, Math.min(this.binaryAt, 4096)))) return { form: 'curl -v' };
    if (this.binaryAt < 0) return growing && this.isTooShort(bytes) ? undefined : this.text(bytes, !growing);
    if (growing && mayBeMagic(bytes)) return undefined;
    // The whole lines before the first byte that is not text decide, as they would have without it.
    const before = this.binaryAt < MAGIC_LENGTH ? undefined : this.text(bytes.subarray(0, this.binaryAt), false);
    return before ?? { form: 'binary' };
  }

  /** A character that begins among the first bytes may turn out to be none. */
  private isTooShort({ length }: Uint8Array): boolean {
    return length < MAGIC_LENGTH || (this.wide.open && this.wide.start < MAGIC_LENGTH);
  }

  /** Looks for a byte that no text has: a control character, or what is no UTF-8. A character that is cut is no fault, unless at the end. */
  private scan(bytes: Uint8Array, ended: boolean): void {
    const { wide } = this;
    const length = !ended && bytes.at(-1) === ESC ? bytes.length - 1 : bytes.length;
    for (; this.scanned < length && this.binaryAt < 0; this.scanned++) {
      const byte = bytes[this.scanned]!;
      if (wide.open || byte >= 0x80) {
        const code = wide.feed(byte, this.scanned);
        const isBad = code === 0xfffd && !isReplacement(bytes, wide.start);
        if (isBad || (code >= 0 && code < 0xa0)) this.binaryAt = wide.start;
      } else if (isControl(byte) && !isColour(bytes, this.scanned)) this.binaryAt = this.scanned;
    }
    if (ended && wide.open && this.binaryAt < 0) this.binaryAt = wide.start;
  }

  private text(bytes: Uint8Array, final: boolean): Form | undefined {
    if (this.lineStart === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.lineStart = 3;
    while (this.lineStart < bytes.length) {
      const feed = bytes.indexOf(0x0a, Math.max(this.lineStart, this.searched));
      if (feed < 0 && !final) {
        this.searched = bytes.length;
        return undefined;
      }
      const end = feed < 0 ? bytes.length : feed;
      const form = this.line(withoutColours(latin1(bytes, this.lineStart, end).replace(/\r$/, '')));
      if (form !== undefined) return form;
      this.lineStart = end + 1;
    }
    return final ? { form: 'hex', skip: Math.max(0, this.digits) } : undefined;
  }

  private line(line: string): Form | undefined {
    const known = knownKind(line);
    if (known !== undefined) return { form: 'dump', kind: known };
    const prefix = quoteOf(line);
    if (prefix !== '' && knownKind(line.slice(prefix.length)) !== undefined) return { form: 'quoted', prefix };
    const isHead = columnHead(line) !== undefined;
    const kind = isHead ? undefined : dumpKind(line);
    if (kind !== undefined) return { form: 'dump', kind };
    // The numbers above a table's columns: what follows shows whether they are.
    if (this.digits < 0 && isHead) this.digits = this.lineStart;
    if (this.digits >= 0 || line.trim() === '' || LOGIN.test(line)) return undefined;
    if (HTTP_HEAD.test(line)) return { form: 'binary' };
    if (isHexLine(line) && !RULER.test(line)) return { form: 'hex', skip: this.lineStart };
    if (!isPrompt(line)) this.digits = this.lineStart;
    return undefined;
  }
}

function isPrompt(line: string): boolean {
  return PROMPT.test(line) && !(QUOTED.test(line) && literalsIn(line).length > 0);
}

/** No tab, no end of a line, no vertical tab or form feed. */
const isControl = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20) || byte === 0x7f;

/** U+FFFD as it is written: others have put it where they could not show a byte. */
const isReplacement = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;

/** ESC and an opening bracket: a log with colours. */
const isColour = (bytes: Uint8Array, at: number): boolean => bytes[at] === ESC && bytes[at + 1] === 0x5b;
