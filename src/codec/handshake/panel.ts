import { areHeaderPairs, HEADING } from './browser.js';
import { startColumn, type SourceLine } from './lines.js';

/** What a browser's panel shows of the first lines of a request and its response. */
export interface PanelFacts {
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly reason?: string;
}

/** A fact, its value after a colon or on the next line. */
const FACT = /^(request url|request method|status code|status)(?![\w-])([^]*)/i;
const URL = /^(?:wss?|https?):\/\/\S+$/i;
const STATUS = /^(\d{3})(?:[ \t]+([\w ]{1,80}))?$/;
const isBlank = ({ text }: SourceLine): boolean => text.trim() === '';

/** What the panel above the headers states; nothing of what it states more than once. */
export function panelFacts(all: readonly SourceLine[]): PanelFacts {
  const lines = all.filter((line) => !isBlank(line)).map(({ text }) => text.trim());
  const facts = lines.flatMap((line, at) => {
    const [, name, rest] = FACT.exec(line) ?? [];
    if (name === undefined) return [];
    const own = rest!.trim().replace(/^:/, '').trim();
    return [{ name: name.toLowerCase(), value: own === '' ? (lines[at + 1] ?? '') : own }];
  });
  const only = (names: readonly string[], pattern: RegExp): string | undefined => {
    const found = facts.filter(({ name, value }) => names.includes(name) && pattern.test(value));
    return found.length === 1 ? found[0]!.value : undefined;
  };
  const url = only(['request url'], URL);
  const method = only(['request method'], /^[A-Z]{3,7}$/);
  const [, status, reason = ''] = STATUS.exec(only(['status code', 'status'], STATUS) ?? '') ?? [];
  return {
    ...(url !== undefined && { url, ...(method !== undefined && { method }) }),
    ...(status !== undefined && { status: Number(status), reason: reason.trim() }),
  };
}

/**
 * Without the blank lines that a copy of a panel may have between names and values: in a text without first lines, where a
 * section under a heading, or all of it, is names and values in turn.
 */
export function joinedPanels(lines: readonly SourceLine[]): readonly SourceLine[] {
  if (!lines.some(isBlank) || lines.some(({ text }) => startColumn(text) >= 0)) return lines;
  return sectionsOf(lines).flatMap(({ section, isHeaded }) => {
    const full = section.filter((line) => !isBlank(line));
    const isInTurn = areHeaderPairs(full) && (isHeaded || !chunksOf(section).every(areHeaderPairs));
    return isInTurn ? full : section;
  });
}

/** The lines between headings, each with its heading. */
function sectionsOf(lines: readonly SourceLine[]): { section: SourceLine[]; isHeaded: boolean }[] {
  const sections: { section: SourceLine[]; isHeaded: boolean }[] = [{ section: [], isHeaded: false }];
  for (const line of lines) {
    const isHeading = HEADING.test(line.text.trim());
    if (isHeading) sections.push({ section: [], isHeaded: true });
    sections.at(-1)!.section.push(line);
  }
  return sections;
}

/** What stands between blank lines. */
function chunksOf(lines: readonly SourceLine[]): SourceLine[][] {
  const chunks: SourceLine[][] = [[]];
  for (const line of lines) {
    if (!isBlank(line)) chunks.at(-1)!.push(line);
    else if (chunks.at(-1)!.length > 0) chunks.push([]);
  }
  return chunks.filter(({ length }) => length > 0);
}
