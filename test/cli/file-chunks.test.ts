import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readChunks } from '../../src/cli/host/file-chunks.js';
import { processIo } from '../../src/cli/host/process-io.js';
import { liveBuffers } from '../live-buffers.js';

const LINUX = process.platform === 'linux';
const PIPES = process.platform !== 'win32';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-chunks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const list: Uint8Array[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('a file', () => {
  it.each([
    [0, 16, 0],
    [1, 16, 1],
    [15, 16, 1],
    [16, 16, 1],
    [17, 16, 2],
    [64, 1, 64],
    [200_000, 65_536, 4],
    [200_000, undefined, 4],
    [200_000, 1 << 20, 1],
  ])('of %i bytes, %s at once: %i chunks', async (length, size, count) => {
    const content = pattern(length);
    const chunks = await all(readChunks(file('some', content), { ...(size !== undefined && { size }) }));
    expect(chunks).toHaveLength(count);
    // Compared when all is read: no chunk was written to again.
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(count);
  });

  it('is read to its present end', async () => {
    const path = file('growing', 'one');
    const read = [];
    for await (const chunk of readChunks(path, { size: 3 })) {
      read.push(Buffer.from(chunk).toString());
      if (read.length < 4) appendFileSync(path, `+${read.length}.`);
    }
    expect(read).toEqual(['one', '+1.', '+2.', '+3.']);
  });

  it('leaves the event loop its turns', async () => {
    let turns = 0;
    let over = false;
    const turn = (): void => {
      turns++;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    await all(readChunks(file('turns', pattern(1000)), { size: 10 }));
    over = true;
    expect(turns).toBeGreaterThanOrEqual(99);
  });

  it('keeps memory flat', async () => {
    const path = file('much', '');
    truncateSync(path, 200e6);
    const before = liveBuffers();
    let [most, length, looked] = [0, 0, 0];
    for await (const chunk of readChunks(path)) {
      length += chunk.length;
      if (length < 20e6 * (looked + 1)) continue;
      looked++;
      most = Math.max(most, liveBuffers() - before);
    }
    expect({ length, looked }).toEqual({ length: 200e6, looked: 10 });
    expect(most).toBeLessThan(4e6);
  });

  it.runIf(LINUX)('without a size (/proc)', async () => {
    expect(Buffer.concat(await all(readChunks('/proc/self/status'))).toString()).toMatch(/^Name:.*\n/);
    expect(await all(readChunks('/dev/null'))).toEqual([]);
  });
});

describe.runIf(LINUX)('a reader that stops early', () => {
  it('leaves no file open', async () => {
    const path = file('left', pattern(1000));
    const before = openFiles();
    for (let i = 0; i < 20; i++) {
      for await (const chunk of readChunks(path, { size: 10 })) if (chunk.length > 0) break;
      for await (const chunk of readChunks('/proc/self/status', { size: 10 })) if (chunk.length > 0) break;
    }
    // Never begun.
    readChunks(path);
    await all(readChunks(path));
    expect(openFiles()).toBe(before);
  });
});

describe('what can not be read', () => {
  it.each([
    ['nothing of that name', 'no/such/file', 'ENOENT', 'no such file'],
    ['a directory', '/', 'EISDIR', 'it is a directory'],
  ])('%s', async (_, path, code, told) => {
    await expect(all(readChunks(path))).rejects.toMatchObject({ code });
    await expect(all(processIo(() => undefined).readFile(path))).rejects.toMatchObject({
      name: 'UsageError',
      message: `${path}: can't be read: ${told}`,
    });
  });

  it.runIf(PIPES && process.getuid?.() !== 0)('a file of others', async () => {
    const path = file('secret', 'x');
    chmodSync(path, 0);
    await expect(all(processIo(() => undefined).readFile(path))).rejects.toMatchObject({
      message: `${path}: can't be read: permission denied`,
    });
  });
});

describe.runIf(PIPES)('a named pipe', () => {
  let made = 0;
  const pipe = (): string => {
    const path = join(folder, `pipe-${made++}`);
    execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
    return path;
  };
  const text = async (next: Promise<IteratorResult<Uint8Array>>): Promise<string | undefined> => {
    const result = await next;
    return result.done === true ? undefined : Buffer.from(result.value).toString();
  };

  it('gives what is there at once', async () => {
    const path = pipe();
    const chunks = readChunks(path);
    const first = text(chunks.next());
    // Writes a line for each that it is given.
    const writer = spawn('sh', ['-c', 'exec cat > "$0"', path], { stdio: ['pipe', 'inherit', 'inherit'] });
    writer.stdin.write('one\n');
    expect(await first).toBe('one\n');
    writer.stdin.write('two\n');
    expect(await text(chunks.next())).toBe('two\n');
    writer.stdin.end('three');
    expect(await text(chunks.next())).toBe('three');
    expect(await text(chunks.next())).toBeUndefined();
  });

  it('gives all of much, and no more than is requested', async () => {
    const path = pipe();
    const content = pattern(3_000_000);
    const writer = spawn('sh', ['-c', 'exec cat > "$0"', path], { stdio: ['pipe', 'inherit', 'inherit'] });
    writer.stdin.end(content);
    expect(Buffer.concat(await all(readChunks(path))).equals(content)).toBe(true);
  });

  it('may be left while more would come', async () => {
    const path = pipe();
    const writer = spawn('sh', ['-c', 'exec yes > "$0" 2>&1', path], { stdio: 'ignore' });
    const ended = new Promise((resolve) => writer.on('close', resolve));
    for await (const chunk of readChunks(path)) if (chunk.length > 0) break;
    await ended;
  });

  it('is given up on request', async () => {
    const path = pipe();
    const stop = new AbortController();
    const chunks = all(readChunks(path, { signal: stop.signal }));
    // A writer that stays, so that the pipe does not end.
    const writer = openSync(path, 'r+');
    setTimeout(() => stop.abort(), 50);
    await expect(chunks).rejects.toMatchObject({ code: 'ABORT_ERR' });
    closeSync(writer);
  });

  it.runIf(LINUX)('is given up before it has a writer', async () => {
    const stop = new AbortController();
    const chunks = all(readChunks(pipe(), { signal: stop.signal }));
    setTimeout(() => stop.abort(), 50);
    await expect(chunks).rejects.toMatchObject({ code: 'ABORT_ERR' });
  });

  it.runIf(LINUX)('ends with a signal, and what came before is the input', async () => {
    const others = process.listeners('SIGTERM');
    const io = processIo(() => undefined);
    const told = process.listeners('SIGTERM').filter((listener) => !others.includes(listener));
    const path = pipe();
    const chunks = io.readFile(path)[Symbol.asyncIterator]();
    const first = text(chunks.next());
    const writer = spawn('sh', ['-c', 'exec cat > "$0"', path], { stdio: ['pipe', 'inherit', 'inherit'] });
    writer.stdin.write('some');
    expect(await first).toBe('some');
    const second = text(chunks.next());
    for (const tell of told) tell('SIGTERM');
    expect(await second).toBeUndefined();
    expect(io.interrupted).toMatchObject({ aborted: true, reason: 143 });
    writer.stdin.end();
  });
});
