import type { ChangeKind, OutcomeChange } from './compare.js';
import { htmlPage } from './html-page.js';
import { clipped, markup, type Markup } from './html-text.js';

/** The signs of the other pages, for what became of a case. */
const KINDS: Readonly<Record<ChangeKind, { readonly sign: string; readonly tag: string; readonly head: string }>> = {
  broken: { sign: 'F', tag: 'f', head: 'Broken: it passed before' },
  fixed: { sign: '.', tag: 'o', head: 'Fixed: it passes now' },
  changed: { sign: 'n', tag: 'n', head: 'Another verdict, as good or bad as before' },
  added: { sign: '+', tag: 'i', head: 'Only in the second result' },
  removed: { sign: '-', tag: 's', head: 'Only in the first result' },
};
const KIND_NAMES = Object.keys(KINDS) as ChangeKind[];

/** What two results are called, and which cases they have. */
export interface ComparedResults {
  readonly before: string;
  readonly after: string;
  /** What is done in a case, by its id; undefined: it is not known. */
  titleOf(this: void, id: string): string | undefined;
}

/** What differs between two results, the broken cases first. */
export function htmlComparison(changes: readonly OutcomeChange[], results: ComparedResults): string {
  const counts = KIND_NAMES.map((kind) => [kind, changes.filter((one) => one.kind === kind)] as const);
  const [[, broken] = ['broken', []]] = counts;
  const { before, after } = results;
  const numbers = counts.map(([kind, list]) => markup`<li>${mark(kind)} <span>${list.length} ${kind}</span></li>`);
  const tables = counts.map(([kind, list]) => (list.length === 0 ? markup`` : table(kind, list, results)));
  return htmlPage({
    title: `WebSocket conformance: ${before} and ${after}`,
    headline: headlineOf(changes.length, broken.length),
    isGood: broken.length === 0,
    main: markup`<section class="cards" aria-label="Summary">
        <article class="card ${broken.length > 0 ? 'bad' : 'good'}">
          <h2>Two results</h2>
          <p>before: <code>${clipped(before, 500)}</code></p>
          <p>after: <code>${clipped(after, 500)}</code></p>
          <ul class="counts">
            ${numbers}
          </ul>
        </article>
      </section>
      ${tables}`,
  });
}

function headlineOf(changes: number, broken: number): string {
  if (changes === 0) return 'no verdict has changed';
  if (broken > 0) return `${broken} ${broken === 1 ? 'case is' : 'cases are'} broken`;
  return `${changes} ${changes === 1 ? 'verdict has' : 'verdicts have'} changed, none is broken`;
}

function mark(kind: ChangeKind): Markup {
  const { sign, tag } = KINDS[kind];
  return markup`<b class="m ${tag}" aria-hidden="true">${sign}</b>`;
}

function table(kind: ChangeKind, changes: readonly OutcomeChange[], { titleOf }: ComparedResults): Markup {
  const rows = changes.map(
    ({ id, before = '-', after = '-' }) =>
      markup`<tr>
        <th scope="row">${mark(kind)} ${clipped(id, 200)} <small>${clipped(titleOf(id) ?? '', 300)}</small></th>
        <td>${clipped(before, 200)}</td>
        <td>${clipped(after, 200)}</td>
      </tr> `,
  );
  return markup`<section>
    <h2>${KINDS[kind].head} <span class="quiet">${changes.length}</span></h2>
    <div class="fits">
      <table>
        <thead>
          <tr>
            <th scope="col">Case</th>
            <th scope="col">before</th>
            <th scope="col">after</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section> `;
}
