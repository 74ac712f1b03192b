import { cellAnchor, isFailed, signOf, SIGNS } from './html-model.js';
import type { Model, ReportRow, Sign } from './html-model.js';
import { clipped, markup, lines, Markup } from './html-text.js';
import type { CaseReport } from './report.js';

/** Characters of frames on the page, of one exchange at most and in any event; and of any other text. */
const FRAMES_TOGETHER = 600_000;
const MOST_FRAMES = 20_000;
const LEAST_FRAMES = 400;
const MOST_TEXT = 4000;

/** What some agents have in common. */
interface Outcome {
  readonly sign: Sign;
  readonly one: CaseReport;
  readonly columns: number[];
}

/** The panels: one for each case, seen when it is the target. */
export function caseArticles(model: Model, rows: readonly ReportRow[]): Markup {
  const withFrames = rows.flatMap(({ cells }) => cells).filter((one) => one !== undefined && one.frames !== '').length;
  const room = Math.max(LEAST_FRAMES, Math.min(MOST_FRAMES, Math.floor(FRAMES_TOGETHER / Math.max(1, withFrames))));
  return markup`${rows.map((row) => article(model, row, room))}`;
}

function article(model: Model, row: ReportRow, room: number): Markup {
  const first = row.cells.find((one) => one !== undefined)!;
  const outcomes = outcomesOf(row);
  // Written once where all agree.
  const shared = outcomes.every(({ one }) => one.expected === first.expected) ? first.expected : undefined;
  const expected = shared === undefined ? '' : markup`<dl>${pair('expected', shared)}</dl>`;
  return markup`<article class="case" id="${row.anchor}" aria-label="Case ${row.id}">
    <p class="bar">${steps(model, row)}<a class="shut" href="#at-${row.anchor}">close</a></p>
    <h2>${row.id} <small>${first.level} ${first.rfc}</small></h2>
    <p>${clipped(first.title, MOST_TEXT)}</p>
    ${expected} ${outcomes.map((outcome) => outcomeBlock(model, row, outcome, shared === undefined, room))}
  </article> `;
}

/** From one failed case to the next. */
function steps({ failed }: Model, row: ReportRow): Markup {
  const at = failed.indexOf(row);
  if (at < 0) return markup``;
  const link = (to: ReportRow | undefined, words: string): Markup =>
    to ? markup`<a href="#${to.anchor}">${words} <span>${to.id}</span></a> ` : markup``;
  return markup`${link(failed[at - 1], '← failed before')}${link(failed[at + 1], 'next failed →')}`;
}

function outcomesOf({ cells }: ReportRow): Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const [column, one] of cells.entries()) {
    const sign = signOf(one);
    if (!one || !sign) continue;
    const { behavior, behaviorClose, remoteCloseCode, expected, actual, skipped, changed, frames } = one;
    const text = [expected, actual, skipped, changed, frames];
    const key = JSON.stringify([sign, behavior, behaviorClose, remoteCloseCode, ...text]);
    const same = outcomes.get(key);
    if (same) same.columns.push(column);
    else outcomes.set(key, { sign, one, columns: [column] });
  }
  // Failures first.
  const all = [...outcomes.values()];
  return [...all.filter(({ sign }) => isFailed(sign)), ...all.filter(({ sign }) => !isFailed(sign))];
}

function outcomeBlock(
  { runs, names }: Model,
  row: ReportRow,
  { sign, one, columns }: Outcome,
  showsExpected: boolean,
  room: number,
): Markup {
  const { sign: text, tag } = SIGNS[sign];
  const agents =
    runs.length > 1
      ? markup`<p class="agents">
          ${columns.map((column) => markup`<b id="${cellAnchor(row, column)}">${clipped(names[column]!, 200)}</b> `)}
        </p>`
      : markup`<span id="${cellAnchor(row, 0)}"></span>`;
  const took = columns.map((column) => row.cells[column]!.duration);
  const code = one.remoteCloseCode === undefined ? '' : `close code ${one.remoteCloseCode}`;
  const end = one.skipped === undefined ? markup` <small class="quiet">${code} ${spanOf(took)}</small>` : '';
  const commands = [...new Set(columns.map((column) => clipped(row.cells[column]!.command, MOST_TEXT)))];
  return markup`<div class="outcome">
    <p><b class="m ${tag}" aria-hidden="true">${text}</b> <b>${verdictText(one, sign)}</b>${end}</p>
    ${agents}
    <dl>
      ${one.changed === undefined ? '' : pair('changed', one.changed)}
      ${showsExpected ? pair('expected', one.expected) : ''}${pair(one.skipped === undefined ? 'actual' : 'why', one.skipped ?? one.actual)}
    </dl>
    ${framesBlock(one, room)}
    <pre class="repeat">${new Markup(commands.map((command) => markup`${command}`.text).join('\n'))}</pre>
  </div> `;
}

function framesBlock({ frames }: CaseReport, room: number): Markup {
  if (frames === '') return markup``;
  return markup`<pre class="frames" tabindex="0" aria-label="Frames">${lines(clipped(frames, room))}</pre>`;
}

function verdictText({ behavior, behaviorClose, skipped }: CaseReport, sign: Sign): string {
  if (skipped !== undefined) return SIGNS[sign === 'missing' ? sign : 'skipped'].words;
  const verdict = behavior === behaviorClose ? behavior : `${behavior}, close ${behaviorClose}`;
  if (sign === 'known') return `${verdict} (as expected)`;
  return sign === 'reported' ? `${verdict} (not required)` : verdict;
}

function pair(term: string, text: string): Markup {
  return markup`<dt>${term}</dt>
    <dd>${clipped(text, MOST_TEXT)}</dd>`;
}

function spanOf(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0]!, sorted.at(-1)!].map((one) => `${one.toFixed(2)} s`);
  return least === most ? `in ${least}` : `in ${least} to ${most}`;
}
