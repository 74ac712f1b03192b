import type { ProxyLegs } from '../traffic/legs/proxy-legs.js';
import type { TlsFacts } from '../codec/tls/tls-facts.js';
import type { Direction } from '../codec/messages/records.js';
import { isDated } from '../codec/bytes/time.js';
import { provenCloser } from '../traffic/tally/proven.js';
import type { AppSummary, CallCounts } from '../traffic/apps/app-tally.js';
import {
  compressionRatio,
  durationOf,
  eachDirection,
  type ConnectionSummary,
  type Counts,
  type DirectionCounts,
  type Directions,
  type PassedEndpoints,
  type HandshakeSummary,
  type PingSummary,
  type RunTotals,
  type StallSummary,
  type TimeSpan,
} from '../traffic/tally/summary.js';

type JsonFields = Record<string, unknown>;
type Named = { type: string } & JsonFields;

/** The `connection` record (docs/json.md): what became of a connection. */
export function connectionRecord(summary: ConnectionSummary): Named {
  const { connection, handshake, directions } = summary;
  const ping = byDirection(directions, (counts) => counts.ping && pingFields(counts.ping));
  const stalls = byDirection(directions, (counts) => counts.stalls && stallFields(counts.stalls));
  return {
    type: 'connection',
    connection,
    ...endsFields(summary),
    ...timeFields(summary),
    ...(handshake && { handshake: handshakeFields(handshake) }),
    ...(summary.app && { app: appFields(summary.app) }),
    ...countFields(directions),
    ...(ping && { ping }),
    ...(stalls && { stalls }),
    ...endFields(summary),
    ...lossFields(directions),
    ...(summary.cause && { cause: { ...summary.cause } }),
    diagnostics: { ...summary.diagnostics },
  };
}

function appFields(summary: AppSummary): JsonFields {
  const { protocol, packets, errors, diagnostics, byName, subscribed } = summary;
  return {
    protocol,
    packets,
    ...callFields(summary),
    ...(Object.keys(errors).length > 0 && { errors: { ...errors } }),
    ...(Object.keys(subscribed).length > 0 && { subscribed: { ...subscribed } }),
    diagnostics: { ...diagnostics },
    byName: byName.map(({ protocol: inner, type, name, ...counts }) => ({
      ...(inner !== undefined && { protocol: inner }),
      ...(type === undefined ? { others: true } : { type }),
      ...(name !== undefined && { name }),
      ...callFields(counts),
    })),
  };
}

function callFields({ calls, replies, unanswered, open, latency }: CallCounts): JsonFields {
  return {
    calls,
    replies,
    unanswered,
    ...(open > 0 && { open }),
    ...(latency && { latency: { p50: rounded(latency.p50), p99: rounded(latency.p99), max: rounded(latency.max) } }),
  };
}

function endFields(summary: ConnectionSummary): JsonFields {
  const { directions, closeCode, closedBy, closedHere } = summary;
  const closer = provenCloser(summary);
  const reason = closedHere?.reason ?? (closedBy && directions[closedBy]?.close?.reason);
  const closeCodes = byDirection(directions, ({ close }) => close?.code);
  return {
    ...(closeCode !== undefined && { closeCode }),
    ...(reason && { closeReason: reason }),
    ...(closer && { closedBy: closer }),
    ...(closeCodes && { closeCodes }),
    ...tcpFields(summary),
  };
}

/** The `summary` record: totals of the run, and the exit code that it ends with. */
export function summaryRecord(totals: RunTotals, exit: number, legs: readonly ProxyLegs[] = []): Named {
  const { connections, webSocket, passedOver, packets, directions } = totals;
  return {
    type: 'summary',
    ...(packets !== undefined && { packets }),
    connections,
    webSocket,
    ...(Object.keys(passedOver).length > 0 && { passedOver: { ...passedOver } }),
    ...timeFields(totals),
    ...countFields(directions),
    ...(Object.keys(totals.closes).length > 0 && { closes: { ...totals.closes } }),
    ...(totals.apps && {
      apps: totals.apps.map(({ connections: count, ...app }) => ({ ...appFields(app), connections: count })),
    }),
    ...lossFields(directions),
    diagnostics: { ...totals.diagnostics },
    ...(legs.length > 0 && { legs: legs.map(legsFields) }),
    exit,
  };
}

/** Both legs of a proxy. */
function legsFields({ front, upstream, provenBy, request, response, added, closedBy }: ProxyLegs): JsonFields {
  return {
    front: front.connection,
    upstream: upstream.connection,
    provenBy,
    request,
    response,
    added: { request: seconds(added.request), response: seconds(added.response) },
    ...(closedBy && { closedBy }),
  };
}

