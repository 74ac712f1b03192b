import type { Direction } from '../../codec/messages/records.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import {
  attributeOf,
  readXml,
  xmlField,
  xmlValue,
  type XmlElement,
  type XmlFault,
  type XmlFaultKind,
} from '../forms/xml.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'xmpp';
const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';

const RULES = {
  'text-message': {
    reference: 'RFC 7395 §3.2',
    requirement: 'Elements are sent in text messages.',
    message: 'XMPP in a binary message',
  },
  'first-character': {
    reference: 'RFC 7395 §3.3.3',
    requirement: 'A message begins with the character <.',
    message: 'the message does not begin with <',
  },
  whitespace: {
    reference: 'RFC 7395 §3.8',
    requirement: 'Whitespace is not sent to keep the connection alive.',
    message: 'a message of whitespace',
  },
  'one-element': {
    reference: 'RFC 7395 §3.3.3',
    requirement: 'A message holds one complete element.',
    message: 'the message holds not exactly one complete element: {why}',
  },
  prohibited: {
    reference: 'RFC 6120 §11.1',
    requirement: 'Comments, processing instructions, DTDs and entities of their own are not sent.',
    message: '{what} is not allowed',
  },
  xml: {
    reference: 'RFC 6120 §11.3',
    requirement: 'Elements are well-formed XML.',
    message: 'the XML is not well-formed: {why}',
  },
  namespace: {
    reference: 'RFC 7395 §3.3.3',
    requirement: 'Each element declares its namespaces itself.',
    message: '<{element}> declares no namespace {prefix}',
  },
  stream: {
    reference: 'RFC 7395 §3.3.2',
    requirement: 'A stream begins with <open/> and ends with <close/> of the framing namespace.',
    message: '<{element}> {why}',
  },
  'before-open': {
    reference: 'RFC 7395 §3.4',
    requirement: 'The first element of each side is <open/>.',
    message: '<{element}> before <open/> of the {side}',
  },
  'after-close': {
    reference: 'RFC 7395 §3.6',
    requirement: 'A side sends nothing after <close/>.',
    message: '<{element}> after <close/> of the {side}',
  },
  'iq-id': {
    reference: 'RFC 6120 §8.2.3',
    requirement: 'An iq has an id.',
    message: 'an iq without id',
  },
  'iq-type': {
    reference: 'RFC 6120 §8.2.3',
    requirement: 'The type of an iq is get, set, result or error.',
    message: 'the type of the iq is "{type}"',
  },
  'iq-child': {
    reference: 'RFC 6120 §8.2.3',
    requirement: 'An iq of type get or set has one child, of type result not more than one.',
    message: 'an iq of type {type} with {count} children',
  },
  'error-child': {
    reference: 'RFC 6120 §8.3.1',
    requirement: 'A stanza of type error has an <error/>.',
    message: '<{element}> of type error without <error/>',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

const STANZAS = ['iq', 'message', 'presence'];

/** What one side has sent. */
interface XmppSide {
  isOpen: boolean;
  isClosed: boolean;
}

class XmppReader implements AppReader {
  private readonly sides: Record<Direction, XmppSide>;

  constructor(isJoined: boolean) {
    const side = (isOpen: boolean): XmppSide => ({ isOpen, isClosed: false });
    this.sides = { client: side(isJoined), server: side(isJoined), unknown: side(true) };
  }

  lost(direction: Direction): void {
    this.sides[direction].isOpen = true;
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { bytes, direction } = message;
    const { root, fault } = readXml(bytes);
    const span = wholeSpan(message);
    const diagnostics = [
      ...(message.isText ? [] : [broken('text-message', span)]),
      ...(fault === undefined ? [] : [faultOf(fault, bytes)]),
      ...(root === undefined ? [] : [...this.orderOf(root, direction), ...namespacesOf(root)]),
      ...(root === undefined || fault !== undefined ? [] : stanzaOf(root)),
    ];
    if (root === undefined) {
      return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics, fields: () => [] })];
    }
    const id = STANZAS.includes(root.name) ? attributeOf(root, 'id') : undefined;
    return [
      messagePacket(message, {
        protocol: NAME,
        type: root.name,
        ...(id !== undefined && { id }),
        summary: summaryOf(root),
        payload: xmlValue(root),
        fields: () => [xmlField(root)],
        diagnostics,
        ...callOf(root, id),
        ...((isFailed(root) || root.name === 'failure') && { isError: true }),
      }),
    ];
  }

  /** Each side opens before it sends, and closes last (RFC 7395 §3.4, §3.6); after SASL it opens again. */
  private orderOf({ name, span }: XmlElement, direction: Direction): AppDiagnostic[] {
    const side = this.sides[direction];
    const found: AppDiagnostic[] = [];
    if (side.isClosed) found.push(broken('after-close', span, { element: name, side: direction }));
    else if (!side.isOpen && name !== 'open' && name !== 'close')
      found.push(broken('before-open', span, { element: name, side: direction }));
    side.isOpen = true;
    side.isClosed ||= name === 'close';
    return found;
  }
}

