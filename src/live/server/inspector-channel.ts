import type { RawData, WebSocket } from 'ws';
import type { RequestHead } from '../../codec/http1/head.js';
import type { Judged } from '../../traffic/judged.js';
import type { Polled } from '../../traffic/run-records/polled.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { ReceivedUpgrade } from '../listener/http-listener.js';
import type { ListenerPolicy } from '../listener/policy.js';
import type { LiveTaker } from '../sockets/live-connection.js';
import { isForPageSockets, PageSockets } from './page-sockets.js';
import type { PageToken } from './page-token.js';
import { Recent } from './recent.js';

/** Bytes that a page may leave unread before records are left out for it. */
const MOST_BACKLOG = 1024 * 1024;
/** The most frames that are sent to the page at once, and in a second. No reader follows more, and the traffic does not wait for the page. */
const MOST_FRAMES = 1000;
const MOST_PING = 125;
/** The interval between reports of the number of records left out: milliseconds. */
const REPORT_LEFT = 500;

export interface ChannelOptions {
  /** The first record that a page gets. */
  hello(): object;
  /** What the page shows of a record: none, one, or with the packets of a frame several. */
  draw(record: Judged): readonly object[];
  drawClosed(summary: ConnectionSummary): object;
  drawPolled(polled: Polled): object;
  /** Sends a ping on a connection; false: it is not open. */
  ping(connection: number, data: Uint8Array): boolean;
  /** Seconds since the epoch. */
  now(): number;
  readonly listener: ListenerPolicy;
  /** A notice for a page; undefined: none. */
  readonly token?: PageToken | undefined;
}

/** The channel of the traffic's records to the page: a WebSocket of its own, which is not shown itself. */
export class InspectorChannel implements LiveTaker {
  private readonly sockets: PageSockets;
  private readonly pages = new Set<PageEnd>();
  private readonly recent = new Recent();
  /** Frames that may be sent now, and the time of that count. */
  private room = MOST_FRAMES;
  private since = 0;
  /** The number of the next record. */
  private next = 0;

  constructor(private readonly options: ChannelOptions) {
    const { listener, token } = options;
    this.sockets = new PageSockets({ listener, token }, (socket) => this.welcome(socket));
  }

  /** A page is connected. */
  get isWatched(): boolean {
    return this.pages.size > 0;
  }

  /** Accepts the client if it is the page; false: the request is not for this channel. */
  answer(upgrade: ReceivedUpgrade): boolean {
    return this.sockets.answer(upgrade);
  }

  /** A request for this channel. */
  isFor(request: RequestHead): boolean {
    return isForPageSockets(request);
  }

  record(record: Judged): void {
    if (record.type === 'frame' && !this.hasRoom(record.time ?? this.options.now())) return this.send(undefined);
    for (const drawn of this.options.draw(record)) this.send(JSON.stringify(drawn));
  }

  closed(summary: ConnectionSummary): void {
    this.send(JSON.stringify(this.options.drawClosed(summary)), true);
  }

  polled(polled: Polled): void {
    if (!this.hasRoom(polled.time)) return this.send(undefined);
    this.send(JSON.stringify(this.options.drawPolled(polled)));
  }

  /** What the terminal shows as a notice. */
  notice(message: string, connection?: number): void {
    const time = this.options.now();
    if (!this.hasRoom(time)) return this.send(undefined);
    this.send(JSON.stringify({ type: 'notice', message, connection, time }));
  }

  close(): void {
    this.sockets.close();
  }

  private hasRoom(time: number): boolean {
    this.room = Math.min(MOST_FRAMES, this.room + Math.max(0, time - this.since) * MOST_FRAMES);
    this.since = time;
    if (this.room < 1) return false;
    this.room--;
    return true;
  }

  /** Undefined: a record that is left out. Each has its number as `row`, the same for every page. */
  private send(record: string | undefined, isEnd = false): void {
    const line = record && `{"row":${this.next},${record.slice(1)}`;
    this.next++;
    this.recent.push(line);
    for (const page of this.pages) page.send(line, isEnd);
  }

  private welcome(socket: WebSocket): void {
    const page = new PageEnd(socket);
    socket.on('close', () => {
      this.pages.delete(page);
      page.end();
    });
    socket.on('message', (data, isBinary) => this.obey(page, data, isBinary));
    page.send(JSON.stringify({ type: 'hello', ...this.options.hello() }));
    if (this.recent.left > 0) page.send(missed(this.recent.left));
    for (const line of this.recent.lines) page.send(line);
    page.send(JSON.stringify({ type: 'replayed' }));
    this.pages.add(page);
  }

  private obey(page: PageEnd, data: RawData, isBinary: boolean): void {
    const command = isBinary ? undefined : commandOf((data as Buffer).toString());
    if (command === undefined) return page.socket.close(1003, 'not a command');
    const bytes = Buffer.from(command.text).subarray(0, MOST_PING);
    if (this.options.ping(command.connection, bytes)) return;
    page.send(JSON.stringify({ type: 'failed', message: `connection ${command.connection} is not open` }));
  }
}

/** A connected page. What it does not read in time is left out, and counted. */
class PageEnd {
  private left = 0;
  /** Ends of connections among them. */
  private leftEnds = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly socket: WebSocket) {}

  send(line: string | undefined, isEnd = false): void {
    if (line === undefined || this.isFull) {
      this.left++;
      if (isEnd) this.leftEnds++;
      this.wait();
      return;
    }
    this.socket.send(line);
  }

  private get isFull(): boolean {
    return this.socket.bufferedAmount > MOST_BACKLOG;
  }

  /** No more records are sent. */
  end(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    this.timer ??= setTimeout(() => this.reportLeft(), REPORT_LEFT).unref();
  }

  private reportLeft(): void {
    this.timer = undefined;
    if (this.isFull) return this.wait();
    this.socket.send(missed(this.left, this.leftEnds));
    this.left = this.leftEnds = 0;
  }
}

function missed(count: number, ends = 0): string {
  return JSON.stringify({ type: 'missed', count, ...(ends > 0 && { ends }) });
}

/** `{"type":"ping","connection":N,"text":"..."}` */
function commandOf(text: string): { connection: number; text: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { type, connection, text: payload = '' } = (value ?? {}) as Record<string, unknown>;
  if (type !== 'ping' || typeof connection !== 'number' || typeof payload !== 'string') return undefined;
  return { connection, text: payload };
}
