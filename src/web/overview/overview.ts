import { count } from '../../codec/bytes/plural.js';
import { density } from '../../describe/timeline/bins.js';
import {
  LANE_ORDERS,
  sortedLanes,
  type LaneOrder,
  type LaneTable,
  type TimeLane,
} from '../../describe/timeline/lanes.js';
import type { RowColumns } from '../../describe/timeline/row-columns.js';
import { secondsText } from '../../describe/timeline/ticks.js';
import { byId, refill } from '../dom.js';
import { momentText } from '../format.js';
import { BinnedLanes } from './binned-lanes.js';
import { AXIS_HEIGHT, drawAxis, drawDensity, drawLanes, drawStrip, type LaneDrawing } from './overview-draw.js';
import { InkProbe, type Inks } from './overview-ink.js';
import { Gestures } from './overview-gestures.js';
import { setUpKeys } from './overview-keys.js';
import { densityTable, lanesTable } from './overview-table.js';
import { LaneRaster } from './lane-raster.js';
import { laneSize } from './lane-size.js';
import { penOf } from './overview-pen.js';
import { laneWords, summaryWords } from './overview-words.js';
import { between, isWhole, panned, wholeView, zoomed, type AxisView } from './overview-view.js';
import { Redraw } from '../redraw.js';
import type { LaneLabel } from '../feed/row-source.js';

/** What is drawn. */
export interface OverviewFeed {
  readonly columns: RowColumns;
  readonly labels: ReadonlyMap<number, LaneLabel>;
  lanes(): LaneTable;
}

export interface OverviewTaker {
  /** The reader wants the list of that connection. */
  opened(connection: number): void;
  /** The reader wants its messages as arrows. */
  drawn(connection: number): void;
  /** One is selected, or none. */
  selected(lane: TimeLane | undefined): void;
  /** Only what happened in that span is listed; undefined: all. */
  limited(span: AxisView | undefined): void;
}

const LABEL_WIDTH = 190;
const LABEL_WIDTH_NARROW = 96;
/** Rows of the tables. */
const MOST_TABLE = 200;
const DENSITY_ROWS = 20;
/** What the colours of the style sheet depend on. */
const COLOUR_FEATURES = [
  '(prefers-color-scheme: dark)',
  '(prefers-contrast: more)',
  '(forced-colors: active)',
] as const;

/** Milliseconds. */
const REST = 120;

/** A lane for each connection on one time axis. Only the lanes in sight are drawn, each in as many steps as it has pixels. */
export class Overview {
  private readonly scroll = byId('ov-scroll', HTMLElement);
  private readonly spacer = byId('ov-spacer', HTMLElement);
  private readonly canvas = byId('ov-canvas', HTMLCanvasElement);
  private readonly strip = byId('ov-strip', HTMLCanvasElement);
  private readonly about = byId('ov-about', HTMLElement);
  private readonly tables = byId('ov-tables', HTMLElement);
  private readonly order = byId('ov-order', HTMLSelectElement);
  private readonly listed = byId('ov-list', HTMLButtonElement);
  private readonly sequenced = byId('ov-sequence', HTMLButtonElement);
  private readonly probe = new InkProbe(byId('overview', HTMLElement));
  private inks: Inks | undefined;
  private table: LaneTable = { all: [], order: new Uint32Array(0), generation: 0, first: NaN, last: NaN };
  private lanes: TimeLane[] = [];
  private size = laneSize(0, 0);
  private whole: AxisView = { from: 0, to: 1 };
  /** Undefined: the whole. */
  private view: AxisView | undefined;
  private selected: number | undefined;
  private counts: Uint32Array = new Uint32Array(0);
  private image:
    | { readonly counts: Uint32Array; readonly inks: Inks; readonly height: number; readonly canvas: HTMLCanvasElement }
    | undefined;
  private scheduled = false;
  private readonly fillTables = new Redraw(this.tables, () => this.drawTables());
  private readonly binned = new BinnedLanes();
  private readonly raster = new LaneRaster();
  private resting: number | undefined;
  private isOpen = false;
  private isStale = true;

