import { connectionName } from '../../describe/connection-name.js';
import { count } from '../../codec/bytes/plural.js';
import { mermaidOf } from '../../describe/sequence/mermaid.js';
import { drawSteps, sequenceSvg, STEP_HEIGHT, type SequenceTitles } from '../../describe/sequence/sequence-drawing.js';
import { joinsOf, placesOf, type SequenceStep } from '../../describe/sequence/sequence-step.js';
import { svgText } from '../../describe/sequence/svg-text.js';
import { byId, el } from '../dom.js';
import { visible } from '../format.js';
import { Redraw } from '../redraw.js';
import { MOVES } from '../row-list.js';
import type { SequenceFeed } from './sequence-feed.js';
import { stepOfItems } from './step-of-item.js';
import { svgElement } from './svg-element.js';

/** Connections that the choice offers: the overview reaches all of them. */
const MOST_CHOICES = 500;
/** Steps before and after those in sight, in which answers look for what they answer. */
const AROUND = 60;
/** Browsers draw no element that is higher: of more steps, the first are shown. */
const MOST_STEPS = 250_000;
/** Steps of a file. */
const MOST_EXPORTED = 500;
const EXPORT_WIDTH = 900;
/** Of a step. */
const MOST_PACKETS = 16;

/** A conversation as two lifelines with an arrow for each message. Only the steps in sight are drawn. */
export class SequenceView {
  private readonly only = byId('sq-only', HTMLSelectElement);
  private readonly scroll = byId('sq-scroll', HTMLElement);
  private readonly about = byId('sq-about', HTMLElement);
  private readonly spacer = el('div', { class: 'spacer', 'aria-hidden': 'true' });
  private readonly sight = el('div', { class: 'sight' });
  private rows: ArrayLike<number> = [];
  private selected: number | undefined;
  private readonly redraw: Redraw;
  private isOpen = false;
  /** What is done when the steps of a file are here. */
  private exporting: (() => void) | undefined;

  constructor(
    private readonly feed: SequenceFeed,
    /** The reader wants to see the bytes of a record. */
    private readonly openRow: (row: number, connection: number) => void,
  ) {
    const { scroll } = this;
    scroll.append(this.spacer, this.sight);
    this.redraw = new Redraw(scroll, () => this.draw());
    scroll.addEventListener('scroll', () => this.schedule());
    scroll.addEventListener('keydown', (event) => this.onKey(event));
    scroll.addEventListener('click', (event) => this.choose(rowUnder(event)));
    scroll.addEventListener('dblclick', () => this.openSelected());
    new ResizeObserver(() => this.schedule()).observe(scroll);
    this.only.addEventListener('change', () => this.show(Number(this.only.value)));
    byId('sq-svg', HTMLElement).addEventListener('click', () => this.exported((text) => this.saveSvg(text)));
    byId('sq-mermaid', HTMLElement).addEventListener('click', () => this.exported((texts) => this.saveMermaid(texts)));
    byId('sq-copy', HTMLElement).addEventListener('click', () => this.exported((texts) => this.copyMermaid(texts)));
  }

  /** The panel is seen, or not. */
  set opened(isOpen: boolean) {
    this.isOpen = isOpen;
    if (isOpen) this.grew();
  }

  /** Records came. */
  grew(): void {
    if (!this.isOpen) return;
    const connections = this.feed.connections();
    for (const connection of connections.slice(0, MOST_CHOICES)) this.offer(connection);
    if (this.only.value === '' && connections[0] !== undefined) this.only.value = String(connections[0]);
    this.refresh();
  }

  /** Records that were requested are here. */
  arrived(): void {
    this.schedule();
    this.exporting?.();
  }

  /** That connection, from its beginning. */
  show(connection: number): void {
    this.offer(connection);
    this.only.value = String(connection);
    this.selected = undefined;
    this.scroll.scrollTop = 0;
    this.refresh();
  }

  /** The first rows are gone, and the others have other numbers. */
  dropped(count: number): void {
    if (this.selected !== undefined) this.selected = this.selected < count ? undefined : this.selected - count;
    if (this.isOpen) this.refresh();
  }

  clear(): void {
    this.only.replaceChildren();
    this.selected = undefined;
    this.rows = [];
    this.schedule();
  }

  focus(): void {
    this.scroll.focus({ preventScroll: true });
  }

