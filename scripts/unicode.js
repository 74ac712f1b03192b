// Makes src/codec/bytes/character-table.ts of fixtures/unicode/: what each code point is to whoever escapes text or counts columns.
import { readFileSync, writeFileSync } from 'node:fs';

const CODE_POINTS = 0x110000;
/** As in src/codec/bytes/character-bits.ts. */
const UNSEEN = 1;
const MARK = 2;
const VIRAMA = 4;
const JOINS_NEXT = 8;
const JOINS_PREVIOUS = 16;
const PICTOGRAPHIC = 32;
const EMOJI_STYLE = 64;
const WIDE = 128;

const classes = new Uint8Array(CODE_POINTS);

/** Gives each code point of a file the bits of its value. */
function read(file, bitsOf) {
  const text = readFileSync(new URL(`../fixtures/unicode/${file}.txt`, import.meta.url), 'utf8');
  for (const line of text.split('\n')) {
    const [, first, last = first, value] = /^([0-9A-F]+)(?:\.\.([0-9A-F]+))?;(.+)$/.exec(line) ?? [];
    if (first === undefined) continue;
    for (let code = parseInt(first, 16); code <= parseInt(last, 16); code++) classes[code] |= bitsOf(value);
  }
}

read('general-category', (value) => (value === 'Mn' || value === 'Me' ? MARK : UNSEEN));
read('default-ignorable', () => UNSEEN);
read(
  'joining-type',
  (value) =>
    ({ D: JOINS_NEXT | JOINS_PREVIOUS, C: JOINS_NEXT | JOINS_PREVIOUS, L: JOINS_NEXT, R: JOINS_PREVIOUS })[value],
);
read('viramas', () => VIRAMA);
read('wide', () => WIDE);
read('pictographic', () => PICTOGRAPHIC);
read('emoji-style', () => EMOJI_STYLE);
// What is not shown is nothing else: it joins nothing, and has no columns.
for (let code = 0; code < CODE_POINTS; code++) if (classes[code] & UNSEEN) classes[code] = UNSEEN;

/** Runs of one class: a capital or sign for the class, the length in base 36 before it where it is not 1. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&()*+';
const letters = new Map();
let runs = '';
for (let from = 0; from < CODE_POINTS;) {
  let to = from + 1;
  while (to < CODE_POINTS && classes[to] === classes[from]) to++;
  if (!letters.has(classes[from])) letters.set(classes[from], LETTERS[letters.size]);
  runs += (to - from === 1 ? '' : (to - from).toString(36)) + letters.get(classes[from]);
  from = to;
}
if (letters.size > LETTERS.length) throw new Error('more classes than letters');

const lines = runs.match(/.{1,110}/g).map((line) => `  '${line}'`);
writeFileSync(
  new URL('../src/codec/bytes/character-table.ts', import.meta.url),
  `// Made by scripts/unicode.js of fixtures/unicode (Unicode 15.0.0): \`npm run unicode\`. Not edited by hand.

/** The classes of \`RUNS\`, a letter for each: sums of the bits in character-bits.ts. */
export const LETTERS: Readonly<Record<string, number>> = {
${[...letters].map(([bits, letter]) => `  ${/[A-Z]/.test(letter) ? letter : `'${letter}'`}: ${bits},`).join('\n')}
};

/** All code points from U+0000 on: runs of one class, the length in base 36 before the letter where it is not 1. */
export const RUNS =
${lines.join(' +\n')};
`,
);
