// Characters that no peer may put onto a terminal, by the Unicode data of this Node.js (ICU), not by the program's tables.

/** Control, format, surrogate, unassigned, separators, default ignorable. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Where U+FE0F and ZWJ belong: inside an emoji sequence; ZWJ and ZWNJ: between letters that join. */
const EMOJI = /\p{RGI_Emoji}/gv;
const SCRIPTS =
  'Arabic Syriac Mongolian Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar';
const JOINING = `[${SCRIPTS.split(' ')
  .map((script) => `\\p{Script=${script}}`)
  .join('')}]`;
const JOINED = new RegExp(`^.*${JOINING}\\p{M}*[\\u200c\\u200d]${JOINING}`, 'su');
/** Marks on one letter that a terminal still draws on few lines. */
const MOST_MARKS = 64;
const MARKS = new RegExp(`\\p{M}{${MOST_MARKS + 1}}`, 'u');

/** What a text shows that begins a line or a command for a CI runner. */
export const FORGED = 'FORGED';
const COMMANDS = [
  [new RegExp(`^[ \\t]*${FORGED}`, 'm'), 'a line that a peer made'],
  [new RegExp(`^[ \\t]*::[a-z-]+ (?:[a-z]+=)?${FORGED}`, 'm'), 'a command for GitHub Actions (::)'],
  [/##\[/, 'a command for Azure Pipelines and GitHub Actions (##[)'],
  [/##vso\[/, 'a command for Azure Pipelines (##vso[)'],
  [/##teamcity\[/, 'a command for TeamCity (##teamcity[)'],
];

const FORGERIES = `\n${FORGED} line\n::error ${FORGED}\n  ::warning file=${FORGED}\n ##[error]x ##vso[task.x]y ##teamcity[z]`;

/** Planes that no version of Unicode gives out soon, holes inside blocks, and the kinds that a list by hand forgets. */
const SAMPLES = [
  [0x00, 0x09], [0x0b, 0x1f], [0x7f, 0x9f], [0xad], [0x034f], [0x0378], [0x0600, 0x0605], [0x061c], [0x06dd], [0x070f],
  [0x08e2], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f],
  [0x3164], [0xfdd0, 0xfdef], [0xfe00, 0xfe0f], [0xfeff], [0xffa0], [0xfff0, 0xfffb], [0xfffe, 0xffff], [0x110bd],
  [0x110cd], [0x13430, 0x1343f], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a], [0x1fffe], [0x40000], [0xe0000, 0xe0003],
  [0xe0041], [0xe007f], [0xe0100], [0xe01ef], [0xe0fff], [0x10fffe], [0x10ffff],
]; // prettier-ignore

/** By name; what a field of HTTP can't hold (CR, LF, NUL) is in `lines` and `controls` only. */
export const SEQUENCES = {
  csi: '\x1b[2J\x1b[H\x1b[38;5;201;5m',
  osc: '\x1b]0;title\x07\x1b]52;c;QUJD\x1b\\\x1bP+q\x1b\\\x1bc',
  c1: '\u009b31m\u009d0;t\u009c\u0085\u0090x',
  bidi: '\u202e\u2066abc\u2069\u200f',
  joiners: 'a\u200db a\u200cb a\ufe0fb x\ufe0e',
  marks: `e${'\u0301'.repeat(300)}`,
  tags: String.fromCodePoint(0xe0001, 0xe0068, 0xe0069, 0xe007f),
  ci: '##[error]x ##vso[task.x]y ##teamcity[z]',
};

/** All of it that a text message may hold. */
export const EVERYTHING = [
  ...Object.values(SEQUENCES),
  ...SAMPLES.map(([from, to = from]) =>
    Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('.'),
  ),
  FORGERIES,
  '\r\x1b[K\b\b\b',
].join(' ');

/** Without NUL, CR and LF, as UTF-8 read as Latin-1: what a header line can carry, raw and percent-encoded. */
export const IN_HEADER = Buffer.from(EVERYTHING.replace(/[\0\r\n\u2028\u2029]/g, '')).toString('latin1');
/** Single bytes 80 to 9F are C1 controls where somebody reads a head as Latin-1. */
export const C1_BYTES = Buffer.from([0x9b, 0x33, 0x31, 0x6d, 0x85, 0x90, 0x9d]).toString('latin1');
export const FORGED_LINES = FORGERIES;

/** A few characters by lot, of every plane. */
export function lot(dice, length) {
  let text = '';
  while (text.length < length) {
    const [from, to = from] = dice.pick(SAMPLES);
    text += dice.chance(0.7)
      ? String.fromCodePoint(from + dice.int(to - from + 1))
      : dice.pick(['a', ' ', 'é', '漢', '{', '"']);
  }
  return text;
}

/** The colours that the program itself writes with `--color always` or on a terminal. */
// eslint-disable-next-line no-control-regex
const OWN_COLOURS = /\x1b\[(?:0|1|2|3|4|7|22|23|24|27|3[0-7]|39|4[0-7]|49|9[0-7])m/g;

/** `check` draws its progress anew on a terminal, where it takes longer than a moment. */
// eslint-disable-next-line no-control-regex
const OWN_PROGRESS = /(?:\x1b\[\d+A)?\r\x1b\[J/g;

/** Different reasons that are given at most. */
const MOST_REASONS = 6;

/** Why a text is not fit for a terminal, each reason once; empty: it is. LF (and CR LF on a terminal) is. */
export function unfit(text, { colours = false, terminal = false, json = false } = {}) {
  let rest = terminal ? text.replaceAll('\r\n', '\n').replace(OWN_PROGRESS, '') : text;
  if (colours) rest = rest.replace(OWN_COLOURS, '');
  const reasons = new Map();
  for (const [pattern, what] of json ? [] : COMMANDS) {
    const found = pattern.exec(rest);
    if (found) reasons.set(what, around(rest, found.index));
  }
  const marks = MARKS.exec(rest);
  if (marks) reasons.set(`more than ${MOST_MARKS} combining marks`, around(rest, marks.index));
  for (const { 0: char, index } of rest.matchAll(UNFIT)) {
    if (reasons.size >= MOST_REASONS) break;
    const what = `raw U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    if (char === '\n' || reasons.has(what) || belongs(rest, index, char)) continue;
    reasons.set(what, around(rest, index));
  }
  return [...reasons].map(([what, where]) => `${what}: ${where}`);
}

/** Whether a joiner or a selector is where text needs it. */
function belongs(text, at, char) {
  if (char !== '\u200c' && char !== '\u200d' && char !== '\ufe0f') return false;
  const [from, to] = [Math.max(0, at - 16), at + 16];
  if (char !== '\ufe0f' && JOINED.test(`${text.slice(from, at)}${char}${text.slice(at + 1, at + 3)}`)) return true;
  for (const { 0: emoji, index } of text.slice(from, to).matchAll(EMOJI)) {
    if (from + index < at && at < from + index + emoji.length) return true;
  }
  return false;
}

function around(text, at) {
  return JSON.stringify(text.slice(Math.max(0, at - 40), at + 30));
}
