import { escapeUnseen } from '../../codec/bytes/escaping.js';
import { alikeCases, alikeText, type AlikeCases } from './alike.js';
import { hasFailed, isTrouble, type CaseReport, type RunReport } from './report.js';

/** GitHub shows ten of a kind in a step. */
const MOST = 10;

/** Workflow commands that GitHub Actions shows as annotations: an error for all that are alike of the required cases that failed, then a sum. */
export function githubCommands({ agent, cases }: RunReport): string {
  const failed = cases.filter(hasFailed);
  const required = cases.filter(isTrouble);
  const known = cases.filter((one) => one.known).length;
  const alike = alikeCases(required);
  const lines = alike.slice(0, MOST - 1).map(errorOf);
  if (alike.length >= MOST) {
    const rest = alike.slice(MOST - 1).flatMap((one) => one.cases.map(({ id }) => id));
    lines.push(`::error title=${property(`${rest.length} more`)}::${data(rest.join(', '))}\n`);
  }
  const missing = cases.filter((one) => one.missing).length;
  if (missing > 0)
    lines.push(`::error title=not run::${data(`${agent}: ${missing} of ${cases.length} cases were not run`)}\n`);
  const others = failed.filter((one) => !one.known && !isTrouble(one)).length;
  const better = required.filter((one) => !hasFailed(one)).length;
  const parts = [
    `${required.length - better} of ${cases.length} cases failed`,
    ...(others > 0 ? [`and ${others} that are not required`] : []),
    ...(known > 0 ? [`and ${known} as expected`] : []),
    ...(better > 0 ? [`and ${better} pinned as failed ${better === 1 ? 'has' : 'have'} not`] : []),
  ];
  const sum = `${agent}: ${parts.join(', ')}`;
  return `${lines.join('')}::notice title=wsinspect check::${data(sum)}\n`;
}

function errorOf(alike: AlikeCases): string {
  const [{ id, title, rfc, expected, actual, command, changed }, ...others] = alike.cases;
  const body = [
    title,
    ...(changed === undefined ? [] : [changed]),
    `expected: ${expected}`,
    `actual: ${actual}`,
    `repeat: ${command}`,
    ...(others.length === 0 ? [] : [`${alikeText(alike)}: ${alike.cases.map((one) => one.id).join(', ')}`]),
  ].map((line) => escapeUnseen(line));
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `::error title=${property(`${id}${more} (${rfc})`)}::${data(body.join('\n'))}\n`;
}

/** Characters that would not be visible as they are, are spelled out; then GitHub's own rules. */
function data(value: string): string {
  return escapeUnseen(value, { newline: 'keep' })
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A');
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** The same for people, in Markdown: GitHub shows it as the summary of a job. */
export function githubSummary(run: RunReport): string {
  const { agent, target, cases } = run;
  const troubles = cases.filter(isTrouble);
  const known = cases.filter((one) => one.known);
  const ran = cases.filter(({ skipped }) => skipped === undefined).length;
  const better = troubles.filter((one) => !hasFailed(one)).length;
  const parts = [
    `${ran} of ${cases.length} cases were run`,
    `${troubles.length - better} failed`,
    ...(known.length > 0 ? [`${known.length} as expected`] : []),
    ...(better > 0 ? [`${better} pinned as failed ${better === 1 ? 'has' : 'have'} not`] : []),
  ];
  const head = `### wsinspect check: ${cell(agent)}\n\n${cell(target)}: ${parts.join(', ')}.\n`;
  if (troubles.length === 0) return `${head}\n`;
  const row = ({ id, rfc, title, actual, changed }: CaseReport): string =>
    `| ${[id, rfc, title, changed ?? actual].map(cell).join(' | ')} |\n`;
  const rows = troubles.slice(0, MOST_ROWS).map(row).join('');
  const rest = troubles.length > MOST_ROWS ? `\n${troubles.length - MOST_ROWS} more\n` : '';
  return `${head}\n| case | section | sent | actual |\n| --- | --- | --- | --- |\n${rows}${rest}\n`;
}

/** A job's summary holds 1 MiB. */
const MOST_ROWS = 500;
const MOST_CELL = 500;

/** Text from a peer, as text: neither Markdown nor HTML, on one line. */
function cell(value: string): string {
  const shown = value.length > MOST_CELL ? `${value.slice(0, MOST_CELL)}…` : value;
  return escapeUnseen(shown)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#!|~@:]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
