import type { MessagePort } from 'node:worker_threads';
import { Gate, type Grant } from './gate.js';
import { inputOf } from './files.js';
import { changed } from '../host/changed-io.js';
import type { ThreadData } from './lanes.js';
import { CapturePart, Stopped } from './part.js';
import type { JobPiece } from './piece.js';
import { processIo } from '../host/process-io.js';

/** What a thread of `--jobs` does. */
export async function work(port: MessagePort, { files, options, share, stdout, stopped }: ThreadData): Promise<void> {
  const io = changed(
    processIo(() => undefined),
    { stdout: { ...stdout, closed: false, write: () => undefined, payload: () => undefined } },
  );
  const gate = new Gate();
  port.on('message', (grant: Grant) => gate.take(grant));
  const handOver = (piece: JobPiece): Promise<boolean> => {
    port.postMessage(piece, [piece.text.buffer as ArrayBuffer, piece.marks.buffer as ArrayBuffer]);
    return gate.pass(piece.text.length);
  };
  const part = new CapturePart(io, options, share, handOver, () => Atomics.load(stopped, 0) !== 0);
  try {
    await part.run(files.map((file) => inputOf(file, io.readFile(file.name))));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    port.close();
  }
}
