import { OPCODE } from '../codec/frames/registry.js';
import { Channel, type ChannelTaker } from './channel.js';
import { Compare } from './compare.js';
import { ConnectPanel } from './connect-panel.js';
import { byId } from './dom.js';
import { RecordPanel } from './record-panel.js';
import { isOpened, visible } from './format.js';
import type { FrameItem, HandshakeItem, Item, NoteItem } from './items.js';
import { setUpPaste } from './paste.js';
import { setUpTabs } from './tabs.js';
import { takeToken } from './token.js';

/** Puts the parts of the page together: what the server reports goes to the record panel, and what is about its own connection to the connect panel. */
class App {
  private readonly records = new RecordPanel();
  private readonly compare = new Compare();
  private readonly connectPanel: ConnectPanel = new ConnectPanel({
    connecting: (target) => this.connecting(target),
    ping: () => this.own !== undefined && this.channel.ping(this.own, 'are you there?'),
  });
  private readonly watcher: ChannelTaker = {
    hello: ({ mode, subprotocols }) => {
      this.records.startOver();
      const pill = byId('mode', HTMLElement);
      pill.textContent = mode;
      pill.hidden = false;
      this.connectPanel.setMode(mode, subprotocols);
    },
    replayed: () => (this.live = true),
    item: (item) => this.take(item),
    failed: (message) => this.connectPanel.messages.note(message, 'wrong'),
    state: (isOpen) => this.setState(isOpen),
  };
  private readonly channel = new Channel(this.watcher, takeToken());
  private live = false;
  /** What the page's own request asks for, until its connection is known; and that connection's number. */
  private expected: string | undefined;
  private own: number | undefined;
  private pingedAt: number | undefined;
  /** The connection that was refused last. */
  private refused: number | undefined;

  start(): void {
    setUpPaste();
    setUpTabs((name) => name === 'compare' && this.compare.opened());
    byId('channel', HTMLButtonElement).addEventListener('click', () => this.channel.open());
    this.channel.open();
  }

  private setState(isOpen: boolean): void {
    if (!isOpen) this.live = false;
    const state = byId('channel', HTMLElement);
    state.dataset['state'] = isOpen ? 'on' : 'off';
    byId('channel-text', HTMLElement).textContent = isOpen ? 'watching' : 'not watching: try again';
  }

  private connecting(target: string): void {
    this.expected = target;
    this.own = undefined;
  }

  private take(item: Item): void {
    this.records.add(item);
    if (!this.live) return;
    if (item.kind === 'handshake') this.claim(item);
    if (item.kind === 'frame' && item.connection === this.own) this.notePing(item);
    if (item.kind === 'note') this.noteRefused(item);
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

new App().start();