/** To the microsecond. */
function seconds(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function tcpFields({ ended, endedBy, endedAt, failure }: ConnectionSummary): JsonFields {
  return {
    ...(ended && { ended }),
    ...(failure !== undefined && { failure }),
    ...(endedBy && { endedBy }),
    ...(endedAt !== undefined && isDated(endedAt) && { endedAt }),
  };
}

function endsFields({
  client,
  server,
  through,
  tls,
  http,
  stream,
  headersLost,
  requests,
}: PassedEndpoints): JsonFields {
  return {
    ...(http && {
      http,
      ...(stream !== undefined && { stream }),
      ...(headersLost && { headersLost }),
      ...(requests !== undefined && { requests }),
    }),
    ...(client !== undefined && { client }),
    ...(server !== undefined && { server }),
    ...(through && { through }),
    ...(tls && { tls: tlsFields(tls) }),
  };
}

function tlsFields({ names, alerts, ...facts }: TlsFacts): JsonFields {
  return {
    ...facts,
    ...(names && { names: [...names] }),
    ...(alerts && { alerts: alerts.map(({ by, isFatal, name }) => ({ by, fatal: isFatal, name })) }),
  };
}

function timeFields(span: TimeSpan): JsonFields {
  const duration = durationOf(span);
  return {
    ...(span.firstTime !== undefined && isDated(span.firstTime) && { time: span.firstTime }),
    ...(duration !== undefined && { duration }),
  };
}

function handshakeFields({ target, status, subprotocol, extensions }: HandshakeSummary): JsonFields {
  return {
    ...(target !== undefined && { target }),
    ...(status !== undefined && { status }),
    ...(subprotocol !== undefined && { subprotocol }),
    extensions: [...extensions],
  };
}

/** What was counted, each by direction. */
function countFields(directions: Directions<DirectionCounts>): JsonFields {
  const opcodes = byDirection(directions, (counts) => (counts.frames > 0 ? { ...counts.opcodes } : undefined));
  const compression = byDirection(directions, compressionFields);
  return {
    frames: numbers(directions, 'frames'),
    ...(opcodes && { opcodes }),
    messages: numbers(directions, 'messages'),
    bytes: numbers(directions, 'wireBytes'),
    payloadBytes: numbers(directions, 'payloadBytes'),
    messageBytes: numbers(directions, 'messageBytes'),
    ...(compression && { compression }),
  };
}

/** What is missing, and what is no frame. */
function lossFields(directions: Directions<DirectionCounts>): JsonFields {
  const lost = byDirection(directions, ({ gaps, lostBytes }) => (gaps > 0 ? { gaps, bytes: lostBytes } : undefined));
  const otherBytes = byDirection(directions, (counts) => counts.otherBytes || undefined);
  return { ...(lost && { lost }), ...(otherBytes && { otherBytes }) };
}

function compressionFields(counts: Counts): JsonFields | undefined {
  const { compressedMessages, compressedWireBytes, compressedBytes, notInflated } = counts;
  if (compressedMessages + notInflated === 0) return undefined;
  const ratio = compressionRatio(counts);
  return {
    messages: compressedMessages,
    wireBytes: compressedWireBytes,
    bytes: compressedBytes,
    ...(ratio !== undefined && { ratio: Number(ratio.toFixed(2)) }),
    ...(notInflated > 0 && { notInflated }),
  };
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(6));
}

function stallFields({ count, seconds, longest }: StallSummary): JsonFields {
  return { count, seconds: rounded(seconds), longest: rounded(longest) };
}

function pingFields({ answered, skipped, unanswered, times }: PingSummary): JsonFields {
  return {
    answered,
    skipped,
    unanswered,
    ...(times && { min: rounded(times.min), median: rounded(times.median), max: rounded(times.max) }),
  };
}

/** A count of each direction; always there for both ends, so that a reader can rely on it. */
function numbers(directions: Directions<Counts>, name: keyof Counts): JsonFields {
  return Object.fromEntries([...eachDirection(directions)].map(([direction, counts]) => [direction, counts[name]]));
}

/** What `of` gives for the directions; undefined where it gives nothing for any. */
function byDirection<T>(
  directions: Directions<T>,
  of: (counts: T) => unknown,
): Partial<Record<Direction, unknown>> | undefined {
  const fields: Partial<Record<Direction, unknown>> = {};
  for (const [direction, counts] of eachDirection(directions)) {
    const value = of(counts);
    if (value !== undefined) fields[direction] = value;
  }
  return Object.keys(fields).length > 0 ? fields : undefined;
}
