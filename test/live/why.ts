import { createServer } from 'node:http';
import type { Readable } from 'node:stream';
import { WebSocketServer } from 'ws';
import { expect } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import { records, wsinspect, type Ran } from '../cli/binary.js';
import type { HeldClock } from '../cli/held-clock.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import { listening, type Running } from './servers.js';

/** The code of the cause, in text and in JSON the same; undefined: none. */
export async function causeOf(url: string, ...options: string[]): Promise<string | undefined> {
  const args = ['connect', url, ...options];
  return sameCause(runHere(args), runHere([...args, '--json']));
}

/** The same after a second of silence by the clock of `connect`: its peer ends the connection whenever it does. */
export async function causeOfSilence(url: string): Promise<string | undefined> {
  return sameCause(silentAfterEcho(url, []), silentAfterEcho(url, ['--json']));
}

/** `connect` to an echo that falls silent for a second, in each of `connections`. */
export function silentAfterEcho(url: string, options: readonly string[], connections = 1): Promise<Ran> {
  const again = connections > 1 ? ['--reconnect', String(connections - 1)] : [];
  const clock = async (held: HeldClock, child: ChildProcess): Promise<void> => {
    const [out, err] = [new Printed(child.stdout!), new Printed(child.stderr!)];
    for (let count = 1; ; count++) {
      await out.match(ECHOED, count);
      await held.advance(1000);
      if (count === connections) return;
      const [, delay] = await err.match(DELAY, count);
      await held.advance(1000 * Number(delay));
    }
  };
  return wsinspect(['connect', url, '-x', 'hi', '-w', '10', ...again, ...options], { clock });
}

/** As text, or as binary. */
const ECHOED = /^(?:hi|6869)|"direction":"server".*"(?:text":"hi|hex":"6869)"/gm;
const DELAY = /connecting again in ([\d.]+) s/g;

/** What a stream has printed. */
class Printed {
  private text = '';
  private look = (): void => undefined;

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      this.look();
    });
  }

  /** Waits for that many matches: gives the last of them. */
  match(pattern: RegExp, count: number): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      this.look = () => {
        const found = [...this.text.matchAll(pattern)][count - 1];
        if (found !== undefined) resolve(found);
      };
      this.look();
    });
  }
}

async function sameCause(
  ...runs: readonly [text: Promise<RanHere>, json: Promise<RanHere>]
): Promise<string | undefined> {
  const [text, json] = await Promise.all(runs);
  const [, told] = /^why: .* \(([a-z-]+)\)$/m.exec(text.err) ?? [];
  const error = records(json.out).find(({ type }) => type === 'error') as { cause?: { code: string } } | undefined;
  expect(error?.cause?.code).toBe(told);
  return told;
}

/** `ws` beside an HTTP server that wants an upgrade, as most have it. */
export function upgradeOnly(): Promise<Running> {
  const server = createServer((_, response) => {
    response.writeHead(426);
    response.end('Upgrade Required');
  });
  new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  return listening(server);
}
