import { connectionName } from '../../describe/connection-name.js';
import { count } from '../../codec/bytes/plural.js';
import { PAGE_PREVIEW } from '../../describe/timeline/page-preview.js';
import { LaneSorter } from '../../describe/timeline/lane-sorter.js';
import type { LaneTable } from '../../describe/timeline/lanes.js';
import {
  criteriaOf,
  filteredRows,
  rowsBetween,
  rowsInBoth,
  type RowCriteria,
  type WrongWord,
} from '../../describe/timeline/row-filter.js';
import { ROW_KIND } from '../../describe/timeline/row-columns.js';
import { Detail } from '../detail.js';
import { byId, el } from '../dom.js';
import { dayText } from '../format.js';
import type { RowSource } from './row-source.js';
import { WindowList } from './window-list.js';

/** Connections that the choice offers, of live traffic the last ones: the overview and the filter reach all of them. */
const MOST_CHOICES = 500;

/** The list of the rows of live traffic, a file or a report, its filter, and what is known of the row that is selected. */
export class FeedPanel {
  private readonly detail = new Detail(byId('detail', HTMLElement), () => this.list.focus());
  private readonly only = byId('only', HTMLSelectElement);
  private readonly words = byId('filter', HTMLInputElement);
  private readonly counted = byId('counted', HTMLElement);
  private readonly empty = byId('rows-empty', HTMLElement);
  private readonly pause = byId('pause', HTMLButtonElement);
  private readonly list: WindowList;
  private readonly sorter: LaneSorter;
  private lanes: LaneTable;
  /** Rows that were looked at for the lanes. */
  private seen = -1;
  private hadEnds = true;
  private criteria: RowCriteria = {};
  /** Connections of the choice. */
  private readonly offered = new Set<number>();
  private span: { readonly from: number; readonly to: number } | undefined;
  private wrong: WrongWord | undefined;
  /** Rows before this one were cleared away. */
  private cleared = 0;
  /** Rows from this one on came while the list was paused; undefined: it is not. */
  private pausedAt: number | undefined;
  /** What `grep` has found so far; undefined: nothing is searched. */
  private found: { rows: Uint32Array; isDone: boolean } | undefined;
  /** Rows that were looked at for payloads of which the page has the first bytes only; and whether there is one. */
  private measured = 0;
  private hasLong = false;
  /** What is shown, for the address of the page. */
  onShown: (row: number, connection: number | undefined) => void = () => undefined;

