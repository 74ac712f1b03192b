import { connectionName } from '../../describe/connection-name.js';
import {
  compressionRatio,
  eachDirection,
  type ConnectionSummary,
  type DiagnosticCounts,
  type DirectionCounts,
  type Directions,
  type DirectionSummary,
} from '../../traffic/tally/summary.js';
import { isOfConnection } from '../../rules/causes/catalogue.js';
import { activityParts } from './activity.js';
import { drawApp } from './apps.js';
import { cutMiddle, drawGrid, flow, gridWidth, NOTHING, row, VALUE_AT, widest } from './lines.js';
import type { Column, LabelledPart } from './lines.js';
import {
  bytesCell,
  closingParts,
  durationText,
  faultParts,
  handshakeParts,
  numberCell,
  pingParts,
  stallParts,
  things,
} from './words.js';
import { provenUnanswered } from '../../traffic/tally/proven.js';
import type { Direction } from '../../codec/messages/records.js';
import type { TlsFacts } from '../../codec/tls/tls-facts.js';
import type { Passage } from '../../codec/bytes/stream-taker.js';
import { escapeText } from '../../describe/escape.js';
import { ARROW } from '../../describe/view.js';
import { INDENT, openRoom, type Look } from '../layout.js';
import { displayWidth, padEnd, wrap } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

/** Rules named below one connection, unless all are requested. */
const MOST_RULES = 8;

export interface BlockOptions {
  /** Every rule that was broken, however many. */
  readonly all: boolean;
  /** That no rule was broken is said, too. */
  readonly saysNone: boolean;
  /** Calls of applications by name. */
  readonly byName: boolean;
  /** Frames over time. */
  readonly hasActivity: boolean;
}

/** All that is known of one connection. */
export function drawBlock(summary: ConnectionSummary, look: Look, options: BlockOptions): Printable[] {
  const { connection, directions, handshake, diagnostics } = summary;
  const duration = durationText(summary);
  const title: LabelledPart[] = [
    [print`connection ${connectionName(connection)}`, 'title'],
    ...endpointParts(summary, look),
  ];
  // None is expected in bytes whose sender is not known.
  const unseen: LabelledPart[] = directions.unknown ? [] : [[print`not seen`, 'dim']];
  return [
    ...flow(print``, duration === undefined ? title : [...title, [duration]], look),
    ...row(print`through`, (summary.through ?? []).map(passagePart), look),
    ...row(print`http`, http2Parts(summary), look),
    ...row(print`tls`, summary.tls ? tlsParts(summary.tls) : [], look),
    ...row(
      print`handshake`,
      handshake ? handshakeParts(handshake, openRoom(look, look.width - VALUE_AT)) : unseen,
      look,
    ),
    ...(summary.app ? drawApp(summary.app, print`app`, look, options) : []),
    ...drawCounts(directions, look),
    ...rows(
      print`pings`,
      directions,
      ({ ping }, arrow, by) => (ping ? pingParts(ping, arrow, provenUnanswered(directions, by) > 0) : []),
      look,
    ),
    ...row(print`activity`, options.hasActivity ? activityParts(summary.activity) : [], look),
    ...drawStalls(directions, look),
    ...row(print`closed`, closingParts(summary), look),
    ...drawLosses(directions, look),
    ...drawFaults(diagnostics, look, { ...options, saysNone: options.saysNone && !hasBroken(summary) }),
    ...drawCause(summary, look),
  ];
}

/** A rule of its application protocol was broken. */
function hasBroken({ app }: ConnectionSummary): boolean {
  return app !== undefined && Object.keys(app.diagnostics).length > 0;
}

function drawStalls(directions: Directions<DirectionSummary>, look: Look): Printable[] {
  return [...eachDirection(directions)]
    .flatMap(([direction, { stalls }]) => (stalls ? [stallParts(stalls, direction)] : []))
    .flatMap((parts, i) => row(i === 0 ? print`stalled` : print``, parts, look));
}

/** In whole sentences: where only this block is shown, there is no other text. */
function drawCause({ cause }: ConnectionSummary, look: Look): Printable[] {
  if (cause === undefined) return [];
  const lines = wrap(escapeText(cause.message), Math.max(24, look.width - VALUE_AT));
  const label = isOfConnection(cause.code) ? print`why` : print`cause`;
  return lines.flatMap((line, i) => row(i === 0 ? label : print``, [[line]], look));
}

