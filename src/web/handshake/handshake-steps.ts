import { hexOf } from '../../codec/bytes/hex.js';
import { encodeBase64 } from '../../codec/bytes/base64.js';
import { decodeKey, KEY_BYTES, WEBSOCKET_GUID, wireBytes } from '../../codec/handshake/key.js';
import { count } from '../../codec/bytes/plural.js';
import type { HandshakeItem, HeadLines } from '../items.js';
import { isOpened } from '../format.js';
import { sha1 } from '../../codec/handshake/sha1.js';

/** A run of characters in a step's value: what it is decides its colour. */
export interface StepRun {
  readonly text: string;
  readonly kind: 'key' | 'guid' | 'hash' | 'accept' | 'head' | 'wrong' | 'plain';
}

export interface HandshakeStep {
  readonly title: string;
  /** Lines of runs. */
  readonly lines: readonly (readonly StepRun[])[];
  readonly about: string;
  readonly rfc: string;
  readonly state: 'done' | 'failed' | 'open';
}

/** The handshake in seven steps, with its own values; over HTTP/2 there are two. */
export function handshakeSteps(item: HandshakeItem): HandshakeStep[] {
  const { key, response } = item;
  if (item.http !== undefined) return [connectStep(item), answerStep(item)];
  if (key === undefined) return [withoutKey(item), responseStep(response), sentStep(response)];
  const joined = key + WEBSOCKET_GUID;
  const hash = sha1(wireBytes(joined));
  const accept = encodeBase64(hash);
  const { bytes } = decodeKey(key);
  const isLegal = bytes.length === KEY_BYTES;
  return [
    step(
      'The client sends a key',
      [run(key, 'key')],
      `${count(bytes.length, 'byte')}${isLegal ? ' at random' : `, not ${KEY_BYTES}`}, in Base64: ${hexOf(bytes, ' ')}`,
      'RFC 6455 §4.1',
      isLegal,
    ),
    step(
      'The GUID is appended',
      [run(key, 'key'), run(WEBSOCKET_GUID, 'guid')],
      'the key as text; the GUID is the same for everyone',
      'RFC 6455 §4.2.2',
    ),
    step(
      'SHA-1',
      [run(hexOf(hash), 'hash')],
      'of that text: 20 bytes. SHA-1 works one way: it does not give the key back',
      'RFC 6455 §4.2.2',
    ),
    step('Base64', [run(accept, 'accept')], 'of these 20 bytes: the accept value', 'RFC 4648 §4'),
    responseStep(response),
    sentStep(response),
    verifyStep(item, accept),
  ];
}

function run(text: string, kind: StepRun['kind']): StepRun {
  return { text, kind };
}

function step(title: string, line: readonly StepRun[], about: string, rfc: string, isDone = true): HandshakeStep {
  return { title, lines: [line], about, rfc, state: isDone ? 'done' : 'failed' };
}

const NO_PROTOCOL = 'not all of the request was seen: :protocol, and what else it had, may be missing here';

/** RFC 8441 has neither a key nor an accept value. */
function connectStep({ request, stream }: HandshakeItem): HandshakeStep {
  const title = 'The client sends an extended CONNECT';
  const rfc = 'RFC 8441 §4';
  if (request === undefined) return { title, lines: [], about: 'the request was not seen', rfc, state: 'open' };
  const shown = request.headers.filter(([name]) => name.startsWith(':'));
  const lines = shown.map(([name, value]) => [run(`${name}: `, 'plain'), run(value, 'head')]);
  const where = stream === undefined ? 'on a stream' : `on stream ${stream}`;
  const about = `${where} of the connection: there is no key, as no server answers such a request by accident`;
  const isSeen = shown.some(([name]) => name === ':protocol');
  return { title, lines, about: isSeen ? about : NO_PROTOCOL, rfc, state: isSeen ? 'done' : 'open' };
}

