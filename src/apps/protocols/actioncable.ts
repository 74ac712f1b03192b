import { messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';
import type { Direction } from '../../codec/messages/records.js';

const NAME = 'actioncable';
const SPEC = 'Action Cable protocol (actioncable-v1-json)';

const RULES = {
  json: {
    reference: `${SPEC}, Messages`,
    requirement: 'Each message is a JSON object.',
    message: 'the message is no JSON object',
  },
  'unknown-command': {
    reference: `${SPEC}, Commands`,
    requirement: 'A client sends the commands subscribe, unsubscribe and message.',
    message: 'the protocol has no command {command}',
  },
  'unknown-type': {
    reference: `${SPEC}, Messages of the server`,
    requirement: 'A message of the server has a type of the protocol, or an identifier and a message.',
    message: 'the protocol has no message of type {type}',
  },
  identifier: {
    reference: `${SPEC}, Identifiers`,
    requirement: 'An identifier is a string that holds a JSON object.',
    message: 'the identifier is no string that holds a JSON object',
  },
  data: {
    reference: `${SPEC}, Commands`,
    requirement: 'The data of a message command is a string that holds JSON.',
    message: 'the data is no string that holds JSON',
  },
  'before-welcome': {
    reference: `${SPEC}, Connection`,
    requirement: 'The server welcomes a client before commands and other messages than disconnect.',
    message: '{type} before welcome',
  },
  'not-subscribed': {
    reference: `${SPEC}, Commands`,
    requirement: 'Messages are sent for identifiers that are subscribed.',
    message: '{type} for an identifier that is not subscribed',
  },
  'unknown-subscription': {
    reference: `${SPEC}, Subscriptions`,
    requirement: 'The server confirms and rejects subscriptions that the client has asked for.',
    message: '{type} for an identifier that the client has not asked for',
  },
  'disconnect-reason': {
    reference: `${SPEC}, Disconnection`,
    requirement: 'A disconnect has a reason.',
    message: 'disconnect has no reason',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
type CableRule = keyof typeof RULES;

const COMMANDS = new Set(['subscribe', 'unsubscribe', 'message']);
const TYPES = new Set(['welcome', 'ping', 'confirm_subscription', 'reject_subscription', 'disconnect', 'message']);
const MOST_SUBSCRIPTIONS = 10_000;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON in a string. */
function inText(value: unknown): unknown {
  return typeof value === 'string' ? parseJson(new TextEncoder().encode(value))?.value : undefined;
}

/** What is wrong with one message. */
type Fault = (rule: CableRule, args?: AppDiagnostic['args']) => void;

class ActionCableReader implements AppReader {
  private isWelcome: boolean;
  /** By identifier; the strings are compared. */
  private readonly asked = new Set<string>();
  /** Of identifiers that were left, messages may still come. */
  private readonly everAsked = new Set<string>();
  private isWhole: boolean;

  constructor(
    isJoined: boolean,
    /** AnyCable's extended protocol has more commands and types. */
    private readonly isExtended: boolean,
  ) {
    this.isWelcome = isJoined;
    this.isWhole = !isJoined;
  }

  read(message: AppMessage): readonly AppPacket[] {
    const span = wholeSpan(message);
    const value = parseJson(message.bytes)?.value;
    const diagnostics: AppDiagnostic[] = [];
    const fault: Fault = (rule, args) => diagnostics.push(broken(rule, span, args));
    if (!isObject(value)) {
      if (message.bytes.length === message.length) fault('json');
      else this.isWhole = false;
      return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics })];
    }
    const isClient =
      message.direction === 'client' || (message.direction === 'unknown' && value['command'] !== undefined);
    const said = isClient ? this.command(value, fault) : this.ofServer(value, fault);
    const { payload, identifier } = said;
    const words = [
      identifier === undefined ? '' : jsonText(identifier),
      payload === undefined ? '' : jsonText(payload),
    ];
    return [
      messagePacket(message, {
        protocol: NAME,
        ...said.packet,
        summary: words.filter(Boolean).join(' '),
        payload: {
          ...(identifier !== undefined && { identifier }),
          ...(payload !== undefined && { message: payload }),
        },
        diagnostics,
      }),
    ];
  }

  lost(direction: Direction): void {
    this.isWhole = false;
    if (direction !== 'client') this.isWelcome = true;
  }

  private command({ command, identifier, data }: Json, fault: Fault): CableWords {
    if (this.isExtended && typeof command === 'string' && !COMMANDS.has(command)) {
      return { packet: { type: command }, identifier: inText(identifier), payload: data };
    }
    if (typeof command !== 'string' || !COMMANDS.has(command)) {
      fault('unknown-command', { command: jsonText(command, 40) });
      return { packet: { type: 'invalid' } };
    }
    const holds = inText(identifier);
    if (!isObject(holds)) fault('identifier');
    if (!this.isWelcome) fault('before-welcome', { type: command });
    const key = typeof identifier === 'string' ? identifier : '';
    if (command === 'message') return { ...this.action(key, data, fault), identifier: holds };
    if (command === 'unsubscribe') this.asked.delete(key);
    else this.ask(key);
    return {
      packet: {
        type: command,
        ...(command === 'subscribe' ? { asks: `subscribe ${key}` } : { subscriptions: [{ key }] }),
      },
      identifier: holds,
    };
  }

  private action(key: string, data: unknown, fault: Fault): CableWords {
    const content = inText(data);
    if (content === undefined) fault('data');
    if (this.isUnknown(key)) fault('not-subscribed', { type: 'message' });
    const action = isObject(content) ? content['action'] : undefined;
    const packet = { type: 'message', ...(typeof action === 'string' && { name: action }) };
    return { packet, payload: content ?? data };
  }

  private ofServer(value: Json, fault: Fault): CableWords {
    const { type, identifier, message } = value;
    if (type === undefined && identifier !== undefined && 'message' in value) {
      return this.broadcast(identifier, message, fault);
    }
    if (this.isExtended && typeof type === 'string' && !TYPES.has(type)) {
      return { packet: { type }, identifier: inText(identifier), payload: message };
    }
    if (typeof type !== 'string' || !TYPES.has(type)) {
      fault('unknown-type', { type: jsonText(type, 40) || 'none' });
      return { packet: { type: 'invalid' } };
    }
    return this.typed(type, value, fault);
  }

  private typed(type: string, { identifier, message, reason, reconnect }: Json, fault: Fault): CableWords {
    if (type === 'welcome') this.isWelcome = true;
    else if (type !== 'disconnect' && !this.isWelcome) fault('before-welcome', { type });
    switch (type) {
      case 'confirm_subscription':
      case 'reject_subscription':
        return this.answer(type, identifier, fault);
      case 'message':
        return this.broadcast(identifier, message, fault);
      case 'disconnect':
        if (typeof reason !== 'string') fault('disconnect-reason');
        return { packet: { type }, payload: { reason, reconnect } };
      default:
        return { packet: { type }, ...(message !== undefined && { payload: message }) };
    }
  }

  private broadcast(identifier: unknown, message: unknown, fault: Fault): CableWords {
    const holds = inText(identifier);
    if (!isObject(holds)) fault('identifier');
    if (!this.isWelcome) fault('before-welcome', { type: 'message' });
    if (this.isWhole && typeof identifier === 'string' && !this.everAsked.has(identifier))
      fault('not-subscribed', { type: 'message' });
    return { packet: { type: 'message' }, identifier: holds, payload: message };
  }

  private answer(type: string, identifier: unknown, fault: Fault): CableWords {
    const holds = inText(identifier);
    if (!isObject(holds)) fault('identifier');
    const key = typeof identifier === 'string' ? identifier : '';
    if (this.isWhole && !this.everAsked.has(key)) fault('unknown-subscription', { type });
    const isError = type === 'reject_subscription';
    return {
      packet: {
        type,
        answers: [{ key: `subscribe ${key}` }],
        ...(isError ? { isError } : { subscriptions: [{ key, topic: topicOf(holds) ?? key }] }),
      },
      identifier: holds,
    };
  }

  private ask(key: string): void {
    if (this.asked.size >= MOST_SUBSCRIPTIONS) this.isWhole = false;
    else for (const set of [this.asked, this.everAsked]) set.add(key);
    if (this.everAsked.size <= 2 * MOST_SUBSCRIPTIONS) return;
    this.everAsked.clear();
    this.isWhole = false;
  }

  private isUnknown(key: string): boolean {
    return this.isWhole && !this.asked.has(key);
  }
}

/** The class of the channel. */
function topicOf(identifier: unknown): string | undefined {
  const channel = isObject(identifier) ? identifier['channel'] : undefined;
  return typeof channel === 'string' ? channel : undefined;
}

interface CableWords {
  readonly packet: { readonly type: string } & Partial<AppPacket>;
  readonly identifier?: unknown;
  readonly payload?: unknown;
}

export const ACTIONCABLE: AppProtocol = {
  name: NAME,
  title: 'Action Cable',
  rules: RULES,
  open: ({ isJoined, handshake }) =>
    new ActionCableReader(isJoined, handshake.subprotocol === 'actioncable-v1-ext-json'),
};