const FAULTS: Readonly<Record<XmlFaultKind, keyof typeof RULES>> = {
  start: 'first-character',
  unfinished: 'one-element',
  several: 'one-element',
  prohibited: 'prohibited',
  malformed: 'xml',
};

function faultOf({ kind, why, at }: XmlFault, bytes: Uint8Array): AppDiagnostic {
  const span = { start: Math.min(at, Math.max(0, bytes.length - 1)), end: bytes.length };
  const isWhitespace = bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
  const rule = kind === 'start' && isWhitespace ? 'whitespace' : FAULTS[kind];
  return broken(rule, span, { why, what: why });
}

function namespacesOf(root: XmlElement): AppDiagnostic[] {
  const { name, span } = root;
  const colon = name.indexOf(':');
  const prefix = name.slice(0, Math.max(0, colon));
  const namespace = attributeOf(root, prefix === '' ? 'xmlns' : `xmlns:${prefix}`);
  const found: AppDiagnostic[] = [];
  if (name === 'stream:stream') found.push(broken('stream', span, { element: name, why: 'begins a stream over TCP' }));
  else if (namespace === undefined) found.push(broken('namespace', span, { element: name, prefix }));
  else if ((name === 'open' || name === 'close') && namespace !== FRAMING)
    found.push(broken('stream', span, { element: name, why: 'is not of the framing namespace' }));
  return found;
}

function stanzaOf(root: XmlElement): AppDiagnostic[] {
  const { name, span, childCount: count } = root;
  if (!STANZAS.includes(name)) return [];
  const type = attributeOf(root, 'type') ?? '';
  const found: AppDiagnostic[] = [];
  const isUnsaid = type === 'error' && count === root.children.length && !root.children.some(isErrorElement);
  if (isUnsaid) found.push(broken('error-child', span, { element: name }));
  if (name !== 'iq') return found;
  if (attributeOf(root, 'id') === undefined) found.push(broken('iq-id', span));
  if (!['get', 'set', 'result', 'error'].includes(type)) found.push(broken('iq-type', span, { type }));
  const isWrong = (type === 'get' || type === 'set') && count !== 1;
  if (isWrong || (type === 'result' && count > 1)) found.push(broken('iq-child', span, { type, count }));
  return found;
}

const isErrorElement = ({ name }: XmlElement): boolean => name === 'error' || name.endsWith(':error');
const isFailed = (root: XmlElement): boolean => STANZAS.includes(root.name) && attributeOf(root, 'type') === 'error';

/** Requests and their results, by id; a message or presence that comes back as an error. */
function callOf(root: XmlElement, id: string | undefined): Partial<AppPacket> {
  if (id === undefined) return {};
  const key = `${root.name} ${id}`;
  const type = attributeOf(root, 'type');
  const isAnswer = isFailed(root) || (root.name === 'iq' && type === 'result');
  return isAnswer ? { answers: [{ key }] } : { asks: key, ...(root.name !== 'iq' && { isAnsweredByFailure: true }) };
}

function summaryOf(root: XmlElement): string {
  const { name, children } = root;
  const said = (['type', 'from', 'to', 'mechanism', 'h'] as const)
    .map((attribute) => [attribute, attributeOf(root, attribute)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => (attribute === 'type' ? value! : `${attribute} ${value}`));
  const parts = children.slice(0, 8).map((child) => {
    const text = child.text.trim();
    if (name === 'message' && text !== '') return `${child.name} ${JSON.stringify(text.slice(0, 200))}`;
    const inner = isErrorElement(child) || name === 'stream:features' ? child.children.slice(0, 8) : [];
    return [child.name, ...inner.map((part) => part.name)].join(' ');
  });
  return [...said, ...parts].join(', ');
}

export const XMPP: AppProtocol = {
  name: NAME,
  title: 'XMPP over WebSocket (RFC 7395)',
  rules: RULES,
  open: ({ isJoined }) => new XmppReader(isJoined),
};
