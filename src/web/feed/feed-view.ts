import { count } from '../../codec/bytes/plural.js';
import { connectionName, numberOfConnection } from '../../describe/connection-name.js';
import type { TimeLane } from '../../describe/timeline/lanes.js';
import { recordPart } from '../detail.js';
import { byId, isIdle, isTyped } from '../dom.js';
import { LatePart } from '../late-part.js';
import { FeedPanel } from './feed-panel.js';
import { Overview, type OverviewFeed } from '../overview/overview.js';
import type { PlotsView } from '../plots/plots-view.js';
import { sequenceFeed } from '../sequence/sequence-feed.js';
import type { SequenceView } from '../sequence/sequence-view.js';
import { MOVES } from '../row-list.js';
import type { RowSource } from './row-source.js';

/** What is reported of the reading of a file. */
export interface FeedProgress {
  readonly read: number;
  /** Records so far. */
  readonly rows: number;
  /** Undefined: a pipe, whose end is not known. */
  readonly total?: number;
  readonly isDone: boolean;
  readonly problem?: string;
  /** Records that are not listed, and rows whose records are not kept. */
  readonly left: number;
  readonly bare: number;
  /** Ends of listed connections among those that are not listed; undefined: none. */
  readonly leftEnds?: number;
  /** What was reported about the reading. */
  readonly notices?: readonly string[];
  /** Each of them as it was reported, where `notices` has not all of it. */
  readonly inFull?: readonly string[];
  /** What else is not shown, and why. */
  readonly missing?: string;
}

/** Rows that are not drawn as they come: milliseconds. */
const PACE = 250;

/** What is drawn of one connection. */
interface Drawings {
  readonly plots: PlotsView;
  readonly sequence: SequenceView;
}

/** The page over live traffic, a file, or a report: overview, sequence and list of the same rows. */
export class FeedView {
  private readonly panel: FeedPanel;
  private readonly overview: Overview;
  private readonly drawings = new LatePart(() => this.makeDrawings());
  private readonly plotsButton = byId('ov-plots', HTMLButtonElement);
  /** Of the overview. */
  private selected: TimeLane | undefined;
  private isDone = false;
  private waiting = false;
  /** The address names what is not here yet, and the reader has done nothing since; undefined: nothing is awaited. */
  private wanted: string | undefined = location.hash;

  constructor(
    private readonly source: RowSource,
    private readonly openTab: (name: string) => void,
    private readonly signal: AbortSignal,
  ) {
    this.panel = new FeedPanel(source);
    this.overview = new Overview(this.laneFeed, {
      opened: (connection) => this.openConnection(connection),
      drawn: (connection) => this.openSequence(connection),
      selected: (lane) => {
        this.selected = lane;
        this.drawings.now?.plots.select(lane);
      },
      limited: (span) => this.panel.limit(span),
    });
    this.plotsButton.addEventListener('click', () =>
      this.drawings.use(byId('ov-about', HTMLElement), ({ plots }) => plots.toggle()),
    );
    const { arrived } = source;
    source.arrived = () => {
      arrived();
      this.drawings.now?.sequence.arrived();
    };
    source.dropped = (count) => {
      this.panel.dropped(count);
      this.drawings.now?.sequence.dropped(count);
    };
    this.panel.onShown = (row, connection) => {
      const only = connection === undefined ? '' : `c=${connectionName(connection)}&`;
      history.replaceState(null, '', `#${only}f=${row}`);
    };
    document.addEventListener('keydown', (event) => this.onKey(event), { signal });
    window.addEventListener('hashchange', () => this.follow(), { signal });
    for (const name of ['pointerdown', 'keydown'])
      document.addEventListener(name, () => (this.wanted = undefined), { signal, capture: true });
    this.opened(document.body.dataset['tab']);
  }

  /** The tab that is seen. */
  opened(tab: string | undefined): void {
    this.overview.opened = tab === 'overview';
    if (tab === 'sequence') this.useSequence(() => undefined);
    else if (this.drawings.now !== undefined) this.drawings.now.sequence.opened = false;
  }

  /** Loads what a reader may open later: the traffic may end before, and wsinspect with it. */
  loadAhead(): void {
    // Where one can't be loaded, that is reported when it is needed.
    for (const part of [recordPart, this.drawings]) part.ahead().catch(() => undefined);
  }

  private get laneFeed(): OverviewFeed {
    const { columns, labels } = this.source;
    return { columns, labels, lanes: () => this.panel.lanesNow(this.isDone) };
  }

  private async makeDrawings(): Promise<Drawings> {
    const { PlotsView, SequenceView } = await import('../drawings-part.js');
    // Its page is no longer there.
    this.signal.throwIfAborted();
    const plots = new PlotsView(this.laneFeed, () => this.overview.selectFirst());
    plots.select(this.selected);
    const feed = sequenceFeed(this.source, () => this.panel.lanesNow(this.isDone));
    const sequence = new SequenceView(feed, (row, connection) => {
      this.openConnection(connection);
      this.panel.select(row);
    });
    return { plots, sequence };
  }

