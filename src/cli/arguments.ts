/** Options with an optional value: they take it only behind `=`, so that none swallows the argument behind it. */
const OPTIONAL: readonly string[] = ['--deflate', '--handshake', '--mask'];
/** Those of `connect`: elsewhere `--ping` takes none. */
const OPTIONAL_LIVE: readonly string[] = ['--deflate', '--ping', '--reconnect'];
const KEY = /^[0-9a-f]{8}$/i;
const COUNT = /^\d{1,9}$/;

/** Writes every optional value behind `=`, empty where none was given. `--mask` alone takes a next word of 8 hex digits, and `--reconnect` a number. */
export function optionalValues(argv: readonly string[]): string[] {
  const optional = new Set(argv[0] === 'connect' ? OPTIONAL_LIVE : OPTIONAL);
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') return [...out, ...argv.slice(i)];
    if (!optional.has(word)) out.push(word);
    else if (word === '--mask' && KEY.test(argv[i + 1] ?? '')) out.push(`--mask=${argv[++i]}`);
    else if (word === '--reconnect' && COUNT.test(argv[i + 1] ?? '')) out.push(`--reconnect=${argv[++i]}`);
    else out.push(`${word}=`);
  }
  return out;
}

/** What may be meant where a word is too many; undefined: no such option is there. */
export function strayValueHint(argv: readonly string[]): string | undefined {
  const optional = argv[0] === 'connect' ? OPTIONAL_LIVE : OPTIONAL;
  const found = argv.findIndex((word, i) => optional.includes(word) && argv[i + 1]?.startsWith('-') === false);
  return found < 0 ? undefined : `the value of ${argv[found]} stands behind =, as in ${argv[found]}=${argv[found + 1]}`;
}
