import { invalidPacket, messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { idOf, isObject, isText, line } from '../forms/kinds.js';
import { KnownCalls } from '../known-calls.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'ocpp-j';

const RULES = {
  json: {
    reference: 'OCPP-J 1.6 §4.1.3, OCPP 2.0.1 Part 4 §4.1.3',
    requirement: 'A message is a JSON array that begins with the number of its type.',
    message: 'the message is no JSON array that begins with a number',
  },
  'message-type': {
    reference: 'OCPP-J 1.6 §4.1.3, OCPP 2.0.1 Part 4 §4.1.3',
    requirement: 'The message type is one of the version that was agreed on.',
    message: 'the message type {type} is none of {version}',
  },
  length: {
    reference: 'OCPP-J 1.6 §4.2, OCPP 2.0.1 Part 4 §4.2',
    requirement: 'A message has as many items as its type asks for.',
    message: '{type} has {count} items instead of {needed}',
  },
  items: {
    reference: 'OCPP-J 1.6 §4.2, OCPP 2.0.1 Part 4 §4.2',
    requirement: 'The items of a message are text, and objects at its end.',
    message: 'the {item} of {type} is no {kind}',
  },
  'id-length': {
    reference: 'OCPP-J 1.6 §4.1.4, OCPP 2.0.1 Part 4 §4.1.4',
    requirement: 'A message id has up to 36 characters.',
    message: 'the message id has {count} characters',
  },
  'id-used': {
    reference: 'OCPP-J 1.6 §4.1.4, OCPP 2.0.1 Part 4 §4.1.4',
    requirement: 'The message id of a CALL is none of those that its sender used before.',
    message: 'the message id "{id}" was that of another CALL: {action}',
  },
  'call-while-waiting': {
    reference: 'OCPP-J 1.6 §4.1.1, OCPP 2.0.1 Part 4 §4.1.1',
    requirement: 'A side sends a CALL after its CALL before was answered, or has timed out.',
    message: 'a CALL within {limit} s after "{action}", which is not answered yet',
  },
  'unknown-id': {
    reference: 'OCPP-J 1.6 §4.2.2, OCPP 2.0.1 Part 4 §4.2.2',
    requirement: 'A CALLRESULT or CALLERROR has the message id of a CALL of the other side.',
    message: '{type} for the message id "{id}", with which no CALL waits',
  },
  'error-code': {
    reference: 'OCPP-J 1.6 §4.2.3, OCPP 2.0.1 Part 4 §4.3',
    requirement: 'The code of a CALLERROR is one of the specification.',
    message: 'the specification has no error code "{code}"',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

interface TypeRow {
  readonly name: string;
  /** Names of the items after the type, with their kinds. */
  readonly items: readonly (readonly [string, 'text' | 'object'])[];
  /** Of version 2.1 only. */
  readonly isNew?: boolean;
}

const ID = ['message id', 'text'] as const;
const ERROR_ITEMS: TypeRow['items'] = [ID, ['code', 'text'], ['description', 'text'], ['details', 'object']];
const TYPES: Readonly<Record<number, TypeRow>> = {
  2: { name: 'CALL', items: [ID, ['action', 'text'], ['payload', 'object']] },
  3: { name: 'CALLRESULT', items: [ID, ['payload', 'object']] },
  4: { name: 'CALLERROR', items: ERROR_ITEMS },
  5: { name: 'CALLRESULTERROR', items: ERROR_ITEMS, isNew: true },
  6: { name: 'SEND', items: [ID, ['action', 'text'], ['payload', 'object']], isNew: true },
};

/** Of all versions: libraries use those of one in another. */
const ERROR_CODES = new Set([
  'NotImplemented',
  'NotSupported',
  'InternalError',
  'ProtocolError',
  'SecurityError',
  'FormationViolation',
  'FormatViolation',
  'PropertyConstraintViolation',
  'OccurenceConstraintViolation',
  'OccurrenceConstraintViolation',
  'TypeConstraintViolation',
  'GenericError',
  'MessageTypeNotSupported',
  'RpcFrameworkError',
]);

const LONGEST_ID = 36;
const MOST_IDS = 10_000;
/** Seconds within which no CALL times out. */
const SHORTEST_TIMEOUT = 1;

interface Call {
  readonly id: string;
  readonly action: string;
  readonly time: number;
}

/** A message whose type is known. */
interface OcppWords {
  readonly row: TypeRow;
  readonly id: string;
  readonly items: readonly unknown[];
}

class OcppReader implements AppReader {
  private readonly calls: KnownCalls<Call>;
  /** CALLs that were sent, and of each side the one that waits. */
  private readonly used = new Map<string, string>();
  private readonly last = new Map<string, Call>();

  constructor(
    isJoined: boolean,
    private readonly version: string | undefined,
  ) {
    this.calls = new KnownCalls(isJoined);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const value = parseJson(message.bytes)?.value;
    const [number, id, ...items] = Array.isArray(value) ? (value as unknown[]) : [];
    if (isText(number) || idOf(number) === undefined)
      return [invalidPacket(message, NAME, broken('json', wholeSpan(message)))];
    const row = this.rowOf(Number(number));
    if (row === undefined) {
      const { version = 'OCPP-J' } = this;
      return [
        invalidPacket(message, NAME, broken('message-type', wholeSpan(message), { type: String(number), version })),
      ];
    }
    const faults = shapeOf(row, [id, ...items], message);
    const said = isText(id) ? { row, id, items } : undefined;
    return [
      messagePacket(message, {
        protocol: NAME,
        type: row.name,
        ...(isAction(row) && isText(items[0]) && { name: items[0] }),
        summary: summaryOf(row, items),
        payload: isErrorRow(row) ? { code: items[0], description: items[1], details: items[2] } : items.at(-1),
        diagnostics: said === undefined ? faults : [...faults, ...this.stateOf(said, message)],
        ...(said && { id: said.id, ...linksOf(said) }),
        ...(isErrorRow(row) && { isError: true }),
      }),
    ];
  }

  /** The message type, in the version that was agreed on. */
  private rowOf(number: number): TypeRow | undefined {
    const row = TYPES[number];
    const { version } = this;
    const isOld = version !== undefined && version.startsWith('ocpp') && version !== 'ocpp2.1';
    return row?.isNew === true && isOld ? undefined : row;
  }

  lost(): void {
    this.calls.lost();
    this.last.clear();
  }

  private stateOf({ row, id, items }: OcppWords, message: AppMessage): AppDiagnostic[] {
    const { direction } = message;
    const span = wholeSpan(message);
    if (row.name === 'CALL') return this.call(id, items, message);
    // Whether the reply was one before is not known here: it is the answer to a CALLRESULT.
    if (row.name !== 'CALLRESULT' && row.name !== 'CALLERROR') return [];
    const other = direction === 'client' ? 'server' : direction === 'server' ? 'client' : direction;
    if (this.last.get(other)?.id === id) this.last.delete(other);
    const isKnown = this.calls.answer(direction, id);
    return isKnown ? [] : [broken('unknown-id', span, { type: row.name, id })];
  }

  private call(id: string, items: readonly unknown[], message: AppMessage): AppDiagnostic[] {
    const { direction, time, length } = message;
    const span = wholeSpan(message);
    const action = isText(items[0]) ? items[0] : '';
    const before = this.last.get(direction);
    const call = { id, action, time };
    this.last.set(direction, call);
    this.calls.ask(direction, id, call);
    const faults: AppDiagnostic[] = [];
    if (before !== undefined && time - before.time < SHORTEST_TIMEOUT)
      faults.push(broken('call-while-waiting', span, { limit: SHORTEST_TIMEOUT, action: before.action }));
    // The same CALL once more is a retry.
    const key = `${direction} ${id}`;
    const known = this.used.get(key);
    if (known !== undefined && known !== `${length} ${action}`) faults.push(broken('id-used', span, { id, action }));
    if (this.used.size < MOST_IDS) this.used.set(key, `${length} ${action}`);
    return faults;
  }
}

const isAction = ({ name }: TypeRow): boolean => name === 'CALL' || name === 'SEND';
const isErrorRow = ({ items }: TypeRow): boolean => items === ERROR_ITEMS;

function shapeOf({ name, items: kinds }: TypeRow, given: readonly unknown[], message: AppMessage): AppDiagnostic[] {
  const span = wholeSpan(message);
  const faults: AppDiagnostic[] = [];
  if (given.length !== kinds.length)
    faults.push(broken('length', span, { type: name, count: given.length + 1, needed: kinds.length + 1 }));
  kinds.forEach(([item, kind], i) => {
    const isRight = kind === 'text' ? isText(given[i]) : isObject(given[i]);
    if (i < given.length && !isRight) faults.push(broken('items', span, { type: name, item, kind }));
  });
  const [id, code] = given;
  if (isText(id) && id.length > LONGEST_ID) faults.push(broken('id-length', span, { count: id.length }));
  if (kinds === ERROR_ITEMS && isText(code) && !ERROR_CODES.has(code))
    faults.push(broken('error-code', span, { code }));
  return faults;
}

function linksOf({ row: { name }, id }: OcppWords): Pick<AppPacket, 'asks' | 'answers'> {
  if (name === 'CALL') return { asks: id };
  // A result may be answered in its turn: with CALLRESULTERROR.
  if (name === 'CALLRESULTERROR') return {};
  return name === 'SEND' ? {} : { answers: [{ key: id }] };
}

function summaryOf(row: TypeRow, items: readonly unknown[]): string {
  if (!isErrorRow(row)) return jsonText(isAction(row) ? items[1] : items[0]);
  const [code, description, details] = items;
  const hasMore = isObject(details) && Object.keys(details).length > 0;
  return line(String(code), isText(description) ? description : '', hasMore ? jsonText(details) : '');
}

export const OCPP_J: AppProtocol = {
  name: NAME,
  title: 'OCPP-J 1.6, 2.0.1 and 2.1',
  rules: RULES,
  open: ({ handshake, isJoined }) => new OcppReader(isJoined, handshake.subprotocol),
};
