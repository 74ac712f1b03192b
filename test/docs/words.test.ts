// Texts that users read are plain technical English: subject, verb, object. This holds the phrases that are not used, and why.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/host/io.js';
import { createProgram } from '../../src/cli/options/program.js';
import { CASES } from '../../src/conformance/all-cases.js';
import { CAUSES } from '../../src/rules/causes/catalogue.js';
import { RULES } from '../../src/rules/catalogue.js';
import { ROOT } from '../cli/binary.js';

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

/** Texts that may have a phrase all the same: as a name, or as what it says by the letter. */
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
  ['causes', Object.values(CAUSES).map(({ message }) => message)],
  ['cases of check', CASES.flatMap(({ title, expected }) => [title, expected ?? ''])],
];

function faultsIn(text: string): string[] {
  const plain = EXCEPTIONS.reduce((rest, exception) => rest.replaceAll(exception, ''), text);
  return FORBIDDEN.flatMap(([phrase, reason]) => {
    const found = phrase.exec(plain)?.[0];
    return found === undefined ? [] : [`'${found}' (${reason}): ${text.trim()}`];
  });
}

describe('words', () => {
  it.each(texts)('%s', (_, all) => {
    expect(all.flatMap(faultsIn)).toEqual([]);
  });

  it('finds what is forbidden, across line ends', () => {
    const page = 'Each case is\ntold with its bytes.\n\n`nobody behind`\n\nThe key, the GUID behind\nit.\n';
    expect(prose(page).flatMap(faultsIn)).toHaveLength(2);
    expect(faultsIn('stop after so many records')).toHaveLength(1);
    expect(faultsIn('as so long as it is open')).toHaveLength(0);
  });
});
