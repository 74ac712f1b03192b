import { invalidPacket, messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { idOf, isObject, isText, line, type JsonObject } from '../forms/kinds.js';
import { KnownCalls, OTHER_SIDE } from '../known-calls.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'webdriver-bidi';
const SPECIFICATION = 'WebDriver BiDi §3';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'A message is a JSON object.',
    message: 'the message is no JSON object (error "invalid argument")',
  },
  type: {
    reference: SPECIFICATION,
    requirement: 'A message of the browser has the type success, error or event.',
    message: 'the message of the browser has none of the types success, error and event',
  },
  id: {
    reference: SPECIFICATION,
    requirement: 'The id of a command is an integer from 0 to 2^53 - 1.',
    message: 'the id is no integer from 0 to 2^53 - 1',
  },
  method: {
    reference: SPECIFICATION,
    requirement: 'A command and an event have a method, named by its module and its own name.',
    message: 'the method is missing, or names no module',
  },
  params: {
    reference: SPECIFICATION,
    requirement: 'A command and an event have params, which are an object.',
    message: 'params are missing, or no object',
  },
  result: {
    reference: SPECIFICATION,
    requirement: 'A success has a result, which is an object.',
    message: 'the result is missing, or no object',
  },
  error: {
    reference: SPECIFICATION,
    requirement: 'An error has its code and a message as text.',
    message: 'the error has no code or no message',
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
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
const METHOD = /^[A-Za-z][\w:-]{0,60}\.[A-Za-z][\w.]{0,80}$/;

type BidiType = 'command' | 'success' | 'error' | 'event' | 'invalid';

class BidiReader implements AppReader {
  private readonly calls: KnownCalls;

  constructor(isJoined: boolean) {
    this.calls = new KnownCalls(isJoined);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const said = parseJson(message.bytes)?.value;
    if (!isObject(said)) {
      return [invalidPacket(message, NAME, broken('json', wholeSpan(message)))];
    }
    const type = typeOf(said);
    const { method } = said;
    const id = idOf(said['id']);
    return [
      messagePacket(message, {
        protocol: NAME,
        type,
        ...(isText(method) && { name: method }),
        ...(id !== undefined && { id }),
        summary: summaryOf(type, said),
        payload: type === 'success' ? said['result'] : type === 'error' || type === 'invalid' ? said : said['params'],
        diagnostics: [...shapeOf(type, said, message), ...this.stateOf(type, said['id'], message)],
        ...(isId(said['id']) && linksOf(type, said['id'])),
        ...(type === 'error' && { isError: true }),
      }),
    ];
  }

  lost(): void {
    this.calls.lost();
  }

  private stateOf(type: BidiType, id: unknown, message: AppMessage): AppDiagnostic[] {
    if (!isId(id)) return [];
    const { direction } = message;
    const key = String(id);
    if (type === 'command') {
      const isUsed = this.calls.find(OTHER_SIDE[direction], key) === true;
      this.calls.ask(direction, key, true);
      return isUsed ? [broken('id-in-use', wholeSpan(message), { id })] : [];
    }
    if (type !== 'success' && type !== 'error') return [];
    return this.calls.answer(direction, key) ? [] : [broken('unknown-id', wholeSpan(message), { id })];
  }
}

const isId = (id: unknown): id is number => Number.isSafeInteger(id) && Number(id) >= 0;

function typeOf({ type, method }: JsonObject): BidiType {
  if (type === 'success' || type === 'error' || type === 'event') return type;
  return type === undefined && method !== undefined ? 'command' : 'invalid';
}

function linksOf(type: BidiType, id: number): Pick<AppPacket, 'asks' | 'answers'> {
  if (type === 'command') return { asks: String(id) };
  return type === 'success' || type === 'error' ? { answers: [{ key: String(id) }] } : {};
}

function shapeOf(type: BidiType, said: JsonObject, message: AppMessage): AppDiagnostic[] {
  const span = wholeSpan(message);
  const { id, result, error, message: text } = said;
  if (type === 'invalid') return [broken(message.direction === 'client' ? 'method' : 'type', span)];
  const faults: AppDiagnostic[] = [];
  if (type !== 'event' && !isId(id) && !(type === 'error' && id === null)) faults.push(broken('id', span));
  if (type === 'success' && !isObject(result)) faults.push(broken('result', span));
  if (type === 'error' && (!isText(error) || !isText(text))) faults.push(broken('error', span));
  return type === 'command' || type === 'event' ? [...faults, ...methodFaults(said, span)] : faults;
}

function methodFaults({ method, params }: JsonObject, span: AppDiagnostic['span']): AppDiagnostic[] {
  return [
    ...(isText(method) && METHOD.test(method) ? [] : [broken('method', span)]),
    ...(isObject(params) ? [] : [broken('params', span)]),
  ];
}

/** What evaluated code threw is a success, and worth a word. */
function summaryOf(type: BidiType, { params, result, error, message }: JsonObject): string {
  if (type === 'error') return line(isText(error) ? `${error}:` : '', isText(message) ? message : '');
  if (type !== 'success') return jsonText(params);
  return line(isObject(result) && result['type'] === 'exception' ? 'exception' : '', jsonText(result));
}

export const WEBDRIVER_BIDI: AppProtocol = {
  name: NAME,
  title: 'WebDriver BiDi',
  rules: RULES,
  open: ({ isJoined }) => new BidiReader(isJoined),
};
