import type { ReadableFile } from './read-file.js';

/** A worker of the page, as far as it is used here. */
interface WorkerScope {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(data: unknown, transferred?: readonly Transferable[]): void;
}

/** This script runs in a worker of the page, not in the page: it reads the files that the page hands over. */
export function isWorker(): boolean {
  return !('document' in globalThis);
}

/** The first message has the files, later ones are commands. */
export function serveFiles(): void {
  const scope = globalThis as unknown as WorkerScope;
  let obey: ((command: unknown) => void) | undefined;
  scope.onmessage = ({ data }) => {
    if (obey !== undefined) return obey(data);
    void import('../reading.js').then(({ readFiles }) => {
      obey = readFiles(data as readonly ReadableFile[], (sent) => {
        if (typeof sent === 'string') scope.postMessage(sent);
        else scope.postMessage(sent.buffer, [sent.buffer as ArrayBuffer]);
      });
      scope.postMessage(READY);
    });
  };
}

/** What a worker sends first. */
export const READY = 'ready';
