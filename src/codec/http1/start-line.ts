import { isToken } from './text.js';

interface StartLinePart {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A first line in its three parts: method, target, version; or version, status, reason. */
export interface StartLine {
  readonly parts: readonly [string, string, string];
  readonly status: number | undefined;
  /** They tile the line. */
  readonly pieces: readonly StartLinePart[];
  /** `grammar`: not what RFC 9112 §3 or §4 has; `status-space`: only the space after the status is missing. */
  readonly problem: 'grammar' | 'status-space' | undefined;
}

const BLANK = /[ \t]/;
const VERSION = /^HTTP\/\d\.\d$/;

/** Reads what can be read of a line that may be anything; strictness is only in `problem`. Linear in the line's length. */
export function readStartLine(kind: 'request' | 'response', line: string): StartLine {
  return kind === 'request' ? requestLine(line) : statusLine(line);
}

function skip(line: string, from: number, blank: boolean): number {
  let i = from;
  while (i < line.length && BLANK.test(line[i] as string) === blank) i++;
  return i;
}

function tile(line: string, marks: readonly [name: string, start: number, end: number][]): StartLinePart[] {
  const pieces: StartLinePart[] = [];
  let at = 0;
  for (const [name, start, end] of marks) {
    if (start > at) pieces.push({ name: 'space', start: at, end: start });
    if (end > start) pieces.push({ name, start, end });
    at = Math.max(at, end);
  }
  if (at < line.length) pieces.push({ name: 'space', start: at, end: line.length });
  return pieces;
}

/** RFC 9112 §3: `method SP request-target SP HTTP-version`. A target with blanks in it goes up to the version. */
function requestLine(line: string): StartLine {
  const methodStart = skip(line, 0, true);
  const methodEnd = skip(line, methodStart, false);
  let end = line.length;
  while (end > methodEnd && BLANK.test(line[end - 1] as string)) end--;
  let versionStart = end;
  while (versionStart > methodEnd && !BLANK.test(line[versionStart - 1] as string)) versionStart--;
  if (!/^HTTP\//i.test(line.slice(versionStart, end))) versionStart = end;
  const targetStart = Math.min(skip(line, methodEnd, true), versionStart);
  let targetEnd = versionStart;
  while (targetEnd > targetStart && BLANK.test(line[targetEnd - 1] as string)) targetEnd--;
  const method = line.slice(methodStart, methodEnd);
  const target = line.slice(targetStart, targetEnd);
  const version = line.slice(versionStart, end);
  const strict = isToken(method) && target !== '' && !BLANK.test(target) && VERSION.test(version);
  const same = `${method} ${target} ${version}` === line;
  return {
    parts: [method, target, version],
    status: undefined,
    pieces: tile(line, [
      ['method', methodStart, methodEnd],
      ['target', targetStart, targetEnd],
      ['version', versionStart, end],
    ]),
    problem: strict && same ? undefined : 'grammar',
  };
}

/** RFC 9112 §4: `HTTP-version SP status-code SP [ reason-phrase ]`. */
function statusLine(line: string): StartLine {
  const versionStart = skip(line, 0, true);
  const versionEnd = skip(line, versionStart, false);
  const statusStart = skip(line, versionEnd, true);
  const statusEnd = skip(line, statusStart, false);
  const reasonStart = skip(line, statusEnd, true);
  const version = line.slice(versionStart, versionEnd);
  const digits = line.slice(statusStart, statusEnd);
  const reason = line.slice(reasonStart);
  const strict = VERSION.test(version) && /^\d{3}$/.test(digits);
  const head = `${version} ${digits}`;
  const exact = strict && line.startsWith(`${head} `);
  return {
    parts: [version, digits, reason],
    status: /^\d{3}$/.test(digits) ? Number(digits) : undefined,
    pieces: tile(line, [
      ['version', versionStart, versionEnd],
      ['status', statusStart, statusEnd],
      ['reason', reasonStart, line.length],
    ]),
    problem: exact ? undefined : strict && line === head ? 'status-space' : 'grammar',
  };
}
