import { el, narrowScreen } from '../dom.js';
import type { Item } from '../items.js';
import { Redraw } from '../redraw.js';
import { MOVES } from '../row-list.js';
import type { RowSource } from './row-source.js';
import { rowView, titleRow } from '../row-view.js';

/** Browsers draw no element that is higher than some 17 million pixels: of more rows, the scroll bar moves over several at a time. */
const MOST_HEIGHT = 12_000_000;
const ROW_HEIGHT = 26;
const ROW_HEIGHT_NARROW = 32;
/** How near to its end a list of live rows has to be to follow what is new: pixels. */
const NEAR_END = 40;

/** A list of any number of rows, of which only those in sight are elements. */
export class WindowList {
  /** The rows that are listed, in their order; undefined: all of them. */
  private rows: Uint32Array | undefined;
  private readonly spacer = el('div', { class: 'spacer', 'aria-hidden': 'true' });
  private readonly sight = el('div', { class: 'sight', role: 'rowgroup' });
  private readonly redraw: Redraw;
  /** The row that is selected. */
  private selected: number | undefined;
  private isShown = false;
  /** The last row stays in sight as rows come. */
  private follows: boolean;
  private readonly narrow = narrowScreen();
  private hasDays = false;

  constructor(
    private readonly list: HTMLElement,
    private readonly source: RowSource,
    private readonly select: (item: Item, row: number) => void,
    /** The reader opens what was selected. */
    private readonly enter: () => void,
  ) {
    this.follows = source.isLive;
    list.classList.add('windowed');
    list.tabIndex = 0;
    list.replaceChildren(el('div', { role: 'rowgroup' }, titleRow()), this.spacer, this.sight);
    this.redraw = new Redraw(list, () => this.draw());
    list.addEventListener('scroll', () => this.scrolled());
    list.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('.row');
      if (row !== null) this.choose(Number(row.dataset['row']));
    });
    list.addEventListener('keydown', (event) => this.onKey(event));
    this.narrow.addEventListener('change', () => this.schedule());
    new ResizeObserver(() => this.schedule()).observe(list);
    source.arrived = () => this.arrive();
  }

  get count(): number {
    return this.rows?.length ?? this.source.columns.length;
  }

  /** Lists these rows; undefined: all. The selected one stays in sight, if it is among them. */
  show(rows: Uint32Array | undefined): void {
    this.rows = rows;
    const place = this.selected === undefined ? -1 : this.placeOf(this.selected);
    if (place >= 0) this.reveal(place);
    else if (!this.follows) this.list.scrollTop = 0;
    this.schedule();
  }

  /** Rows came: what is in sight stays there, or the end. */
  grew(rows: Uint32Array | undefined): void {
    this.rows = rows;
    this.schedule();
  }

  /** The times of the rows are of several days: each is shown with its day. */
  setDays(hasDays: boolean): void {
    if (hasDays === this.hasDays) return;
    this.hasDays = hasDays;
    this.list.parentElement?.toggleAttribute('data-days', hasDays);
    this.schedule();
  }

  /** The first rows went, and the others have other numbers; `show` follows. */
  dropped(count: number): void {
    if (this.selected !== undefined) this.selected = this.selected < count ? undefined : this.selected - count;
  }

  /** Nothing is selected any more. */
  deselect(): void {
    this.selected = undefined;
  }

  schedule(): void {
    this.redraw.schedule();
  }

  focus(): void {
    this.list.focus({ preventScroll: true });
  }

  /** Selects a row, and brings it in sight. False: it is not listed. */
  choose(row: number): boolean {
    const place = this.placeOf(row);
    if (place < 0) return false;
    this.selected = row;
    this.isShown = false;
    this.reveal(place);
    this.draw();
    this.arrive();
    return true;
  }

  move(by: number): void {
    const { count } = this;
    if (count === 0) return;
    const place = this.selected === undefined ? -1 : this.placeOf(this.selected);
    const near = this.follows ? count - 1 : 0;
    const to = place < 0 && Math.abs(by) !== Infinity ? near : Math.max(0, Math.min(count - 1, place + by));
    this.choose(this.rowAt(to));
  }

  private scrolled(): void {
    this.noteFollowing();
    this.schedule();
  }

  private noteFollowing(): void {
    const { list } = this;
    if (!this.source.isLive || list.clientHeight === 0) return;
    this.follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  }

  private get rowHeight(): number {
    return this.narrow.matches ? ROW_HEIGHT_NARROW : ROW_HEIGHT;
  }

  private rowAt(place: number): number {
    return this.rows?.[place] ?? place;
  }

  private placeOf(row: number): number {
    const { rows } = this;
    if (rows === undefined) return row < this.source.columns.length ? row : -1;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows[middle]! < row) low = middle + 1;
      else high = middle;
    }
    return rows[low] === row ? low : -1;
  }

  /** Pixels of all rows for each pixel that is scrolled. */
  private get scale(): number {
    const whole = this.count * this.rowHeight;
    const { clientHeight } = this.list;
    return whole <= MOST_HEIGHT ? 1 : (whole - clientHeight) / (MOST_HEIGHT - clientHeight);
  }

  private reveal(place: number): void {
    const { list, rowHeight, scale } = this;
    this.setHeight();
    const top = place * rowHeight;
    const from = list.scrollTop * scale;
    if (top < from) list.scrollTop = top / scale;
    else if (top + rowHeight > from + list.clientHeight) list.scrollTop = (top + rowHeight - list.clientHeight) / scale;
    else return;
    this.noteFollowing();
  }

  private setHeight(): void {
    this.spacer.style.height = `${Math.min(MOST_HEIGHT, this.count * this.rowHeight)}px`;
  }

  private draw(): void {
    const { list, rowHeight, source, count } = this;
    this.setHeight();
    if (this.follows) list.scrollTop = list.scrollHeight;
    const top = list.scrollTop * this.scale;
    const first = Math.max(0, Math.min(count - 1, Math.floor(top / rowHeight)));
    const last = Math.min(count, first + Math.ceil(list.clientHeight / rowHeight) + 1);
    const shown: number[] = [];
    for (let place = first; place < last; place++) shown.push(this.rowAt(place));
    list.setAttribute('aria-rowcount', String(count + 1));
    source.want(shown);
    this.sight.replaceChildren();
    for (const [i, row] of shown.entries()) this.sight.append(this.elementOf(row, first + i));
    this.sight.style.transform = `translateY(${list.scrollTop - (top - first * rowHeight)}px)`;
    const active = this.selected !== undefined && shown.includes(this.selected);
    if (active) list.setAttribute('aria-activedescendant', `${list.id}-${this.selected}`);
    else list.removeAttribute('aria-activedescendant');
  }

  private elementOf(row: number, place: number): HTMLElement {
    const item = this.source.item(row);
    const element =
      item === undefined
        ? el('div', { class: 'row waiting', role: 'row' }, el('span', { role: 'gridcell', text: '…' }))
        : rowView(item, this.hasDays);
    element.id = `${this.list.id}-${row}`;
    element.dataset['row'] = String(row);
    element.removeAttribute('tabindex');
    element.setAttribute('aria-selected', String(row === this.selected));
    element.setAttribute('aria-rowindex', String(place + 2));
    return element;
  }

  /** Records came: of rows in sight, or of the one that was selected. */
  private arrive(): void {
    this.schedule();
    const { selected } = this;
    if (selected === undefined || this.isShown) return;
    const item = this.source.item(selected);
    if (item === undefined) return;
    this.isShown = true;
    this.select(item, selected);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const move = MOVES[event.key];
    if (move !== undefined) this.move(move);
    else if ((event.key === 'Enter' || event.key === 'ArrowRight') && this.selected !== undefined) this.enter();
    else return;
    event.preventDefault();
    // `j` and `k` are keys of the page too.
    event.stopPropagation();
  }
}
