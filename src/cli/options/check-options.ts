import { InvalidArgumentError, Option } from 'commander';
import { OPEN_TIME } from '../../conformance/bench/open-time.js';
import { reachOptions, type ReachOptions } from './connect-options.js';
import { listenerOptions, type ListenerOptions } from './listener-options.js';
import { integer, list } from './option-values.js';
import type { CommonOptions } from './options.js';

export interface CheckOptions extends CommonOptions, ReachOptions, ListenerOptions {
  http2?: true;
  listen?: string;
  listenCert?: string;
  listenKey?: string;
  oneshot?: true;
  allowPartial?: true;
  only?: string[];
  skip?: string[];
  list?: true;
  quick?: true;
  full?: true;
  safe?: boolean;
  echo: 'yes' | 'no' | 'auto';
  jobs: number;
  seed?: number;
  pid?: number;
  junit?: string;
  tap?: true;
  github?: true;
  html?: string;
  reports?: string;
  spec?: string;
  name?: string;
  /** The name of the peer in a `--spec` file. */
  agent?: string;
  expect?: string;
  saveExpect?: string;
  compare?: string[];
  record?: string;
  /** Set by a `--spec` file: no option. */
  recorder?: { take(lines: string): void };
}

/** The cases have offers of their own, and a redirect is an answer like others. */
const NOT_TAKEN: ReadonlySet<string> = new Set(['--deflate', '--no-deflate', '--location']);

/** Cases at one time: enough that waits overlap, few enough for a small server. */
const JOBS = 12;

/** Characters of an agent's name, as in the testing server's addresses. */
const MOST_NAME = 200;

function agentName(text: string): string {
  if (text.trim() === '' || text.length > MOST_NAME)
    throw new InvalidArgumentError(`an agent's name has 1 to ${MOST_NAME} characters.`);
  return text;
}

export function checkOptions(): Option[] {
  const target = [
    new Option('--listen <[host:]port>', 'listen at this address (or unix:PATH), and test the clients that connect'),
    new Option('--http2', 'WebSockets over HTTP/2 (RFC 8441): the cases over its streams, and the group h2.*'),
    new Option('--listen-cert <file>', 'use TLS (wss), with this certificate (PEM)'),
    new Option('--listen-key <file>', 'private key of the certificate (PEM)'),
    ...listenerOptions(),
    new Option('--oneshot', 'end when the first client has requested its report'),
    new Option('--allow-partial', 'do not fail when selected cases did not run'),
    new Option('--echo <answer>', 'whether the peer sends messages back; if not, cases that need an echo are left out')
      .choices(['yes', 'no', 'auto'])
      .default('auto'),
    new Option(
      '--name <agent>',
      'name of the server in reports (default: its Server header, or its address)',
    ).argParser(agentName),
    new Option('--pid <number>', 'process id of the peer: cases on memory measure it').argParser(integer(1)),
  ].map((option) => option.helpGroup('Peer:'));
  const cases = [
    new Option('--only <ids>', "run these cases, as in 'handshake*,7.*' (repeatable)").argParser(list),
    new Option('--skip <ids>', 'leave out these cases (repeatable)').argParser(list),
    new Option('--list', 'list the cases that would run, and run none'),
    new Option('--quick', 'run all but groups 9, 12 and 13 (large, many, compressed): the default'),
    new Option('--full', 'run all cases'),
    new Option('--safe', 'leave out floods, bombs and large data: the default if the peer is another machine'),
    new Option('--no-safe', 'include floods, bombs and large data'),
    new Option('--jobs <number>', 'number of cases that run at one time').argParser(integer(1, 256)).default(JOBS),
    new Option('--seed <number>', 'seed of the random masking keys and payloads').argParser(integer(0, 2 ** 32 - 1)),
    new Option('--spec <file>', 'read peers and cases from a fuzzingclient.json or fuzzingserver.json'),
  ].map((option) => option.helpGroup('Cases:'));
  const results = [
    new Option('--junit <file>', 'write JUnit XML; - writes it to stdout instead of the text'),
    new Option('--tap', 'print TAP instead of text'),
    new Option('--github', 'also print annotations for GitHub Actions'),
    new Option('--html <file>', 'write one self-contained HTML page'),
    new Option('--reports <dir>', 'write index.json and a file for each case, as the Autobahn Testsuite does'),
    new Option('--record <file>', 'record the traffic of each case (.ndjson)'),
    new Option('--expect <file>', 'file of known deviations: only a changed verdict counts (exit 1)'),
    new Option('--save-expect <file>', 'write the verdicts of this run as a file for --expect'),
    new Option(
      '--compare <files...>',
      'list the differences between two results (with --html also on a page), and run nothing',
    ),
  ].map((option) => option.helpGroup('Results:'));
  const reach = reachOptions().filter(({ long }) => !NOT_TAKEN.has(long ?? ''));
  // There are many cases, and some servers never answer.
  reach.find(({ long }) => long === '--connect-timeout')?.default(OPEN_TIME);
  return [...target, ...cases, ...results, ...reach];
}
