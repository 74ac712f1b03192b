import type { ConnectOptions } from '../options/connect-options.js';
import { sendsOf } from '../connect/plan.js';
import { ConnectLines } from '../connect/lines.js';
import { Visit } from '../connect/visit.js';
import { parseTarget } from '../connect/url.js';
import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { loadScript } from '../entries/load-script.js';
import { shownUrl } from '../options/passwords.js';
import { recorded } from '../record/recorder.js';
import { asRecorded, checkReplay } from '../replay/replay-request.js';
import { checkPaths } from '../replay/reply-key.js';
import type { Script } from '../../live/replay/script.js';

/** `connect`: a client that shows its handshake and frames, driven by options, stdin or a prompt. */
export async function run(io: Io, argument: string | undefined, options: ConnectOptions): Promise<number> {
  const text = argument ?? options.connect;
  if (text === undefined) throw new UsageError('a URL is missing, as in wsinspect connect ws://localhost:9001/');
  if (argument !== undefined && options.connect !== undefined) {
    throw new UsageError(`-c ${shownUrl(options.connect)}: there is a URL already, ${shownUrl(argument)}`);
  }
  const target = parseTarget(text);
  if ((options.terminator ?? 0) > 0x7f && !options.binary) {
    throw new UsageError('--terminator: above 7f it is no UTF-8, as text has to be (-b sends binary messages)');
  }
  if (options.streams !== undefined && options.http2 !== true) {
    throw new UsageError('--streams needs --http2: over HTTP/1.1 each WebSocket has a connection of its own');
  }
  const sends = await sendsOf(io, options);
  const script = await scriptOf(io, options);
  // Several WebSockets can't share the lines of stdin.
  const all = {
    ...options,
    stdin: options.stdin && options.streams === undefined,
    ...(script && asRecorded(script, 'client', options)),
  };
  return recorded(io, options, filesOf(options), async (recorder) => {
    const lines = new ConnectLines(io);
    const visit = new Visit(io, target, all, script ?? sends, recorder, lines);
    const others = Array.from({ length: (options.streams ?? 1) - 1 });
    visit.followers = others.map(() => new Visit(io, target, all, sends, recorder, lines, visit));
    try {
      return await visit.run();
    } finally {
      visit.close();
    }
  });
}

/** What is read in a run. */
function filesOf({
  cert,
  key,
  passphraseFile,
  cacert,
  ca,
  execute,
  sendFile,
  replay,
  replayKeylog,
}: ConnectOptions): (string | undefined)[] {
  const sent = (sendFile ?? execute ?? []).flatMap(({ kind, value }) => (kind === 'file' ? [value] : []));
  return [cert, key, passphraseFile, cacert, ca, replay, ...(replayKeylog ?? []), ...sent];
}

async function scriptOf(io: Io, options: ConnectOptions): Promise<Script | undefined> {
  checkReplay(options);
  checkPaths(options.ignoreJson);
  const { replay, connection, quiet, replayKeylog } = options;
  return replay === undefined ? undefined : loadScript(io, { replay, connection, quiet, replayKeylog });
}
