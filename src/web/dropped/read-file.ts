import { viewCommandOf, ViewerEnd } from '../../describe/timeline/viewer-end.js';
import { DroppedParts, PartNeeded } from './dropped-parts.js';
import { DroppedReading } from './dropped-reading.js';
import { beginsKeyLog, KEY_LOG_BEGINNING } from './key-logs.js';

/** Bytes that are read at once, and those after which other work has its turn. */
const SLICE = 256 * 1024;
const TURN = 4 * SLICE;

/** As far as it is read here: a `File`. */
export type ReadableFile = Pick<File, 'name' | 'size' | 'slice' | 'stream'>;

/** Of such a file, to read it once more takes its time; and of its many connections some will have failed. */
const LARGE = 8 * 1024 * 1024;

/** Of a key log. */
const MOST_KEYS = 64 * 1024 * 1024;

/**
 * Reads a file with the key logs that were dropped with it, and answers the commands of its page (`ViewerEnd`) meanwhile and
 * afterwards, as the server of `view` does. `send` gets JSON texts, and batches of rows. It never throws: what is wrong is a
 * report.
 */
export function readFiles(
  files: readonly ReadableFile[],
  send: (data: string | Uint8Array) => void,
  signal?: AbortSignal,
): (command: unknown) => void {
  const names = files.map(({ name }) => name);
  const parts = new DroppedParts();
  const size = files.reduce((sum, { size }) => sum + size, 0);
  const reading = new DroppedReading(names, size, parts);
  const page = new ViewerEnd(reading, {
    send,
    isOpen: () => signal?.aborted !== true,
    later: (go) => void globalThis.setTimeout(go),
    soon: () => void globalThis.setTimeout(() => page.change()),
    matcher: (expression) => (text) => expression.test(text),
  });
  void readAll(files, reading, parts, () => page.change(), signal);
  return (value) => {
    const command = viewCommandOf(value);
    if (command !== undefined) page.obey(command);
  };
}

async function readAll(
  files: readonly ReadableFile[],
  reading: DroppedReading,
  parts: DroppedParts,
  changed: () => void,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const [file, ...others] = await withoutKeyLogs(files, reading);
    for (const { name } of others) reading.notice(`${name} is not read: the page reads one file at a time`);
    if (others.length + 1 < files.length) await parts.load('tls');
    if (file === undefined) {
      reading.begin();
      reading.fail('a TLS key log: drop it together with its capture');
    } else {
      if (file.size > LARGE) await parts.load('causes');
      while (!(await readThrough(file, reading, parts, changed, signal)));
    }
  } catch (error) {
    reading.fail((error as Error).message);
  }
  if (signal?.aborted !== true) changed();
}

/** False: a part of the page was needed, which is there now. */
async function readThrough(
  file: ReadableFile,
  reading: DroppedReading,
  parts: DroppedParts,
  changed: () => void,
  signal?: AbortSignal,
): Promise<boolean> {
  reading.begin();
  try {
    await readOne(file, reading, changed, signal);
    return true;
  } catch (error) {
    if (!(error instanceof PartNeeded)) throw error;
    await parts.load(error.part);
    return false;
  }
}

/** Hands over the key logs among them, and gives the others. */
async function withoutKeyLogs(files: readonly ReadableFile[], reading: DroppedReading): Promise<ReadableFile[]> {
  const others: ReadableFile[] = [];
  for (const file of files) {
    const first = new Uint8Array(await file.slice(0, KEY_LOG_BEGINNING).arrayBuffer());
    if (!beginsKeyLog(first)) others.push(file);
    else reading.keyLog(file.name, new Uint8Array(await file.slice(0, MOST_KEYS).arrayBuffer()));
  }
  return others;
}

async function readOne(
  file: ReadableFile,
  reading: DroppedReading,
  changed: () => void,
  signal?: AbortSignal,
): Promise<void> {
  let unreported = 0;
  for await (const [bytes, size] of slicesOf(file)) {
    if (signal?.aborted) return;
    reading.push(bytes, size);
    unreported += bytes.length;
    if (unreported < TURN) continue;
    unreported = 0;
    changed();
    // Commands of the page, and where there is no worker the page itself.
    await new Promise((resolve) => void globalThis.setTimeout(resolve));
  }
  reading.end();
}

/** The bytes of a file, unpacked where it is packed, and how many of the file's own each part takes. */
async function* slicesOf(file: ReadableFile): AsyncGenerator<readonly [bytes: Uint8Array, size: number]> {
  const [one, other] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = one === 0x1f && other === 0x8b;
  let packed = 0;
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      packed += chunk.length;
      controller.enqueue(chunk);
    },
  });
  const plain = file.stream();
  // More may come while a part is looked at.
  const taken = (): number => {
    const size = packed;
    packed = 0;
    return size;
  };
  const stream = isPacked ? plain.pipeThrough(counting).pipeThrough(new DecompressionStream('gzip')) : plain;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      if (packed > 0) yield [new Uint8Array(0), taken()];
      return;
    }
    for (let at = 0; at < value.length; at += SLICE) {
      const part = value.subarray(at, at + SLICE);
      yield [part, isPacked ? taken() : part.length];
    }
  }
}
