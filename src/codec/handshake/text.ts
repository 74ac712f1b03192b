import { append } from '../bytes/lists.js';
import { blocksOf } from './blocks.js';
import { arePairs, nameOf, sideOfBlock } from './browser.js';
import { objectBlocks } from './header-objects.js';
import { type Block, type SourceLine, sourceLines } from './lines.js';
import { panelFacts, type PanelFacts } from './panel.js';
import { DEFAULT_HEAD_LIMIT, HeadReader } from '../http1/head-reader.js';
import { startsLikeHead } from '../http1/head-start.js';
import { parseHead, type Head, type RequestHead, type ResponseHead } from '../http1/head.js';

/**
 * What a text shows differently from the wire, and what was made of it.
 * - `no-start-line`: headers only; nothing is said about the first line (`side`)
 * - `pseudo-headers`: `:method`, `:authority` and such (`names`): a browser's view of HTTP/2, no headers of HTTP/1.1; left out
 * - `authority-as-host`: the pseudo-header `:authority` replaces the missing Host
 * - `full-url`: the request line shows a ws: or wss: URL (`url`), as browsers' tools do; judged as its path
 * - `pairs`: names and values on lines in turn
 * - `several`: there is more than one exchange in the text; this one was taken
 * - `left-out`: `count` lines among the headers are none, of a log say
 * - `cut-line`: the text ends inside this line
 */
export interface TextNote {
  readonly kind:
    | 'no-start-line'
    | 'pseudo-headers'
    | 'authority-as-host'
    | 'full-url'
    | 'pairs'
    | 'several'
    | 'left-out'
    | 'cut-line';
  readonly side: 'request' | 'response';
  /** Line of the source, from 1. */
  readonly line: number;
  readonly args: Readonly<Record<string, string>>;
}

export interface TextPlace {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface HandshakeText {
  /** Offsets are those in the head as it is on the wire (CRLF, nothing before the lines); `place` leads back to the text. */
  readonly request?: RequestHead;
  readonly response?: ResponseHead;
  readonly notes: readonly TextNote[];
  /** What was found does not look like a head: its first line that shows it, or the first line that no header follows. Nothing can be judged. */
  readonly refusal?: { readonly why: 'no-head' | 'no-headers'; readonly line: SourceLine };
  /** The place in the text of an offset of a head. */
  readonly place: (side: 'request' | 'response', offset: number) => TextPlace | undefined;
}

/** A line of the head to be made, and where it comes from. */
interface MadeLine {
  readonly text: string;
  readonly from: SourceLine;
  /** Characters that precede the value in the text but not here: the column is counted after them. */
  readonly shift?: number;
}

interface Made {
  readonly head: Head;
  readonly starts: readonly number[];
  readonly lines: readonly MadeLine[];
}

class HeadMaker {
  readonly notes: TextNote[] = [];

  constructor(private readonly panel: PanelFacts) {}

  private note(kind: TextNote['kind'], side: TextNote['side'], line: number, args: TextNote['args'] = {}): void {
    this.notes.push({ kind, side, line, args });
  }

  make({ block: given, several }: Chosen, side: 'request' | 'response', offered: readonly string[]): Made {
    const { block, cutLine } = withoutCutLine(given, offered);
    if (cutLine !== undefined) this.note('cut-line', side, cutLine);
    const first = block.start ?? block.headers[0];
    const at = first?.line ?? 1;
    if (several) this.note('several', side, at);
    const lines: MadeLine[] = [];
    if (block.start !== undefined) lines.push(this.startLine(block.start, side));
    else this.note('no-start-line', side, at);
    const [leftOut] = block.foreign;
    if (leftOut !== undefined) this.note('left-out', side, leftOut.line, { count: String(block.foreign.length) });
    append(lines, this.headers(block.headers, side));
    const encoder = new TextEncoder();
    const starts: number[] = [];
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (const { text } of lines) {
      const chunk = encoder.encode(`${text}\r\n`);
      starts.push(length);
      chunks.push(chunk);
      length += chunk.length;
    }
    const bytes = new Uint8Array(length + 2);
    chunks.forEach((chunk, i) => bytes.set(chunk, starts[i]));
    bytes.set([0x0d, 0x0a], length);
    const head = withPanel(withStatus(parseBounded(bytes, side, block.start !== undefined), block), this.panel);
    return { head: { ...head, complete: head.complete && block.isWhole }, starts, lines };
  }