  private get connection(): number {
    return Number(this.only.value);
  }

  private get length(): number {
    return Math.min(MOST_STEPS, this.rows.length);
  }

  private offer(connection: number): void {
    if (this.only.querySelector(`[value="${connection}"]`) !== null) return;
    const target = visible(this.feed.label(connection)?.target ?? '').slice(0, 40);
    this.only.append(el('option', { value: connection, text: `#${connectionName(connection)} ${target}` }));
  }

  private refresh(): void {
    this.rows = this.only.value === '' ? [] : this.feed.rows(this.connection);
    const { client = 'client', server = 'server' } = this.feed.label(this.connection) ?? {};
    byId('sq-client', HTMLElement).textContent = client === 'client' ? client : `client ${client}`;
    byId('sq-server', HTMLElement).textContent = server === 'server' ? server : `server ${server}`;
    for (const id of ['sq-svg', 'sq-mermaid', 'sq-copy']) byId(id, HTMLButtonElement).disabled = this.length === 0;
    const left = this.rows.length - this.length;
    this.about.textContent = count(this.length, 'step') + (left === 0 ? '' : `; ${left} later ones are not shown`);
    this.schedule();
  }

  private schedule(): void {
    if (this.isOpen) this.redraw.schedule();
  }

  /** Steps `first` to `end`; what is not here is requested. */
  private steps(first: number, end: number): SequenceStep[] {
    const steps: SequenceStep[] = [];
    const missing: number[] = [];
    for (let at = first; at < end; at++) {
      const row = this.rows[at]!;
      const items = [row, ...this.packetsAfter(row)].map((one) => {
        const item = this.feed.item(one);
        if (item === undefined) missing.push(one);
        return item;
      });
      steps.push(stepOfItems(items, row));
    }
    if (missing.length > 0) this.feed.want(missing);
    return steps;
  }

  private packetsAfter(row: number): number[] {
    const rows: number[] = [];
    for (let next = row + 1; rows.length < MOST_PACKETS && this.feed.isPacket(next); next++) rows.push(next);
    return rows;
  }

  private draw(): void {
    const { scroll, length } = this;
    this.spacer.style.height = `${length * STEP_HEIGHT}px`;
    const first = Math.max(0, Math.min(length - 1, Math.floor(scroll.scrollTop / STEP_HEIGHT)));
    const end = Math.min(length, first + Math.ceil(scroll.clientHeight / STEP_HEIGHT) + 1);
    const begin = Math.max(0, first - AROUND);
    const steps = this.steps(begin, Math.min(length, end + AROUND));
    const joins = joinsOf(steps);
    const width = Math.max(280, scroll.clientWidth);
    const layout = { width, start: this.start, selected: this.selected };
    const nodes = drawSteps(steps, joins, placesOf(joins), { first: first - begin, end: end - begin }, layout);
    const height = (end - first) * STEP_HEIGHT;
    const drawing = svgElement({ name: 'svg', attributes: { width, height, class: 'sq' }, children: nodes });
    for (const [i, step] of drawing.querySelectorAll('.sq-step').entries()) {
      this.describe(step, steps[first - begin + i]!, first + i);
    }
    this.sight.replaceChildren(drawing);
    this.sight.style.transform = `translateY(${first * STEP_HEIGHT}px)`;
    const id = this.selected === undefined ? undefined : `sq-${this.selected}`;
    if (id !== undefined && document.getElementById(id) !== null) scroll.setAttribute('aria-activedescendant', id);
    else scroll.removeAttribute('aria-activedescendant');
  }

  /** What it is in words, for whoever does not see it: the sender, what is seen, and what had no room. */
  private describe(element: Element, step: SequenceStep, place: number): void {
    const { row, direction, title, content, answer = '', faults } = step;
    const labels = [...element.querySelectorAll('text')];
    const seen = labels.map((label) => label.textContent).join(' ');
    // Those who read the drawing aloud would read one word.
    for (const label of labels) label.append(' ');
    const unseen = [title, content, answer, ...faults].filter((word) => !seen.includes(word));
    const from = direction === 'unknown' ? '' : `${direction}: `;
    element.id = `sq-${row}`;
    element.setAttribute('role', 'option');
    element.setAttribute('aria-label', [from + seen, ...unseen].join(', '));
    element.setAttribute('aria-selected', String(row === this.selected));
    element.setAttribute('aria-posinset', String(place + 1));
    element.setAttribute('aria-setsize', String(this.length));
  }