function endpointParts({ client, server }: ConnectionSummary, look: Look): LabelledPart[] {
  if (client === undefined && server === undefined) return [];
  const cut = (end = '?'): Printable => cutMiddle(escapeText(end), openRoom(look, look.width - VALUE_AT - 2));
  const [from, to] = [cut(client), cut(server)];
  const both = print`${from} → ${to}`;
  return displayWidth(both) <= look.width - VALUE_AT ? [[both]] : [[from], [print`→ ${to}`]];
}

/** Certificate names that are drawn. */
const MOST_NAMES = 4;

/** `TLS 1.3  TLS_AES_128_GCM_SHA256  SNI example.org  ALPN http/1.1  certificate of example.org, www.example.org`. */
function tlsParts({ version, cipher, sni, alpn, names = [], reason, alerts = [] }: TlsFacts): LabelledPart[] {
  const more = names.length > MOST_NAMES ? print` and ${things(names.length - MOST_NAMES, 'more name')}` : print``;
  const listed = joined(
    names.slice(0, MOST_NAMES).map((name) => escapeText(name)),
    print`, `,
  );
  return [
    ...(version === undefined ? [] : [[escapeText(version)] as LabelledPart]),
    ...(cipher === undefined ? [] : [[escapeText(cipher)] as LabelledPart]),
    ...(sni === undefined ? [] : [[print`SNI ${escapeText(sni)}`] as LabelledPart]),
    ...(alpn === undefined ? [] : [[print`ALPN ${escapeText(alpn)}`] as LabelledPart]),
    ...(names.length === 0 ? [] : [[print`certificate of ${listed}${more}`] as LabelledPart]),
    ...(reason === undefined ? [] : [[print`not all decrypted`, 'warning'] as LabelledPart]),
    ...alerts.map(({ by, isFatal, name }): LabelledPart => [
      print`${isFatal ? 'fatal ' : ''}alert ${escapeText(name)} by the ${by}`,
      'warning',
    ]),
  ];
}

/** `HTTP/2  stream 3  2 other requests`. */
function http2Parts({ http, stream, requests = 0, headersLost }: ConnectionSummary): LabelledPart[] {
  if (http === undefined) return [];
  return [
    [stream === undefined ? print`HTTP/2` : print`HTTP/2 stream ${stream}`],
    ...(headersLost ? [[print`without its request`, 'warning'] as LabelledPart] : []),
    ...(requests > 0 ? [[things(requests, 'other request')] as LabelledPart] : []),
  ];
}

/** `VXLAN 42 192.0.2.1 → 192.0.2.2`. */
function passagePart({ name, id, from, to }: Passage): LabelledPart {
  const number = id === undefined ? print`` : print` ${id}`;
  const start = from === undefined ? print`` : print` ${escapeText(from)}`;
  const end = to === undefined ? print`` : print` → ${escapeText(to)}`;
  return [print`${escapeText(name)}${number}${start}${end}`];
}

/** A line for each direction with something to show. */
function rows<T>(
  label: Printable,
  directions: Directions<T>,
  of: (counts: T, arrow: Printable, by: Direction) => LabelledPart[],
  look: Look,
): Printable[] {
  return [...eachDirection(directions)]
    .map(([direction, counts]) => of(counts, ARROW[direction], direction))
    .filter((parts) => parts.length > 0)
    .flatMap((parts, i) => row(i === 0 ? label : print``, parts, look));
}

/** What was not captured, and what is no frame: passed over, or the body of a refusal. */
export function drawLosses(directions: Directions<DirectionCounts>, look: Look): Printable[] {
  const lost = ({ gaps, lostBytes }: DirectionCounts, arrow: Printable): LabelledPart[] =>
    gaps > 0 ? [[print`${arrow} ${things(lostBytes, 'byte')} in ${things(gaps, 'gap')}`, 'warning']] : [];
  const other = ({ otherBytes }: DirectionCounts, arrow: Printable): LabelledPart[] =>
    otherBytes > 0 ? [[print`${arrow} ${things(otherBytes, 'byte')}`, 'dim']] : [];
  return [...rows(print`lost`, directions, lost, look), ...rows(print`no frames`, directions, other, look)];
}

