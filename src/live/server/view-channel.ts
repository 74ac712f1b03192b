import type { WebSocket } from 'ws';
import { expressionOf } from '../../describe/timeline/row-filter.js';
import type { RowColumns } from '../../describe/timeline/row-columns.js';
import type { ReceivedUpgrade } from '../listener/http-listener.js';
import { TimedExpressions } from '../replies/timed-expressions.js';
import { PageSockets, type PageAccess } from './page-sockets.js';

/** What was read so far of what is viewed. */
export interface ViewSource {
  /** The first record that a page gets. */
  hello(): object;
  /** How far the reading is. */
  progress(): object;
  readonly columns: RowColumns;
  /** What connections are called, in the order in which that became known. */
  readonly names: readonly object[];
  /** The record of a row as JSON text; undefined: it is not kept. */
  record(row: number): string | undefined;
  /** Of the rows from `start` up to `end`, those whose text matches. */
  search(matches: (text: string) => boolean, start: number, end: number): readonly number[];
}

/** Rows that are sent at once, and records. */
const MOST_ROWS = 65_536;
const MOST_RECORDS = 500;
const MOST_NAMES = 2000;
/** Rows that are searched before other work has its turn. */
const MOST_SEARCHED = 5000;
const MOST_FOUND = 1_000_000;
const LONGEST_EXPRESSION = 1000;
/** Texts for which an expression may take its time, which is a second each. */
const MOST_SLOW = 3;
/** The interval between reports of what was read in the meantime: milliseconds. */
const REPORT = 100;

interface ViewCommand {
  readonly type: 'more' | 'rows' | 'search';
  readonly id: number;
  readonly from: number;
  readonly names: number;
  readonly rows: readonly number[];
  readonly text: string;
}

/**
 * The channel of `view`: a page asks for what it draws, and gets no more than that. `more` is answered with the rows of
 * the overview that the page has not got yet, as soon as there are any; `rows` with the records of those rows.
 */
export class ViewChannel {
  private readonly sockets: PageSockets;
  private readonly pages = new Set<ViewerEnd>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    access: PageAccess,
    private readonly source: ViewSource,
  ) {
    this.sockets = new PageSockets(access, (socket) => this.welcome(socket));
  }

  /** Accepts the client if it is the page; false: the request is not for this channel. */
  answer(upgrade: ReceivedUpgrade): boolean {
    return this.sockets.answer(upgrade);
  }

  /** More was read, or the reading has ended: pages that wait are answered. */
  changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const page of this.pages) page.change();
    }, REPORT).unref();
  }

  close(): void {
    clearTimeout(this.timer);
    this.sockets.close();
  }

  private welcome(socket: WebSocket): void {
    const page = new ViewerEnd(socket, this.source);
    this.pages.add(page);
    socket.on('close', () => this.pages.delete(page));
    socket.on('message', (data, isBinary) => {
      const command = isBinary ? undefined : commandOf((data as Buffer).toString());
      if (command === undefined) socket.close(1003, 'not a command');
      else page.obey(command);
    });
    page.send({ type: 'hello', ...this.source.hello() });
  }
}

/** A page that views. */
class ViewerEnd {
  /** It waits for rows from this one on, and names from that one on; undefined: it does not wait. */
  private wanted: { readonly from: number; readonly names: number } | undefined;
  private searched = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly source: ViewSource,
  ) {}

  send(record: object): void {
    this.socket.send(JSON.stringify(record));
  }

  obey(command: ViewCommand): void {
    if (command.type === 'rows') return this.sendRecords(command);
    if (command.type === 'search') return this.search(command);
    this.wanted = command;
    this.change();
  }

  /** Answers `more`, if there is more; reports the progress in any case. */
  change(): void {
    const { source, wanted } = this;
    this.send({ type: 'progress', ...source.progress() });
    if (wanted === undefined) return;
    const { columns, names } = source;
    const end = Math.min(columns.length, wanted.from + MOST_ROWS);
    if (wanted.from >= end && wanted.names >= names.length) return;
    this.wanted = undefined;
    this.send({ type: 'names', names: names.slice(wanted.names, wanted.names + MOST_NAMES) });
    this.socket.send(columns.batch(wanted.from, Math.max(wanted.from, end)));
  }

  private sendRecords({ id, rows }: ViewCommand): void {
    const records = rows.slice(0, MOST_RECORDS).map((row) => this.source.record(row) ?? 'null');
    this.socket.send(`{"type":"rows","id":${id},"records":[${records.join(',')}]}`);
  }

  /** In parts, so that other pages and the reading have their turns; another search of the page ends it. */
  private search({ id, text }: ViewCommand): void {
    const expression = text.length > LONGEST_EXPRESSION ? undefined : expressionOf(text);
    if (expression === undefined) return this.send({ type: 'found', id, rows: [], isDone: true, wrong: true });
    this.searched = id;
    const expressions = new TimedExpressions([expression], () => undefined, { times: MOST_SLOW });
    const matches = (sought: string): boolean => expressions.first(sought) === 0;
    let at = 0;
    let found = 0;
    const go = (): void => {
      if (this.searched !== id || this.socket.readyState !== this.socket.OPEN) return;
      const end = Math.min(this.source.columns.length, at + MOST_SEARCHED);
      const rows = this.source.search(matches, at, end);
      found += rows.length;
      at = end;
      const isDone = at >= this.source.columns.length || found >= MOST_FOUND;
      if (rows.length > 0 || isDone) this.send({ type: 'found', id, rows, isDone });
      if (!isDone) setImmediate(go);
    };
    go();
  }
}

function commandOf(text: string): ViewCommand | undefined {
  const { type, id = 0, from = 0, names = 0, rows = [], text: sought = '' } = parsed(text);
  if (type !== 'more' && type !== 'rows' && type !== 'search') return undefined;
  if (!isIndex(id) || !isIndex(from) || !isIndex(names) || typeof sought !== 'string') return undefined;
  if (!Array.isArray(rows) || !rows.every(isIndex)) return undefined;
  return { type, id, from, names, rows, text: sought };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
