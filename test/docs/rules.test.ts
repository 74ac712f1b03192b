import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REGENERATE, RULE_GROUPS, rulesDocument } from '../../scripts/rules-doc.js';
import { RULES } from '../../src/rules/catalogue.js';
import type { Rule } from '../../src/rules/rule.js';

const FILE = new URL('../../docs/rules.md', import.meta.url);
const rules = Object.entries<Rule>(RULES);

describe('docs/rules.md', () => {
  it('is what the catalogue gives', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(FILE, rulesDocument());
    expect(readFileSync(FILE, 'utf8'), `out of date: ${REGENERATE}`).toBe(rulesDocument());
  });

  it('has every rule once', () => {
    const grouped = RULE_GROUPS.flatMap((group) => Object.keys(group.rules));
    expect(grouped.toSorted()).toEqual(Object.keys(RULES).toSorted());
  });
});

describe('the words of the catalogue', () => {
  it.each(rules)('%s: one sentence, positive, with a section', (code, { requirement, rfc, message }) => {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(requirement).toMatch(/^[A-Za-z].*\.$/);
    expect(requirement).not.toMatch(/\.\s+[A-Z]/);
    expect(requirement).not.toMatch(/[{}]/);
    expect(rfc).toMatch(/^RFC \d{4} §\d+(\.\d+)*$/);
    expect(message).not.toMatch(/\.$/);
  });

  it('gives close codes for what happens on an open connection only', () => {
    const withCode = RULE_GROUPS.slice(0, 5).flatMap((group) => Object.values(group.rules));
    expect(withCode.filter(({ closeCode }) => closeCode !== undefined)).toEqual([]);
  });
});
