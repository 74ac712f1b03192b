import { isQuietClose, NO_CLOSE_FRAME } from '../../traffic/tally/close-codes.js';
import { ranked, rankingBy, type SortKey } from '../../traffic/tally/order.js';
import type { ConnectionSummary, RunTotals } from '../../traffic/tally/summary.js';
import { drawApp, type AppsOptions } from './apps.js';
import { drawBlock, drawCounts, drawFaults, drawLosses } from './block.js';
import { flow, row, type LabelledPart } from './lines.js';
import { drawLines } from './list.js';
import { append } from '../../codec/bytes/lists.js';
import type { ProxyLegs } from '../../traffic/legs/proxy-legs.js';
import { drawLegs, drawLegsLine } from './proxy-legs.js';
import { durationText, grouped, things } from './words.js';
import { escapeText } from '../../describe/escape.js';
import { MOST_LINES, type Look } from '../layout.js';
import { joined, print, type Printable } from '../../describe/printable.js';

/** Up to this number, each connection has a block; where there are more, each has a line. */
const MOST_BLOCKS = 10;

export interface ConnectionsOptions {
  /** Every connection and every rule, however many. */
  readonly all?: boolean;
  /** How all are requested, as in `--all shows them`. */
  readonly hint?: Printable;
  /** Undefined: by their numbers. */
  readonly sort?: SortKey | undefined;
  /** Proxies of which both legs are among the connections. */
  readonly legs?: readonly ProxyLegs[];
  /** Calls of applications by name, too. */
  readonly byName?: boolean;
}

/**
 * The closing table: a block for each of a few connections, a line for each of many, and totals. `summaries` are those of
 * `totals` that are at hand; what is not shown is counted.
 */
export function drawConnections(
  summaries: readonly ConnectionSummary[],
  totals: RunTotals,
  look: Look,
  { all = false, hint = print``, sort, legs = [], byName = false }: ConnectionsOptions = {},
): Printable {
  const chosen = rankingBy(sort)(summaries, all ? Infinity : totals.webSocket > MOST_BLOCKS ? MOST_LINES : MOST_BLOCKS);
  const isOnly = totals.webSocket === 1 && summaries.length === 1;
  const blocks =
    totals.webSocket > MOST_BLOCKS
      ? [drawList(sort === undefined ? ranked(chosen) : chosen, totals, look, { hint, sort })]
      : chosen.map((each) => drawBlock(each, look, { all, saysNone: isOnly, byName, hasActivity: byName }));
  append(blocks, drawAllLegs(all ? legs : legs.slice(0, MOST_LINES), legs.length, look, hint));
  // The totals of one connection would say the same again.
  if (!isOnly) blocks.push(drawTotals(totals, look, { all, byName }));
  else if (totals.connections > 1) blocks.push([...drawTitle(totals, look), ...drawPassedOver(totals, look)]);
  return joined(
    blocks.map((lines) => joined(lines.map((line) => print`${line.trimEnd()}\n`))),
    print`\n`,
  );
}

function drawList(
  shown: readonly ConnectionSummary[],
  totals: RunTotals,
  look: Look,
  { hint = print``, sort }: ConnectionsOptions,
): Printable[] {
  const server = shown[0]?.server;
  const hasOneServer = server !== undefined && shown.every((each) => each.server === server);
  const hidden = totals.webSocket - shown.length;
  const title: LabelledPart[] = [[things(totals.webSocket, 'connection'), 'title']];
  if (hasOneServer) title.push([print`→ ${escapeText(server)}`]);
  const preferred = sort === undefined ? print`the worst preferred` : print`the largest by ${sort}`;
  if (hidden > 0) title.push([print`${grouped(shown.length)} shown, ${preferred}`, 'dim']);
  const more = print`… ${grouped(hidden)} more${hint === '' ? '' : print` (${hint})`}`;
  return [
    ...flow(print``, title, look),
    ...drawLines(shown, hasOneServer, look),
    ...(hidden > 0 ? flow(print``, [[more, 'dim']], look) : []),
  ];
}

/** A block for each of a few, a line for each of many. */
function drawAllLegs(shown: readonly ProxyLegs[], count: number, look: Look, hint: Printable): Printable[][] {
  if (count <= MOST_BLOCKS) return shown.map((each) => drawLegs(each, look));
  const more = print`… ${grouped(count - shown.length)} more${hint === '' ? '' : print` (${hint})`}`;
  return [
    [
      ...flow(print``, [[print`both legs of a proxy`, 'title'], [things(count, 'pair')]], look),
      ...shown.flatMap((each) => drawLegsLine(each, look)),
      ...(count > shown.length ? flow(print``, [[more, 'dim']], look) : []),
    ],
  ];
}

function drawTitle(totals: RunTotals, look: Look): Printable[] {
  const { webSocket, packets } = totals;
  const words = webSocket === 0 ? print`no WebSocket connection` : things(webSocket, 'connection');
  const duration = durationText(totals);
  const title: LabelledPart[] = [[print`total`, 'title'], [words]];
  if (duration !== undefined) title.push([duration]);
  if (packets !== undefined) title.push([things(packets, 'packet')]);
  return flow(print``, title, look);
}

function drawTotals(totals: RunTotals, look: Look, { all, byName }: AppsOptions): Printable[] {
  const { webSocket, directions, diagnostics, apps = [] } = totals;
  return [
    ...drawTitle(totals, look),
    ...apps.flatMap((app, i) => drawApp(app, i === 0 ? print`app` : print``, look, { all, byName })),
    ...(webSocket === 0 ? [] : drawCounts(directions, look)),
    ...row(print`closed`, closeParts(totals.closes), look),
    ...drawLosses(directions, look),
    ...drawFaults(diagnostics, look, {
      all,
      saysNone: webSocket > 0 && apps.every((app) => Object.keys(app.diagnostics).length === 0),
    }),
    ...drawPassedOver(totals, look),
  ];
}

/** `309× 1000  5× 1011  3× no close`: the most frequent first. */
function closeParts(closes: RunTotals['closes']): LabelledPart[] {
  return Object.entries(closes)
    .map(([code, count]) => ({ code: Number(code), count }))
    .sort((a, b) => b.count - a.count || a.code - b.code)
    .map(({ code, count }): LabelledPart => {
      const text = print`${grouped(count)}× ${code === NO_CLOSE_FRAME ? print`no close` : print`${code}`}`;
      return isQuietClose(code) ? [text] : [text, 'warning'];
    });
}

const KINDS: Readonly<Record<string, Printable>> = {
  tls: print`TLS`,
  http: print`HTTP`,
  http2: print`HTTP/2`,
  proxy: print`PROXY protocol`,
  socks: print`SOCKS`,
  other: print`other`,
  silent: print`without data`,
};

/** The connections that carry something else. */
function drawPassedOver({ passedOver, connections, webSocket }: RunTotals, look: Look): Printable[] {
  const kinds = Object.entries(passedOver).filter(([, count]) => count > 0);
  if (kinds.length === 0) return [];
  const parts = kinds.map(([kind, count]): LabelledPart => [
    print`${grouped(count)} ${KINDS[kind] ?? escapeText(kind)}`,
  ]);
  return row(print`others`, [[print`${grouped(connections - webSocket)} without WebSocket`], ...parts], look);
}
