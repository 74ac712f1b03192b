import type { Span } from '../../codec/bytes/span.js';
import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Direction } from '../../codec/messages/records.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import { carried } from '../carried.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppField, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'sip';

const RULES = {
  'start-line': {
    reference: 'RFC 3261 §7',
    requirement: 'A message begins with a request line or a status line.',
    message: 'the message begins with no request line or status line',
  },
  header: {
    reference: 'RFC 3261 §7.3',
    requirement: 'A header has a name and a colon, and an empty line ends the headers.',
    message: '{why}',
  },
  'missing-header': {
    reference: 'RFC 3261 §8.1.1',
    requirement: 'A message has Via, From, To, Call-ID and CSeq, a request also Max-Forwards.',
    message: 'no {header}',
  },
  'content-length': {
    reference: 'RFC 7118 §5.3',
    requirement: 'Content-Length is the number of bytes after the headers: a message holds one SIP message.',
    message: 'Content-Length is {given}, the body has {bytes} bytes',
  },
  several: {
    reference: 'RFC 7118 §4.2',
    requirement: 'A message holds one SIP message.',
    message: 'another SIP message follows in the same message',
  },
  branch: {
    reference: 'RFC 3261 §8.1.1.7',
    requirement: 'The branch of Via begins with z9hG4bK.',
    message: 'the branch of Via is "{branch}"',
  },
  transport: {
    reference: 'RFC 7118 §5.1',
    requirement: 'The transport of the top Via is WS or WSS.',
    message: 'the transport of the top Via is {transport}',
  },
  'cseq-method': {
    reference: 'RFC 3261 §8.1.1.5',
    requirement: 'The method of CSeq is that of the request.',
    message: 'the method of CSeq is {cseq}, that of the request {method}',
  },
  cseq: {
    reference: 'RFC 3261 §20.16',
    requirement: 'CSeq has a number and a method.',
    message: 'CSeq is "{value}"',
  },
  'unknown-transaction': {
    reference: 'RFC 3261 §17.1.3',
    requirement: 'A response answers a request.',
    message: 'a response to {method} with the branch "{branch}", which no request has',
  },
  'missing-contact': {
    reference: 'RFC 3261 §10.3',
    requirement: 'The 200 response to a REGISTER that adds a contact lists it in Contact.',
    message: 'a 200 response to the REGISTER of a contact without Contact',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

/** RFC 3261 §7.3.3, and extensions. */
const SHORT: Readonly<Record<string, string>> = {
  i: 'call-id',
  m: 'contact',
  e: 'content-encoding',
  l: 'content-length',
  c: 'content-type',
  f: 'from',
  s: 'subject',
  k: 'supported',
  t: 'to',
  v: 'via',
  o: 'event',
  r: 'refer-to',
  u: 'allow-events',
};
const NEEDED = { via: 'Via', from: 'From', to: 'To', 'call-id': 'Call-ID', cseq: 'CSeq' };
const MOST_HEADERS = 1000;
const MOST_TRANSACTIONS = 10_000;

interface SipHeader {
  /** In small letters, in full. */
  readonly name: string;
  /** As it is written. */
  readonly shown: string;
  readonly value: string;
  readonly span: Span;
}

interface SipHead {
  readonly line: string;
  readonly lineEnd: number;
  readonly headers: readonly SipHeader[];
  readonly bodyStart: number;
  readonly fault?: string;
}

/** The start line and the headers, folded ones as one (RFC 3261 §7.3.1). */
function headOf(bytes: Uint8Array): SipHead {
  const headers: SipHeader[] = [];
  const lineEnd = endOfLine(bytes, 0);
  let at = lineEnd;
  let fault: string | undefined;
  while (at < bytes.length && headers.length < MOST_HEADERS) {
    const start = at;
    at = endOfLine(bytes, at);
    if (lineText(bytes, start, at) === '') return { ...named(), bodyStart: at };
    while (bytes[at] === 0x20 || bytes[at] === 0x09) at = endOfLine(bytes, at);
    const text = lineText(bytes, start, at).replace(/\r?\n[ \t]+/g, ' ');
    const colon = text.indexOf(':');
    if (colon < 1) fault ??= 'a header without a colon';
    const shown = text.slice(0, Math.max(0, colon)).trimEnd();
    const small = shown.toLowerCase();
    const name = Object.hasOwn(SHORT, small) ? SHORT[small]! : small;
    headers.push({ name, shown, value: text.slice(colon + 1).trim(), span: { start, end: at } });
  }
  fault ??= 'no empty line after the headers';
  return { ...named(), bodyStart: bytes.length };

  function named(): Omit<SipHead, 'bodyStart'> {
    return { line: lineText(bytes, 0, lineEnd), lineEnd, headers, ...(fault !== undefined && { fault }) };
  }
}

function endOfLine(bytes: Uint8Array, at: number): number {
  const found = bytes.indexOf(0x0a, at);
  return found < 0 ? bytes.length : found + 1;
}

const lineText = (bytes: Uint8Array, start: number, end: number): string =>
  decodeUtf8(bytes.subarray(start, end)).replace(/\r?\n$/, '');

/** What a start line says. */
interface SipStart {
  readonly method?: string;
  readonly uri?: string;
  readonly status?: number;
  readonly reason?: string;
}

function startOf(line: string): SipStart | undefined {
  const response = /^SIP\/2\.0 (\d{3})(?: (.*))?$/i.exec(line);
  if (response) return { status: Number(response[1]), reason: response[2] ?? '' };
  const [method, uri, version, ...more] = line.split(' ');
  const isRequest = more.length === 0 && version?.toUpperCase() === 'SIP/2.0' && /^[\w.!%*+`'~-]{1,64}$/.test(method!);
  return isRequest ? { method: method!, uri: uri! } : undefined;
}

/** The parts that identify a transaction (RFC 3261 §17.1.3). */
interface SipIdentity {
  readonly branch?: string;
  readonly transport?: string;
  readonly cseq?: string;
}

function identityOf(headers: readonly SipHeader[]): SipIdentity {
  const via = firstOf(headers, 'via');
  const cseq = firstOf(headers, 'cseq');
  const [, transport] = /^SIP\s*\/\s*2\.0\s*\/\s*([^\s;,]{1,32})/i.exec(via ?? '') ?? [];
  const [, branch] = /;\s*branch\s*=\s*([^\s;,]{1,512})/i.exec((via ?? '').split(',', 1)[0]!) ?? [];
  const [, method] = /^\d{1,10}\s+(\S{1,64})$/.exec(cseq ?? '') ?? [];
  return {
    ...(branch !== undefined && { branch }),
    ...(transport !== undefined && { transport }),
    ...(method !== undefined && { cseq: method }),
  };
}

const firstOf = (headers: readonly SipHeader[], name: string): string | undefined =>
  headers.find((header) => header.name === name)?.value;

const OTHER: Readonly<Record<Direction, Direction>> = { client: 'server', server: 'client', unknown: 'unknown' };

class SipReader implements AppReader {
  /** Requests seen, with whether they add a contact; by direction, branch and method. */
  private readonly transactions = new Map<string, boolean>();
  private isPartial: boolean;

  constructor(isJoined: boolean) {
    this.isPartial = isJoined;
  }

  lost(): void {
    this.isPartial = true;
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { bytes, length } = message;
    const keepalive = bytes.length === length ? KEEPALIVES[decodeUtf8(bytes.subarray(0, 5))] : undefined;
    if (keepalive !== undefined) {
      const call = keepalive === 'ping' ? { asks: 'keepalive' } : { answers: [{ key: 'keepalive' }] };
      const fields = (): AppField[] => [{ name: 'keepalive', span: wholeSpan(message), value: keepalive }];
      return [messagePacket(message, { protocol: NAME, type: `keepalive ${keepalive}`, fields, ...call })];
    }
    const head = headOf(bytes);
    const start = startOf(head.line);
    if (start === undefined) {
      const diagnostics = [broken('start-line', wholeSpan(message))];
      return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics, fields: () => [] })];
    }
    return [this.packet(message, head, start)];
  }

  private packet(message: AppMessage, head: SipHead, start: SipStart): AppPacket {
    const { bytes, direction } = message;
    const { headers, bodyStart } = head;
    const identity = identityOf(headers);
    const method = start.method ?? identity.cseq;
    const callId = firstOf(headers, 'call-id');
    const body = carried(bytes.subarray(bodyStart));
    const list = headers.slice(0, MOST_HEADERS).map(({ shown, value }): [string, string] => [shown, value]);
    return messagePacket(message, {
      protocol: NAME,
      type: start.method === undefined ? 'response' : 'request',
      ...(method !== undefined && { name: method }),
      ...(callId !== undefined && { id: callId }),
      summary: summaryOf(start, headers, body.shown, bytes.length > bodyStart),
      payload: { headers: list, ...(bytes.length > bodyStart && { body: body.payload }) },
      fields: () => fieldsOf(head, bytes, body.shown),
      diagnostics: [
        ...headFaults(head, start, identity, bytes),
        ...this.transactionOf(start, identity, head, direction),
      ],
      ...callOf(start, identity),
      ...((start.status ?? 0) >= 300 && { isError: true }),
    });
  }

  /** A response is to a request of the other side, seen unless the start was not. */
  private transactionOf(
    { status }: SipStart,
    { branch, cseq }: SipIdentity,
    { headers, lineEnd }: SipHead,
    direction: Direction,
  ): AppDiagnostic[] {
    const span = { start: 0, end: lineEnd };
    if (branch === undefined || cseq === undefined || direction === 'unknown') return [];
    const key = (of: Direction): string => `${of} ${branch} ${cseq}`;
    if (status === undefined) {
      const contact = firstOf(headers, 'contact');
      this.transactions.set(key(direction), cseq === 'REGISTER' && addsContact(contact, firstOf(headers, 'expires')));
      // Which requests there were is not known any longer.
      if (this.transactions.size > MOST_TRANSACTIONS) {
        this.transactions.clear();
        this.isPartial = true;
      }
      return [];
    }
    const request = this.transactions.get(key(OTHER[direction]));
    if (request === undefined)
      return this.isPartial ? [] : [broken('unknown-transaction', span, { method: cseq, branch })];
    const isMissing = request && status === 200 && firstOf(headers, 'contact') === undefined;
    return isMissing ? [broken('missing-contact', span)] : [];
  }
}

const KEEPALIVES: Readonly<Record<string, 'ping' | 'pong'>> = { '\r\n\r\n': 'ping', '\r\n': 'pong' };

const addsContact = (contact: string | undefined, expires: string | undefined): boolean =>
  contact !== undefined && contact !== '*' && expires !== '0' && !/;\s*expires\s*=\s*0\b/i.test(contact);

function headFaults(
  { headers, fault, lineEnd, bodyStart }: SipHead,
  { method }: SipStart,
  identity: SipIdentity,
  bytes: Uint8Array,
): AppDiagnostic[] {
  const span = { start: 0, end: lineEnd };
  const of = (name: string): Span => headers.find((header) => header.name === name)?.span ?? span;
  const found = fault === undefined ? [] : [broken('header', { start: 0, end: bodyStart }, { why: fault })];
  for (const [name, header] of Object.entries(NEEDED))
    if (firstOf(headers, name) === undefined) found.push(broken('missing-header', span, { header }));
  if (method !== undefined && firstOf(headers, 'max-forwards') === undefined)
    found.push(broken('missing-header', span, { header: 'Max-Forwards' }));
  const { branch, transport, cseq } = identity;
  if (branch !== undefined && !branch.toLowerCase().startsWith('z9hg4bk'))
    found.push(broken('branch', of('via'), { branch }));
  if (transport !== undefined && !/^WSS?$/i.test(transport)) found.push(broken('transport', of('via'), { transport }));
  const value = firstOf(headers, 'cseq');
  if (value !== undefined && cseq === undefined) found.push(broken('cseq', of('cseq'), { value }));
  if (method !== undefined && cseq !== undefined && cseq !== method)
    found.push(broken('cseq-method', of('cseq'), { cseq, method }));
  return [...found, ...lengthFaults(headers, bytes, bodyStart, of('content-length'))];
}

function lengthFaults(
  headers: readonly SipHeader[],
  bytes: Uint8Array,
  bodyStart: number,
  span: Span,
): AppDiagnostic[] {
  const given = firstOf(headers, 'content-length');
  const length = bytes.length - bodyStart;
  if (given === undefined || Number(given) === length) return [];
  const rest = /^\d{1,10}$/.test(given) ? bytes.subarray(bodyStart + Number(given)) : new Uint8Array(0);
  const next = rest.length > 0 ? startOf(lineText(rest, 0, endOfLine(rest, 0))) : undefined;
  if (next !== undefined) return [broken('several', { start: bytes.length - rest.length, end: bytes.length })];
  return [broken('content-length', span, { given, bytes: length })];
}

/** Responses answer requests of the same branch and method: provisional ones, then a last one. ACK has none. */
function callOf({ status, method }: SipStart, { branch, cseq }: SipIdentity): Pick<AppPacket, 'asks' | 'answers'> {
  if (branch === undefined || cseq === undefined || method === 'ACK') return {};
  const key = `${branch} ${cseq}`;
  return status === undefined ? { asks: key } : { answers: [{ key, isLast: status >= 200 }] };
}

function summaryOf(
  { method, uri, status, reason }: SipStart,
  headers: readonly SipHeader[],
  body: string,
  hasBody: boolean,
): string {
  const type = firstOf(headers, 'content-type');
  const first = method === undefined ? `${status} ${reason}` : uri!;
  return [first, ...(hasBody ? [type ?? '', body] : [])].filter((part) => part !== '').join(' ');
}

function fieldsOf({ line, lineEnd, headers, bodyStart }: SipHead, bytes: Uint8Array, body: string): AppField[] {
  const end = headers.at(-1)?.span.end ?? lineEnd;
  return [
    { name: 'start line', span: { start: 0, end: lineEnd }, value: line },
    ...headers.map(({ shown, span, value }) => ({ name: shown, span, value })),
    ...(bodyStart > end ? [{ name: 'end of headers', span: { start: end, end: bodyStart }, value: '' }] : []),
    ...(bytes.length > bodyStart ? [{ name: 'body', span: { start: bodyStart, end: bytes.length }, value: body }] : []),
  ];
}

export const SIP: AppProtocol = {
  name: NAME,
  title: 'SIP over WebSocket (RFC 7118)',
  rules: RULES,
  open: ({ isJoined }) => new SipReader(isJoined),
};