  constructor(
    private readonly feed: OverviewFeed,
    private readonly taker: OverviewTaker,
  ) {
    for (const name of LANE_ORDERS) this.order.append(new Option(name, name));
    this.order.value = 'trouble';
    this.order.addEventListener('change', () => this.grew());
    this.listed.addEventListener('click', () => this.openSelected());
    this.sequenced.addEventListener('click', () => this.selected !== undefined && this.taker.drawn(this.selected));
    byId('ov-in', HTMLElement).addEventListener('click', () => this.zoom(0.5));
    byId('ov-out', HTMLElement).addEventListener('click', () => this.zoom(2));
    byId('ov-all', HTMLElement).addEventListener('click', () => this.look(undefined));
    byId('ov-as-table', HTMLElement).addEventListener('click', () => this.toggleTables());
    this.tables.addEventListener('click', ({ target }) => {
      const { connection } = (target as HTMLElement).dataset;
      if (connection !== undefined) this.taker.opened(Number(connection));
    });
    this.scroll.addEventListener('scroll', () => this.schedule());
    new ResizeObserver(() => this.grew()).observe(this.scroll);
    for (const feature of COLOUR_FEATURES)
      matchMedia(feature).addEventListener('change', () => {
        this.inks = undefined;
        this.schedule();
      });
    setUpKeys(this.canvas, {
      isAwake: () => this.isOpen && this.tables.hidden !== false,
      pan: (share) => this.look(panned(this.shown, this.whole, share * this.seconds)),
      move: (by) => this.moveBy(by),
      zoom: (factor) => this.zoom(factor),
      all: () => this.look(undefined),
      open: () => this.openSelected(),
    });
    new Gestures(this.canvas, {
      pan: (pixels) => this.look(panned(this.shown, this.whole, (-pixels * this.seconds) / this.width)),
      zoom: (factor, at) => this.look(zoomed(this.shown, this.whole, factor, this.timeAt(at))),
      point: (at, y) => this.describe(this.laneAt(y), at),
      pick: (_, y) => this.select(this.laneAt(y)),
      open: (_, y) => {
        this.select(this.laneAt(y));
        this.openSelected();
      },
    });
    this.brush();
  }

  /** The panel is seen, or not. */
  set opened(isOpen: boolean) {
    this.isOpen = isOpen;
    if (isOpen && this.isStale) this.grew();
  }

  /** Rows came, or the room for them changed. */
  grew(): void {
    this.isStale = true;
    if (!this.isOpen) return;
    this.isStale = false;
    const table = this.feed.lanes();
    if (table === this.table) this.binned.forgetView();
    else this.binned.forget(table);
    this.table = table;
    this.lanes = sortedLanes(this.table.all, this.order.value as LaneOrder);
    const { first, last } = this.table;
    this.whole = wholeView(first, last);
    this.counts = density(this.feed.columns, { ...this.whole, width: Math.max(1, this.width) });
    this.size = laneSize(this.lanes.length, this.scroll.clientHeight - AXIS_HEIGHT);
    this.spacer.style.height = `${this.lanes.length * this.size.height + AXIS_HEIGHT}px`;
    if (this.selected === undefined) this.about.textContent = this.summary();
    this.fillTables.schedule();
    this.schedule();
  }

  /** The first lane in the present order, if there is one. */
  selectFirst(): void {
    this.moveTo(this.lanes[0]);
  }

  private get shown(): AxisView {
    return this.view ?? this.whole;
  }

  private get seconds(): number {
    return this.shown.to - this.shown.from;
  }

  private get left(): number {
    return this.scroll.clientWidth < 600 ? LABEL_WIDTH_NARROW : LABEL_WIDTH;
  }

  private get width(): number {
    return Math.max(1, this.scroll.clientWidth - this.left - 10);
  }

  private timeAt(x: number): number {
    return this.shown.from + ((x - this.left) / this.width) * this.seconds;
  }

  private laneAt(y: number): TimeLane | undefined {
    return this.lanes[Math.floor((y + this.scroll.scrollTop - AXIS_HEIGHT) / this.size.height)];
  }

  private look(view: AxisView | undefined): void {
    const wasWhole = this.view === undefined;
    this.view = view === undefined || isWhole(view, this.whole) ? undefined : view;
    if (this.view !== undefined || !wasWhole) this.limit();
    this.binned.forgetView();
    if (this.selected === undefined) this.about.textContent = this.summary();
    this.schedule();
  }

