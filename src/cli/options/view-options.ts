import { Option } from 'commander';
import { listenerOptions, type ListenerOptions } from './listener-options.js';
import { decodeOptions, type DecodeOptions } from './options.js';

export interface ViewCommandOptions extends DecodeOptions, ListenerOptions {
  listen?: string;
  token: boolean;
}

/** Options of `decode` that say how something is printed or written, or that bound it: the page shows all at once. */
const NOT_SHOWN: ReadonlySet<string> = new Set([
  ...['--file', '--view', '--pretty', '--base64', '--strict', '--stats', '--sort', '--extract', '--relative-time'],
  ...[
    '--preview',
    '--slow',
    '--last',
    '--after',
    '--before',
    '--context',
    '--jobs',
    '--max-output',
    '--write',
    '--html',
  ],
  ...['--redact', '--redact-addresses'],
]);

export function viewOptions(): Option[] {
  const page = [
    new Option('--listen <[host:]port>', 'serve the page at this address (default: 127.0.0.1, a free port)'),
    new Option('--no-token', 'serve the page and its records without the printed token'),
    ...listenerOptions(),
  ].map((option) => option.helpGroup('Page:'));
  return [...page, ...decodeOptions().filter(({ long }) => !NOT_SHOWN.has(long ?? ''))];
}
