import { RelayServer, type RelayOptions, type RelayServerTaker } from '../../live/relay/server.js';
import type { HeadEdit } from '../../live/relay/head.js';
import type { HostPort } from '../../live/client/route.js';
import type { RelayFaults } from '../../live/relay/connection.js';
import { isLoopback, listenError, listenUrl, parseAddress } from '../host/addresses.js';
import { checkText, loginOf, ownHeaders, passedOver } from '../connect/headers.js';
import { routeOf } from '../connect/route.js';
import { parseTarget, type Target } from '../connect/url.js';
import { EXIT, UsageError } from '../host/exit.js';
import { connectionFilter } from '../../traffic/selection/filters.js';
import type { RecordWatcher } from '../decode/record-output.js';
import type { Io } from '../host/io.js';
import { listenerPolicyOf } from '../live/listener-policy.js';
import { LiveOutput } from '../live/live-output.js';
import { besideChannel, openLivePage } from '../live/live-page.js';
import { liveLook } from '../live/live-apps.js';
import { shownUrl } from '../options/passwords.js';
import type { ProxyOptions } from '../options/proxy-options.js';
import { recorded } from '../record/recorder.js';
import { seeded } from '../host/seeded.js';
import { listenerTlsOf } from '../host/tls-files.js';
import { print } from '../../describe/printable.js';
import { escapeText } from '../../describe/escape.js';

const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 9001 };
const HEAD_SECONDS = 10;
/** A URL is given where the address is missing. */
const URL_START = /^[a-z][a-z0-9+.-]*:\/\//i;

/** `proxy`: listens between clients and a server, passes everything on, and shows it, until a signal ends it. */
export async function run(
  io: Io,
  first: string | undefined,
  second: string | undefined,
  options: ProxyOptions,
): Promise<number> {
  const { address, url: text } = argumentsOf(first, second);
  const target = parseTarget(text);
  const place = parseAddress(address, DEFAULT_ADDRESS);
  const { cert, key, passphraseFile, cacert, ca, listenCert, listenKey } = options;
  if (options.html !== undefined && (options.redact !== undefined || options.redactAddresses))
    throw new UsageError(
      '--redact replaces secrets in what --record writes, not in --html: decode the recording, with --html',
    );
  const read = [cert, key, passphraseFile, cacert, ca, listenCert, listenKey];
  return recorded(io, options, read, async (recorder) => {
    const relay = { ...(await relayOptions(io, place, target, options)), recorder };
    return reported(io, target, read, options, (watcher) => relayUntilEnd(io, target, relay, options, watcher));
  });
}

/** With `--html`, around a run: what is shown also goes to the watcher. */
async function reported(
  io: Io,
  target: Target,
  read: readonly (string | undefined)[],
  { html, quiet }: ProxyOptions,
  run: (watcher?: RecordWatcher) => Promise<number>,
): Promise<number> {
  if (html === undefined) return run();
  const { withReport } = await import('../entries/report.js');
  const inputs = read.filter((path) => path !== undefined);
  const title = `proxy for ${shownUrl(target.url.href)}`;
  return withReport(io, { html, quiet }, { inputs, title }, run);
}

/** Until a signal comes, or the output is no longer read. */
async function relayUntilEnd(
  io: Io,
  target: Target,
  place: RelayOptions,
  options: ProxyOptions,
  watcher?: RecordWatcher,
): Promise<number> {
  const output = new LiveOutput(io, options, undefined, watcher);
  await output.open(true);
  const page = await openLivePage(io, options, 'proxy', (message) => output.notice(message));
  const beside = page && besideChannel(output, page.channel);
  const relay = relayOf(place, beside ? Object.assign(beside, { fault: output.fault.bind(output) }) : output);
  const port = await relay.listen().catch(async (error: NodeJS.ErrnoException) => {
    await page?.close();
    throw listenError(place, error);
  });
  const url = listenUrl(options.listenCert !== undefined, place, port);
  if (options.json) output.json({ type: 'listening', url, port, pid: io.pid, page: page?.url });
  else output.text(print`listening ${escapeText(url)} for ${escapeText(target.url.href)}\n`);
  for (const words of passedOver(options)) output.notice(words);
  if (!isLoopback(place.host)) output.notice(`warning: everyone who can reach ${place.host} can connect`);
  await Promise.race([output.unread, io.untilInterrupted()]);
  await page?.close();
  await relay.close();
  await output.end();
  return io.interrupted.aborted ? io.interrupted.reason : EXIT.ok;
}

function argumentsOf(first: string | undefined, second: string | undefined): { address: string; url: string } {
  if (first === undefined) throw new UsageError('a URL is missing, as in wsinspect proxy 9002 ws://127.0.0.1:9001/');
  if (second !== undefined) return { address: first, url: second };
  if (URL_START.test(first)) return { address: ':9001', url: first };
  throw new UsageError(`a URL is missing, as in wsinspect proxy ${shownUrl(first)} wss://example.org/`);
}

/** An invalid certificate is found when the server is made. */
function relayOf(options: RelayOptions, output: RelayServerTaker): RelayServer {
  try {
    return new RelayServer(options, output);
  } catch (error) {
    throw new UsageError(`--listen-cert and --listen-key can't be used: ${(error as Error).message}`);
  }
}

async function relayOptions(io: Io, place: HostPort, target: Target, options: ProxyOptions): Promise<RelayOptions> {
  const tls = await listenerTlsOf(io, options);
  const seed = options.seed ?? new DataView(io.random(4).buffer).getUint32(0);
  return {
    ...place,
    ...(tls && { tls }),
    isSecure: target.secure,
    ...(options.http2 && {
      http2: { mode: options.http2, relay: (await import('../entries/http2.js')).Http2Relay },
    }),
    now: () => io.now(),
    ...liveLook(options),
    listener: listenerPolicyOf(place.host, options),
    limits: { connections: options.maxConnections, headSeconds: HEAD_SECONDS },
    route: await routeOf(io, target, options),
    connectTime: options.connectTimeout,
    edit: editOf(target, options),
    faults: faultsOf(options),
    random: (connection) => seeded((seed + connection) >>> 0),
    wants: connectionFilter(options),
  };
}

function editOf(target: Target, options: ProxyOptions): HeadEdit {
  checkText(options);
  const own = [...ownHeaders(options)];
  const login = loginOf(target, options);
  const { host, pathname, search } = target.url;
  const given = own.flatMap(([name, values]) => (values === undefined ? [] : [[name, values.join(', ')] as const]));
  return {
    host,
    ...(pathname + search !== '/' && { target: pathname + search }),
    set: [
      ...(options.origin === undefined ? [] : [['Origin', options.origin] as const]),
      ...(login === undefined ? [] : [['Authorization', login] as const]),
      ...given,
    ],
    remove: own.flatMap(([name, values]) => (values === undefined ? [name] : [])),
    ...(options.deflate === false && { noDeflate: true as const }),
  };
}

function faultsOf({ delay, throttle, dropAfter, closeAfter, corrupt, fragment, duplicate }: ProxyOptions): RelayFaults {
  return {
    ...(delay && { delay }),
    ...(throttle !== undefined && { rate: throttle }),
    ...(dropAfter !== undefined && { dropAfter }),
    ...(closeAfter && { closeAfter }),
    ...(corrupt && { corrupt }),
    ...(fragment !== undefined && { fragment }),
    ...(duplicate && { duplicate }),
  };
}