  /** The list is filtered when the hand rests: with a million rows that takes a moment. */
  private limit(): void {
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.taker.limited(this.view), REST);
  }

  private zoom(factor: number): void {
    const { from, to } = this.shown;
    this.look(zoomed(this.shown, this.whole, factor, (from + to) / 2));
  }

  private select(lane: TimeLane | undefined): void {
    this.selected = lane?.connection;
    this.listed.disabled = this.sequenced.disabled = lane === undefined;
    this.taker.selected(lane);
    if (lane === undefined) this.about.textContent = this.summary();
    else this.about.textContent = this.words(lane);
    this.schedule();
  }

  private openSelected(): void {
    if (this.selected !== undefined) this.taker.opened(this.selected);
  }

  private summary(): string {
    return summaryWords(this.table, this.feed.columns.length, this.view);
  }

  private words(lane: TimeLane): string {
    return laneWords(lane, this.feed.labels.get(lane.connection) ?? {});
  }

  private describe(lane: TimeLane | undefined, x: number): void {
    if (lane === undefined || x < this.left) return;
    const at = secondsText(this.timeAt(x) - this.table.first, this.seconds / this.width);
    this.about.textContent = `${this.words(lane)}; at ${at} (${momentText(this.timeAt(x))})`;
  }

  private schedule(): void {
    if (this.scheduled || !this.isOpen) return;
    this.scheduled = true;
    requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.scheduled = false;
    const inks = (this.inks ??= this.probe.read());
    const { scroll, left, width, shown, table, size } = this;
    const { clientWidth, clientHeight: height } = scroll;
    const pen = penOf(this.canvas, clientWidth, height);
    const scale = width / this.seconds;
    const x = (time: number): number => left + (time - shown.from) * scale;
    const { scrollTop } = scroll;
    const first = Math.floor(scrollTop / size.height);
    const lanes = this.lanes.slice(first, first + Math.ceil(height / size.height) + 1);
    const bins = this.binned.of(lanes, this.feed.columns, table, { ...shown, width: Math.floor(width) });
    const drawings = lanes.map((lane, i): LaneDrawing => {
      const { target = '', client = '' } = this.feed.labels.get(lane.connection) ?? {};
      const top = AXIS_HEIGHT + (first + i) * size.height - scrollTop;
      const isSelected = lane.connection === this.selected;
      return { lane, bins: bins[i]!, target, client, isSelected, left, right: left + width, top, size, x };
    });
    drawLanes(pen, inks, drawings, this.raster);
    pen.fillStyle = inks.back;
    pen.fillRect(0, 0, clientWidth, AXIS_HEIGHT);
    if (Number.isNaN(table.first)) return;
    drawAxis(pen, inks, { from: shown.from - table.first, to: shown.to - table.first, left, width, top: 0 });
    this.drawStrip(inks);
  }

  private drawStrip(inks: Inks): void {
    const { whole, shown, left, width } = this;
    const { clientWidth, clientHeight } = this.strip;
    const seconds = whole.to - whole.from;
    drawStrip(penOf(this.strip, clientWidth, clientHeight), inks, {
      density: this.densityImage(inks, clientHeight),
      left,
      width,
      height: clientHeight,
      from: (shown.from - whole.from) / seconds,
      to: (shown.to - whole.from) / seconds,
      begin: whole.from - this.table.first,
      seconds,
    });
  }

  /** The bars of the strip, drawn once: zooming and moving change only what is over them. */
  private densityImage(inks: Inks, height: number): HTMLCanvasElement {
    const { counts, image } = this;
    if (image?.counts === counts && image.inks === inks && image.height === height) return image.canvas;
    const canvas = document.createElement('canvas');
    drawDensity(penOf(canvas, Math.max(1, counts.length), height), inks, counts, height);
    this.image = { counts, inks, height, canvas };
    return canvas;
  }

  /** Marking a span on the strip shows it, and lists only what happened in it. */
  private brush(): void {
    const { strip } = this;
    let begin: number | undefined;
    const timeAt = (event: PointerEvent): number =>
      this.whole.from + ((event.offsetX - this.left) / this.width) * (this.whole.to - this.whole.from);
    strip.addEventListener('pointerdown', (event) => {
      strip.setPointerCapture(event.pointerId);
      begin = timeAt(event);
    });
    strip.addEventListener('pointermove', (event) => {
      if (begin !== undefined) this.look(between(begin, timeAt(event), this.whole));
    });
    for (const name of ['pointerup', 'pointercancel']) strip.addEventListener(name, () => (begin = undefined));
    strip.addEventListener('dblclick', () => this.look(undefined));
  }

  private toggleTables(): void {
    const { tables } = this;
    tables.hidden = !tables.hidden;
    this.scroll.hidden = this.strip.hidden = !tables.hidden;
    byId('ov-as-table', HTMLElement).setAttribute('aria-pressed', String(!tables.hidden));
    if (!tables.hidden) this.drawTables();
    else this.schedule();
  }

  private drawTables(): void {
    const { whole, table, lanes } = this;
    if (this.tables.hidden) return;
    const counts = density(this.feed.columns, { from: table.first, to: table.last, width: DENSITY_ROWS });
    const shown = lanes.slice(0, MOST_TABLE);
    const left = lanes.length - shown.length;
    const note = document.createElement('p');
    note.className = 'quiet';
    note.textContent =
      left === 0 ? '' : `${count(left, 'further connection')}: not in the table, which shows the first`;
    const isDated = !Number.isNaN(whole.from);
    const time = isDated ? [densityTable(counts, table.last - table.first)] : [];
    refill(this.tables, [lanesTable(shown, this.feed.labels, table.first), note, ...time]);
  }

  private moveBy(by: number): void {
    const at = this.lanes.findIndex(({ connection }) => connection === this.selected);
    this.moveTo(this.lanes[Math.max(0, Math.min(this.lanes.length - 1, at + by))]);
  }

  private moveTo(lane: TimeLane | undefined): void {
    if (lane === undefined) return;
    this.select(lane);
    const { scroll, size } = this;
    const top = this.lanes.indexOf(lane) * size.height;
    const bottom = top + size.height - (scroll.clientHeight - AXIS_HEIGHT);
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (bottom > scroll.scrollTop) scroll.scrollTop = bottom;
  }
}
