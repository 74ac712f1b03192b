import { writeHead, type HeaderFields } from '../../codec/http1/write-head.js';

/** An HTTP head in lines, so that a case can change one thing. */
export interface HeadParts {
  readonly line: string;
  readonly headers: HeaderFields;
}

/** Its bytes (RFC 9112 §2.1), one for each character up to U+00FF where a case has such. */
export function headBytes({ line, headers }: HeadParts): Uint8Array {
  return writeHead(line, headers);
}

/** The head with these headers instead of those of the same name; `undefined` takes one away. */
export function withHeaders(head: HeadParts, changes: Readonly<Record<string, string | undefined>>): HeadParts {
  const names = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = head.headers.filter(([name]) => !names.has(name.toLowerCase()));
  const added = Object.entries(changes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...head, headers: [...kept, ...added] };
}

/** The head with one more header, also where there is one of that name. */
export function plusHeader(head: HeadParts, name: string, value: string): HeadParts {
  return { ...head, headers: [...head.headers, [name, value]] };
}

/** The request with another method, target or version in its first line. */
export function withLine(head: HeadParts, changes: { method?: string; target?: string; version?: string }): HeadParts {
  const { method, target, version } = { ...lineParts(head), ...changes };
  return { ...head, line: `${method} ${target} ${version}` };
}

export function lineParts({ line }: HeadParts): { method: string; target: string; version: string } {
  const [method = '', target = '', version = ''] = line.split(' ');
  return { method, target, version };
}

/** The first header of that name. */
export function valueOf({ headers }: HeadParts, name: string): string {
  const lower = name.toLowerCase();
  return headers.find(([one]) => one.toLowerCase() === lower)?.[1] ?? '';
}
