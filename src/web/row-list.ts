import { makeCurrent } from './dom.js';
import type { Item } from './items.js';
import { rowView, titleRow } from './row-view.js';

/** Rows that are kept; the oldest go first. */
const MOST_ROWS = 2000;
/** How near to its end a list has to be to follow what is new: pixels. */
const NEAR_END = 40;

/** A list of records, a row each. New rows are inserted together, once per frame of the screen. */
export class RowList {
  private readonly items = new WeakMap<Element, Item>();
  private waiting: Item[] = [];
  private scheduled = false;
  private isPaused = false;
  private selected: HTMLElement | null = null;
  /** The row that Tab reaches. */
  private current: HTMLElement | null = null;
  private readonly titles = titleRow();
  private shows: (item: Item) => boolean = () => true;

  constructor(
    private readonly list: HTMLElement,
    private readonly select: (item: Item) => void,
    /** The reader opens what was selected. */
    private readonly enter: () => void,
  ) {
    list.replaceChildren(this.titles);
    list.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('.row');
      if (row !== null) this.choose(row);
    });
    list.addEventListener('keydown', (event) => this.onKey(event));
  }

  add(item: Item): void {
    this.waiting.push(item);
    // A page in the background draws nothing: what would be thrown away at once is not kept.
    if (this.waiting.length > 2 * MOST_ROWS) this.waiting = this.waiting.slice(-MOST_ROWS);
    this.schedule();
  }

  /** What comes meanwhile is kept, and shown when the list continues. */
  get paused(): boolean {
    return this.isPaused;
  }
  set paused(paused: boolean) {
    this.isPaused = paused;
    if (this.waiting.length > 0) this.schedule();
  }

  clear(): void {
    this.waiting = [];
    this.selected = null;
    this.current = null;
    this.list.replaceChildren(this.titles);
  }

  focus(): void {
    this.current?.focus();
  }

  /** Only what `shows` lets through. */
  filter(shows: (item: Item) => boolean): void {
    this.shows = shows;
    for (const row of this.rows()) row.hidden = !shows(this.items.get(row)!);
    this.findCurrent();
  }

  selectFirst(): void {
    this.draw();
    const [first] = this.rows();
    if (first !== undefined) this.choose(first, false);
  }

  private schedule(): void {
    if (this.scheduled || this.isPaused) return;
    this.scheduled = true;
    requestAnimationFrame(() => this.draw());
  }

  private rows(): HTMLElement[] {
    return [...this.list.children].slice(1) as HTMLElement[];
  }

  private draw(): void {
    this.scheduled = false;
    const { list } = this;
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
    const rows = this.waiting.slice(-MOST_ROWS).map((item) => this.rowOf(item));
    this.waiting = [];
    for (const row of rows) list.append(row);
    for (let over = list.childElementCount - 1 - MOST_ROWS; over > 0; over--) list.children[1]!.remove();
    if (this.selected?.isConnected !== true) this.selected = null;
    this.findCurrent();
    if (follows) list.scrollTop = list.scrollHeight;
  }

  /** Tab has to reach one row that is seen: the selected one, else the last. */
  private findCurrent(): void {
    const { current } = this;
    if (current?.isConnected === true && !current.hidden && current === this.selected) return;
    let last = this.list.lastElementChild as HTMLElement | null;
    while (last?.hidden === true) last = last.previousElementSibling as HTMLElement | null;
    if (last !== null && last !== this.titles) this.setCurrent(last);
  }

  private setCurrent(row: HTMLElement): void {
    makeCurrent(row, this.current);
    this.current = row;
  }

  private rowOf(item: Item): HTMLElement {
    const row = rowView(item);
    row.hidden = !this.shows(item);
    this.items.set(row, item);
    return row;
  }

  private choose(row: HTMLElement, focuses = true): void {
    this.selected?.setAttribute('aria-selected', 'false');
    this.setCurrent(row);
    row.setAttribute('aria-selected', 'true');
    this.selected = row;
    if (focuses) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    this.select(this.items.get(row)!);
  }

  private onKey(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    const row = (event.target as Element).closest<HTMLElement>('.row');
    if (row === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ' || event.key === 'ArrowRight') {
      event.preventDefault();
      this.choose(row);
      if (event.key !== ' ') this.enter();
      return;
    }
    if (move === undefined) return;
    event.preventDefault();
    const rows = this.rows().filter(({ hidden }) => !hidden);
    const at = rows.indexOf(row);
    const to = rows[Math.max(0, Math.min(rows.length - 1, at + move))];
    if (to !== undefined) this.choose(to);
  }
}

/** How far a key moves. */
export const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  j: 1,
  k: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};
