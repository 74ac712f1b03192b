import { escapeUnseen } from '../../codec/bytes/escaping.js';
import { countsOf, groupOf, hasFailed, isTrouble, type CaseReport, type RunReport } from './report.js';

/** JUnit XML: a suite for each group of cases. What is not required and failed is reported in `system-out`, not as a failure. */
export function junitXml(runs: readonly RunReport[]): string {
  const suites = runs.flatMap((run) => [...grouped(run.cases)].map(([group, cases]) => suite(run, group, cases)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="wsinspect check">\n${suites.join('')}</testsuites>\n`;
}

function grouped(cases: readonly CaseReport[]): Map<string, CaseReport[]> {
  const groups = new Map<string, CaseReport[]>();
  for (const one of cases) {
    const group = groupOf(one.id);
    const members = groups.get(group);
    if (members) members.push(one);
    else groups.set(group, [one]);
  }
  return groups;
}

function suite({ agent, startedAt }: RunReport, group: string, cases: readonly CaseReport[]): string {
  const { skipped, missing } = countsOf(cases);
  const failures = cases.filter(isTrouble).length;
  const passedOver = cases.filter((one) => !isTrouble(one) && (isUnimplemented(one) || one.known)).length;
  const left = skipped - missing - cases.filter((one) => one.skipped !== undefined && isTrouble(one)).length;
  const time = cases.reduce((sum, { duration }) => sum + duration, 0);
  const head = {
    name: `${agent}.${group}`,
    tests: cases.length,
    failures,
    errors: missing,
    skipped: left + passedOver,
    time: time.toFixed(3),
    timestamp: new Date(startedAt * 1000).toISOString().slice(0, 19),
  };
  return `  <testsuite${attributes(head)}>\n${cases.map((one) => testcase(agent, one)).join('')}  </testsuite>\n`;
}

function testcase(agent: string, one: CaseReport): string {
  const { id, title, duration, skipped, behavior, behaviorClose, required } = one;
  const head = attributes({ name: `${id} ${title}`, classname: `${agent}.${groupOf(id)}`, time: duration.toFixed(3) });
  if (one.missing)
    return `    <testcase${head}><error${attributes({ message: skipped!, type: 'not run' })}/></testcase>\n`;
  if (one.changed !== undefined) {
    const failure = attributes({ message: one.changed, type: `${behavior}/${behaviorClose}` });
    return `    <testcase${head}>\n      <failure${failure}>${text(detailsOf(one))}</failure>\n    </testcase>\n`;
  }
  if (one.known)
    return `    <testcase${head}><skipped${attributes({ message: `known: ${one.actual}` })}/></testcase>\n`;
  if (skipped !== undefined) return `    <testcase${head}><skipped${attributes({ message: skipped })}/></testcase>\n`;
  if (isUnimplemented(one)) return `    <testcase${head}><skipped${attributes({ message: one.actual })}/></testcase>\n`;
  const details = text(detailsOf(one));
  if (hasFailed(one) && required) {
    const message = attributes({ message: one.actual, type: `${behavior}/${behaviorClose}` });
    return `    <testcase${head}>\n      <failure${message}>${details}</failure>\n    </testcase>\n`;
  }
  if (behavior === 'OK' && behaviorClose === 'OK') return `    <testcase${head}/>\n`;
  return `    <testcase${head}>\n      <system-out>${details}</system-out>\n    </testcase>\n`;
}

/** The peer lacks the feature of the case: the case proves nothing about it. */
function isUnimplemented({ behavior, passed, skipped }: CaseReport): boolean {
  return skipped === undefined && passed && behavior === 'UNIMPLEMENTED';
}

/** The facts of a case for the user, in lines. */
export function detailsOf({
  behavior,
  behaviorClose,
  level,
  rfc,
  expected,
  actual,
  command,
  frames,
}: CaseReport): string {
  const verdict = behavior === behaviorClose ? behavior : `${behavior}, close ${behaviorClose}`;
  const lines = [`${verdict} (${level} ${rfc})`, `expected: ${expected}`, `actual: ${actual}`, `repeat: ${command}`];
  return `${lines.map((line) => escapeUnseen(line)).join('\n')}\n${frames}`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${text(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** XML 1.0 excludes most control characters, escaped or not (§2.2), and half a surrogate pair: they are spelled out. */
function text(value: string): string {
  return escapeUnseen(value, { newline: 'keep' })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
