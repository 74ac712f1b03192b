import { hexOf } from '../../codec/bytes/hex.js';
import { closeCodeInfo } from '../../codec/frames/registry.js';
import { serverUrl } from '../channel.js';
import { byId } from '../dom.js';
import { count } from '../../codec/bytes/plural.js';
import { typedBytes } from '../format.js';
import { MessageList } from './message-list.js';
import { PollLanes } from './poll-lanes.js';
import { Poller } from './poller.js';

const SHOWN_BYTES = 256;

export interface ConnectPanelTaker {
  /** A connection is being made: what the request will ask for. */
  connecting(target: string): void;
  /** The server is to send a ping. */
  ping(): void;
}

/** The form with which a user connects, sends messages and reads the answers. */
export class ConnectPanel {
  readonly messages = new MessageList(byId('messages', HTMLElement));
  private readonly url = byId('url', HTMLInputElement);
  private readonly nickname = byId('nickname', HTMLInputElement);
  private readonly subprotocols = byId('subprotocols', HTMLInputElement);
  private readonly button = byId('connect-button', HTMLButtonElement);
  private readonly state = byId('connect-state', HTMLElement);
  private readonly text = byId('compose-text', HTMLInputElement);
  private readonly kind = byId('compose-kind', HTMLSelectElement);
  private readonly send = byId('send', HTMLButtonElement);
  private readonly ping = byId('ping', HTMLButtonElement);
  private readonly transport = byId('transport', HTMLSelectElement);
  private readonly lanes = new PollLanes();
  private poller: Poller | undefined;
  private socket: WebSocket | undefined;
  private isChat = false;