function answerStep(item: HandshakeItem): HandshakeStep {
  const { response } = item;
  const title = 'The server answers';
  const rfc = 'RFC 8441 §5';
  if (response === undefined) return { title, lines: [], about: 'no response was seen', rfc, state: 'open' };
  const isOpen = isOpened(item);
  const lines = [
    [run(response.line, isOpen ? 'head' : 'wrong')],
    ...response.headers.map(([name, value]) => [run(`${name}: `, 'plain'), run(value, 'head')]),
  ];
  const about = isOpen
    ? 'any status 2xx opens the WebSocket. Only frames follow on the stream, in both directions; those of the client stay masked'
    : 'any status but 2xx refuses the WebSocket';
  return { title, lines, about, rfc, state: isOpen ? 'done' : 'failed' };
}

function withoutKey({ request }: HandshakeItem): HandshakeStep {
  const about = request === undefined ? 'the request was not seen' : 'the request has no Sec-WebSocket-Key';
  return {
    title: 'The client sends a key',
    lines: [],
    about,
    rfc: 'RFC 6455 §4.1',
    state: request ? 'failed' : 'open',
  };
}

function responseStep(response: HeadLines | undefined): HandshakeStep {
  const title = 'The server writes its response';
  if (response === undefined) {
    return { title, lines: [], about: 'no response was seen', rfc: 'RFC 6455 §4.2.2', state: 'open' };
  }
  const lines = [
    [run(response.line, isSwitch(response) ? 'head' : 'wrong')],
    ...response.headers.map(([name, value]) => {
      const isAccept = name.toLowerCase() === 'sec-websocket-accept';
      return [run(`${name}: `, 'plain'), run(value, isAccept ? 'accept' : 'head')];
    }),
  ];
  const about = isSwitch(response)
    ? 'status 101, the upgrade, and the accept value'
    : 'any status but 101 refuses the upgrade';
  return { title, lines, about, rfc: 'RFC 6455 §4.2.2', state: isSwitch(response) ? 'done' : 'failed' };
}

function sentStep(response: HeadLines | undefined): HandshakeStep {
  const title = 'It is sent';
  const rfc = 'RFC 6455 §4.2.2';
  if (response === undefined) return { title, lines: [], about: 'not seen', rfc, state: 'open' };
  const lines = [response.line, ...response.headers.map(([name, value]) => `${name}: ${value}`), '', ''];
  const size = count(lines.join('\r\n').length, 'byte');
  if (!isSwitch(response))
    return { title, lines: [], about: `about ${size}, and the connection ends`, rfc, state: 'done' };
  return {
    title,
    lines: [],
    about: `about ${size}, an empty line at the end. Only frames follow, in both directions`,
    rfc,
    state: 'done',
  };
}

function verifyStep({ accept, response, findings, valid }: HandshakeItem, expected: string): HandshakeStep {
  const title = 'The client verifies';
  const rfc = 'RFC 6455 §4.1';
  if (response === undefined) return { title, lines: [], about: `it expects ${expected}`, rfc, state: 'open' };
  if (!isSwitch(response))
    return { title, lines: [], about: 'nothing to verify: the server refused', rfc, state: 'failed' };
  const matches = accept === expected;
  if (!matches) {
    const lines = [
      [run('expected ', 'plain'), run(expected, 'accept')],
      [run('received ', 'plain'), run(accept ?? 'none', 'wrong')],
    ];
    return { title, lines, about: 'the values differ: the client has to fail the connection', rfc, state: 'failed' };
  }
  const equal = 'it computes the same value and compares: they are equal';
  const about =
    valid || findings.length === 0
      ? `${equal}. The connection is open`
      : `${equal}, but other requirements are not met`;
  return { title, lines: [[run(expected, 'accept')]], about, rfc, state: valid ? 'done' : 'failed' };
}

function isSwitch({ line }: HeadLines): boolean {
  return /^HTTP\/\d\.\d 101\b/.test(line);
}
