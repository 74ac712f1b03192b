import type { Direction } from '../../../codec/messages/records.js';
import { messagePacket, wholeSpan } from '../../build-packet.js';
import { jsonText } from '../../forms/json.js';
import { ruleBook } from '../../packet.js';
import type {
  AppContext,
  AppDiagnostic,
  AppMessage,
  AppPacket,
  AppProtocol,
  AppReader,
  AppRule,
} from '../../packet.js';
import { parseBinary, parseText, type PhoenixMessage } from './parse.js';

const NAME = 'phoenix';
const SPEC = 'Phoenix, Writing a Channels Client';

const RULES = {
  json: {
    reference: `${SPEC}, Message Format`,
    requirement: 'A text message is JSON.',
    message: 'the message is no JSON',
  },
  shape: {
    reference: `${SPEC}, Message Format`,
    requirement: 'A message has a join reference, a reference, a topic, an event and a payload.',
    message: 'the message is not made of join reference, reference, topic, event and payload',
  },
  ref: {
    reference: `${SPEC}, Message Format`,
    requirement: 'A reference is a string or null.',
    message: 'a reference is neither a string nor null',
  },
  binary: {
    reference: 'Phoenix.Socket.V2.JSONSerializer',
    requirement: 'A binary message has a kind from 0 to 2, and its lengths stay in it.',
    message: 'the binary message has an unknown kind, or lengths beyond its end',
  },
  'reply-status': {
    reference: `${SPEC}, Replies`,
    requirement: 'A phx_reply has a status and a response.',
    message: 'phx_reply has no status "ok" or "error"',
  },
  'unknown-ref': {
    reference: `${SPEC}, Replies`,
    requirement: 'A phx_reply has the reference of a message of the client.',
    message: 'no message of the client has the reference "{ref}"',
  },
  'not-joined': {
    reference: `${SPEC}, Joining`,
    requirement: 'A client joins a topic before it sends messages to it.',
    message: '{event} to the topic "{topic}", which is not joined',
  },
  'joined-twice': {
    reference: `${SPEC}, Joining`,
    requirement: 'A client joins a topic once, until it is closed.',
    message: 'the topic "{topic}" is joined already',
  },
  'stale-join-ref': {
    reference: `${SPEC}, Joining`,
    requirement: 'The join reference is that of the last join of its topic.',
    message: 'the join reference "{joinRef}" is not that of the last join, "{current}"',
  },
  heartbeat: {
    reference: `${SPEC}, Heartbeat`,
    requirement: 'A heartbeat is sent to the topic phoenix.',
    message: 'the heartbeat is sent to the topic "{topic}"',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

const SYSTEM = 'phoenix';
const MOST_IDS = 10_000;

/** The last join of a topic. */
interface Join {
  readonly ref: string | null;
  /** False: the server has refused or closed it. Messages may be on their way that the client sent before it knew. */
  isOpen: boolean;
}

type Fault = (rule: keyof typeof RULES, args?: AppDiagnostic['args']) => void;

class PhoenixReader implements AppReader {
  /** By topic. */
  private readonly joins = new Map<string, Join>();
  private readonly refs = new Set<string>();
  private isWhole: boolean;

  constructor(
    private readonly version: 1 | 2 | undefined,
    isJoined: boolean,
  ) {
    this.isWhole = !isJoined;
  }

  read(message: AppMessage): readonly AppPacket[] {
    const isAll = message.bytes.length === message.length;
    const said = message.isText ? parseText(message, this.version) : parseBinary(message);
    const diagnostics: AppDiagnostic[] = [];
    const fault: Fault = (rule, args) => diagnostics.push(broken(rule, wholeSpan(message), args));
    if (said.fault !== undefined && isAll) fault(said.fault);
    const { topic, event, payload, ref, joinRef, fields } = said;
    if (topic === undefined || event === undefined) {
      this.isWhole &&= isAll;
      return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics, fields })];
    }
    const { direction } = message;
    const isServer = direction === 'server' || (direction === 'unknown' && event === 'phx_reply');
    const wasOpen = this.isOpen(topic);
    if (isServer) this.ofServer(said, topic, event, fault);
    else this.ofClient(said, topic, event, fault);
    return [
      messagePacket(message, {
        protocol: NAME,
        type: event,
        ...(typeof ref === 'string' && { id: ref }),
        summary: [topic, payload === undefined ? '' : jsonText(payload)].join(' '),
        payload: { topic, ...(joinRef !== undefined && { joinRef }), payload },
        fields,
        diagnostics,
        ...callOf(said, isServer),
        ...this.changeOf(topic, wasOpen),
      }),
    ];
  }

  private isOpen(topic: string): boolean {
    return this.joins.get(topic)?.isOpen === true;
  }

  /** A topic is subscribed as long as it is joined. */
  private changeOf(topic: string, wasOpen: boolean): Pick<AppPacket, 'subscriptions'> {
    const isOpen = this.isOpen(topic);
    return isOpen === wasOpen ? {} : { subscriptions: [{ key: topic, ...(isOpen && { topic }) }] };
  }

  lost(direction: Direction): void {
    this.isWhole = false;
    if (direction !== 'unknown') this.joins.clear();
  }

  private ofClient({ ref, joinRef }: PhoenixMessage, topic: string, event: string, fault: Fault): void {
    if (typeof ref === 'string') {
      this.refs.add(ref);
      if (this.refs.size > MOST_IDS) this.forget();
    }
    if (event === 'heartbeat' && topic !== SYSTEM) fault('heartbeat', { topic: topic.slice(0, 100) });
    if (topic === SYSTEM || event === 'heartbeat') return;
    const current = this.joins.get(topic);
    if (event === 'phx_join') {
      if (current?.isOpen) fault('joined-twice', { topic: topic.slice(0, 100) });
      return this.join(topic, joinRef ?? ref ?? null);
    }
    if (current === undefined) {
      if (this.isWhole && event !== 'phx_leave')
        fault('not-joined', { event: event.slice(0, 100), topic: topic.slice(0, 100) });
      return;
    }
    judgeJoinRef(joinRef, current.ref, fault);
    if (event === 'phx_leave') this.joins.delete(topic);
  }

  private ofServer({ ref, joinRef, payload }: PhoenixMessage, topic: string, event: string, fault: Fault): void {
    const join = this.joins.get(topic);
    const isOfLastJoin = typeof joinRef !== 'string' || joinRef === join?.ref;
    // A channel that crashed or was closed is joined again.
    if (join !== undefined && (event === 'phx_error' || event === 'phx_close') && isOfLastJoin) join.isOpen = false;
    if (event !== 'phx_reply') return;
    const { status } = statusOf(payload);
    if (status !== 'ok' && status !== 'error') fault('reply-status');
    if (typeof ref !== 'string') return;
    if (this.isWhole && !this.refs.has(ref)) fault('unknown-ref', { ref: ref.slice(0, 50) });
    // A refused join: its reference is that of the join.
    if (join !== undefined && status === 'error' && join.ref === ref) join.isOpen = false;
  }

  private join(topic: string, ref: string | null): void {
    this.joins.set(topic, { ref, isOpen: true });
    if (this.joins.size > MOST_IDS) this.forget();
  }

  private forget(): void {
    this.refs.clear();
    this.joins.clear();
    this.isWhole = false;
  }
}

