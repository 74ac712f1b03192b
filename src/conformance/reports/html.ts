import { caseArticles } from './html-case.js';
import { BAD_SIGNS, cellAnchor, isFailed, modelOf, SIGN_NAMES, signOf, SIGNS, tally } from './html-model.js';
import type { HtmlRun, ReportGroup, Model, ReportRow, Sign } from './html-model.js';
import { htmlPage } from './html-page.js';
import { clipped, markup, type Markup } from './html-text.js';

/** More columns than this scroll in a box of their own. */
const FEW_AGENTS = 6;
/** Failed ids on one card. */
const MOST_CHIPS = 60;

/** One page without scripts that fetches nothing: a summary, the failed cases, the matrix, and a panel for each case. */
export function htmlReport(runs: readonly HtmlRun[]): string {
  const model = modelOf(runs);
  const rows = model.groups.flatMap((group) => group.rows);
  const title = runs.length === 1 ? `WebSocket conformance: ${model.names[0]!}` : 'WebSocket conformance';
  return htmlPage({
    title,
    headline: headlineOf(model),
    isGood: isGood(model),
    main: markup`<section class="cards" aria-label="Summary">${model.runs.map((_, column) => card(model, column))}</section>
      ${failedList(model)} ${matrix(model, rows)}`,
    panels: markup`${caseArticles(model, rows)}`,
  });
}

function isGood(model: Model): boolean {
  return hasTested(model) && !model.failed.some(({ worst }) => worst !== 'reported');
}

function hasTested({ runs }: Model): boolean {
  return runs.some(({ cases }) => cases.some(({ skipped }) => skipped === undefined));
}

function headlineOf(model: Model): string {
  if (!hasTested(model)) return 'nothing was tested';
  const count = (sign: Sign): number => model.failed.filter(({ worst }) => worst === sign).length;
  const [required, changed, missing] = [count('failed'), count('changed'), count('missing')];
  if (changed > 0) return `${changed} ${changed === 1 ? 'verdict is' : 'verdicts are'} not as expected`;
  if (required > 0) return `${required} required ${required === 1 ? 'case' : 'cases'} failed`;
  if (missing > 0) return `${missing} ${missing === 1 ? 'case was' : 'cases were'} not run`;
  return 'no required case failed';
}

function mark(sign: Sign): Markup {
  return markup`<b class="m ${SIGNS[sign].tag}" aria-hidden="true">${SIGNS[sign].sign}</b>`;
}

/** One agent in numbers, with what it failed. */
function card(model: Model, column: number): Markup {
  const { target, startedAt, duration, seed, version, agent } = model.runs[column]!;
  const rows = model.groups.flatMap((group) => group.rows);
  const counts = tally(rows.map(({ cells }) => cells[column]));
  const failures = model.failed.filter(({ cells }) => isFailed(signOf(cells[column])));
  const numbers = SIGN_NAMES.filter((sign) => counts.has(sign)).map(
    (sign) => markup`<li>${mark(sign)} <span>${counts.get(sign)!} ${SIGNS[sign].words}</span></li>`,
  );
  const chips = failures.slice(0, MOST_CHIPS).map((row) => {
    const sign = signOf(row.cells[column])!;
    return markup`<a class="chip ${SIGNS[sign].tag}" href="#${cellAnchor(row, column)}">${row.id}</a> `;
  });
  const more = failures.length - chips.length;
  const isBad = failures.some(({ cells }) => signOf(cells[column]) !== 'reported');
  return markup`<article class="card ${isBad ? 'bad' : 'good'}">
    <h2>${clipped(model.names[column]!, 200)}</h2>
    <p class="quiet">
      ${agent === target ? '' : markup`<code>${clipped(target, 500)}</code> · `}
      ${timeOf(startedAt)} · ${secondsOf(duration)} · seed ${seed} · wsinspect ${version}
    </p>
    <ul class="counts">
      ${numbers}
    </ul>
    ${
      chips.length > 0
        ? markup`<p class="chips">${chips}${more > 0 ? markup`<span>and ${more} more below</span>` : ''}</p>`
        : markup`<p class="quiet">No case failed.</p>`
    }
  </article> `;
}

const HEADS: Readonly<Record<(typeof BAD_SIGNS)[number], string>> = {
  failed: 'Failed',
  changed: 'Not as expected',
  missing: 'Not run',
  reported: 'Failed, but not required',
};

/** Every failed case on a line of its own, before anything that passed. */
function failedList(model: Model): Markup {
  const { failed } = model;
  if (failed.length === 0) return markup``;
  const part = (sign: Sign, head: string): Markup => {
    const rows = failed.filter(({ worst }) => worst === sign);
    if (rows.length === 0) return markup``;
    const items = rows.map((row) => failedItem(model, row, sign));
    return markup`<section>
      <h2>${head} <span class="quiet">${rows.length}</span></h2>
      <ul class="failed">
        ${items}
      </ul>
    </section> `;
  };
  return markup`${BAD_SIGNS.map((sign) => part(sign, HEADS[sign]))}`;
}

