import { describe, expect, it } from 'vitest';
import { alikeCases, alikeText } from '../../src/conformance/reports/alike.js';
import { autobahnFiles } from '../../src/conformance/reports/autobahn.js';
import { compareOutcomes } from '../../src/conformance/reports/compare.js';
import { githubCommands, githubSummary } from '../../src/conformance/reports/github.js';
import { htmlComparison } from '../../src/conformance/reports/html-compare.js';
import { htmlReport } from '../../src/conformance/reports/html.js';
import { junitXml } from '../../src/conformance/reports/junit.js';
import { deviations, expectationFile, readOutcomes } from '../../src/conformance/reports/outcomes.js';
import { countsOf, type CaseReport, type RunReport } from '../../src/conformance/reports/report.js';
import { tapText } from '../../src/conformance/reports/tap.js';

/** What may come from a peer, and what would break a format that is not careful. */
const HOSTILE = 'a "q" \'s\' <b> & ]]> </script> %0A ::error:: # TODO \\ \0 \x1b[31m \r\n second, line: \ud800 é';

function one(id: string, more: Partial<CaseReport> = {}): CaseReport {
  const verdict = { behavior: 'OK', behaviorClose: 'OK', passed: true, required: true } as const;
  const words = { rfc: 'RFC 6455 §5', title: 'A title', expected: 'this', actual: 'that', command: 'run', frames: '' };
  return { id, level: 'MUST', duration: 0.0125, ...words, ...verdict, ...more };
}

const failed = { behavior: 'FAILED', passed: false } as const;
const CASES = [
  one('1.1.1'),
  one('2.1', { ...failed, actual: HOSTILE, title: HOSTILE, expected: HOSTILE, frames: HOSTILE, command: HOSTILE }),
  one('6.4.1', { behavior: 'NON-STRICT' }),
  one('frames.x', { ...failed, level: 'SHOULD', required: false, remoteCloseCode: 1002 }),
  one('deflate.y', { skipped: HOSTILE, passed: false, behavior: 'UNIMPLEMENTED', behaviorClose: 'UNIMPLEMENTED' }),
];
const RUN: RunReport = {
  ...{ peer: 'server', agent: 'me & <you>', target: 'ws://x/', startedAt: 1e9, duration: 2, seed: 1, version: '0.1.0' },
  cases: CASES,
};

