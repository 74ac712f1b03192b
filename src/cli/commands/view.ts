import { escapeText, jsonLine } from '../../describe/escape.js';
import { print } from '../../describe/printable.js';
import { PageServer } from '../../live/server/page-server.js';
import { ViewChannel } from '../../live/server/view-channel.js';
import { isLoopback, listenError, listenUrl, parseAddress } from '../host/addresses.js';
import { EXIT, isUsageError, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { problemText } from '../host/problem-text.js';
import { teedStderr } from '../host/teed-stderr.js';
import { FilePlaces } from '../input/file-places.js';
import { counted } from '../input/measured-chunks.js';
import { changed } from '../host/changed-io.js';
import { pageAccess } from '../live/page-access.js';
import { listenerPolicyOf } from '../live/listener-policy.js';
import { VERSION } from '../options/version.js';
import type { ViewCommandOptions } from '../options/view-options.js';
import { optionReadTwice } from '../decode/selection.js';
import { checkReading } from '../decode/traffic-options.js';
import { PAGE_PREVIEW } from '../../describe/timeline/page-preview.js';
import { RecordStore, STORE_BOUNDS } from '../../describe/timeline/record-store.js';
import { StoredReading } from '../../describe/timeline/stored-reading.js';
import { nodeBase64 } from '../host/node-base64.js';
import { uncountedMemory } from '../host/uncounted-memory.js';
import { read } from './decode.js';

/** A free port: several captures may be looked at. */
const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 0 };
const STDIN = '-';

/** `view`: reads files as `decode` does, and serves a page that shows them, until a signal ends it. */
export async function run(io: Io, files: readonly string[], options: ViewCommandOptions): Promise<number> {
  const paths = files.length === 0 ? [STDIN] : files;
  checkReadable(io, paths);
  checkReading(options);
  const reading = new ViewReading(io, paths, options);
  const place = parseAddress(options.listen ?? ':0', DEFAULT_ADDRESS);
  const listener = listenerPolicyOf(place.host, options);
  const access = pageAccess(io, options.token, 'app.js');
  const channel = new ViewChannel({ listener, token: access.token }, reading);
  const server = new PageServer({
    place,
    listener,
    page: access.page,
    channel: (upgrade) => channel.answer(upgrade),
    notice: (message) => notice(io, options, message),
  });
  const port = await server.listen().catch((error: NodeJS.ErrnoException) => {
    throw listenError(place, error);
  });
  const url = listenUrl(false, place, port).replace(/^ws/, 'http');
  const page = access.url(url);
  if (options.json) await io.stdout.write(jsonLine({ type: 'listening', url, port, pid: io.pid, page }));
  if (!isLoopback(place.host)) notice(io, options, `warning: everyone who can reach ${place.host} can connect`);
  notice(io, options, `open ${page} to watch`);
  reading.changed = () => (reading.isDone ? channel.report() : channel.changed());
  try {
    await reading.run();
    await io.untilInterrupted();
  } finally {
    channel.close();
    await server.close();
    reading.close();
  }
  return io.interrupted.aborted ? io.interrupted.reason : EXIT.ok;
}

/** Before a page is opened for them. */
function checkReadable(io: Io, paths: readonly string[]): void {
  for (const path of paths) {
    if (path === STDIN) continue;
    const why = io.fileExists(path) ? io.unreadable?.(path) : 'no such file';
    if (why !== undefined) throw new UsageError(`${path}: can't be read: ${why}`);
  }
}

function notice(io: Io, { quiet }: ViewCommandOptions, message: string): void {
  if (!quiet) void io.stderr.write(print`${escapeText(message)}\n`);
}

/** Bytes that are read in all; undefined: a pipe is among them. */
function sizeOf(io: Io, paths: readonly string[], options: ViewCommandOptions): number | undefined {
  const sizes = paths.map((path) => (path === STDIN ? undefined : io.fileSize(path)));
  const times = optionReadTwice(options) === undefined ? 1 : 2;
  if (sizes.some((size) => size === undefined)) return undefined;
  return times * sizes.reduce<number>((sum, size = 0) => sum + size, 0);
}

/** The reading of the files, as far as it is, for the page. */
class ViewReading extends StoredReading {
  changed: () => void = () => undefined;
  private readonly places: FilePlaces;
  /** Why something of what was read is not there any more. */
  private lost: string | undefined;

  constructor(
    private readonly io: Io,
    private readonly paths: readonly string[],
    private readonly options: ViewCommandOptions,
  ) {
    const places = new FilePlaces(io, (reason) => this.lose(reason));
    super(new RecordStore(STORE_BOUNDS, nodeBase64, uncountedMemory, places), sizeOf(io, paths, options));
    this.places = places;
  }

  hello(): object {
    return { version: VERSION, feed: 'file', mode: 'file', files: this.paths, subprotocols: [] };
  }

  /** What can't be read is reported here and in the page, which shows what was read before. */
  async run(): Promise<void> {
    const { io, options } = this;
    const reading = { ...options, file: [...this.paths], preview: PAGE_PREVIEW, jobs: 1, undrawn: true as const };
    delete reading.json;
    try {
      await read(this.counting(), [], reading, this.store);
    } catch (error) {
      if (!isUsageError(error) || this.store.columns.length === 0) throw error;
      this.problem = problemText(error);
      await io.stderr.write(print`wsinspect: ${escapeText(this.problem)}\n`);
    }
    this.isDone = true;
    this.changed();
  }

  protected override get missing(): string | undefined {
    return this.lost && `${this.lost}: frames are neither shown nor searched where it is not as it was`;
  }

  close(): void {
    this.places.close();
  }

  private lose(reason: string): void {
    if (this.lost !== undefined) return;
    this.lost = reason;
    this.changed();
  }

  private counting(): Io {
    const { io } = this;
    const count = (bytes: number): void => {
      this.read += bytes;
      this.changed();
    };
    const chunks = counted(io.stdin, count);
    const stdin = {
      isTTY: io.stdin.isTTY,
      close: () => io.stdin.close?.(),
      [Symbol.asyncIterator]: () => chunks,
    };
    // What is printed about the reading is shown in the page too. There is no bar: the page has it.
    const stderr = teedStderr(io, (message, isDamage) => this.report(message, io.now(), isDamage), false);
    return changed(io, { stdin, stderr, readFile: (path) => counted(this.places.readFile(path), count) });
  }
}