  private startLine(from: SourceLine, side: 'request' | 'response'): MadeLine {
    const match = /^([A-Z]+ )(wss?:\/\/[^/?#\s]*)([/?#][^\s]*)?( HTTP\/\d(?:\.\d)?)$/.exec(from.text);
    if (match === null || side === 'response') return { text: from.text, from };
    const [, method = '', origin = '', path = '', version = ''] = match;
    this.note('full-url', side, from.line, { url: origin + path });
    return { text: `${method}${path.startsWith('/') ? '' : '/'}${path}${version}`, from };
  }

  private headers(source: readonly SourceLine[], side: 'request' | 'response'): MadeLine[] {
    const lines = arePairs(source) ? this.joinPairs(source, side) : source.map((from) => ({ text: from.text, from }));
    const pseudo = lines.filter(({ text }) => text.startsWith(':'));
    const [first] = pseudo;
    if (first === undefined) return lines;
    const names = pseudo.map(({ from }) => nameOf(from)).join(', ');
    this.note('pseudo-headers', side, first.from.line, { names });
    const kept = lines.filter(({ text }) => !text.startsWith(':'));
    const authority = pseudo.find(({ text }) => text.toLowerCase().startsWith(':authority:'));
    if (authority === undefined || kept.some(({ text }) => /^host[ \t]*:/i.test(text))) return kept;
    this.note('authority-as-host', side, authority.from.line);
    return [{ text: `Host${authority.text.slice(':authority'.length)}`, from: authority.from }, ...kept];
  }

  private joinPairs(source: readonly SourceLine[], side: 'request' | 'response'): MadeLine[] {
    const lines: MadeLine[] = [];
    this.note('pairs', side, source[0]?.line ?? 1);
    for (let i = 0; i + 1 < source.length; i += 2) {
      const [name, value] = [source[i] as SourceLine, source[i + 1] as SourceLine];
      const bare = name.text.replace(/:$/, '');
      lines.push({ text: `${bare}: ${value.text}`, from: value, shift: bare.length + 2 });
    }
    return lines;
  }
}

/** A refusal shows in `:status` as well; a 200 is what HTTP/2 answers where HTTP/1.1 has 101. */
function withStatus(head: Head, { headers }: Block): Head {
  if (head.kind === 'request' || head.hasStartLine) return head;
  const line = headers.find(({ text }) => /^:status: (?:101|[3-5]\d\d)$/.test(text));
  return line === undefined ? head : { ...head, status: Number(line.text.slice(-3)) };
}

/** What the panel of a browser shows of the first line that is missing. */
function withPanel(head: Head, { method, url, status, reason }: PanelFacts): Head {
  if (head.hasStartLine) return head;
  if (head.kind === 'response')
    return head.status !== undefined || status === undefined ? head : { ...head, status, reason: reason ?? '' };
  if (url === undefined) return head;
  const target = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#[^]*/, '');
  return { ...head, method: method ?? '', target: target.startsWith('/') ? target : `/${target}` };
}

function parseBounded(bytes: Uint8Array, kind: 'request' | 'response', startLine: boolean): Head {
  const limit = DEFAULT_HEAD_LIMIT;
  if (bytes.length <= limit) return parseHead(bytes, { kind, startLine });
  const omitted = { bytes: bytes.length - limit, limit, finished: true };
  return parseHead(bytes.subarray(0, limit), { kind, startLine, omitted });
}

const UPGRADES = /^(?:upgrade|sec-websocket-[a-z0-9]+)$/;
/** Status codes that another response follows. */
const INTERIM = /^HTTP\/\S+[ \t]+1(?!01)\d\d/;

interface Chosen {
  readonly block: Block;
  readonly several: boolean;
}

/** The exchange that is about WebSocket, else the last one: before it may come a proxy's CONNECT, a redirect, a first try without password. */
function choose(blocks: readonly Block[]): { request?: Chosen; response?: Chosen } {
  const sides = blocks.map(sideOfBlock);
  const upgrades = ({ headers }: Block): boolean => headers.some((line) => UPGRADES.test(nameOf(line)));
  const indexes = (side: 'request' | 'response', from = 0): number[] =>
    [...blocks.keys()].filter((i) => i >= from && sides[i] === side);
  const requests = indexes('request');
  const requestAt = requests.findLast((i) => upgrades(blocks[i] as Block)) ?? requests.at(-1);
  const final = indexes('response').filter((i) => !INTERIM.test(blocks[i]?.start?.text ?? ''));
  const behind = final.filter((i) => requestAt === undefined || i > requestAt);
  // A browser shows the response first: with one of each, the order says nothing.
  // What a panel shows beside headers may look like those of a request.
  const heads = requests.filter((i) => blocks[i]?.start !== undefined || upgrades(blocks[i] as Block));
  const isOne = requests.length === 1 || heads.length === 1;
  const candidates = behind.length === 0 && isOne && final.length === 1 ? final : behind;
  const responseAt =
    requestAt === undefined
      ? (candidates.findLast((i) => upgrades(blocks[i] as Block)) ?? candidates.at(-1))
      : candidates[0];
  const take = (at: number | undefined, of: number): Chosen | undefined =>
    at === undefined ? undefined : { block: blocks[at] as Block, several: of > 1 };
  const request = take(requestAt, requests.length);
  const response = take(responseAt, requestAt === undefined ? final.length : 1);
  return { ...(request && { request }), ...(response && { response }) };
}

/** Shorter values of these may be cut; for those with 0 a cut is not recognised. */
const SHORTEST: Readonly<Record<string, number>> = {
  'sec-websocket-key': 24,
  'sec-websocket-accept': 28,
  'sec-websocket-version': 2,
  upgrade: 'websocket'.length,
  'sec-websocket-protocol': Infinity,
  'sec-websocket-extensions': Infinity,
};

const PARAMETER = '(?:server|client)_(?:max_window_bits(?:=\\d+)?|no_context_takeover)';
const WHOLE_EXTENSIONS = new RegExp(`^permessage-deflate(?:; ?${PARAMETER}){0,4}$`);

/** A value that can't be the beginning of another one that is more likely. */
function isWholeValue(name: string, value: string): boolean {
  if (value === '' || (name === 'host' && /^\[[^\]]*$/.test(value))) return false;
  // Without the option that is required, `keep-alive` may be followed by it.
  if (name === 'connection') return /(?:^|[\s,])upgrade$/i.test(value);
  return WHOLE_EXTENSIONS.test(value) || value.length >= (SHORTEST[name] ?? 0);
}

/** The block without the line in which a text ends that has no line end there, where that line may be cut. */
function withoutCutLine(block: Block, offered: readonly string[]): { block: Block; cutLine?: number } {
  const { headers } = block;
  const line = headers.at(-1);
  if (block.isWhole || line?.isOpen !== true) return { block };
  const pairs = arePairs(headers);
  const name = nameOf(pairs ? (headers.at(-2) as SourceLine) : line);
  const colon = line.text.indexOf(':');
  const value = pairs ? line.text : colon < 0 ? undefined : line.text.slice(colon + 1).trimStart();
  const isWhole = value !== undefined && (offered.includes(value) || isWholeValue(name, value));
  return isWhole ? { block } : { block: { ...block, headers: headers.slice(0, pairs ? -2 : -1) }, cutLine: line.line };
}

/** What shows that a block is no head; undefined for one that may be judged. */
function refusalOf({ start, headers, foreign, isWhole }: Block): HandshakeText['refusal'] {
  const names = arePairs(headers) ? headers.filter((_, i) => i % 2 === 0) : headers;
  const strange = arePairs(headers) ? [] : names.filter(({ text }) => !HEADER_LINE.test(text));
  const wrong = [...strange, ...(start === undefined ? foreign : [])];
  if (names.length === 0 && !(isWhole && foreign.length === 0)) return start && { why: 'no-headers', line: start };
  const [line] = wrong;
  return line !== undefined && wrong.length * 2 > names.length ? { why: 'no-head', line } : undefined;
}

const HEADER_LINE = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*:|^[ \t]/;

/** Heads, unless nothing of a handshake stands outside objects of headers: lines inside these look like headers. */
function blocksIn(text: string): readonly Block[] {
  const heads = blocksOf(text);
  const { blocks, extents } = objectBlocks(text);
  const isOutside = ({ line }: SourceLine): boolean => !extents.some(([first, last]) => first <= line && line <= last);
  const hasHead = heads.some(({ headers }) => headers.some((line) => UPGRADES.test(nameOf(line)) && isOutside(line)));
  return blocks.length === 0 || hasHead ? heads : blocks;
}

/**
 * Reads a handshake from text as people have it: raw heads with any line ends, the output of `curl -v`, ngrep, tcpdump -A
 * and tshark -V, headers copied from a browser's tools, objects of headers, a log with something before every line; either half, or both. Line
 * ends are not judged: the text no longer has those of the wire. Without a head in it, neither half is there. Never throws.
 */
export function readHandshakeText(text: string): HandshakeText {
  const { request, response } = choose(blocksIn(text));
  const maker = new HeadMaker(panelFacts(sourceLines(text)));
  const [refusal] = [request, response].flatMap((chosen) => (chosen && refusalOf(chosen.block)) ?? []);
  if (refusal !== undefined) return { notes: [], refusal, place: () => undefined };
  const offers = request?.block.headers.filter((line) => nameOf(line) === 'sec-websocket-protocol') ?? [];
  const offered = offers
    .flatMap((line) => line.text.slice(line.text.indexOf(':') + 1).split(','))
    .map((one) => one.trim());
  const made = {
    request: request && maker.make(request, 'request', []),
    response: response && maker.make(response, 'response', offered),
  };
  return {
    ...(made.request && { request: made.request.head as RequestHead }),
    ...(made.response && { response: made.response.head as ResponseHead }),
    notes: maker.notes,
    place: (side, offset) => placeOf(made[side], offset),
  };
}

function placeOf(made: Made | undefined, offset: number): TextPlace | undefined {
  if (made === undefined || made.lines.length === 0) return undefined;
  const at = Math.max(
    0,
    made.starts.findLastIndex((start) => start <= offset),
  );
  const line = made.lines[at] as MadeLine;
  const column = offset - (made.starts[at] ?? 0) - (line.shift ?? line.from.shift ?? 0);
  return { line: line.from.line, column: line.from.column + Math.max(0, Math.min(column, line.from.text.length)) + 1 };
}

/** Reads the heads at the beginning of wire bytes: a request, a response, or a request followed by its response. Line ends are judged. */
export function readHandshakeBytes(bytes: Uint8Array): {
  readonly request?: RequestHead;
  readonly response?: ResponseHead;
} {
  let offset = 0;
  let request: RequestHead | undefined;
  while (offset < bytes.length) {
    const start = startsLikeHead(bytes.subarray(offset), { anyMethod: true });
    if (start === 'no' || (request !== undefined && start !== 'response')) break;
    const kind = start === 'response' ? 'response' : 'request';
    const reader = new HeadReader({ offset, kind });
    const head = reader.push(bytes.subarray(offset))?.head ?? reader.end();
    if (head === undefined) break;
    offset = head.span.end;
    if (head.kind === 'request') request = head;
    else if (!INTERIM.test(head.line)) return { ...(request && { request }), response: head };
  }
  return request === undefined ? {} : { request };
}
