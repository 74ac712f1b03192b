// Texts that users read are plain technical English: subject, verb, object. This holds the phrases that are not used, and why.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/host/io.js';
import { createProgram } from '../../src/cli/options/program.js';
import { CASES } from '../../src/conformance/all-cases.js';
import { TRAFFIC_CAUSES } from '../../src/rules/causes/catalogue.js';
import { DIAL_CAUSES } from '../../src/rules/causes/dial-catalogue.js';
import { RULES } from '../../src/rules/catalogue.js';
import { ROOT } from '../cli/binary.js';
import { commentsIn, testNamesIn } from './comments.js';
import { sourceFiles } from './source-files.js';

const FORBIDDEN: readonly (readonly [phrase: RegExp, reason: string])[] = [
  [/\bbehind\b/i, 'order is after, followed by'],
  [/\bin front( of)?\b/i, 'order is before'],
  [/\btold\b/i, 'reported, printed'],
  [/\btells?\b/i, 'says, reports, lists, shows'],
  [/\bso (many|much|long|often)\b(?! as\b)/i, 'N, or up to N'],
  [/\b(hangs?|goes) (on|by) (?=(what|whether|the|how)\b)/i, 'depends on'],
  [/\bnobody\b/i, 'say what is the case: not known, not read'],
  [/\bnothing but\b/i, 'only'],
  [/\b(take[ns]?|took) (\w+ ){1,4}for\b(?! (the|a|each|every) )/i, 'read as, treat as'],
  [/\bstands? (in|on|behind|before|beside|there|alone)\b/i, 'is in, is on'],
  [/\b(anew|beneath|likewise|perhaps)\b/i, 'again, below, in the same way, may'],
  [/\bwhose every\b/i, 'subject, verb, object: shows every frame'],
  [/\b(by|drawn by) lot\b/i, 'random'],
  [/\bhold up as\b/i, 'form'],
  [/(^|[.;:] )Who (?!(is|are|was|were|may|can)\b)/, 'whoever'],
  [/\bwhat \w[^.:;]{2,80} (is|are) what\b/i, 'subject, verb, object'],
];

/** In comments also. */
const FORBIDDEN_IN_COMMENTS: typeof FORBIDDEN = [
  [/\btelling\b/i, 'reporting, showing'],
  [/\b(somebody|anybody)\b/i, 'name the part: the user, a client, the caller'],
  [/\bin vain\b/i, 'none found'],
  [/\b(speaks?|spoken|heard|said no)\b/i, 'sends, sent, received, refused'],
  [/\b(goes?|going) on\b(?! (a|the) )/i, 'continues'],
  [/\basked for\b/i, 'requested, required'],
  [/\bat the most\b/i, 'at most, up to'],
  [/\b(lies?|stood)\b/i, 'is, was'],
  [/\ball the same\b/i, 'nevertheless, as well'],
  [/\b(up|down) to here\b/i, 'up to this number, offset, depth'],
  [/\b(of|in|by) the house\b/i, 'of this project'],
  [/\bhonest\b/i, 'ordinary, valid'],
];

/** The parts of `src/` whose comments hold to the list. */
const COMMENTED: Readonly<Record<string, RegExp>> = {
  codec: /^src\/codec\//,
  rules: /^src\/rules\//,
  sources: /^src\/sources\//,
  apps: /^src\/apps\//,
  traffic: /^src\/traffic\//,
  endpoint: /^src\/endpoint\//,
  describe: /^src\/describe\//,
  terminal: /^src\/terminal\//,
  web: /^src\/web\//,
  cli: /^src\/cli\//,
  live: /^src\/live\//,
  conformance: /^src\/conformance\//,
  'the entries of the library': /^src\/[^/]+\.ts$/,
};

/** The parts of `test/` whose names of tests hold to it. Their comments do, too, as those of all other files there. */
const TESTED: Readonly<Record<string, RegExp>> = {
  'codec, rules': /^test\/(codec|rules)\//,
  'traffic, endpoint, describe': /^test\/(traffic|endpoint|describe)\//,
  'terminal, web': /^test\/(terminal|web)\//,
  'properties, docs, gate': /^test\/(properties|docs|gate)\//,
  'cli, live': /^test\/(cli|live)\//,
  'conformance, sources': /^test\/(conformance|sources)\//,
  apps: /^test\/apps\//,
};

/** Texts that may have a phrase nevertheless: as a name, or in its literal meaning. */
const EXCEPTIONS: readonly string[] = [
  'stands between people and servers',
  'stands between clients and a server',
  'a proxy in front',
];

