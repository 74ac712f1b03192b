import { focusGrid } from '../frame/byte-grid.js';
import { byId, el, refill } from '../dom.js';
import { count } from '../../codec/bytes/plural.js';
import { itemView } from '../item-view.js';
import type { Item } from '../items.js';
import { RowList } from '../row-list.js';

/** Connections that the choice offers; the oldest go first. */
const MOST_CHOICES = 100;

/** The live list of frames and handshakes, and what is known of the one that is selected. */
export class RecordPanel {
  private readonly detail = byId('detail', HTMLElement);
  private readonly only = byId('only', HTMLSelectElement);
  private readonly counted = byId('counted', HTMLElement);
  private readonly empty = byId('rows-empty', HTMLElement);
  private readonly list = new RowList(
    byId('rows', HTMLElement),
    (item) => this.show(item),
    () => focusGrid(this.detail),
  );
  private readonly nothing = [...this.detail.childNodes];
  private frames = 0;
  private span: { readonly from: number; readonly to: number } | undefined;

  constructor() {
    this.only.addEventListener('change', () => this.filter());
    byId('clear', HTMLButtonElement).addEventListener('click', () => this.clear());
    this.detail.addEventListener('keydown', ({ key }) => key === 'Escape' && this.list.focus());
    const pause = byId('pause', HTMLButtonElement);
    pause.addEventListener('click', () => {
      this.list.paused = !this.list.paused;
      pause.setAttribute('aria-pressed', String(this.list.paused));
      pause.textContent = this.list.paused ? 'Go on' : 'Pause';
    });
  }

  add(item: Item): void {
    this.list.add(item);
    this.empty.hidden = true;
    if (item.kind === 'frame') this.showCount(this.frames + 1);
    if (item.kind === 'handshake') this.offer(item.connection, item.request?.line.split(' ')[1] ?? '');
  }

  clear(): void {
    this.list.clear();
    this.empty.hidden = false;
    this.showCount(0);
    refill(this.detail, this.nothing);
  }

  /** Another run of the server: its connections count from 0 again. */
  startOver(): void {
    this.only.replaceChildren(this.only.options[0]!);
    this.filter();
    this.clear();
  }

  /** Only that connection. */
  choose(connection: number): void {
    this.offer(connection, '');
    this.only.value = String(connection);
    this.filter();
  }

  /** Only what happened in that span; undefined: at any time. */
  limit(span: { readonly from: number; readonly to: number } | undefined): void {
    this.span = span;
    this.filter();
  }

  private show(item: Item): void {
    this.detail.replaceChildren(itemView(item));
    this.detail.scrollTop = 0;
  }

  private showCount(frames: number): void {
    this.frames = frames;
    this.counted.textContent = frames === 0 ? 'nothing yet' : count(frames, 'frame');
  }

  private offer(connection: number, target: string): void {
    if (this.only.querySelector(`[value="${connection}"]`) !== null) return;
    this.only.append(el('option', { value: connection, text: `#${connection} ${target.slice(0, 40)}` }));
    if (this.only.options.length <= MOST_CHOICES) return;
    const oldest = [...this.only.options].find(({ value, selected }) => value !== '' && !selected);
    oldest?.remove();
  }

  private filter(): void {
    const { value } = this.only;
    const { from = -Infinity, to = Infinity } = this.span ?? {};
    const isIn = ({ time = NaN }: Item): boolean => this.span === undefined || (time >= from && time <= to);
    this.list.filter((item) => (value === '' || String(item.connection) === value) && isIn(item));
  }
}
