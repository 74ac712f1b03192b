import { hexOf } from '../../codec/bytes/hex.js';
import { closeCodeInfo } from '../../codec/frames/registry.js';
import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import type { PeerRole } from '../peer-role.js';
import type { ExpectedClose } from './expected-close.js';
import type { Ending, Received } from '../bench/received.js';

/** Characters shown of a payload, and items of a list. */
const MOST_TEXT = 40;
const MOST_ITEMS = 6;

/** What came, in words. */
export function receivedText(received: readonly Received[]): string {
  if (received.length === 0) return 'nothing came';
  const shown = received.slice(0, MOST_ITEMS).map(itemText);
  const more = received.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''} came`;
}

function itemText(item: Received): string {
  switch (item.what) {
    case 'message':
      return `${item.binary ? 'binary' : 'text'} ${payloadText(item.payload, item.binary)}`;
    case 'pong':
      return `pong ${payloadText(item.payload, true)}`;
    case 'timeout':
      return `(silence ${item.tag})`;
    case 'violation':
      return `a frame that breaks a rule (${item.code}: ${item.message})`;
  }
}

/** Payload bytes on one line: all of few, the length of many. */
export function payloadText(payload: Uint8Array, binary: boolean): string {
  if (payload.length === 0) return '(empty)';
  if (payload.length > MOST_TEXT) return `of ${payload.length} bytes`;
  return binary ? hexOf(payload) : JSON.stringify(decodeUtf8(payload));
}

/** How it ended, in words. */
export function endingText(ending: Ending, peer: PeerRole): string {
  const text = closingText(ending, peer);
  return ending.hasUnasked ? `${text}; what the ${peer} sent unasked is left out` : text;
}

function closingText(ending: Ending, peer: PeerRole): string {
  const { weClosed, peerClosed, brokenClose, code, reason, end, weDropped, isStream } = ending;
  const line = isStream ? 'the stream' : 'TCP';
  const named =
    code === undefined ? 'without a code' : `with ${codeText(code)}${reason ? ` ${JSON.stringify(reason)}` : ''}`;
  if (peerClosed) {
    const first = weClosed ? `the ${peer} answered our close frame ${named}` : `the ${peer} closed ${named}`;
    return weDropped && peer === 'server' ? `${first}, and did not end ${line}` : first;
  }
  if (brokenClose) return `the ${peer}'s close frame breaks a rule`;
  if (end === 'reset') return `the ${peer} reset ${isStream ? line : 'the connection'}`;
  if (end === 'fin') return `the ${peer} ended ${line} without a close frame`;
  return weClosed
    ? `the ${peer} did not answer our close frame`
    : `the ${peer} left ${isStream ? line : 'the connection'} open`;
}

/** What should come and how it should end, in words. */
export function expectedText(
  list: readonly Received[] | undefined,
  { by, codes, clean }: ExpectedClose,
  peer: string,
): string {
  const what =
    list === undefined ? 'anything' : list.length === 0 ? 'nothing' : receivedText(list).replace(/ came$/, '');
  const allowed = codes.join(' or ');
  const end = by === 'tester' ? `then the ${peer} answers our close frame` : `then the ${peer} fails the connection`;
  return `${what}; ${end} (${allowed}${clean ? '' : ' or TCP ends'})`;
}

function codeText(code: number): string {
  return `${code} (${closeCodeInfo(code).name})`;
}