export function drawFaults(
  diagnostics: DiagnosticCounts,
  look: Look,
  { all, saysNone }: Pick<BlockOptions, 'all' | 'saysNone'>,
): Printable[] {
  const parts = faultParts(diagnostics, all ? Infinity : MOST_RULES);
  const said: readonly LabelledPart[] = parts.length === 0 && saysNone ? [[print`none`, 'ok']] : parts;
  return said.length === 0 ? [] : flow(print`${INDENT}rule violations: `, said, look);
}

interface Count {
  readonly head: Printable;
  readonly text: (counts: DirectionCounts) => Printable;
  /** Left out where there is no room for it. */
  readonly isSpare?: true;
}

const OPCODE_NAMES = ['text', 'binary', 'continuation', 'ping', 'pong', 'close', 'reserved'] as const;

const FRAME_COUNTS: readonly Count[] = [
  { head: print`frames`, text: ({ frames }) => numberCell(frames) },
  ...OPCODE_NAMES.map((head): Count => ({
    head: print`${head}`,
    text: ({ opcodes }) => numberCell(opcodes[head] ?? 0),
  })),
];
const BYTE_COUNTS: readonly Count[] = [
  { head: print`on wire`, text: ({ wireBytes }) => bytesCell(wireBytes), isSpare: true },
  { head: print`payload`, text: ({ payloadBytes }) => bytesCell(payloadBytes) },
  { head: print`messages`, text: ({ messages }) => numberCell(messages) },
  { head: print`compressed`, text: (counts) => (isMixed(counts) ? numberCell(counts.compressedMessages) : NOTHING) },
  {
    head: print`inflated`,
    text: (counts) => (counts.compressedMessages > 0 ? bytesCell(counts.compressedBytes) : NOTHING),
  },
  { head: print`ratio`, text: ratioCell },
];

/** Some messages were compressed, and others not: the columns that follow are of the former. */
function isMixed({ messages, compressedMessages }: DirectionCounts): boolean {
  return compressedMessages > 0 && compressedMessages < messages;
}

function ratioCell(counts: DirectionCounts): Printable {
  const ratio = compressionRatio(counts);
  return ratio === undefined ? NOTHING : print`${escapeText(ratio.toFixed(1))}×`;
}

/** Frames, messages and bytes, a line for each direction. Columns that do not fit are in a second band below. */
export function drawCounts(directions: Directions<DirectionCounts>, look: Look): Printable[] {
  const { client, server } = directions;
  const isDirected = client.frames + server.frames > 0;
  const shown = [...eachDirection(directions)].filter(
    ([direction, { frames }]) => frames > 0 || (isDirected && direction !== 'unknown'),
  );
  if (shown.length === 0) return row(print`frames`, [[print`none`, 'dim']], look);
  const columnsOf = (counts: readonly Count[]): Column[] =>
    counts
      .map(({ head, text }) => ({ head, cells: shown.map(([, each]): LabelledPart => [text(each)]) }))
      .filter(({ cells }) => cells.some(([text]) => text !== NOTHING))
      .map((column) => ({ ...column, width: widest(column.head, column.cells) }));
  const leads = shown.map(([direction]) => padEnd(print`${INDENT}${ARROW[direction]} ${direction}`, LEAD_WIDTH));
  const room = look.width - LEAD_WIDTH;
  const all = [...FRAME_COUNTS, ...BYTE_COUNTS];
  const inOne = [all, all.filter(({ isSpare }) => !isSpare)].map(columnsOf).find((each) => gridWidth(each) <= room);
  const bands = inOne ? [inOne] : [FRAME_COUNTS, BYTE_COUNTS].flatMap((counts) => pack(columnsOf(counts), room));
  return bands.flatMap((columns) => drawGrid(columns, leads, look));
}

/** So that the first column begins where the values of labelled lines do. */
const LEAD_WIDTH = VALUE_AT - 2;

/** As many columns in a band as fit. */
function pack(columns: readonly Column[], room: number): Column[][] {
  const bands: Column[][] = [];
  for (const column of columns) {
    const band = bands.at(-1);
    if (band && gridWidth([...band, column]) <= room) band.push(column);
    else bands.push([column]);
  }
  return bands;
}
