/**
 * Programs of others that some suites need. `.ci/run` installs them all and sets CI: there a missing one is a failure.
 * Elsewhere the suites that need it are skipped, and the output says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's, which has Debian's packages, wherever another one comes first. */
export const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const inPath = (...names: readonly string[]): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

/** The browsers of the system; undefined: there is none. */
export const BROWSER = inPath('chromium', 'chromium-browser', 'google-chrome');
export const FIREFOX = inPath('firefox-esr', 'firefox');

const answers = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** [is it there?, the package of Debian that has it] */
const TOOLS = {
  apache2: [() => answers('apache2', '-v'), 'apache2-bin'],
  chromium: [() => BROWSER !== undefined, 'chromium'],
  curl: [() => answers('curl', '--version'), 'curl'],
  editcap: [() => answers('editcap', '--version'), 'wireshark-common'],
  firefox: [() => FIREFOX !== undefined, 'firefox-esr'],
  haproxy: [() => answers('haproxy', '-v'), 'haproxy'],
  jq: [() => answers('jq', '--version'), 'jq'],
  nghttpx: [() => answers('nghttpx', '--version'), 'nghttp2-proxy'],
  nginx: [() => answers('nginx', '-v'), 'nginx-light'],
  openssl: [() => answers('openssl', 'version'), 'openssl'],
  parallel: [() => answers('parallel', '--version'), 'parallel'],
  python3: [() => answers('python3', '--version'), 'python3'],
  sqlite3: [() => answers('sqlite3', '--version'), 'sqlite3'],
  tcpdump: [() => answers('tcpdump', '--version'), 'tcpdump'],
  tmux: [() => answers('tmux', '-V'), 'tmux'],
  tshark: [() => answers('tshark', '--version'), 'tshark'],
  websocketd: [() => spawnSync('websocketd', ['--version']).error === undefined, 'websocketd'],
  'python h2': [() => answers(PYTHON, '-c', 'import h2'), 'python3-h2'],
  'python hypercorn': [() => answers(PYTHON, '-c', 'import hypercorn, wsproto'), 'python3-hypercorn'],
  'python websockets': [() => answers(PYTHON, '-c', 'import websockets'), 'python3-websockets'],
  'python wsproto': [() => answers(PYTHON, '-c', 'import wsproto'), 'python3-wsproto'],
} as const;

export type Tool = keyof typeof TOOLS;

/** `CI=true` and the like. */
export const isCi = (env: Readonly<Record<string, string | undefined>>): boolean =>
  !['', '0', 'false'].includes(env['CI'] ?? '');

/** Are all of these there? Throws where one is required and missing. */
export function has(...tools: readonly Tool[]): boolean {
  const missing = tools.filter((tool) => !TOOLS[tool][0]());
  return settled(missing, isCi(process.env));
}

/** What is missing, by what it comes to: nothing, a skip that is printed, a failure. */
export function settled(missing: readonly Tool[], isRequired: boolean): boolean {
  if (missing.length === 0) return true;
  const packages = missing.map((tool) => TOOLS[tool][1]).join(' ');
  const told = `${missing.join(', ')}: not installed (apt-get install ${packages})`;
  if (isRequired) throw new Error(`a test needs ${told}, and with CI set every tool is required`);
  console.warn(`SKIPPED: tests that need ${told}`);
  return false;
}

/** To record on the loopback takes root, which can not be installed: without it these tests are skipped, in CI too. */
export function mayCapture(): boolean {
  if (!has('tcpdump', 'openssl')) return false;
  if (process.getuid?.() === 0) return true;
  console.warn('SKIPPED: tests that record on the loopback (they need root)');
  return false;
}
