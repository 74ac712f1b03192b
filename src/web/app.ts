import { openDropped } from './dropped/dropped-file.js';
import { setUpDropping } from './dropped/drop-target.js';
import type { PageRecord } from '../describe/timeline/row-of-record.js';
import { Channel, type ChannelTaker, type Hello } from './channel.js';
import { byId, el, refill } from './dom.js';
import { visible, visibleLines } from './format.js';
import { FeedView, leftOutText, progressText, type FeedProgress } from './feed/feed-view.js';
import { FileSource } from './feed/file-source.js';
import type { LiveView } from './live/live-view.js';
import { setUpPaste } from './paste/paste.js';
import { ReportSource } from './feed/report-source.js';
import { setUpTabs } from './tabs.js';
import { takeToken } from './token.js';

/** The element that has the records of a report. */
const EMBEDDED = 'feed';

/** Puts the parts of the page together: for live traffic, a file, or a report, whichever the page is of. */
export class App {
  private readonly body = pageBody();
  private readonly ending = new AbortController();
  private readonly openTab = setUpTabs((name) => this.tabOpened(name), this.ending.signal);
  private live: LiveView | undefined;
  private file: FileSource | undefined;
  private view: FeedView | undefined;
  private channel: Channel | undefined;
  /** What stands below the tabs: of the connection to wsinspect, and of what is shown. */
  private readonly notes = { lost: '', shown: '' };

  /** `Live`: what shows live traffic, where the page can be of it. */
  constructor(private readonly Live?: typeof LiveView) {
    setUpDropping(this.ending.signal, (files) => this.drop(files));
    setUpPaste();
  }

  start(): void {
    const embedded = document.getElementById(EMBEDDED);
    if (embedded !== null) this.startReport(JSON.parse(embedded.textContent) as EmbeddedFeed);
    else this.startChannel();
  }

  /** Files take the place of what was shown: this page ends, and another one begins. */
  private drop(files: readonly File[]): void {
    this.ending.abort();
    this.channel?.close();
    document.body.replaceWith(this.body);
    new App().startDropped(files);
  }

  private startDropped(dropped: readonly File[]): void {
    const send = openDropped(
      dropped,
      {
        record: (record) => this.takeFileRecord(record),
        rows: (batch) => {
          file.rows(batch);
          this.view?.grew();
        },
      },
      this.ending.signal,
    );
    const file = new FileSource(send);
    this.file = file;
    this.startView(file, 'file');
    showMode(dropped.map(({ name }) => name).join(', '));
    const back = byId('channel', HTMLButtonElement);
    back.title = 'close the file';
    back.addEventListener('click', () => location.reload());
    history.replaceState(null, '', location.pathname);
    file.more();
  }

  private startReport({ records, note, inFull, title }: EmbeddedFeed): void {
    const view = this.startView(new ReportSource(records), 'report');
    this.say(note, inFull);
    const state = byId('channel', HTMLButtonElement);
    state.disabled = true;
    byId('channel-text', HTMLElement).textContent = title;
    view.done();
  }

  private startChannel(): void {
    // Its controls are there before the server says what the page is of.
    const { Live } = this;
    const live =
      Live &&
      new Live(
        this.openTab,
        (connection, text) => this.channel?.ping(connection, text),
        this.ending.signal,
        (text) => this.say(text),
      );
    this.live = live;
    const taker: ChannelTaker = {
      hello: (hello) => this.begin(hello),
      replayed: () => live?.replayed(),
      item: (item, record, characters) => live?.take(item, record, characters),
      failed: (message) => live?.failed(message),
      state: (isOpen) => this.setState(isOpen),
      fileRecord: (record) => this.takeFileRecord(record),
      rows: (batch) => {
        this.file?.rows(batch);
        this.view?.grew();
      },
    };
    const channel = new Channel(taker, takeToken(), this.ending.signal);
    this.channel = channel;
    byId('channel', HTMLButtonElement).addEventListener('click', () => channel.open());
    channel.open();
  }