  constructor(private readonly taker: ConnectPanelTaker) {
    this.url.value = serverUrl('/');
    byId('connect', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.toggle();
    });
    byId('compose', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.say();
    });
    this.nickname.addEventListener('input', () => this.fitUrl());
    this.kind.addEventListener('change', () => this.fitKind());
    // What was wrong with it is not known of the next text.
    this.text.addEventListener('input', () => this.text.setCustomValidity(''));
    this.ping.addEventListener('click', () => taker.ping());
    this.transport.addEventListener('change', () => this.fitTransport());
  }

  private toggle(): void {
    if (this.poller !== undefined) this.stopPolling(this.poller);
    else if (this.socket !== undefined) this.socket.close(1000);
    else if (this.transport.value === 'websocket') this.connect();
    else this.poll(this.transport.value as 'short' | 'long');
  }

  private get isByPolling(): boolean {
    return this.transport.value !== 'websocket';
  }

  /** A poller sends in the room of the chat: it needs a name, and has no address of its own. */
  private fitTransport(): void {
    const { isByPolling } = this;
    byId('nickname-field', HTMLElement).hidden = !(this.isChat || isByPolling);
    this.nickname.required = this.isChat || isByPolling;
    byId('url-field', HTMLElement).hidden = byId('subprotocols-field', HTMLElement).hidden = isByPolling;
    this.url.required = !isByPolling;
    this.kind.disabled = isByPolling;
    if (isByPolling) this.kind.value = 'text';
    this.fitKind();
  }

  private poll(kind: 'short' | 'long'): void {
    const own = this.nickname.value;
    this.lanes.start();
    this.poller = new Poller(kind, own, {
      message: ({ sender, msg }) => sender !== own && this.messages.say('received', sender, msg),
      failed: (text) => this.messages.note(text, 'wrong'),
      requested: (request) => this.lanes.add(request),
    });
    this.transport.disabled = true;
    this.send.disabled = false;
    this.setState('on', kind === 'short' ? 'polling' : 'long polling', 'Stop');
    this.text.focus();
  }

  private stopPolling(poller: Poller): void {
    poller.close();
    this.poller = undefined;
    this.lanes.stop();
    this.transport.disabled = false;
    this.send.disabled = true;
    this.setState('off', 'not connected', 'Connect');
  }

  /** What the server does with messages. */
  setMode(mode: string, subprotocols: readonly string[]): void {
    this.isChat = mode === 'chat';
    this.fitTransport();
    this.subprotocols.value ||= subprotocols.join(', ');
    if (this.isChat && this.url.value === serverUrl('/')) this.fitUrl();
  }

  /** It is connected, or about to be. */
  get isActive(): boolean {
    return this.socket !== undefined;
  }

  /** Whether a ping can be requested of the server. */
  canPing(can: boolean): void {
    this.ping.disabled = !can;
  }

  private fitUrl(): void {
    this.url.value = serverUrl(`/ws/${encodeURIComponent(this.nickname.value)}`);
  }

  private fitKind(): void {
    this.text.setCustomValidity('');
    this.text.placeholder = this.kind.value === 'text' ? 'Message' : 'Bytes: 00 ff 7e';
  }

  private connect(): void {
    const subprotocols = this.subprotocols.value.split(',').flatMap((name) => name.trim() || []);
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.url.value, subprotocols);
    } catch (error) {
      this.messages.note((error as Error).message, 'wrong');
      return;
    }
    this.socket = socket;
    this.transport.disabled = true;
    socket.binaryType = 'arraybuffer';
    const { host, pathname, search } = new URL(socket.url);
    if (host === location.host) this.taker.connecting(pathname + search);
    this.setState('wait', 'connecting …', 'Cancel');
    let wasOpen = false;
    socket.addEventListener('open', () => {
      wasOpen = true;
      const { protocol } = socket;
      this.setState('on', protocol === '' ? 'connected' : `connected, ${protocol}`, 'Disconnect');
      this.send.disabled = false;
      this.text.focus();
    });
    socket.addEventListener('message', ({ data }) => this.hear(data as string | ArrayBuffer));
    socket.addEventListener('close', ({ code, reason }) => {
      this.socket = undefined;
      this.transport.disabled = false;
      this.send.disabled = true;
      this.canPing(false);
      this.setState('off', 'not connected', 'Connect');
      const words = `${code} ${closeCodeInfo(code).name}${reason === '' ? '' : `: ${reason}`}`;
      if (wasOpen) this.messages.note(`closed, ${words}`, code === 1000 ? '' : 'wrong');
      else
        this.messages.note(
          'no connection: a browser does not report why; the handshake in the inspector shows it',
          'wrong',
        );
    });
  }

  private setState(state: string, text: string, button: string): void {
    this.state.dataset['state'] = state;
    this.state.textContent = text;
    this.button.textContent = button;
    this.button.classList.toggle('primary', state === 'off');
  }

  private say(): void {
    const { value } = this.text;
    if (this.poller !== undefined) {
      this.poller.send(value);
      this.messages.say('sent', this.nickname.value, value);
      this.text.value = '';
      return;
    }
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const sender = this.isChat ? this.nickname.value : 'sent';
    if (this.kind.value === 'text') {
      this.socket.send(value);
      this.messages.say('sent', sender, value);
    } else {
      const bytes = typedBytes(value);
      this.text.setCustomValidity(bytes === undefined ? 'Hex digits, two per byte' : '');
      if (bytes === undefined) return void this.text.reportValidity();
      this.socket.send(bytes as Uint8Array<ArrayBuffer>);
      this.messages.say('sent', sender, bytesText(bytes), true);
    }
    this.text.setCustomValidity('');
    this.text.value = '';
  }

  private hear(data: string | ArrayBuffer): void {
    if (typeof data !== 'string')
      return this.messages.say('received', 'received', bytesText(new Uint8Array(data)), true);
    const spoken = this.isChat ? spokenOf(data) : undefined;
    if (spoken === undefined) this.messages.say('received', 'received', data);
    else this.messages.say('received', spoken.sender, spoken.msg);
  }
}

function bytesText(bytes: Uint8Array): string {
  const more = bytes.length > SHOWN_BYTES ? ` … ${count(bytes.length, 'byte')}` : '';
  return hexOf(bytes.subarray(0, SHOWN_BYTES), ' ') + more;
}

/** A message of the chat: `{"sender","msg"}`. */
function spokenOf(data: string): { sender: string; msg: string } | undefined {
  try {
    const { sender, msg } = JSON.parse(data) as { sender?: unknown; msg?: unknown };
    return typeof sender === 'string' && typeof msg === 'string' ? { sender, msg } : undefined;
  } catch {
    return undefined;
  }
}
