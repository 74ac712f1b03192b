import type { PageRecord } from '../describe/timeline/row-of-record.js';
import { itemOfRecord, type Item } from './items.js';

const PROTOCOL = 'wsinspect.inspect';
/** A subprotocol, as a browser lets a script set no header. */
const TOKEN_PROTOCOL = 'wsinspect.token.';

export interface Hello {
  readonly version: string;
  readonly mode: string;
  /** `serve`: a server that the page can talk to; `watch`: traffic of others; `file`: records on request. */
  readonly feed?: 'serve' | 'watch' | 'file';
  readonly files?: readonly string[];
  readonly subprotocols: readonly string[];
}

export interface ChannelTaker {
  hello(hello: Hello): void;
  /** What is reported from now on happens now; earlier records are from before this page came. */
  replayed(): void;
  /** `characters`: the length of the record as text. */
  item(item: Item, record: PageRecord, characters: number): void;
  /** A record of the feed of a file; false: it is none. */
  fileRecord(record: PageRecord): boolean;
  /** A batch of rows. */
  rows(batch: ArrayBuffer): void;
  failed(message: string): void;
  state(isOpen: boolean): void;
}

/** The page's own connection to the server that handed out the page. */
export class Channel {
  private socket: WebSocket | undefined;

  constructor(
    private readonly taker: ChannelTaker,
    private readonly token: string | undefined,
    private readonly signal: AbortSignal,
  ) {
    // A user who returns to a page whose server was restarted wants to see its records.
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.open(), {
      signal,
    });
    window.addEventListener('focus', () => this.open(), { signal });
  }

  open(): void {
    if (this.socket !== undefined || this.signal.aborted) return;
    const socket = new WebSocket(serverUrl('/.inspect'), [
      PROTOCOL,
      ...(this.token === undefined ? [] : [TOKEN_PROTOCOL + this.token]),
    ]);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    const { signal } = this;
    socket.addEventListener('open', () => this.taker.state(true), { signal });
    socket.addEventListener(
      'message',
      ({ data }) => {
        if (data instanceof ArrayBuffer) this.taker.rows(data);
        else this.take(data as string);
      },
      { signal },
    );
    socket.addEventListener(
      'close',
      () => {
        this.socket = undefined;
        this.taker.state(false);
      },
      { signal },
    );
  }

  /** The page shows something else. */
  close(): void {
    const { socket } = this;
    // Before it is open, a browser complains of it in its console.
    if (socket?.readyState === WebSocket.CONNECTING) socket.addEventListener('open', () => socket.close());
    else socket?.close();
  }

  /** Has the server send a ping on that connection. */
  ping(connection: number, text: string): void {
    this.send({ type: 'ping', connection, text });
  }

  /** A command for the feed of a file. */
  send(command: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(command));
  }

  private take(text: string): void {
    const { taker } = this;
    const record = JSON.parse(text) as PageRecord;
    if (record['type'] === 'hello') taker.hello(record as unknown as Hello);
    else if (record['type'] === 'replayed') taker.replayed();
    else if (record['type'] === 'failed') taker.failed(record['message'] as string);
    else if (!taker.fileRecord(record)) {
      const item = itemOfRecord(record);
      if (item !== undefined) taker.item(item, record, text.length);
    }
  }
}

/** A WebSocket URL of the server that handed out the page. */
export function serverUrl(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
}