/** The least of XML: tags that nest, attributes, text and entities; gives the names of the elements. */
function elements(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const token = /<\?xml[^>]*\?>|<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>|[^<]+/gy;
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(xml);
    if (!found) throw new Error(`no XML at ${xml.slice(at, at + 40)}`);
    const [text, closing, name, , empty] = found;
    expect(text.replace(/&(amp|lt|gt|quot|#10);/g, '')).not.toContain('&');
    if (name === undefined) continue;
    if (closing) expect(open.pop()).toBe(name);
    else {
      names.push(name);
      if (!empty) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return names;
}

describe('counts', () => {
  it('distinguish skipped and not required cases', () => {
    expect(countsOf(CASES)).toEqual({
      ...{ cases: 5, skipped: 1, failed: 2, requiredFailed: 1, missing: 0 },
      behaviors: { OK: 1, 'NON-STRICT': 1, FAILED: 2 },
      closeBehaviors: { OK: 4 },
    });
  });
});

describe('JUnit', () => {
  const xml = junitXml([RUN]);
  it('is well-formed, whatever came', () => {
    const names = elements(xml);
    expect(names.filter((name) => name === 'testcase')).toHaveLength(5);
    expect(names.filter((name) => name === 'testsuite')).toHaveLength(5);
    expect(names.filter((name) => name === 'failure')).toHaveLength(1);
    expect(names.filter((name) => name === 'skipped')).toHaveLength(1);
    // eslint-disable-next-line no-control-regex
    expect(xml).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f]/);
  });
  it('counts in each suite what is in it', () => {
    expect(xml).toContain('<testsuite name="me &amp; &lt;you&gt;.2" tests="1" failures="1" errors="0" skipped="0"');
    expect(xml).toContain('<testsuite name="me &amp; &lt;you&gt;.frames" tests="1" failures="0"');
  });
});

describe('TAP', () => {
  const lines = tapText(RUN).split('\n');
  it('has a plan and a point for each case, and nothing breaks a line', () => {
    expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..5']);
    const points = lines.filter((line) => /^(not )?ok /.test(line));
    expect(points.map((line) => line.slice(0, 8).trim())).toEqual([
      'ok 1 - 1',
      'not ok 2',
      'ok 3 - 6',
      'not ok 4',
      'ok 5 - d',
    ]);
    expect(points[1]).not.toMatch(/ # TODO/);
    expect(points[3]).toMatch(/ # TODO not required$/);
    expect(points[4]).toMatch(/ # SKIP /);
    for (const line of lines.slice(2)) expect(line).toMatch(/^((not )?ok \d| {2}(---|\.\.\.|[a-zA-Z]+: ".*")$|$)/);
  });
});

describe('GitHub', () => {
  it('has one line a command, for required failures only, and a sum', () => {
    const lines = githubCommands(RUN).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^::error title=2\.1 \(RFC 6455 §5\)::/);
    expect(lines[0]).toContain('%250A ::error::');
    expect(lines[1]).toBe(
      '::notice title=wsinspect check::me & <you>: 1 of 5 cases failed, and 1 that are not required',
    );
  });
  it('names what is too much for single lines', () => {
    const cases = Array.from({ length: 30 }, (_, i) => one(`1.${i}`, { ...failed, actual: `another ${i}` }));
    const lines = githubCommands({ ...RUN, cases })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[9]).toMatch(/^::error title=21 more::1\.9, 1\.10, /);
  });
});

describe('cases that are alike', () => {
  const invalid = { ...failed, fault: 'invalid UTF-8 is accepted' };
  const cases = [
    one('6.3.1', { ...invalid, actual: 'text a came' }),
    one('1.1', { ...failed, actual: 'nothing came' }),
    one('6.3.2', { ...invalid, actual: 'text b came' }),
    one('6.4.1', { ...invalid, behaviorClose: 'FAILED' }),
    one('7.5.1', invalid),
  ];
  it('are of one group, with one verdict and one kind of fault', () => {
    expect(alikeCases(cases).map(alikeText)).toEqual([
      'group 6: invalid UTF-8 is accepted, 2 cases',
      'group 1: nothing came, 1 case',
      'group 6: invalid UTF-8 is accepted, 1 case',
      'group 7: invalid UTF-8 is accepted, 1 case',
    ]);
  });
  it('are one annotation on GitHub, with all ids', () => {
    const lines = githubCommands({ ...RUN, cases })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(
      /^::error title=6\.3\.1 and 1 more \(RFC 6455 §5\)::.*%0Agroup 6: .*, 2 cases: 6\.3\.1, 6\.3\.2$/,
    );
  });
});

describe("Autobahn's files", () => {
  const files = autobahnFiles([RUN]);
  it('are an index, and a file for each case that ran, under a safe name', () => {
    expect(files.map(({ name }) => name)).toEqual([
      'index.json',
      ...['1_1_1', '2_1', '6_4_1', 'frames_x'].map((id) => `me____you__case_${id}.json`),
    ]);
    const index = JSON.parse(files[0]!.text) as Record<string, Record<string, object>>;
    expect(index['me & <you>']!['frames.x']).toEqual({
      ...{ behavior: 'FAILED', behaviorClose: 'OK', remoteCloseCode: 1002, duration: 13 },
      reportfile: 'me____you__case_frames_x.json',
    });
    for (const { text } of files) JSON.parse(text);
  });
  it('never leave their folder', () => {
    const [, file] = autobahnFiles([{ ...RUN, agent: '../../../etc/x\0' }]);
    expect(file!.name).toMatch(/^[a-z0-9_]+\.json$/);
    expect(autobahnFiles([{ ...RUN, agent: 'x'.repeat(500) }])[1]!.name.length).toBeLessThan(200);
  });
});

describe('results read back', () => {
  const outcomes = (text: string): Record<string, Record<string, unknown>> | string => {
    const read = readOutcomes(text);
    if ('problem' in read) return read.problem;
    return Object.fromEntries([...read.agents].map(([agent, cases]) => [agent, Object.fromEntries(cases)]));
  };
  it.each<[string, string, object | string]>([
    ['a flat file', '{"1.1":"FAILED"}', { '': { '1.1': { behavior: 'FAILED' } } }],
    [
      'with both verdicts',
      '{"1.1":{"behavior":"OK","behaviorClose":"UNCLEAN"}}',
      { '': { '1.1': { behavior: 'OK', behaviorClose: 'UNCLEAN' } } },
    ],
    [
      "the suite's index",
      '{"me":{"1.1":{"behavior":"OK","behaviorClose":"OK","duration":2}}}',
      { me: { '1.1': { behavior: 'OK', behaviorClose: 'OK' } } },
    ],
    [
      'records',
      '{"type":"case","agent":"a","id":"1.1","verdict":"OK"}\n{"type":"summary"}\n',
      { a: { '1.1': { behavior: 'OK' } } },
    ],
    ['skipped records', '{"type":"case","agent":"a","id":"1.1","verdict":"OK","skipped":"x"}\n', {}],
    ['nothing', '', 'it is neither --json records nor a JSON object'],
    ['a list', '[1]', 'it is neither --json records nor a JSON object'],
    ['a number for a case', '{"me":{"1.1":3}}', 'case "1.1" has no behavior'],
    ['a broken line', '{"type":"case","id":"1","verdict":"OK"}\n{', 'line 2 is no JSON object'],
    ['__proto__', '{"__proto__":"OK"}', { '': { ['__proto__']: { behavior: 'OK' } } }],
  ])('%s', (_, text, expected) => expect(outcomes(text)).toEqual(expected));

  it('are what was written', () => {
    const map = new Map([
      ['1', { behavior: 'OK', behaviorClose: 'OK' }],
      ['2', { behavior: 'FAILED', behaviorClose: 'OK' }],
    ]);
    expect(outcomes(expectationFile(map))).toEqual({ '': { '2': { behavior: 'FAILED', behaviorClose: 'OK' } } });
  });
});

describe('deviations', () => {
  const map = (entries: Record<string, string>): Map<string, { behavior: string }> =>
    new Map(Object.entries(entries).map(([id, behavior]) => [id, { behavior }]));
  it('are changes either way, and faults that are not pinned', () => {
    const pinned = map({ a: 'FAILED', b: 'NON-STRICT', c: 'FAILED', gone: 'FAILED' });
    const came = map({ a: 'FAILED', b: 'OK', c: 'OK', d: 'FAILED', e: 'FAILED', f: 'OK' });
    expect(deviations(pinned, came, (id) => id === 'd')).toEqual([
      { id: 'b', expected: 'NON-STRICT', actual: 'OK' },
      { id: 'c', expected: 'FAILED', actual: 'OK' },
      { id: 'd', expected: 'a pass', actual: 'FAILED' },
    ]);
  });
  it('say what became of each case', () => {
    const changes = compareOutcomes(
      map({ a: 'OK', b: 'FAILED', c: 'OK', d: 'OK' }),
      map({ a: 'FAILED', b: 'OK', c: 'NON-STRICT', e: 'OK' }),
    );
    expect(changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'broken a',
      'fixed b',
      'changed c',
      'removed d',
      'added e',
    ]);
  });
});

describe('two results on a page', () => {
  const results = { before: 'a<b>', after: 'b', titleOf: (id: string) => (id === '1.1' ? 'A text <1>' : undefined) };
  it('has what differs, the broken cases first, and no HTML of a file', () => {
    const page = htmlComparison(
      [
        { kind: 'fixed', id: '1.2', before: 'FAILED', after: 'OK' },
        { kind: 'broken', id: '1.1', before: 'OK', after: 'FAILED' },
        { kind: 'added', id: '<x>', after: 'OK' },
      ],
      results,
    );
    expect(page).toContain('<title>1 case is broken · ');
    expect(page.indexOf('1.1 <small>A text &lt;1&gt;')).toBeLessThan(page.indexOf('1.2 <small>'));
    expect(page).toContain('<td>-</td><td>OK</td>');
    expect(page).not.toMatch(/<b>b|<x>/);
  });
  it('says so where nothing differs', () => {
    expect(htmlComparison([], results)).toContain('<span class="verdict good">no verdict has changed</span>');
  });
});

describe('what is known and what has changed', () => {
  const cases = [
    one('1.1', { ...failed, known: true }),
    one('1.2', { changed: 'expected was FAILED, it is OK' }),
    one('1.3', failed),
    one('1.4', { behavior: 'UNIMPLEMENTED', actual: 'no deflate' }),
  ];
  it('is no failure, and one, in JUnit; what is not implemented is skipped', () => {
    const xml = junitXml([{ ...RUN, cases }]);
    expect(xml).toContain('tests="4" failures="2" errors="0" skipped="2"');
    expect(xml).toMatch(/name="1\.1 [^>]*><skipped message="known: that"/);
    expect(xml).toMatch(/name="1\.2 [^>]*>\s*<failure message="expected was FAILED, it is OK"/);
    expect(xml).toMatch(/name="1\.4 [^>]*><skipped message="no deflate"/);
  });
  it('is a TODO, and a failure, in TAP', () => {
    const points = tapText({ ...RUN, cases })
      .split('\n')
      .filter((line) => /^(not )?ok /.test(line));
    expect(points).toEqual([
      expect.stringMatching(/^not ok 1 - 1\.1 .* # TODO known to fail/),
      expect.stringMatching(/^not ok 2 - 1\.2 [^#]*$/),
      expect.stringMatching(/^not ok 3 - 1\.3 [^#]*$/),
      expect.stringMatching(/^ok 4 - 1\.4 [^#]*$/),
    ]);
    expect(tapText({ ...RUN, cases })).toContain('  changed: "expected was FAILED, it is OK"\n');
  });
  it('is muted, and the headline, on the page', () => {
    const page = htmlReport([{ ...RUN, cases }]);
    expect(page).toContain('<title>1 verdict is not as expected · ');
    expect(page).toMatch(/class="m u" href="#case-1\.1" title="1\.1 failed, as expected"/);
    expect(page).toMatch(/class="m f" href="#case-1\.2" title="1\.2 not as expected"/);
    expect(page).toContain('<dt>changed</dt><dd>expected was FAILED, it is OK</dd>');
    const known = htmlReport([{ ...RUN, cases: cases.slice(0, 1) }]);
    expect(known).toContain('<title>no required case failed · ');
    expect(known).toContain('class="card good"');
  });
  it('is annotated where it has changed, either way', () => {
    const lines = githubCommands({ ...RUN, cases })
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => /title=(\S+)/.exec(line)?.[1])).toEqual(['1.2', '1.3', 'wsinspect']);
    expect(lines[2]).toContain('1 of 4 cases failed, and 1 as expected, and 1 pinned as failed has not');
  });
  it('is a table in Markdown, and no Markdown of a peer', () => {
    const summary = githubSummary({ ...RUN, cases: [...cases, CASES[1]!] });
    expect(summary).toContain('2 failed, 1 as expected, 1 pinned as failed has not');
    const rows = summary.split('\n').filter((line) => /^\| \d/.test(line));
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.split('|')).toHaveLength(6);
    expect(summary).not.toMatch(/<(?!\/?$)/);
  });
});