  private begin(hello: Hello): void {
    const { feed = 'serve', mode, files } = hello;
    document.body.dataset['feed'] = feed;
    showMode(files === undefined ? mode : namesText(files));
    if (feed !== 'file' && this.live !== undefined) return this.live.begin(hello);
    // Another run, or this one once more: its rows are read from the first on. Or the page was of a file.
    if (feed !== 'file' || this.file !== undefined) return location.reload();
    this.file = new FileSource((command) => this.channel?.send(command));
    this.startView(this.file, 'file');
    this.file.more();
  }

  private startView(source: FileSource | ReportSource, feed: string): FeedView {
    document.body.dataset['feed'] = feed;
    this.openTab('overview');
    const view = new FeedView(source, this.openTab, this.ending.signal);
    this.view = view;
    return view;
  }

  private takeFileRecord(record: PageRecord): boolean {
    if (record['type'] !== 'progress') return this.file?.take(record) ?? false;
    const progress = record as unknown as FeedProgress;
    if (this.file !== undefined) this.file.hasEnds = progress.leftEnds === undefined;
    byId('channel-text', HTMLElement).textContent = progressText(progress);
    byId('channel', HTMLElement).dataset['state'] = progress.isDone ? 'on' : 'wait';
    this.say(leftOutText(progress), progress.inFull);
    if (progress.isDone && this.file?.columns.length === progress.rows) this.view?.done();
    return true;
  }

  /** `inFull`: what of it is cut, as it was reported. */
  private say(text: string, inFull: readonly string[] = []): void {
    this.notes.shown = text;
    this.showNotes();
    showInFull(inFull);
  }

  private showNotes(): void {
    const note = byId('feed-note', HTMLElement);
    const text = visible([this.notes.lost, this.notes.shown].filter((part) => part !== '').join('; '));
    if (note.textContent !== text) note.textContent = text;
    note.hidden = text === '';
  }

  private setState(isOpen: boolean): void {
    if (!isOpen) this.live?.ended();
    this.notes.lost = isOpen ? '' : this.file === undefined ? LOST_LIVE : LOST_FILE;
    this.showNotes();
    const state = byId('channel', HTMLElement);
    state.dataset['state'] = isOpen ? 'on' : 'off';
    byId('channel-text', HTMLElement).textContent = isOpen ? 'watching' : 'not watching: try again';
  }

  private tabOpened(name: string): void {
    (this.view ?? this.live)?.opened(name);
  }
}

const LOST = 'wsinspect has ended, or its connection to this page has';
const LOST_LIVE = `${LOST}: nothing new is shown`;
const LOST_FILE = `${LOST}: rows that were not in sight so far can't be shown`;

/** What a report embeds. */
interface EmbeddedFeed {
  readonly records: readonly PageRecord[];
  /** What was left out; empty: nothing. */
  readonly note: string;
  readonly inFull: readonly string[];
  readonly title: string;
}

/** What the line below the tabs has not all of: read where it is opened. */
function showInFull(notices: readonly string[]): void {
  const all = byId('feed-all', HTMLElement);
  const list = all.lastElementChild!;
  all.hidden = notices.length === 0;
  // What is read or selected stays.
  if (list.childElementCount !== notices.length)
    refill(
      list,
      notices.map((text) => el('li', { text: visibleLines(text) })),
    );
}

/** What the page is of. It may be cut on the screen. */
function showMode(text: string): void {
  const pill = byId('mode', HTMLElement);
  pill.textContent = pill.title = visible(text);
  pill.hidden = false;
}

/** The names of files, without their folders. */
function namesText(files: readonly string[]): string {
  const [first = ''] = files;
  const name = first.slice(Math.max(first.lastIndexOf('/'), first.lastIndexOf('\\')) + 1);
  return files.length === 1 ? name : `${name} and ${files.length - 1} more`;
}

/** The page before anything was put into it. */
function pageBody(): HTMLElement {
  const body = document.body.cloneNode(true) as HTMLElement;
  body.querySelector(`#${EMBEDDED}`)?.remove();
  return body;
}
