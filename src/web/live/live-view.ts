import { OPCODE } from '../../codec/frames/registry.js';
import type { PageRecord } from '../../describe/timeline/row-of-record.js';
import type { Hello } from '../channel.js';
import { Compare } from '../compare/compare.js';
import { ConnectPanel } from './connect-panel.js';
import { isOpened, visible } from '../format.js';
import type { FrameItem, HandshakeItem, Item, NoteItem } from '../items.js';
import { FeedView } from '../feed/feed-view.js';
import { startTour } from '../tour/tour.js';
import { LiveSource, leftWords } from './live-source.js';

/** The page of live traffic: what the server reports goes to the views, and what is about the page's own connection to the connect panel. */
export class LiveView {
  private readonly compare = new Compare();
  /** Made when it is known that the traffic is live. */
  private view: FeedView | undefined;
  private readonly source = new LiveSource();
  private readonly connectPanel: ConnectPanel;
  private isLive = false;
  /** What the page's own request asks for, until its connection is known; and that connection's number. */
  private expected: string | undefined;
  private own: number | undefined;
  private pingedAt: number | undefined;
  /** Records left out, as it was said last. */
  private saidLeft = 0;
  /** The connection that was refused last. */
  private refused: number | undefined;

  constructor(
    private readonly openTab: (name: string) => void,
    ping: (connection: number, text: string) => void,
    private readonly signal: AbortSignal,
    /** Stands below the tabs; empty: nothing. */
    private readonly say: (text: string) => void,
  ) {
    this.connectPanel = new ConnectPanel({
      connecting: (target) => this.connecting(target),
      ping: () => this.own !== undefined && ping(this.own, 'are you there?'),
    });
  }

  begin({ feed = 'serve', mode, subprotocols }: Hello): void {
    if (feed !== 'serve' && document.body.dataset['tab'] === 'chat') this.openTab('inspector');
    if (feed === 'serve' && this.view === undefined) startTour();
    this.source.clear();
    this.sayLeft();
    this.view ??= new FeedView(this.source, this.openTab, this.signal);
    this.view.startOver();
    this.connectPanel.setMode(mode, subprotocols);
  }

  replayed(): void {
    this.isLive = true;
    this.view?.draw();
    this.view?.follow();
    this.view?.loadAhead();
  }

  /** The tab that is seen. */
  opened(name: string): void {
    this.view?.opened(name);
    if (name === 'compare') this.compare.opened();
  }

  ended(): void {
    this.isLive = false;
  }

  failed(message: string): void {
    this.connectPanel.messages.note(message, 'wrong');
  }

  /** `characters`: the length of the record as text. */
  take(item: Item, record: PageRecord, characters: number): void {
    this.source.add(record, characters);
    if (this.source.left !== this.saidLeft) this.sayLeft();
    this.view?.grew();
    if (!this.isLive) return;
    if (item.kind === 'handshake') this.claim(item);
    if (item.kind === 'frame' && item.connection === this.own) this.notePing(item);
    if (item.kind === 'note') this.noteRefused(item);
  }

  /** Overview, table, plots and sequence show totals. */
  private sayLeft(): void {
    this.saidLeft = this.source.left;
    this.say(leftWords(this.saidLeft));
  }

  private connecting(target: string): void {
    this.expected = target;
    this.own = undefined;
  }

  /** The server does not report which connection is the page's own: it is the first with the same request, from this origin. */
  private claim(item: HandshakeItem): void {
    const { connection, request, response } = item;
    const origin = request?.headers.find(([name]) => name.toLowerCase() === 'origin')?.[1];
    if (this.expected === undefined || request?.line.split(' ')[1] !== this.expected || origin !== location.origin)
      return;
    this.expected = undefined;
    if (!isOpened(item)) {
      this.refused = connection;
      return this.connectPanel.messages.note(`refused: ${response?.line ?? 'no response'}`, 'wrong');
    }
    if (!this.connectPanel.isActive) return;
    this.own = connection;
    this.connectPanel.canPing(true);
    this.connectPanel.messages.note(`connection #${connection} is open`);
  }

  /** What the server refused of the page's own connection, and why. */
  private noteRefused({ connection, name, text }: NoteItem): void {
    const isOwn = connection !== undefined && connection === (name === 'body' ? this.refused : this.own);
    if (isOwn && (name === 'body' || name === 'notice')) this.connectPanel.messages.note(visible(text), 'wrong');
  }

  /** Scripts of a page never see a ping: the browser answers it. */
  private notePing({ header, direction, time }: FrameItem): void {
    if (header.opcode === OPCODE.ping && direction === 'server') this.pingedAt = time;
    if (header.opcode !== OPCODE.pong || direction !== 'client' || this.pingedAt === undefined) return;
    const milliseconds = ((time ?? this.pingedAt) - this.pingedAt) * 1000;
    this.pingedAt = undefined;
    this.connectPanel.messages.note(`the server's ping was answered after ${milliseconds.toFixed(1)} ms`);
  }
}
