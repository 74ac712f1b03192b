import { count } from '../../codec/bytes/plural.js';
import type { ComparedTransport } from '../../traffic/run-records/compared-transport.js';

/** As far as the page draws it. */
export type DrawnTransport = Omit<ComparedTransport, 'delayMaxMs'>;

const NUMBERS = ['messages', 'requests', 'bytesUp', 'bytesDown', 'overheadPerMessage', 'delayMedianMs'] as const;

/** What `/compare.json` has; undefined for anything else. */
export function transportsOf(value: unknown): DrawnTransport[] | undefined {
  const { transports } = (value ?? {}) as { transports?: unknown };
  if (!Array.isArray(transports)) return undefined;
  const isTransport = (one: unknown): one is DrawnTransport => {
    const fields = (one ?? {}) as Record<string, unknown>;
    return typeof fields['name'] === 'string' && NUMBERS.every((name) => typeof fields[name] === 'number');
  };
  return transports.every(isTransport) ? transports : undefined;
}

/** The pictures: what is compared, and how much of it each transport has. */
export const MEASURES: readonly {
  readonly title: string;
  readonly unit: string;
  readonly of: (transport: DrawnTransport) => number;
}[] = [
  { title: 'Overhead per message', unit: 'bytes', of: ({ overheadPerMessage }) => overheadPerMessage },
  { title: 'Bytes on the wire, both ways', unit: 'bytes', of: ({ bytesUp, bytesDown }) => bytesUp + bytesDown },
  { title: 'Requests', unit: '', of: ({ requests }) => requests },
  { title: 'Delivery delay, median', unit: 'ms', of: ({ delayMedianMs }) => delayMedianMs },
];

/** How often each end sends: a sentence of each transport. */
export function talkText({ name, requests, messages }: DrawnTransport): string {
  const each = numberText(requests / Math.max(1, messages));
  const sent = count(messages, 'message');
  if (requests < messages) {
    return `${name}: ${count(requests, 'request')} to open, then either end sends when it has something: ${sent}.`;
  }
  return `${name}: a client asks before each answer: ${count(requests, 'request')} for ${sent}, ${each} for each.`;
}

/** With groups of three digits, and no more decimals than are significant. */
export function numberText(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const [whole = '', rest] = value.toFixed(digits).split('.');
  const grouped = inThrees(whole);
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

function inThrees(digits: string): string {
  const first = digits.length % 3 || 3;
  const groups = [digits.slice(0, first)];
  for (let at = first; at < digits.length; at += 3) groups.push(digits.slice(at, at + 3));
  return groups.join('\u202f');
}
