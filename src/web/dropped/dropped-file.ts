import { READY } from './worker.js';

/** Takes what the reader of a file sends. */
export interface FileTaker {
  record(record: Readonly<Record<string, unknown>>): void;
  rows(batch: ArrayBuffer): void;
}

/** The script of a report: it has no address of its own. */
const EMBEDDED = 'script[type=module]:not([src])';
const ADDRESS = '/app.js';

/** Has files read in a worker, or where there is none in the page, slice by slice; gives what sends it a command. */
export function openDropped(files: readonly File[], taker: FileTaker, signal: AbortSignal): (command: object) => void {
  const take = (data: unknown): void => {
    if (typeof data === 'string') taker.record(JSON.parse(data) as Record<string, unknown>);
    else if (data instanceof ArrayBuffer) taker.rows(data);
  };
  const waiting: object[] = [];
  let send = (command: object): void => void waiting.push(command);
  const sendBy = (way: (command: object) => void): void => {
    send = way;
    for (const command of waiting.splice(0)) way(command);
  };
  const readHere = (): void => {
    void import('../reading.js').then(({ readFiles }) => {
      sendBy(readFiles(files, (data) => take(typeof data === 'string' ? data : data.buffer), signal));
    });
  };
  const worker = startWorker();
  if (worker === undefined) readHere();
  else {
    signal.addEventListener('abort', () => worker.terminate());
    let isReady = false;
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data !== READY) return take(data);
      isReady = true;
      sendBy((command) => worker.postMessage(command));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (!isReady) readHere();
      else taker.record({ type: 'progress', isDone: true, problem: event.message, rows: 0, read: 0, left: 0, bare: 0 });
      worker.terminate();
    };
    worker.postMessage(files);
  }
  return (command) => send(command);
}

/** The script of the page as a worker; undefined: the browser refuses it. */
function startWorker(): Worker | undefined {
  const embedded = document.querySelector(EMBEDDED)?.textContent;
  try {
    if (embedded === undefined) return new Worker(ADDRESS, { type: 'module' });
    const url = URL.createObjectURL(new Blob([embedded], { type: 'text/javascript' }));
    // It imports nothing; Chromium loads no module into the worker of a page that is a file.
    return new Worker(url);
  } catch {
    return undefined;
  }
}
