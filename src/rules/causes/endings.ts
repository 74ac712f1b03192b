import type { Handshake } from '../../codec/handshake/handshake.js';
import { latin1 } from '../../codec/http1/text.js';
import { HTTP2_ERROR, http2ErrorName } from '../../codec/http2/http2-codes.js';
import { explain, type Diagnostic } from '../catalogue.js';
import { causeBy, type Cause } from './catalogue.js';
import {
  isComplaint,
  type Complaint,
  type ConnectionFacts,
  type ConnectionRole,
  type EndFacts,
} from './connection-facts.js';
import { causeOfForeign } from './foreign-answers.js';
import { causeOfIdle, idleEndOf, MIN_WAIT } from './idle.js';

type EndRole = ConnectionRole;
type Facts = ConnectionFacts;

const OTHER = { client: 'server', server: 'client' } as const;
/** Why a connection ended as it did: it ended without an answer, without a close frame, or with a code that complains. */
export function causeOfEnding(facts: ConnectionFacts): Cause | undefined {
  const { handshake, close, http2End } = facts;
  const isRefused = handshake?.response !== undefined && !handshake.upgraded;
  // After a refusal a client leaves: that is no cause, unless it objects.
  const isEnd = !isRefused || (http2End?.by === 'client' && http2End.code === HTTP2_ERROR.protocolError);
  if (http2End && close === undefined && isEnd) return byHttp2(http2End);
  if (handshake?.response === undefined) return unanswered(facts);
  if (!handshake.upgraded) return noResponse(handshake);
  if (close === undefined) return dropped(facts);
  return close.by === 'unknown' ? undefined : closed(facts, close.by, close);
}

/** A first line that is no status line: what begins so is no head of HTTP. */
function noResponse({ request, response }: Handshake): Cause | undefined {
  return response?.status === undefined && response ? causeOfForeign(`${response.line}\r\n`, request) : undefined;
}

/** What the codes of HTTP/2 say about the end of a WebSocket (RFC 9113 §7, RFC 8441 §5). */
const HTTP2_MEANINGS: Readonly<Record<string, string>> = {
  NO_ERROR: 'the stream is over, without a close frame',
  PROTOCOL_ERROR: 'it objects to what the other end sent',
  INTERNAL_ERROR: 'it failed by itself',
  FLOW_CONTROL_ERROR: 'more was sent than its window allows, or a window was opened beyond its limit',
  REFUSED_STREAM: 'it did not look at the request, which may be sent again',
  CANCEL: 'this is what a TCP reset is to a WebSocket over HTTP/1.1',
  CONNECT_ERROR: 'its connection to the next hop was lost',
  ENHANCE_YOUR_CALM: 'it takes what the other end does for an attack, or for too much',
  HTTP_1_1_REQUIRED: 'it wants HTTP/1.1 for this',
};

/** RFC 9113 §6.8. */
const LATER = {
  unseen: 'its last stream comes before this one, which was not processed and may be requested again',
  answered: 'its last stream comes before this one, which it had answered',
} as const;

function byHttp2({ name, code, by, after }: NonNullable<Facts['http2End']>): Cause {
  const codeName = http2ErrorName(code);
  const meaning = after ? LATER[after] : (HTTP2_MEANINGS[codeName] ?? 'it does not say why');
  return causeBy(name === 'GOAWAY' ? 'h2-goaway' : 'h2-stream-reset', { by, code: codeName, meaning });
}

/** The request went out, and the server sent something else than a response, or ended the connection. */
function unanswered({ handshake, body, server, end }: Facts): Cause | undefined {
  // The server has sent its SETTINGS: it is known what listens there.
  if (handshake?.http2) return undefined;
  const foreign = body && causeOfForeign(latin1(body), handshake?.request);
  if (foreign) return foreign;
  if (handshake?.request?.complete !== true || server.spoke || end?.by !== 'server') return undefined;
  return causeBy(end.how === 'reset' ? 'reset-at-request' : 'closed-at-request', {});
}

function dropped(facts: Facts): Cause | undefined {
  const { end } = facts;
  if (end?.by === undefined || end.by === 'unknown' || end.silence === undefined) return undefined;
  const { by, silence } = end;
  if (silence >= MIN_WAIT && facts[by].unansweredPings > 0) return pingUnanswered(by, facts[by]);
  const idle = idleEndOf(facts);
  return idle && causeOfIdle(idle);
}

function pingUnanswered(by: EndRole, { unansweredPings }: EndFacts): Cause {
  const pings = unansweredPings === 1 ? 'a ping' : `${unansweredPings} pings`;
  return causeBy('ping-unanswered', { by, other: OTHER[by], pings });
}

type Closed = (facts: Facts, by: EndRole, close: NonNullable<Facts['close']>) => Cause | undefined;

/** A close reason about UTF-8, as libraries write it. */
const OF_ENCODING = /utf-?8|(start|continuation) byte|codec|decod|encoding/i;

/** By close code: what its sender is likely to have objected to (RFC 6455 §7.4.1). */
const BY_CODE: Readonly<Record<Complaint, Closed>> = {
  1002: (facts, by, { code }) => forFault(by, code, facts[OTHER[by]].fault),
  1003: (facts, by, { isAnswer }) => {
    const last = facts[OTHER[by]].lastMessage;
    if (!isAnswer || last?.isFirstOfType !== true) return undefined;
    return causeBy('type-refused', { by, type: last.type, others: last.type === 'text' ? 'binary' : 'text' });
  },
  1007: (facts, by, { code, isAnswer, reason = '' }) => {
    const { fault, lastMessage: last } = facts[OTHER[by]];
    if (fault !== undefined) return forFault(by, code, fault);
    // It got other bytes than were seen here: something between them changed these.
    if (OF_ENCODING.test(reason)) return undefined;
    if (!isAnswer || last?.type !== 'text' || !last.isSound || last.isOneOfSeveral) return undefined;
    return causeBy('content-refused', { by, length: last.length });
  },
  1009: (facts, by, { isAnswer }) => {
    const last = facts[OTHER[by]].lastMessage;
    return isAnswer && last?.isLargest === true ? causeBy('message-too-big', { by, length: last.length }) : undefined;
  },
  1011: (facts, by, { isAnswer, isAtOpen }) => {
    const other = OTHER[by];
    const last = facts[other].lastMessage;
    if (facts[by].unansweredPings > 0) return pingUnanswered(by, facts[by]);
    if (isAtOpen) return causeBy('failed-at-open', { by, other });
    if (!isAnswer || last === undefined) return undefined;
    const which = last.isOneOfSeveral
      ? `one of the last messages of the ${other}`
      : `the ${last.type} message of ${last.length} bytes`;
    return causeBy('handler-failed', { by, which });
  },
};

function closed(facts: Facts, by: EndRole, close: NonNullable<Facts['close']>): Cause | undefined {
  return isComplaint(close.code) ? BY_CODE[close.code](facts, by, close) : undefined;
}

function forFault(by: EndRole, code: number, fault: Diagnostic | undefined): Cause | undefined {
  if (fault === undefined) return undefined;
  const { message } = explain(fault);
  return causeBy('closed-for-fault', { by, code, other: OTHER[by], rule: `${message} (${fault.code})` });
}
