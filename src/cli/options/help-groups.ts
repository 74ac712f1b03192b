import type { Option } from 'commander';

/** How `decode --help` sorts its many options; the others are under `Options:`. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Input:': ['file', 'from', 'direction', 'deflate', 'as-websocket', 'keylog'],
  'View:': [
    'view',
    'app',
    'payload',
    'preview',
    'pretty',
    'base64',
    'relative-time',
    'stats',
    'sort',
    'extract',
    'no-pager',
    'html',
  ],
  'Filters:': [
    ...['connection', 'client', 'server', 'trouble', 'closed'],
    ...['opcode', 'grep', 'after', 'before', 'context', 'violations'],
    ...['app-type', 'app-name', 'slow'],
    ...['from-time', 'to-time', 'last', 'limit'],
  ],
  'Hand on:': ['write', 'redact', 'redact-addresses'],
  'Cores and machines:': ['jobs', 'shard'],
  'Limits:': ['max-message', 'max-connections', 'max-held', 'max-windows', 'max-output', 'keylog-search'],
};

/** The options, each under its heading, in the order of the headings. */
export function grouped(options: readonly Option[]): Option[] {
  const named = (name: string): Option[] => options.filter(({ long }) => long === `--${name}`);
  const sorted = Object.entries(GROUPS).flatMap(([heading, names]) =>
    names.flatMap(named).map((option) => option.helpGroup(heading)),
  );
  return [...sorted, ...options.filter((option) => !sorted.includes(option))];
}