const files = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}${name}`);

/** The sentences of a page: without code, and a wrapped paragraph in one line. */
function prose(text: string): string[] {
  return text
    .replace(/^```[^]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, 'CODE')
    .replace(/([^\n|])\n(?=[^\n|#-])/g, '$1 ')
    .split('\n');
}

function helpOf(command: Command): string[] {
  const own = [command.description(), ...command.options.map(({ flags, description }) => `${flags}: ${description}`)];
  return [...own, ...command.commands.flatMap(helpOf)];
}

const texts: readonly (readonly [where: string, texts: readonly string[]])[] = [
  ...['README.md', 'SECURITY.md', ...files('docs/')].map(
    (path) => [path, prose(readFileSync(join(ROOT, path), 'utf8'))] as const,
  ),
  ['--help', helpOf(createProgram({} as Io, () => undefined))],
  ['rules', Object.values(RULES).flatMap(({ requirement, message }) => [requirement, message])],
  ['causes', Object.values({ ...TRAFFIC_CAUSES, ...DIAL_CAUSES }).map(({ message }) => message)],
  ['cases of check', CASES.flatMap(({ title, expected }) => [title, expected ?? ''])],
];

function faultsIn(text: string, forbidden = FORBIDDEN): string[] {
  const plain = EXCEPTIONS.reduce((rest, exception) => rest.replaceAll(exception, ''), text);
  return forbidden.flatMap(([phrase, reason]) => {
    const found = phrase.exec(plain)?.[0];
    return found === undefined ? [] : [`'${found}' (${reason}): ${text.trim()}`];
  });
}

describe('words', () => {
  it.each(texts)('%s', (_, all) => {
    expect(all.flatMap((text) => faultsIn(text))).toEqual([]);
  });

  it('finds what is forbidden, across line ends', () => {
    const page = 'Each case is\ntold with its bytes.\n\n`nobody behind`\n\nThe key, the GUID behind\nit.\n';
    expect(prose(page).flatMap((text) => faultsIn(text))).toHaveLength(2);
    expect(faultsIn('stop after so many records')).toHaveLength(1);
    expect(faultsIn('as so long as it is open')).toHaveLength(0);
  });
});

const FORBIDDEN_IN_SOURCES = [...FORBIDDEN, ...FORBIDDEN_IN_COMMENTS];

/** What is wrong with the texts that `textsIn` finds in the files of a folder. */
function faultsOfFiles(paths: readonly string[], folder: RegExp, textsIn: typeof commentsIn): string[] {
  const files = paths.filter((path) => folder.test(path));
  expect(files.length).toBeGreaterThan(1);
  return files.flatMap((path) =>
    textsIn(readFileSync(join(ROOT, path), 'utf8')).flatMap(({ line, text }) =>
      faultsIn(text.replace(/`[^`]*`/g, 'CODE'), FORBIDDEN_IN_SOURCES).map((fault) => `${path}:${line}: ${fault}`),
    ),
  );
}

describe('words of the sources', () => {
  it.each(Object.entries(COMMENTED))('%s', (_, folder) => {
    expect(faultsOfFiles(sourceFiles('src'), folder, commentsIn)).toEqual([]);
  });

  it.each(Object.entries(TESTED))('names of tests: %s', (_, folder) => {
    expect(faultsOfFiles(sourceFiles('test'), folder, testNamesIn)).toEqual([]);
  });

  it('comments of tests', () => {
    expect(faultsOfFiles(sourceFiles('test'), /^test\//, commentsIn)).toEqual([]);
  });

  it('are found in all comments and names of tests', () => {
    const source = [
      '/** Who sent\n * it. */',
      'export const pattern = /[/*]"/; // nobody reads it',
      'const text = `// ${/* in vain */ 1} /* no comment */`;',
      "const url = 'ws://told'; /* behind",
      '   it */',
    ].join('\n');
    const comments = commentsIn(source);
    expect(comments.map(({ line, text }) => `${line}: ${text}`)).toEqual([
      '1: Who sent it.',
      '3: nobody reads it',
      '4: in vain',
      '5: behind it',
    ]);
    expect(comments.map(({ text }) => faultsIn(text, FORBIDDEN_IN_SOURCES).length)).toEqual([1, 1, 1, 1]);
    const tests = "describe('what', () => {\n  it.each(ALL)('tells it', run);\n});";
    expect(testNamesIn(tests)).toEqual([
      { line: 1, text: 'what' },
      { line: 2, text: 'tells it' },
    ]);
  });
});
