import type { Direction } from '../../codec/messages/records.js';
import { invalidPacket, messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { idOf, isObject, isText, isWhole, line, type JsonObject } from '../forms/kinds.js';
import { KnownCalls, OTHER_SIDE } from '../known-calls.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'cdp';
const SPECIFICATION = 'Chrome DevTools Protocol, Basics';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'A message is a JSON object.',
    message: 'the message is no JSON object (error -32700)',
  },
  object: {
    reference: SPECIFICATION,
    requirement: 'A message is a command, a result, an error or an event.',
    message: 'this is no command, no result, no error and no event (error -32600)',
  },
  id: {
    reference: SPECIFICATION,
    requirement: 'A command has an integer as id.',
    message: 'the command has no integer as id (error -32600)',
  },
  method: {
    reference: SPECIFICATION,
    requirement: 'A method is named by its domain and its own name.',
    message: '"{method}" is no method of a domain (error -32601)',
  },
  params: {
    reference: SPECIFICATION,
    requirement: 'Params are an object.',
    message: 'params are no object (error -32600)',
  },
  error: {
    reference: SPECIFICATION,
    requirement: 'An error has an integer as code and text as message.',
    message: 'the error has no integer code or no message',
  },
  'id-in-use': {
    reference: SPECIFICATION,
    requirement: 'The id of a command is not that of a command that waits.',
    message: 'a command with the id {id} waits already',
  },
  'unknown-id': {
    reference: SPECIFICATION,
    requirement: 'The browser answers commands, each once.',
    message: 'a reply for the id {id}, with which no command waits',
  },
  'detached-session': {
    reference: 'Chrome DevTools Protocol, Target.detachedFromTarget',
    requirement: 'A session has no events after it was detached.',
    message: 'an event of the session "{session}", which was detached',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
const METHOD = /^[A-Za-z]\w{0,60}\.[A-Za-z]\w{0,80}$/;
const MOST_SESSIONS = 1000;

type CdpType = 'command' | 'result' | 'error' | 'event' | 'invalid';

class CdpReader implements AppReader {
  /** Commands with their sessions: a reply may leave the session out. */
  private readonly calls: KnownCalls<string>;
  private readonly detached = new Set<string>();

  constructor(isJoined: boolean) {
    this.calls = new KnownCalls(isJoined);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const said = parseJson(message.bytes)?.value;
    if (!isObject(said)) {
      return [invalidPacket(message, NAME, broken('json', wholeSpan(message)))];
    }
    const type = typeOf(said, message.direction);
    const { method } = said;
    const id = idOf(said['id']);
    const links = this.linksOf(type, said, message.direction);
    return [
      messagePacket(message, {
        protocol: NAME,
        type,
        ...((type === 'command' || type === 'event') && isText(method) && { name: method }),
        ...(id !== undefined && { id }),
        summary: summaryOf(type, said),
        payload: payloadOf(type, said),
        diagnostics: [...shapeOf(type, said, message), ...this.stateOf(type, said, message)],
        ...links,
        ...(type === 'error' && { isError: true }),
      }),
    ];
  }

  lost(): void {
    this.calls.lost();
  }

  /** Each session counts its own ids. */
  private linksOf(
    type: CdpType,
    { id, sessionId }: JsonObject,
    direction: Direction,
  ): Pick<AppPacket, 'asks' | 'answers'> {
    if (!isWhole(id)) return {};
    const own = sessionText(sessionId);
    if (type === 'command') return { asks: `${own} ${id}` };
    const session = own === '' ? (this.calls.find(direction, `id ${id}`) ?? '') : own;
    return type === 'result' || type === 'error' ? { answers: [{ key: `${session} ${id}` }] } : {};
  }

  private stateOf(type: CdpType, said: JsonObject, message: AppMessage): AppDiagnostic[] {
    const { id } = said;
    const { direction } = message;
    const span = wholeSpan(message);
    const session = sessionText(said['sessionId']);
    if (type === 'event') return this.event(said, session, message);
    if (!isWhole(id)) return [];
    if (type === 'command') {
      const others = this.calls.find(OTHER_SIDE[direction], `id ${id}`);
      this.calls.ask(direction, `id ${id}`, session);
      return others === session ? [broken('id-in-use', span, { id: String(id) })] : [];
    }
    if (type !== 'result' && type !== 'error') return [];
    return this.calls.answer(direction, `id ${id}`) ? [] : [broken('unknown-id', span, { id: String(id) })];
  }

  private event({ method, params }: JsonObject, session: string, message: AppMessage): AppDiagnostic[] {
    const { detached } = this;
    const isDetached = session !== '' && detached.has(session);
    const gone = isObject(params) ? sessionText(params['sessionId']) : '';
    if (gone !== '' && method === 'Target.attachedToTarget') detached.delete(gone);
    if (gone !== '' && method === 'Target.detachedFromTarget' && detached.size < MOST_SESSIONS) detached.add(gone);
    return isDetached ? [broken('detached-session', wholeSpan(message), { session })] : [];
  }
}

const sessionText = (session: unknown): string => (isText(session) ? session : '');

function typeOf(said: JsonObject, direction: Direction): CdpType {
  const hasId = 'id' in said;
  if ('method' in said) return hasId || direction === 'client' ? 'command' : 'event';
  if ('error' in said) return 'error';
  return 'result' in said && hasId ? 'result' : 'invalid';
}

function shapeOf(type: CdpType, { id, method, params, error }: JsonObject, message: AppMessage): AppDiagnostic[] {
  const span = wholeSpan(message);
  if (type === 'invalid') return [broken('object', span)];
  const faults: AppDiagnostic[] = [];
  if (type === 'command' && !isWhole(id)) faults.push(broken('id', span));
  if (type === 'command' || type === 'event') {
    if (!isText(method) || !METHOD.test(method)) faults.push(broken('method', span, { method: jsonText(method, 60) }));
    if (params !== undefined && params !== null && !isObject(params)) faults.push(broken('params', span));
  }
  const { code, message: text } = isObject(error) ? error : {};
  if (type === 'error' && (!isWhole(code) || !isText(text))) faults.push(broken('error', span));
  return faults;
}

function payloadOf(type: CdpType, said: JsonObject): unknown {
  if (type === 'result') return said['result'];
  if (type === 'error') return said['error'];
  return type === 'invalid' ? said : said['params'];
}

/** What evaluated code threw is a result, and worth a word. */
function summaryOf(type: CdpType, said: JsonObject): string {
  const payload = payloadOf(type, said);
  const session = isText(said['sessionId']) ? `session ${said['sessionId'].slice(0, 8)}` : '';
  if (type === 'error' && isObject(payload)) {
    const { code, message } = payload;
    return line(session, jsonText(code), isText(message) ? message : '');
  }
  const thrown = type === 'result' && isObject(payload) && isObject(payload['exceptionDetails']) ? 'exception' : '';
  return line(session, thrown, jsonText(payload));
}

export const CDP: AppProtocol = {
  name: NAME,
  title: 'Chrome DevTools Protocol',
  rules: RULES,
  open: ({ isJoined }) => new CdpReader(isJoined),
};
