import { describe, expect, it } from 'vitest';
import { CountedPattern } from './backtracking.js';
import { superlinear } from './pumping.js';
import { writtenIn, type Written } from './regular-expressions.js';

/**
 * Expressions that users write on the command line: which text they are slow on is in their hands (docs/exit-codes.md). Those
 * of the filter box, with `u`, are timed in `view`, and otherwise run in the page.
 */
const OF_USERS = [
  ...['new RegExp(source, flags)', 'new RegExp(text, flags)', "new RegExp(text, 'u')"],
  "new RegExp(sticky ? `(?<![^])(?:${source})` : source, flags.replace(/[gy]/g, ''))",
];

/**
 * Made of the text before the lines of a log: letters and escaped characters, and runs of digits, which something else
 * always separates. Anchored at the beginning of a line.
 */
const OF_PREFIXES = [
  "new RegExp(`^${patternOf(prefix)}`, 'u')",
  "new RegExp(`^${patternOf(prefix.trimEnd())}\\\\s*$`, 'u')",
];

/** What searches the page as the build makes it: no text of others. */
const OF_OUR_PAGE = /^src\/cli\/report\/report-page\.ts:/;

/** What searches a line for bytes: `LONGEST_SEARCHED` bounds the line (sources/text/lines.ts); `form.ts` looks at 4,096 bytes, `code.ts` at 160 characters. */
const OF_SHORT_LINES =
  /^src\/sources\/(?:hex\/code|text\/(?:literal(?:s|-forms|-line)|marked-forms)|dumps\/(?:strace|log-text|log-heads|headings|offset-row)|detect\/form)\.ts:/;

const all = writtenIn('src');
const known = all.filter(({ pattern }) => pattern !== undefined);

describe('the regular expressions of the program', () => {
  it('are found', () => {
    expect(known.length).toBeGreaterThan(250);
    expect(known.map(({ text }) => text)).toContain('/[\\r\\n]/');
  });

  it('are known before the program runs, but for those that users write', () => {
    const others = all.filter(
      ({ pattern, text }) => pattern === undefined && ![...OF_USERS, ...OF_PREFIXES].includes(text),
    );
    expect(others.map(({ place, text }) => `${place} ${text}`)).toEqual([]);
  });

  const looked = known.filter(({ place }) => !OF_SHORT_LINES.test(place) && !OF_OUR_PAGE.test(place));
  // Several are written in more than one place.
  const different = [...new Map(looked.map((one) => [`${one.pattern!.flags}/${one.pattern!.source}`, one])).values()];
  const partOf = ({ place }: Written): string => place.split('/').slice(1, -1).join('/');

  it.each([...new Set(different.map(partOf))])('take steps in proportion to the length of the text: %s', (part) => {
    const slow = different
      .filter((one) => partOf(one) === part)
      .flatMap(({ place, text, pattern }) => {
        const attack = superlinear(new CountedPattern(pattern!.source, pattern!.flags));
        return attack === undefined ? [] : [`${place} ${text} on ${JSON.stringify(attack)}`];
      });
    expect(slow).toEqual([]);
  });
});

describe('the search for slow ones', () => {
  it.each([
    String.raw`\s+$`,
    String.raw`^(\s*[^ \t]+[ \t]+)x`,
    String.raw`"(?:[^"\\]|\\.)*"`,
    String.raw`(?:"(?:[^"\\]|\\.)*"|[^",])+`,
    String.raw`%.*$`,
    String.raw`(\d+)\.(\d+)`,
    String.raw`^(a+)+$`,
    String.raw`^(?:a|ab|b)*c`,
    String.raw`^[^:]*:[^:]*x[^:]*x$`,
    String.raw`^\S*(?:[$#]|[\x80-\xff]{2,}) `,
    String.raw`<!--[^]*?-->`,
  ])('finds %s', (source) => expect(superlinear(new CountedPattern(source, 'g'))).toBeDefined());

  it.each([
    [String.raw`^\s*[[{]`, ''],
    [String.raw`^[^:\s]*`, ''],
    [String.raw`[^;,]*`, 'y'],
    [String.raw`\r\n|\r|\n`, 'g'],
    [String.raw`^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$`, ''],
    [String.raw`(['"])(?:(?!\1)[^\n])*\1`, 'y'],
    [String.raw`\p{Mn}|\p{Cf}`, 'gu'],
  ])('takes %s for linear', (source, flags) => expect(superlinear(new CountedPattern(source, flags))).toBeUndefined());
});
