import { InvalidArgumentError, Option } from 'commander';
import { OPEN_TIME } from '../../conformance/bench/open-time.js';
import { reachOptions, type ReachOptions } from './connect-options.js';
import { listenerOptions, type ListenerOptions } from './listener-options.js';
import { integer, list } from './option-values.js';
import type { CommonOptions } from './options.js';

export interface CheckOptions extends CommonOptions, ReachOptions, ListenerOptions {
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
  /** What a `--spec` file calls the peer. */
  agent?: string;
  expect?: string;
  saveExpect?: string;
  compare?: string[];
  record?: string;
  /** What writes it: no option. */
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
    new Option('--listen <[host:]port>', 'be the server, and test the clients that connect'),
    new Option('--listen-cert <file>', 'with this certificate (PEM): wss'),
    new Option('--listen-key <file>', 'its private key (PEM)'),
    ...listenerOptions(),
    new Option('--oneshot', 'end when the first client has asked for its report'),
    new Option('--allow-partial', 'cases that were to be run and were not are no failure'),
    new Option('--echo <answer>', 'whether the peer sends messages back: cases that need it are left out where not')
      .choices(['yes', 'no', 'auto'])
      .default('auto'),
    new Option(
      '--name <agent>',
      'what reports call the server: by default its Server header, or its address',
    ).argParser(agentName),
    new Option('--pid <number>', 'the process under test: its memory is measured where a case is about that').argParser(
      integer(1),
    ),
  ].map((option) => option.helpGroup('Peer:'));
  const cases = [
    new Option('--only <ids>', "run these cases, as in 'handshake*,7.*' (repeatable)").argParser(list),
    new Option('--skip <ids>', 'leave these out (repeatable)').argParser(list),
    new Option('--list', 'tell which cases would run, and run none'),
    new Option('--quick', 'all but groups 9, 12 and 13 (large, many, compressed): the default'),
    new Option('--full', 'all of them'),
    new Option('--safe', 'leave out floods, bombs and large data: the default where the peer is another machine'),
    new Option('--no-safe', 'leave out none of them'),
    new Option('--jobs <number>', 'cases at one time').argParser(integer(1, 256)).default(JOBS),
    new Option('--seed <number>', 'for what is drawn by lot: masking keys, payloads').argParser(
      integer(0, 2 ** 32 - 1),
    ),
    new Option('--spec <file>', 'take peers and cases from a fuzzingclient.json or fuzzingserver.json'),
  ].map((option) => option.helpGroup('Cases:'));
  const results = [
    new Option('--junit <file>', 'write JUnit XML; - is stdout, instead of the text'),
    new Option('--tap', 'print TAP instead'),
    new Option('--github', 'print annotations for GitHub Actions too'),
    new Option('--html <file>', 'write one self-contained page'),
    new Option('--reports <dir>', 'write index.json and a file for each case, as the Autobahn Testsuite does'),
    new Option('--record <file>', 'keep what passed in each case (.ndjson)'),
    new Option('--expect <file>', 'known deviations: only a changed verdict counts (exit 1)'),
    new Option('--save-expect <file>', 'write such a file from this run'),
    new Option('--compare <files...>', 'tell what differs between two results, and run nothing'),
  ].map((option) => option.helpGroup('Results:'));
  const reach = reachOptions().filter(({ long }) => !NOT_TAKEN.has(long ?? ''));
  // Cases are many, and some servers say nothing.
  reach.find(({ long }) => long === '--connect-timeout')?.default(OPEN_TIME);
  return [...target, ...cases, ...results, ...reach];
}
