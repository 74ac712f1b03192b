import { concat } from '../../codec/bytes/byte-collector.js';
import { encodeUtf8, decodeUtf8 } from '../../codec/bytes/utf8.js';
import { isOpen, type Bench, type Fresh } from '../bench/bench.js';
import type { Case, CaseVerdict } from '../case.js';
import { headBytes, plusHeader } from '../handshakes/heads.js';
import { binary, notOpened } from '../verdicts/autobahn.js';
import { measured, plainCase, refuses, unserved, within, type About } from '../verdicts/suite.js';
import { OPEN_TIME } from '../bench/open-time.js';
import { ask } from '../bench/server-bench.js';
import type { Tester } from '../bench/tester.js';
import { after } from '../bench/timer.js';

/** What an attacker may try (RFC 6455 §10). */

/** As a frame a head declares 69 or 84 bytes: all of them are there, for peers that judge whole frames only. */
const LONG = `X-Long: ${'x'.repeat(100)}\r\n\r\n`;
const REQUEST = encodeUtf8(`GET /smuggled HTTP/1.1\r\nHost: localhost\r\n${LONG}`);
const RESPONSE = encodeUtf8(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${LONG}`);

const HTTP_BEHIND: readonly Case[] = [
  refuses({
    id: 'security.http-behind-handshake',
    rfc: 'RFC 6455 §5.2',
    title: 'Another HTTP head where frames have to be',
    expected: 'it is read as a frame, one with reserved bits: the peer fails the connection',
    send: ({ bench, tester }) => tester.write(bench.peer === 'server' ? REQUEST : RESPONSE),
  }),
  refuses({
    id: 'security.http-behind-handshake-by-octets',
    rfc: 'RFC 6455 §5.2',
    title: 'The same, octet by octet',
    expected: 'it is read as a frame, one with reserved bits: the peer fails the connection',
    send: ({ bench, tester }) => tester.write(bench.peer === 'server' ? REQUEST : RESPONSE, 1),
  }),
];

/** What came after a head: HTTP or not. */
async function pipelined(bench: Bench, headers: readonly (readonly [string, string])[]): Promise<CaseVerdict> {
  const fresh = await bench.connect();
  const head = headers.reduce((before, [name, value]) => plusHeader(before, name, value), bench.head());
  const happened = await ask(fresh, concat([headBytes(head), REQUEST]), OPEN_TIME * bench.patience);
  await fresh.wire.flushed();
  // An answer to the second head comes at once, or the connection ends.
  const again = await settle(bench, fresh);
  const status = happened.head ? `answered with ${happened.head.status ?? happened.head.line}` : 'not answered';
  const upgraded = happened.head?.status === 101;
  const hasTwo = upgraded && decodeUtf8(concat([happened.rest, again])).includes('HTTP/1.');
  const actual = `the first head was ${status}${hasTwo ? ', and the one after it was answered as HTTP' : ''}`;
  return { behavior: hasTwo ? 'FAILED' : 'OK', behaviorClose: 'INFORMATIONAL', actual };
}

/** Bytes after this number are not read. */
const MOST_SETTLING = 256 * 1024;

/** The bytes that come within a second, or until the end. */
function settle({ patience }: Bench, { wire, exchange }: Fresh): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      wire.drop();
      resolve(concat(pieces));
    };
    const timer = after(patience, done);
    const bytes = (chunk: Uint8Array): void => {
      exchange.add('peer', chunk);
      if (size < MOST_SETTLING) pieces.push(chunk);
      size += chunk.length;
    };
    wire.listen({ bytes, ended: done });
  });
}

/** [id, title of the head, level, headers] */
const PIPELINED = (
  [
    ['pipelined', 'nothing of a body', 'MUST', []],
    ['pipelined-content-length', 'Content-Length: 0', 'REPORT', [['Content-Length', '0']]],
    ['pipelined-body', 'the second as its body', 'REPORT', [['Content-Length', String(REQUEST.length)]]],
    ['pipelined-chunked', 'Transfer-Encoding: chunked', 'REPORT', [['Transfer-Encoding', 'chunked']]],
  ] as const
).map(([id, what, level, headers]) =>
  plainCase(
    {
      id: `security.${id}`,
      rfc: 'RFC 6455 §10.3',
      title: `A second HTTP request in the same write as the handshake, which declares ${what}`,
      expected: 'no second HTTP response after a 101',
      peers: ['server'],
      http: '1.1',
      level,
    },
    (bench) => pipelined(bench, headers),
  ),
);

const HALF_OPEN = 100;
/** Seconds until the number of connections is at its largest. */
const CROWD_TIME = 2;

interface ManyConnections extends Pick<About, 'id' | 'title' | 'rfc' | 'http'> {
  readonly count: number;
  begin(this: void, bench: Bench, fresh: Fresh): Promise<void>;
}

/** Many that keep a server waiting, and then one that does not. */
function crowd({ count, begin, ...about }: ManyConnections): Case {
  const spec = {
    ...about,
    expected: 'another connection is served meanwhile, and afterwards',
    level: 'SHOULD',
    peers: ['server'],
    traits: ['unsafe', 'alone'],
  } as const;
  return plainCase(spec, async (bench) => {
    const crowded: Fresh[] = [];
    let problem: string | undefined;
    let refused: string | undefined;
    const gather = async (): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const fresh = await bench.connect();
        crowded.push(fresh);
        await begin(bench, fresh);
      }
    };
    const cost = await measured(bench, async () => {
      const all = gather().catch((error: unknown) => void (refused = (error as Error).message));
      if (!(await within(all, CROWD_TIME * bench.patience))) refused = 'it took too long';
      problem = await unserved(bench);
    });
    for (const { wire } of crowded) wire.drop();
    const later = problem === undefined ? undefined : await unserved(bench);
    const words = [
      problem ? `meanwhile: ${problem}` : `another connection was served in addition to ${crowded.length}`,
      refused && `not all ${count} were to be had: ${refused}`,
      problem && (later ? `afterwards: ${later}` : 'afterwards a connection was served'),
      cost,
    ];
    const behavior = problem ? 'FAILED' : refused ? 'INFORMATIONAL' : 'OK';
    return { behavior, behaviorClose: 'INFORMATIONAL', actual: words.filter(Boolean).join('; ') };
  });
}

const CROWDS: readonly Case[] = [
  crowd({
    id: 'security.half-open',
    rfc: 'RFC 6455 §10',
    title: `${HALF_OPEN} connections that say nothing`,
    count: HALF_OPEN,
    begin: () => Promise.resolve(),
  }),
  crowd({
    id: 'security.slow-heads',
    rfc: 'RFC 6455 §10',
    title: `${HALF_OPEN} requests that stop in the middle of a header of 4 KiB`,
    http: '1.1',
    count: HALF_OPEN,
    begin: async (bench, { wire, exchange }) => {
      const head = headBytes(plusHeader(bench.head(), 'X-Long', 'a'.repeat(4096)));
      const piece = head.subarray(0, head.length - 1000);
      exchange.add('tester', piece);
      wire.write(piece);
      await wire.flushed();
    },
  }),
];

const UNFINISHED = 20;
const DECLARED = 64 * 1024 * 1024;

/** [id, the state in which each connection is left, its frames] */
const MEMORY = (
  [
    ['frames', `a frame of 64 MiB of which a kilobyte has come`, { payloadLength: DECLARED }],
    ['fragments', `a message of which the first kilobyte has come, and that does not end`, { fin: false }],
  ] as const
).map(([id, what, more]) =>
  plainCase(
    {
      id: `security.unfinished-${id}`,
      rfc: 'RFC 6455 §10.4',
      title: `${UNFINISHED} connections, each with ${what}`,
      expected: 'memory grows by what has come, not by what was declared, and others are served',
      level: 'REPORT',
      peers: ['server'],
      traits: ['unsafe', 'alone'],
    },
    async (bench) => {
      const open: Tester[] = [];
      let problem: string | undefined;
      const cost = await measured(bench, async () => {
        for (let i = 0; i < UNFINISHED && problem === undefined; i++) {
          const tester = await bench.open();
          if (!isOpen(tester)) problem = notOpened(tester).actual;
          else {
            open.push(tester);
            await tester.write(tester.frame(binary(new Uint8Array(1024), more)));
          }
        }
        problem ??= await unserved(bench);
      });
      const refused = open.filter((tester) => tester.isClosing).length;
      for (const tester of open) {
        tester.wire.drop();
        await tester.finish(0);
      }
      const actual = [
        problem ?? `another connection was served in addition to ${open.length}`,
        refused > 0 ? `${refused} were closed by the peer` : undefined,
        cost ?? 'memory is not known',
      ];
      const behavior = problem === undefined ? 'OK' : 'FAILED';
      return { behavior, behaviorClose: 'INFORMATIONAL', actual: actual.filter(Boolean).join('; ') };
    },
  ),
);

export const SECURITY_CASES: readonly Case[] = [...HTTP_BEHIND, ...PIPELINED, ...CROWDS, ...MEMORY];
