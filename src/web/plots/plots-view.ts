import { connectionName } from '../../describe/connection-name.js';
import { connectionPlots, type ConnectionPlot } from '../../describe/plots/plot-data.js';
import { drawPlot, shortNumber } from '../../describe/plots/plot-drawing.js';
import type { LaneTable, TimeLane } from '../../describe/timeline/lanes.js';
import type { RowColumns } from '../../describe/timeline/row-columns.js';
import { byId, el, refill } from '../dom.js';
import { Redraw } from '../redraw.js';
import { svgElement } from '../sequence/svg-element.js';

interface PlottedFeed {
  readonly columns: RowColumns;
  lanes(): LaneTable;
}

/** The plots of the connection that is selected in the overview, each with its table. */
export class PlotsView {
  private readonly panel = byId('plots', HTMLElement);
  private readonly button = byId('ov-plots', HTMLButtonElement);
  private readonly redraw = new Redraw(this.panel, () => this.draw());
  private connection: number | undefined;

  constructor(
    private readonly feed: PlottedFeed,
    /** Selects a connection where none is. */
    private readonly selectFirst: () => void,
  ) {}

  select(lane: TimeLane | undefined): void {
    if (this.connection === lane?.connection) return;
    this.connection = lane?.connection;
    this.draw();
  }

  /** Rows came. */
  grew(): void {
    this.redraw.schedule();
  }

  /** They are seen, or no longer. */
  toggle(): void {
    const { panel, button } = this;
    panel.hidden = !panel.hidden;
    button.setAttribute('aria-pressed', String(!panel.hidden));
    if (!panel.hidden && this.connection === undefined) this.selectFirst();
    this.draw();
  }

  private draw(): void {
    const { panel, connection, feed } = this;
    if (panel.hidden) return;
    const { all, order } = feed.lanes();
    const lane = all.find((one) => one.connection === connection);
    if (lane === undefined) return refill(panel, [el('p', { class: 'quiet', text: 'Select a connection.' })]);
    const opened = new Set([...panel.querySelectorAll('details[open]')].map(({ id }) => id));
    const plots = connectionPlots(feed.columns, order.subarray(lane.start, lane.end));
    const heading = el('h2', { text: `Connection #${connectionName(lane.connection)}` });
    refill(panel, [heading, ...plots.map((plot, i) => figure(plot, `plot-${i}`, opened.has(`plot-${i}`)))]);
  }
}

function figure(plot: ConnectionPlot, id: string, isOpen: boolean): HTMLElement {
  const { title, upwards, bins, empty } = plot;
  const caption = el('figcaption', {}, el('b', { text: title }), el('span', { class: 'quiet', text: ` ${upwards}` }));
  if (bins.length === 0) return el('figure', {}, caption, el('p', { class: 'quiet', text: empty }));
  const table = el(
    'details',
    { id, open: isOpen ? '' : undefined },
    el('summary', { id: `${id}-table`, text: 'Table' }),
    tableOf(plot),
  );
  return el('figure', {}, caption, svgElement(drawPlot(plot)), table);
}

function tableOf({ title, across, upwards, bins }: ConnectionPlot): HTMLElement {
  const head = [across, `client: ${upwards}`, `server: ${upwards}`].map((text) => el('th', { scope: 'col', text }));
  const rows = bins.map(({ label, client, server }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', text: label }),
      el('td', { text: shortNumber(client) }),
      el('td', { text: shortNumber(server) }),
    ),
  );
  const caption = el('caption', { text: title });
  return el('table', { class: 'compared' }, caption, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows));
}