  constructor(private readonly source: RowSource) {
    this.sorter = new LaneSorter(source.columns);
    this.lanes = this.sorter.table();
    this.list = new WindowList(
      byId('rows', HTMLElement),
      source,
      (item, row) => {
        this.detail.show(item);
        this.onShown(source.numberOf(row), item.connection);
      },
      () => this.detail.focus(),
    );
    const clear = byId('clear', HTMLButtonElement);
    this.empty.hidden = this.pause.hidden = clear.hidden = !source.isLive;
    this.pause.addEventListener('click', () => this.setPaused(this.pausedAt === undefined));
    clear.addEventListener('click', () => this.clear());
    this.words.hidden = false;
    this.words.addEventListener('input', () => this.read());
    this.words.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      // The browser would clear the filter.
      event.preventDefault();
      this.list.focus();
    });
    this.only.addEventListener('change', () => this.show());
  }

  /** The lanes of all rows so far: made again where that helps, as it takes a moment with a million of them. */
  lanesNow(isDone: boolean): LaneTable {
    const { isLive, columns, hasEnds } = this.source;
    if (hasEnds !== this.hadEnds) this.seen = -1;
    const { length } = columns;
    if (length !== this.seen && (isDone || isLive || length > 1.2 * this.seen)) {
      this.lanes = this.sorter.table(hasEnds);
      this.hadEnds = hasEnds;
      this.seen = length;
    }
    return this.lanes;
  }

  private forgetLanes(): void {
    this.sorter.forget();
    this.seen = -1;
  }

  private lookForLong(): void {
    const { length, kinds, sizes, ratios } = this.source.columns;
    for (let at = this.measured; at < length && !this.hasLong; at++) {
      const isMessage = kinds[at]! < ROW_KIND.handshake || kinds[at] === ROW_KIND.packet;
      this.hasLong = isMessage && sizes[at]! * Math.max(1, ratios[at]! || 1) > PAGE_PREVIEW;
    }
    this.measured = length;
  }

  /** Rows came. */
  grew(isDone: boolean): void {
    this.lookForLong();
    const { first, last } = this.lanesNow(isDone);
    this.list.setDays(dayText(first) !== dayText(last));
    this.offer();
    this.list.grew(this.listed());
    this.showCount();
  }

  /** The first rows are gone. */
  dropped(count: number): void {
    this.forgetLanes();
    this.cleared = Math.max(0, this.cleared - count);
    this.measured = Math.max(0, this.measured - count);
    if (this.pausedAt !== undefined) this.pausedAt = Math.max(0, this.pausedAt - count);
    this.list.dropped(count);
    this.lanesNow(true);
    this.read();
  }

  /** Another run of the server: its connections count from 0 again. */
  startOver(): void {
    for (const option of [...this.only.options].slice(1)) option.remove();
    this.offered.clear();
    this.forgetLanes();
    this.cleared = this.measured = 0;
    this.hasLong = false;
    this.pausedAt &&= 0;
    this.lanesNow(true);
    this.forget();
  }

  /** There are rows of that connection. */
  knows(connection: number): boolean {
    return this.lanes.all.some((lane) => lane.connection === connection);
  }

  /** Only one connection; undefined: all of them. */
  choose(connection: number | undefined): void {
    const value = connection === undefined ? '' : String(connection);
    if (connection !== undefined) this.addChoice(connection);
    this.only.value = value;
    this.show();
  }

  /** Only what happened in that span; undefined: at any time. */
  limit(span: { readonly from: number; readonly to: number } | undefined): void {
    this.span = span;
    this.show();
  }

  /** False: there is no such row. What leaves it out is taken away. */
  select(row: number): boolean {
    if (row < 0 || row >= this.source.columns.length) return false;
    if (this.list.choose(row)) return true;
    this.only.value = this.words.value = '';
    this.span = undefined;
    this.cleared = 0;
    this.read();
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

  /** Rows that came so far are not listed any more. */
  private clear(): void {
    this.cleared = this.source.columns.length;
    if (this.pausedAt !== undefined) this.pausedAt = this.cleared;
    this.forget();
  }

  private forget(): void {
    this.list.deselect();
    this.detail.clear();
    this.read();
  }

  /** What comes meanwhile is kept, and listed when the list continues. */
  private setPaused(isPaused: boolean): void {
    this.pausedAt = isPaused ? this.source.columns.length : undefined;
    this.pause.setAttribute('aria-pressed', String(isPaused));
    this.pause.textContent = isPaused ? 'Go on' : 'Pause';
    this.list.grew(this.listed());
    this.showCount();
  }

  private offer(): void {
    const { all } = this.lanes;
    const { only, source } = this;
    const offered = source.isLive ? all.slice(-MOST_CHOICES) : all.slice(0, MOST_CHOICES);
    for (const { connection } of offered) this.addChoice(connection);
    while (only.options.length > 2 * MOST_CHOICES) {
      const oldest = [...only.options].find(({ value, selected }) => value !== '' && !selected)!;
      this.offered.delete(Number(oldest.value));
      oldest.remove();
    }
  }

  private addChoice(connection: number): void {
    if (this.offered.has(connection)) return;
    this.offered.add(connection);
    const target = this.source.labels.get(connection)?.target ?? '';
    this.only.append(
      el('option', { value: connection, text: `#${connectionName(connection)} ${target.slice(0, 40)}` }),
    );
  }

  private read(): void {
    const criteria = criteriaOf(this.words.value);
    this.wrong = 'wrong' in criteria ? criteria : undefined;
    this.words.setAttribute('aria-invalid', String(this.wrong !== undefined));
    if ('wrong' in criteria) return this.showCount();
    this.criteria = criteria;
    this.found = undefined;
    if (criteria.grep !== undefined) this.search(criteria.grep);
    this.show();
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
      this.show();
    });
  }

  private show(): void {
    this.list.show(this.listed());
    this.showCount();
  }

  /** The rows that all that is chosen lets through; undefined: all. */
  private listed(): Uint32Array | undefined {
    const { value } = this.only;
    const connection = Number(value);
    const chosen = value === '' ? {} : { connections: [{ low: connection, high: connection }] };
    const criteria = { ...this.criteria, ...this.span, ...chosen };
    const { source, found } = this;
    const rows = filteredRows(source.columns, criteria, this.lanes.all, (number) => source.labels.get(number));
    const both = found === undefined ? rows : rows === undefined ? found.rows : rowsInBoth(found.rows, rows);
    return this.isBounded ? rowsBetween(both, this.cleared, this.end) : both;
  }

  private get isBounded(): boolean {
    return this.cleared > 0 || this.pausedAt !== undefined;
  }

  private get end(): number {
    return this.pausedAt ?? this.source.columns.length;
  }

  private showCount(): void {
    const length = this.end - this.cleared;
    this.empty.hidden = !this.source.isLive || length > 0;
    const { count: shown } = this.list;
    const words = shown === length ? count(length, 'record') : `${shown} of ${count(length, 'record')}`;
    const searching = this.found?.isDone === false ? '; searching …' : '';
    const span = this.span === undefined ? '' : '; only the span that is marked in the overview';
    const isCut = this.found !== undefined && this.hasLong;
    const searched = isCut ? `; payloads are searched in their first ${PAGE_PREVIEW} bytes` : '';
    const waiting = this.source.columns.length - this.end;
    const paused = waiting === 0 ? '' : `; ${waiting} more since the pause`;
    const { wrong, why } = this.wrong ?? {};
    const reason = why === undefined ? '' : `. ${why}`;
    this.counted.textContent =
      wrong === undefined
        ? words + searching + searched + span + paused
        : `${words}; not understood: ${wrong}${reason}`;
    this.counted.classList.toggle('wrong', this.wrong !== undefined);
  }
}
