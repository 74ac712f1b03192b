import { print } from '../../describe/printable.js';
import type { StreamRecorder } from '../../codec/http2/http2-taker.js';
import { compareTransports, CONVERSATION } from '../../live/server/compare.js';
import type { Replaying } from '../../live/replay/replaying.js';
import type { Script } from '../../live/replay/script.js';
import type { ListenPlace } from '../../live/listener/listen-at.js';
import type { Answers } from '../../live/server/answering.js';
import { LiveServer } from '../../live/server/server.js';
import type { LiveServerOptions, ServerTaker } from '../../live/server/server-options.js';
import { isLoopback, listenError, listenUrl, parsePlace } from '../host/addresses.js';
import { drawComparison } from '../../terminal/connections/comparison.js';
import { jsonLine, escapeText } from '../../describe/escape.js';
import { lookOf } from '../decode/look.js';
import { EXIT, UsageError } from '../host/exit.js';
import { PageHost } from '../live/page-host.js';
import type { Io } from '../host/io.js';
import { MOST_HEAD } from '../../live/sockets/ws-limits.js';
import { listenerPolicyOf } from '../live/listener-policy.js';
import { LiveOutput } from '../live/live-output.js';
import { liveLook } from '../live/live-apps.js';
import { deflateWish, liveReading } from '../live/live-reading.js';
import { loadScript } from '../entries/load-script.js';
import { recorded } from '../record/recorder.js';
import { asRecorded, checkReplay } from '../replay/replay-request.js';
import type { ServeOptions } from '../options/serve-options.js';
import { tlsOf } from '../host/tls-files.js';

const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 9001 };
const HEAD_SECONDS = 10;
const BODY_SECONDS = 30;
const STALL_SECONDS = 30;

/** `serve`: a server that shows its handshakes and frames as they pass, until a signal ends it. */
export async function run(io: Io, address: string | undefined, options: ServeOptions): Promise<number> {
  if (options.compare) return compare(io, options);
  const place = parsePlace(address ?? ':9001', DEFAULT_ADDRESS);
  const { cert, key, passphraseFile, clientCa, replay, connection, quiet, replayKeylog } = options;
  checkReplay(options);
  const script = replay === undefined ? undefined : await loadScript(io, { replay, connection, quiet, replayKeylog });
  const all = { ...options, ...(script && asRecorded(script, 'server', options)) };
  return recorded(io, options, [cert, key, passphraseFile, clientCa, replay, ...(replayKeylog ?? [])], (recorder) =>
    serve(io, place, all, { recorder, script }),
  );
}

async function serve(
  io: Io,
  place: ListenPlace,
  options: ServeOptions,
  { recorder, script }: { recorder: StreamRecorder | undefined; script: Script | undefined },
): Promise<number> {
  const output = new LiveOutput(io, options);
  await output.open(true);
  const inspecting = new PageHost(io, listenerPolicyOf(place.host, options), options);
  const server = serverOf(
    {
      ...(await serverOptions(io, place, options)),
      ...inspecting.services,
      recorder,
      replay: script && replayingOf(io, script, options),
    },
    inspecting.beside(output),
  );
  inspecting.watch(server);
  const port = await server.listen().catch((error: NodeJS.ErrnoException) => {
    throw listenError(place, error);
  });
  const url = listenUrl(options.cert !== undefined, place, port);
  // No browser opens a Unix socket.
  const page = place.path === undefined ? inspecting.pageUrl(url) : undefined;
  if (options.json) output.json({ type: 'listening', url, port: port || undefined, pid: io.pid, page });
  else output.text(print`listening ${escapeText(url)}\n`);
  if (!isLoopback(place.host)) output.notice(`warning: everyone who can reach ${place.host} can connect`);
  if (page !== undefined) output.notice(`open ${page} to watch`);
  await Promise.race([server.finished, output.unread, io.untilInterrupted()]);
  inspecting.close();
  await server.close();
  await output.end();
  return io.interrupted.aborted ? io.interrupted.reason : EXIT.ok;
}

function replayingOf(io: Io, script: Script, { speed = 1, autoPong }: ServeOptions): Replaying {
  return { script, speed, autoPong, random: (length) => io.random(length) };
}

/** An invalid certificate is found when the server is made. */
function serverOf(options: LiveServerOptions, taker: ServerTaker): LiveServer {
  try {
    return new LiveServer(options, taker);
  } catch (error) {
    throw new UsageError(`--cert and --key can't be used: ${(error as Error).message}`);
  }
}

/** `--compare`: the three transports side by side, measured. */
async function compare(io: Io, options: ServeOptions): Promise<number> {
  const { messages, pause } = CONVERSATION;
  if (io.stderr.isTTY && !options.quiet) {
    await io.stderr.write(print`${messages} messages, one every ${pause} ms, over three transports: measuring …\n`);
  }
  const transports = await compareTransports({ reading: liveReading(options), now: () => io.now() });
  if (options.quiet) return EXIT.ok;
  if (options.json) await io.stdout.write(jsonLine({ type: 'comparison', transports }));
  else await io.stdout.write(drawComparison(transports, await lookOf(io, options)));
  return EXIT.ok;
}

function answersOf({ greet, autoReply }: ServeOptions): Answers | undefined {
  if (greet === undefined && autoReply === undefined) return undefined;
  return { greetings: greet ?? [], rules: autoReply ?? [] };
}

async function serverOptions(io: Io, place: ListenPlace, options: ServeOptions): Promise<LiveServerOptions> {
  const { path, reject, delay, close } = options;
  const tls = await tlsOf(io, options);
  return {
    place,
    ...(tls && { tls, isSecure: true }),
    ...(options.http2 && { http2: (await import('../entries/http2.js')).Http2Front }),
    now: () => io.now(),
    ...liveLook(options),
    compare: async () => ({ transports: await compareTransports({ reading: {}, now: () => io.now() }) }),
    mode: options.mode,
    answers: answersOf(options),
    policy: {
      subprotocols: options.subprotocol ?? [],
      ...(path !== undefined && { path: path.startsWith('/') ? path : `/${path}` }),
      ...(reject !== undefined && { reject }),
    },
    listener: listenerPolicyOf(place.host, options),
    faults: {
      ...(delay !== undefined && { delay }),
      ...(options.badAccept && { badAccept: true as const }),
      ...(options.rawFrame && { rawFrames: options.rawFrame }),
      ...(close && { close }),
      ...(options.drop && { drop: true as const }),
      ...(!options.autoPong && { noAutoPong: true as const }),
    },
    limits: {
      payload: options.maxPayload,
      connections: options.maxConnections,
      head: MOST_HEAD,
      headSeconds: HEAD_SECONDS,
      bodySeconds: BODY_SECONDS,
      stallSeconds: STALL_SECONDS,
    },
    deflate: deflateWish(options.deflate),
    oneshot: options.oneshot === true,
  };
}
