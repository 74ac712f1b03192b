import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Flows } from '../../src/sources/tcp/flows.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { Scratch } from '../sources/captures.js';
import { records, wsinspect } from '../cli/binary.js';
import { closeServers, echo } from '../live/servers.js';
import { Serving } from '../live/serving.js';
import { tcpdump } from '../tcpdump.js';
import { mayCapture } from '../tools.js';

const ready = mayCapture();

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
  closeServers();
});

interface Streams {
  readonly sent: Buffer;
  readonly received: Buffer;
  /** A reset ended it, or the recording lost a part of it. */
  readonly cut: boolean;
}

interface Connection {
  readonly to: number;
  readonly sides: [Buffer[], Buffer[]];
  cut: boolean;
}

/** Each connection in a capture: to which port, and what each side sent. */
function connectionsIn(file: Uint8Array): Connection[] {
  const found: Connection[] = [];
  const ignore = (): undefined => undefined;
  const flows = new Flows({
    opened({ b }) {
      const sides: [Buffer[], Buffer[]] = [[], []];
      const connection: Connection = { to: b.port, sides, cut: false };
      const cut = (): void => void (connection.cut = true);
      found.push(connection);
      return {
        data: (side, bytes, start, end) => void sides[side].push(Buffer.from(bytes.slice(start, end))),
        ...{ gap: cut, fin: ignore, reset: cut, close: ignore },
      };
    },
  });
  const visitor = { packet: flows.packet.bind(flows), notice: ignore, problem: ignore };
  const reader = pcapReader();
  reader.push(file, visitor);
  reader.end(visitor);
  flows.end();
  return found;
}

/** Those to a port, without what the proxy rewrites: the values of Host, and the host of an absolute target. */
function streamsTo(port: number, all: ReturnType<typeof connectionsIn>): Streams[] {
  return all
    .filter(({ to }) => to === port)
    .filter(
      ({ sides: [sent, received] }) =>
        WHOLE_HEAD.test(Buffer.concat(sent).toString('latin1')) && !Buffer.concat(received).includes(REFUSAL),
    )
    .map(({ sides: [sent, received], cut }) => {
      const text = Buffer.concat(sent)
        .toString('latin1')
        .replace(/^\S+ http:\/\/[^/]*/, 'absolute')
        .replace(/^[^]*?\n\r?\n/, (head) => head.replace(/^(host:[ \t]*)[^\r\n]*/gim, '$1'));
      return { sent: Buffer.from(text, 'latin1'), received: Buffer.concat(received), cut };
    });
}

/** Of what was on its way when a reset came, one side may have seen less. */
function beginsLike(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length);
  return a.subarray(0, length).equals(b.subarray(0, length));
}

const headOf = (bytes: Buffer): string => bytes.toString('latin1').split('\r\n\r\n')[0]!.slice(0, 2000);

/** What the proxy refuses by itself, so that the server sees nothing of it (docs/listeners.md). */
const REFUSED = 'handshake.host*';
const REFUSAL = '\r\n\r\nwsinspect: ';
/** Before that the server is not dialled. */
const WHOLE_HEAD = /\n\r?\n/;

/** The verdicts of all cases that run by default, the slow ones of waiting aside. */
async function verdicts(url: string): Promise<Map<string, string>> {
  const { out } = await wsinspect(['check', url, '--json', '--seed', '1', '--skip', REFUSED]);
  const cases = records(out).filter(({ type }) => type === 'case');
  return new Map(
    cases.map(({ id, verdict, closeVerdict }) => [String(id), `${String(verdict)} ${String(closeVerdict)}`]),
  );
}

describe.runIf(ready)('what passes the proxy', () => {
  it('is the same on both of its sides, for every case of check, and so are the verdicts', async () => {
    const { port, url } = await echo({ perMessageDeflate: { threshold: 0 }, maxPayload: 2 ** 26 });
    const proxy = await Serving.proxy(url);
    proxy.child.stdout!.resume();
    const file = scratch.file('sides.pcap');
    const filter = `tcp port ${port} or tcp port ${proxy.port}`;
    const recorded = await tcpdump(file, filter);
    const through = await verdicts(proxy.url);
    await recorded();
    await proxy.stop();
    const direct = await verdicts(url);

    expect(through.size).toBeGreaterThan(400);
    const different = [...direct].filter(([id, verdict]) => through.get(id) !== verdict);
    expect(different).toEqual([]);

    const all = connectionsIn(new Uint8Array(readFileSync(file)));
    const [before, behind] = [streamsTo(proxy.port, all), streamsTo(port, all)];
    expect(before.length).toBeGreaterThan(400);
    let exact = 0;
    const byHead = new Map<string, Streams[]>();
    for (const one of behind) byHead.set(headOf(one.sent), [...(byHead.get(headOf(one.sent)) ?? []), one]);
    for (const one of before) {
      const others = byHead.get(headOf(one.sent)) ?? [];
      const other = others.find(
        ({ sent, received }) => beginsLike(sent, one.sent) && beginsLike(received, one.received),
      );
      if (other?.sent.equals(one.sent) && other.received.equals(one.received)) exact++;
      const excused = one.cut || others.some(({ cut }) => cut);
      expect(other !== undefined || excused, `what began with ${headOf(one.sent)}`).toBe(true);
    }
    expect(exact / before.length).toBeGreaterThan(0.98);
  }, 120_000);
});
