import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { wsinspect, type Ran } from '../cli/binary.js';
import { FRAME_FLOODS, Hostile, intrude, until } from './floods.js';
import { closeServers, echo } from './servers.js';

/** A signal ends every command, whatever its peer does: counted is what is still read after it. */

afterAll(closeServers);
const intruders: Socket[] = [];
afterEach(() => {
  for (const socket of intruders.splice(0)) socket.destroy();
});

const MB = 1024 * 1024;
/** Bytes that a peer has got rid of before the signal. */
const ENOUGH = MB;
/** What the system holds for a connection, and what may still be read of it: a flood brings hundreds of MB. */
const MOST_AFTER = 16 * MB;
const MOST_MEMORY = 300;

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

interface Flooded {
  readonly ran: Ran;
  readonly after: number;
}

/** Runs a command and signals it when `sent` has grown enough. */
async function flooded(
  args: readonly string[],
  signal: NodeJS.Signals,
  sent: () => number,
  isOn: () => boolean,
  begin?: (port: number) => Promise<void>,
): Promise<Flooded> {
  let before = NaN;
  let hasBegun = false;
  const stop = async (child: ChildProcess): Promise<void> => {
    await until(() => sent() >= ENOUGH && isOn());
    before = sent();
    child.kill(signal);
  };
  const ran = await wsinspect(args, {
    open: true,
    keep: 4096,
    started: (child) => void (begin ?? stop(child)),
    during: (child, printed) => {
      const [, port] = /wss?:\/\/127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
      if (!begin || hasBegun || port === undefined) return;
      hasBegun = true;
      void begin(Number(port)).then(() => stop(child));
    },
  });
  return { ran, after: sent() - before };
}

function expectEnded({ ran, after }: Flooded, exit: number, connections = 1): void {
  expect({ exit: ran.exit, err: ran.err.match(/Warning|^ +at /gm) }).toEqual({ exit, err: null });
  expect(after).toBeLessThan(MOST_AFTER * connections);
  expect(ran.peak).toBeLessThan(MOST_MEMORY);
}

/** What a command does not go on with for long: a limit of its own ends it. */
const ENDS_BY_ITSELF: ReadonlySet<string> = new Set(['fragments', 'one endless message']);

const CLIENTS: Readonly<Record<string, (url: string) => string[]>> = {
  check: (url) => ['check', url, '--only', '1,2,5,7', '--echo', 'yes', '--json'],
  'connect -q': (url) => ['connect', url, '-q'],
  'connect --view summary': (url) => ['connect', url, '--view', 'summary', '--deflate'],
};
const SERVERS = Object.keys(CLIENTS).flatMap((command, i) =>
  Object.keys(FRAME_FLOODS)
    .filter((flood) => command === 'check' || !ENDS_BY_ITSELF.has(flood))
    .map((flood, k) => [command, flood, ...SIGNALS[(i + k) % 2]!] as const),
);

describe('a server that floods', () => {
  it.each(SERVERS)('%s, %s: %s', async (command, flood, signal, exit) => {
    // `check` asks what it meets on two connections (a flood of them: conformance/check.test.ts): more are cases.
    const asked = command === 'check' ? 2 : 0;
    const server = await Hostile.upgrading(FRAME_FLOODS[flood]!(false), asked);
    const isOn = (): boolean => server.connections > asked;
    expectEnded(
      await flooded(CLIENTS[command]!(server.url), signal, () => server.sent, isOn),
      exit,
      server.connections,
    );
  });

  const ANSWERS: Readonly<Record<string, string>> = {
    'a head that does not end': 'HTTP/1.1 101 Switching Protocols\r\nX: y',
    'a refusal whose body does not end': 'HTTP/1.1 403 No\r\nContent-Type: text/plain\r\n\r\n',
    'what is no HTTP': '\0\0\0\0',
  };
  const COMMANDS = [
    ['check', '--only', '1', '--connect-timeout', '60'],
    ['connect', '--connect-timeout', '60'],
  ];
  const ROWS = Object.keys(ANSWERS).flatMap((answer) => COMMANDS.map((command) => [answer, command] as const));
  it.each(ROWS)('with %s does not fill the memory of %j', async (answer, [command = '', ...more]) => {
    const filler = Buffer.alloc(65536, 'x');
    const server = await Hostile.answering(Buffer.from(ANSWERS[answer]!), filler);
    const ran = await wsinspect([command, server.url, ...more]);
    expect([4, 22, 28, 56]).toContain(ran.exit);
    expect(ran.peak).toBeLessThan(MOST_MEMORY);
    expect(ran.err).not.toMatch(/Warning|^ +at /m);
  });

  it.each([
    ['check', ...SIGNALS[0]],
    ['connect', ...SIGNALS[1]],
  ] as const)('or says nothing is not waited for: %s, %s', async (command, signal, exit) => {
    const server = await Hostile.silent();
    const ran = await wsinspect([command, server.url, '--connect-timeout', '600'], {
      open: true,
      started: (child) => void until(() => server.connections > 0).then(() => child.kill(signal)),
    });
    expect(ran.exit).toBe(exit);
  });
});

const LISTENERS: Readonly<Record<string, (upstream: string) => readonly [args: string[], path: string]>> = {
  serve: () => [['serve', '0', '--view', 'summary'], '/'],
  'serve, sink': () => [['serve', '0', '--mode', 'sink', '--json'], '/'],
  proxy: (url) => [['proxy', '0', url], '/'],
  'check --listen': () => [
    ['check', '--listen', '127.0.0.1:0', '--json', '--only', '1,2,5'],
    '/runCase?case=3&agent=a',
  ],
};
const VISITORS = Object.keys(LISTENERS).flatMap((command, i) =>
  Object.keys(FRAME_FLOODS)
    .filter((flood) => command !== 'serve' || !ENDS_BY_ITSELF.has(flood))
    .map((flood, k) => [command, flood, ...SIGNALS[(i + k) % 2]!] as const),
);

describe('a client that floods', () => {
  it.each(VISITORS)('%s, %s: %s', async (command, flood, signal, exit) => {
    const { url } = await echo({ maxPayload: 1 << 30 });
    const [args, path] = LISTENERS[command]!(url);
    let past = 0;
    const sent = (): number => past + intruders.reduce((sum, one) => sum + one.bytesWritten - one.writableLength, 0);
    // Some are enough for a limit of ours or of the upstream server: others come then.
    const come = async (port: number): Promise<void> => {
      const socket = await intrude(port, path, FRAME_FLOODS[flood]!(true));
      intruders.push(socket);
      socket.on('close', () => {
        past += socket.bytesWritten - socket.writableLength;
        intruders.splice(intruders.indexOf(socket), 1);
        void come(port).catch(() => undefined);
      });
    };
    expectEnded(await flooded(args, signal, sent, () => true, come), exit);
  });
});
