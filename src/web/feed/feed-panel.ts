import { count } from '../../codec/bytes/plural.js';
import { lanesOf, type LaneTable } from '../../describe/timeline/lanes.js';
import { criteriaOf, filteredRows, rowsInBoth, type RowCriteria } from '../../describe/timeline/row-filter.js';
import { focusGrid } from '../frame/byte-grid.js';
import { byId, el } from '../dom.js';
import { itemView } from '../item-view.js';
import type { RowSource } from './row-source.js';
import { WindowList } from './window-list.js';

/** Connections that the choice offers: the overview and the filter reach all of them. */
const MOST_CHOICES = 500;

/** The list of the rows of a file or a report, its filter, and what is known of the row that is selected. */
export class FeedPanel {
  private readonly detail = byId('detail', HTMLElement);
  private readonly only = byId('only', HTMLSelectElement);
  private readonly words = byId('filter', HTMLInputElement);
  private readonly counted = byId('counted', HTMLElement);
  private readonly list: WindowList;
  private lanes: LaneTable;
  /** Rows that were looked at for the lanes. */
  private seen = -1;
  private criteria: RowCriteria = {};
  private span: { readonly from: number; readonly to: number } | undefined;
  private wrong: string | undefined;
  /** What `grep` has found so far; undefined: nothing is searched. */
  private found: { rows: Uint32Array; isDone: boolean } | undefined;
  /** What is shown, for the address of the page. */
  onShown: (row: number, connection: number | undefined) => void = () => undefined;

  constructor(private readonly source: RowSource) {
    this.lanes = lanesOf(source.columns);
    this.list = new WindowList(
      byId('rows', HTMLElement),
      source,
      (item, row) => {
        this.detail.replaceChildren(itemView(item));
        this.detail.scrollTop = 0;
        this.onShown(row, item.connection);
      },
      () => focusGrid(this.detail),
    );
    byId('rows-empty', HTMLElement).hidden = true;
    for (const id of ['pause', 'clear']) byId(id, HTMLElement).hidden = true;
    this.words.hidden = false;
    this.words.addEventListener('input', () => this.read());
    this.words.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      // The browser would clear the filter.
      event.preventDefault();
      this.list.focus();
    });
    this.only.addEventListener('change', () => this.apply());
    this.detail.addEventListener('keydown', ({ key }) => key === 'Escape' && this.list.focus());
  }

  /** The lanes of all rows so far: made again where that helps, as it takes a moment with a million of them. */
  lanesNow(isDone: boolean): LaneTable {
    const { length } = this.source.columns;
    if (length !== this.seen && (isDone || length > 1.2 * this.seen)) {
      this.lanes = lanesOf(this.source.columns);
      this.seen = length;
    }
    return this.lanes;
  }

  /** Rows came. */
  grew(isDone: boolean): void {
    this.lanesNow(isDone);
    this.offer();
    this.apply();
  }

  /** There are rows of that connection. */
  knows(connection: number): boolean {
    return this.lanes.all.some((lane) => lane.connection === connection);
  }

  /** Only one connection; undefined: all of them. */
  choose(connection: number | undefined): void {
    const value = connection === undefined ? '' : String(connection);
    if (connection !== undefined && this.only.querySelector(`[value="${value}"]`) === null) this.addChoice(connection);
    this.only.value = value;
    this.apply();
  }

  /** Only what happened in that span; undefined: at any time. */
  limit(span: { readonly from: number; readonly to: number } | undefined): void {
    this.span = span;
    this.apply();
  }

  /** False: there is no such row, or the filter leaves it out. */
  select(row: number): boolean {
    return this.list.choose(row);
  }

  move(by: number): void {
    this.list.move(by);
  }

  focus(): void {
    this.list.focus();
  }

  focusFilter(): void {
    this.words.focus();
  }

  private offer(): void {
    const { all } = this.lanes;
    for (let i = this.only.options.length - 1; i < Math.min(all.length, MOST_CHOICES); i++) {
      this.addChoice(all[i]!.connection);
    }
  }

  private addChoice(connection: number): void {
    const target = this.source.labels.get(connection)?.target ?? '';
    this.only.append(el('option', { value: connection, text: `#${connection} ${target.slice(0, 40)}` }));
  }

  private read(): void {
    const criteria = criteriaOf(this.words.value);
    this.wrong = 'wrong' in criteria ? criteria.wrong : undefined;
    this.words.setAttribute('aria-invalid', String(this.wrong !== undefined));
    if ('wrong' in criteria) return this.showCount();
    this.criteria = criteria;
    this.found = undefined;
    if (criteria.grep !== undefined) this.search(criteria.grep);
    this.apply();
  }

  private search(text: string): void {
    const all: number[] = [];
    let own = { rows: new Uint32Array(0), isDone: false };
    this.found = own;
    this.source.search(text, (rows, isDone) => {
      // The filter has other words by now, which need no search.
      if (this.found !== own) return;
      for (const row of rows) all.push(row);
      own = { rows: Uint32Array.from(all), isDone };
      this.found = own;
      this.apply();
    });
  }

  private apply(): void {
    const { value } = this.only;
    const connection = Number(value);
    const chosen = value === '' ? {} : { connections: [{ low: connection, high: connection }] };
    const criteria = { ...this.criteria, ...this.span, ...chosen };
    const { source, found } = this;
    const rows = filteredRows(source.columns, criteria, this.lanes.all, (number) => source.labels.get(number));
    this.list.show(found === undefined ? rows : rows === undefined ? found.rows : rowsInBoth(found.rows, rows));
    this.showCount();
  }

  private showCount(): void {
    const { length } = this.source.columns;
    const { count: shown } = this.list;
    const words = shown === length ? count(length, 'record') : `${shown} of ${count(length, 'record')}`;
    const searching = this.found?.isDone === false ? '; searching …' : '';
    const span = this.span === undefined ? '' : '; only the span that is marked in the overview';
    this.counted.textContent =
      this.wrong === undefined ? words + searching + span : `${words}; not understood: ${this.wrong}`;
    this.counted.classList.toggle('wrong', this.wrong !== undefined);
  }
}