  private useSequence(use: (sequence: SequenceView) => void): void {
    this.drawings.use(byId('sq-about', HTMLElement), ({ sequence }) => {
      sequence.opened = document.body.dataset['tab'] === 'sequence';
      use(sequence);
    });
  }

  /** Rows came: drawn a few times a second. */
  grew(): void {
    if (this.waiting) return;
    this.waiting = true;
    window.setTimeout(() => this.draw(), PACE);
  }

  /** All rows are here. */
  done(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.draw();
    this.loadAhead();
    // The overview has nothing to draw of what has no times, as pasted frames have none.
    const isTimeless = this.source.columns.length > 0 && Number.isNaN(this.panel.lanesNow(true).first);
    if (isTimeless && document.body.dataset['tab'] === 'overview') this.openTab('inspector');
  }

  /** Another run of a server: what was shown is gone. */
  startOver(): void {
    this.panel.startOver();
    this.drawings.now?.sequence.clear();
    this.overview.grew();
  }

  /** Rows that came are drawn now. */
  draw(): void {
    this.waiting = false;
    this.source.flush();
    this.panel.grew(this.isDone);
    this.overview.grew();
    this.plotsButton.disabled = this.source.columns.length === 0;
    this.drawings.now?.sequence.grew();
    this.drawings.now?.plots.grew();
    this.seek();
  }

  private openConnection(connection: number): void {
    this.openTab('inspector');
    this.panel.choose(connection);
    this.panel.focus();
  }

  private openSequence(connection: number): void {
    this.openTab('sequence');
    this.useSequence((sequence) => {
      sequence.show(connection);
      sequence.focus();
    });
  }

  /** Goes to what the address names, as soon as it is here: `#c=3` or `#c=3.2` a connection, `#f=17` a record. */
  follow(): void {
    this.wanted = location.hash;
    this.seek();
  }

  private seek(): void {
    if (this.wanted === undefined) return;
    const words = new URLSearchParams(this.wanted.slice(1));
    const [row, connection] = [numberOf(words.get('f')), numberOfConnection(words.get('c') ?? '')];
    const place = row === undefined ? -1 : this.source.rowOf(row);
    const isHere = place >= 0 && place < this.source.columns.length;
    if (isHere || (row === undefined && connection !== undefined && this.panel.knows(connection))) {
      this.wanted = undefined;
      this.openTab('inspector');
      if (isHere) this.panel.select(place);
      else this.panel.choose(connection);
    } else if (row === undefined && connection === undefined) this.wanted = undefined;
  }

  /** What the keys of a tab move in; the overview takes its keys itself. */
  private listOf(tab: string | undefined): FeedPanel | SequenceView | undefined {
    return tab === 'inspector' ? this.panel : tab === 'sequence' ? this.drawings.now?.sequence : undefined;
  }

  private onKey(event: KeyboardEvent): void {
    const { target, key } = event;
    if (isTyped(target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === '?') byId('keys', HTMLDialogElement).showModal();
    else if (key === '/') {
      this.openTab('inspector');
      this.panel.focusFilter();
    } else {
      const list = this.listOf(document.body.dataset['tab']);
      if (list === undefined || !(key === 'j' || key === 'k' || (/^Arrow(?:Up|Down)$/.test(key) && isIdle(target))))
        return;
      list.focus();
      list.move(MOVES[key]!);
    }
    event.preventDefault();
  }
}

/** Undefined: it is no number. */
function numberOf(word: string | null): number | undefined {
  return word !== null && /^\d{1,10}$/.test(word) ? Number(word) : undefined;
}

/** `60.0 MB`, `12 kB`, `80 bytes`. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return bytes >= 1e4 ? `${Math.round(bytes / 1e3)} kB` : `${bytes} bytes`;
}

/** How far the reading is. */
export function progressText({ read, total, isDone }: FeedProgress): string {
  if (isDone) return `read: ${sizeText(read)}`;
  if (total === undefined || total === 0) return `reading: ${sizeText(read)}`;
  return `reading: ${Math.min(100, Math.floor((100 * read) / total))} % of ${sizeText(total)}`;
}

/** What the page does not have; empty where it has all. */
export function leftOutText({ rows, left, leftEnds = 0, bare, problem, missing, notices = [] }: FeedProgress): string {
  const words = [
    ...(problem === undefined
      ? []
      : [rows === 0 ? `nothing to show: ${problem}` : `the rest can't be read: ${problem}`]),
    ...(left === 0
      ? []
      : [`${left.toLocaleString('en')} later records are left out: a filter of the command makes room`]),
    ...(leftEnds === 0 ? [] : [`how ${count(leftEnds, 'connection')} ended is among them`]),
    ...(bare === 0
      ? []
      : [`of ${bare.toLocaleString('en')} later records only the overview is kept, for lack of memory`]),
    ...notices,
    ...(missing === undefined ? [] : [missing]),
  ];
  return words.join('; ');
}
