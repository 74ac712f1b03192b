// From the results (`check --json`) to the tables of README.md.
import { readFileSync } from 'node:fs';

const GROUPS = ['known', 'handshake', 'frames', 'closing', 'deflate', 'security', 'h2'];
const VERDICTS = ['OK', 'NON-STRICT', 'INFORMATIONAL', 'UNIMPLEMENTED', 'FAILED'];

/** The cases of one result. */
export function readCases(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith('{"type":"case"') ? [JSON.parse(line)] : []));
}

const groupOf = ({ id }) => (/^\d/.test(id) ? 'known' : id.split(/[-.]/)[0]);

/** A case is counted once: as failed where its messages or its closing failed. */
function verdictOf({ verdict, closeVerdict, passed }) {
  if (passed) return verdict;
  return VERDICTS.includes(verdict) && verdict !== 'OK' && closeVerdict === 'OK' ? verdict : 'FAILED';
}

function cell(cases) {
  if (!cases.length) return '–';
  return VERDICTS.map((verdict) => cases.filter((one) => verdictOf(one) === verdict).length).join(' / ');
}

/** The table: a line for each peer, five counts in each cell. */
export function matrix(results) {
  const head = ['peer', 'version', 'role', ...GROUPS];
  const rows = results.map(({ peer, version, cases }) => [
    peer.name,
    version,
    peer.role,
    ...GROUPS.map((group) => cell(cases.filter((one) => groupOf(one) === group))),
  ]);
  const line = (row) => `| ${row.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

/** The cases of one kind that ended in the same way share a line. */
function kindOf({ id, received }) {
  const known = /^\d+/.exec(id)?.[0];
  return known ? `${known} ${received.split(/[:0-9]/)[0]}` : `${id.split(/[-.]/)[0]} ${received}`;
}

function sentence(cases) {
  const [{ description, received, verdict, closeVerdict }] = cases;
  const closing = verdict === 'FAILED' ? '' : `; the closing: ${closeVerdict}`;
  const ids = cases.map(({ id }) => `\`${id}\``).join(', ');
  return `- ${ids}: ${cases.length > 1 ? '' : `${description}: `}${received}${closing}.`;
}

/** The cases that failed, peer by peer: what was sent, and what came of it. */
export function failures(results) {
  return results
    .map(({ peer, version, cases }) => {
      const groups = new Map();
      for (const one of cases.filter((each) => verdictOf(each) === 'FAILED')) {
        const kind = kindOf(one);
        groups.set(kind, [...(groups.get(kind) ?? []), one]);
      }
      const lines = [...groups.values()].map(sentence);
      return [`### ${peer.name} ${version}`, '', ...(lines.length ? lines : ['Nothing failed.']), ''].join('\n');
    })
    .join('\n');
}