function failedItem({ runs, names }: Model, row: ReportRow, sign: Sign): Markup {
  const at = row.cells.findIndex((one) => signOf(one) === sign);
  const one = row.cells[at]!;
  const who = names.filter((_, column) => isFailed(signOf(row.cells[column])));
  const agents =
    runs.length > 1 ? markup`<em>${who.length} of ${runs.length}: ${clipped(who.join(', '), 400)}</em>` : '';
  return markup`<li>
    <a href="#${runs.length > 1 ? cellAnchor(row, at) : row.anchor}"
      >${mark(sign)}<strong>${row.id}</strong
      ><span>${clipped(one.title, 300)}<small>${clipped(one.changed ?? one.actual, 300)}</small>${agents}</span></a
    >
  </li> `;
}

function matrix(model: Model, rows: readonly ReportRow[]): Markup {
  if (rows.length === 0) return markup`<p>There are no cases.</p>`;
  const signs = tally(rows.flatMap(({ cells }) => cells));
  const legend = SIGN_NAMES.filter((sign) => signs.has(sign)).map(
    (sign) => markup`<li>${mark(sign)} ${SIGNS[sign].words}</li>`,
  );
  const jumps = model.groups.map((group) => {
    const count = group.rows.filter(({ worst }) => isFailed(worst)).length;
    const failures = count > 0 ? markup` <b class="count">${count} F</b>` : '';
    return markup`<a href="#${group.anchor}">${group.name}${failures}</a> `;
  });
  const filter =
    model.failed.length > 0 && model.failed.length < rows.length
      ? markup`<label class="only"><input type="checkbox" id="only" /> only failed</label>`
      : '';
  return markup`<section>
    <h2 id="matrix">All cases <span class="quiet">${rows.length}</span></h2>
    <ul class="counts legend">
      ${legend}
    </ul>
    <nav aria-label="Groups" class="jumps">${jumps}${filter}</nav>
    ${model.runs.length === 1 ? grid(model) : table(model)}
  </section>`;
}

function groupTitle({ name, words }: ReportGroup): Markup {
  return markup`${name}${words === '' ? '' : markup` <span>${words}</span>`}`;
}

/** For one agent: a sign is enough, the rest is one link away. */
function grid({ groups }: Model): Markup {
  const parts = groups.map((group) => {
    const signs = group.rows.map((row) => {
      const { sign, tag, words } = SIGNS[row.worst];
      const name = `${row.id} ${words}`;
      return markup`<li class="${isFailed(row.worst) ? 'bad' : 'p'}">
        <a id="at-${row.anchor}" class="m ${tag}" href="#${row.anchor}" title="${name}" aria-label="${name}">${sign}</a>
      </li>`;
    });
    const count = group.rows.filter(({ worst }) => isFailed(worst)).length;
    const counted = markup`${count > 0 ? markup`<b class="count">${count} F</b> of ` : ''}${group.rows.length}`;
    return markup`<div class="group ${count > 0 ? 'bad' : 'p'}" id="${group.anchor}">
      <h3>${groupTitle(group)} <small>${counted}</small></h3>
      <ol>
        ${signs}
      </ol>
    </div> `;
  });
  return markup`<div class="grid">${parts}</div>`;
}

/** For several agents: a row a case, a column an agent. */
function table({ groups, names, runs }: Model): Markup {
  const heads = names.map((name) => markup`<th scope="col"><span title="${name}">${clipped(name, 120)}</span></th>`);
  const parts = groups.map((group) => {
    const counts = runs.map((_, column) => {
      const count = group.rows.filter(({ cells }) => isFailed(signOf(cells[column]))).length;
      return markup`<td>${count > 0 ? markup`<b class="count">${count} F</b>` : ''}</td>`;
    });
    const bad = group.rows.some(({ worst }) => isFailed(worst));
    return markup`<tbody id="${group.anchor}">
      <tr class="g${bad ? '' : ' p'}">
        <th scope="rowgroup">${groupTitle(group)}</th>
        ${counts}
      </tr>
      ${group.rows.map(tableRow)}
    </tbody> `;
  });
  const box = runs.length > FEW_AGENTS ? 'wide' : 'fits';
  return markup`<div class="${box}">
    <table>
      <thead>
        <tr>
          <th scope="col">Case</th>
          ${heads}
        </tr>
      </thead>
      ${parts}
    </table>
  </div>`;
}

function tableRow(row: ReportRow): Markup {
  const cells = row.cells.map((one, column) => {
    const sign = signOf(one);
    if (!sign) return markup`<td></td>`;
    const { sign: text, tag, words } = SIGNS[sign];
    return markup`<td>
      <a class="m ${tag}" href="#${cellAnchor(row, column)}" aria-label="${row.id} ${words}">${text}</a>
    </td>`;
  });
  const title = row.cells.find((one) => one !== undefined)!.title;
  return markup`<tr id="at-${row.anchor}" ${isFailed(row.worst) ? '' : markup` class="p"`}>
    <th scope="row"><a href="#${row.anchor}">${row.id}</a> <small>${clipped(title, 200)}</small></th>
    ${cells}
  </tr> `;
}

function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? 'at an unknown time'
    : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function secondsOf(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