function judgeJoinRef(joinRef: string | null | undefined, last: string | null, fault: Fault): void {
  if (typeof joinRef === 'string' && last !== null && joinRef !== last)
    fault('stale-join-ref', { joinRef: joinRef.slice(0, 50), current: last.slice(0, 50) });
}

function callOf({ ref, event, payload }: PhoenixMessage, isServer: boolean): Partial<AppPacket> {
  if (typeof ref !== 'string') return {};
  const key = `ref ${ref}`;
  if (!isServer) return { asks: key };
  if (event !== 'phx_reply') return {};
  return { answers: [{ key }], ...(statusOf(payload).status === 'error' && { isError: true }) };
}

function statusOf(payload: unknown): { readonly status?: unknown } {
  return typeof payload === 'object' && payload !== null && !(payload instanceof Uint8Array) ? payload : {};
}

function versionOf({ target = '' }: AppContext['handshake']): 1 | 2 | undefined {
  const [, vsn] = /[?&]vsn=([12])\.0\.0(?:&|$)/.exec(target) ?? [];
  return vsn === undefined ? undefined : vsn === '1' ? 1 : 2;
}

export const PHOENIX: AppProtocol = {
  name: NAME,
  title: 'Phoenix channels',
  rules: RULES,
  open: ({ handshake, isJoined }) => new PhoenixReader(versionOf(handshake), isJoined),
};