  /** Times count from the first record that has one. */
  private get start(): number | undefined {
    for (let at = 0; at < Math.min(this.length, AROUND); at++) {
      const time = this.feed.item(this.rows[at]!)?.time;
      if (time !== undefined) return time;
    }
    return undefined;
  }

  private choose(row: number | undefined): void {
    if (row === undefined) return;
    this.selected = row;
    this.schedule();
  }

  private openSelected(): void {
    if (this.selected !== undefined) this.openRow(this.selected, this.connection);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const move = MOVES[event.key];
    if (move !== undefined) this.move(move);
    else if (event.key === 'Enter') this.openSelected();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Selects the next step, or another one. */
  move(by: number): void {
    const { rows, length, scroll } = this;
    if (length === 0) return;
    const at = this.selected === undefined ? -1 : Array.prototype.indexOf.call(rows, this.selected);
    const to = Math.max(0, Math.min(length - 1, at + by));
    this.selected = rows[to];
    const top = to * STEP_HEIGHT;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (top + STEP_HEIGHT > scroll.scrollTop + scroll.clientHeight)
      scroll.scrollTop = top + STEP_HEIGHT - scroll.clientHeight;
    this.schedule();
  }

  /** From the first step in sight on, where there are more than a file has. */
  private get exportedRange(): { readonly first: number; readonly end: number } {
    const { length, scroll } = this;
    const seen = Math.floor(scroll.scrollTop / STEP_HEIGHT);
    const first = length <= MOST_EXPORTED ? 0 : Math.min(seen, length - MOST_EXPORTED);
    return { first, end: Math.min(length, first + MOST_EXPORTED) };
  }

  /** Calls `use` when all steps of the file are here. */
  private exported(use: (steps: ExportedSteps) => void): void {
    const { first, end } = this.exportedRange;
    const start = this.start;
    this.exporting = () => {
      const steps = this.steps(first, end);
      if (steps.some(({ kind }) => kind === 'waiting')) return;
      this.exporting = undefined;
      const left = this.rows.length - steps.length;
      const note = left === 0 ? '' : `steps ${first + 1} to ${end}: ${left} others of this connection are not shown`;
      use({ steps, start, titles: this.titles(note) });
    };
    this.exporting();
  }

  private titles(left: string): SequenceTitles {
    const { target = '', client = '', server = '' } = this.feed.label(this.connection) ?? {};
    return {
      title: visible(`connection ${connectionName(this.connection)} ${target}`.trim()),
      client: visible(`client ${client}`.trim()),
      server: visible(`server ${server}`.trim()),
      left,
    };
  }

  private saveSvg({ steps, titles, start }: ExportedSteps): void {
    const joins = joinsOf(steps);
    const drawing = sequenceSvg(steps, joins, placesOf(joins), titles, { width: EXPORT_WIDTH, start });
    this.save(svgText(drawing), 'image/svg+xml', 'svg');
  }

  private saveMermaid({ steps, titles }: ExportedSteps): void {
    this.save(mermaidOf(steps, joinsOf(steps), titles), 'text/plain', 'mmd');
  }

  private copyMermaid({ steps, titles }: ExportedSteps): void {
    navigator.clipboard.writeText(mermaidOf(steps, joinsOf(steps), titles)).then(
      () => (this.about.textContent = 'copied'),
      () => (this.about.textContent = 'the browser does not let the page copy: save it instead'),
    );
  }

  private save(text: string, type: string, ending: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    el('a', { href: url, download: `connection-${connectionName(this.connection)}.${ending}` }).click();
    // The browser has begun to read it by then.
    window.setTimeout(() => URL.revokeObjectURL(url), REVOKED);
    this.about.textContent = `saved as connection-${connectionName(this.connection)}.${ending}`;
  }
}

/** Milliseconds. */
const REVOKED = 10_000;

interface ExportedSteps {
  readonly steps: readonly SequenceStep[];
  readonly start: number | undefined;
  readonly titles: SequenceTitles;
}

function rowUnder({ target }: Event): number | undefined {
  const step = (target as Element).closest<SVGElement>('.sq-step');
  return step === null ? undefined : Number(step.dataset['row']);
}
