import { append } from '../../codec/bytes/lists.js';
import type { LegHead } from './leg-facts.js';

/** What a proxy did to a head as it passed it on. Names are compared without regard to case (RFC 9110 §5.1). */
export interface HeadChanges {
  readonly added: readonly (readonly [name: string, value: string])[];
  readonly removed: readonly (readonly [name: string, value: string])[];
  /** The values of headers that occur several times are joined by commas (RFC 9110 §5.3). */
  readonly changed: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  /** The first line, where it is another one. */
  readonly line?: { readonly from: string; readonly to: string };
}

/** `from` came to the proxy, `to` left it. */
export function headChanges(from: LegHead, to: LegHead): HeadChanges {
  const before = byName(from);
  const after = byName(to);
  const added: (readonly [string, string])[] = [];
  const removed: (readonly [string, string])[] = [];
  const changed: { name: string; from: string; to: string }[] = [];
  for (const [lower, old] of before) {
    const now = after.get(lower);
    if (now === undefined) append(removed, old.map(pairOf));
    else if (!isSame(old, now)) changed.push({ name: now[0]!.name, from: valueOf(old), to: valueOf(now) });
  }
  for (const [lower, now] of after) if (!before.has(lower)) append(added, now.map(pairOf));
  return { added, removed, changed, ...(from.line !== to.line && { line: { from: from.line, to: to.line } }) };
}

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

function byName({ headers }: LegHead): Map<string, NamedValue[]> {
  const names = new Map<string, NamedValue[]>();
  for (const { name, value } of headers) {
    const lower = name.toLowerCase();
    const values = names.get(lower);
    if (values) values.push({ name, value });
    else names.set(lower, [{ name, value }]);
  }
  return names;
}

function pairOf({ name, value }: NamedValue): readonly [string, string] {
  return [name, value];
}

function valueOf(values: readonly NamedValue[]): string {
  return values.map(({ value }) => value).join(', ');
}

function isSame(a: readonly NamedValue[], b: readonly NamedValue[]): boolean {
  return a.length === b.length && a.every(({ value }, i) => value === b[i]!.value);
}
