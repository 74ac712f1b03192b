import { PERMESSAGE_DEFLATE, readDeflateParameters, type DeflateParameters } from './deflate-params.js';
import { combineExtensions, type Extension, type ExtensionFault } from './extensions.js';
import { decodeKey } from './key.js';
import { isCodedValue } from '../http1/headers.js';
import type { Head, Header, RequestHead, ResponseHead } from '../http1/head.js';
import type { Span } from '../bytes/span.js';

export interface HandshakeHalves {
  readonly request?: RequestHead;
  readonly response?: ResponseHead;
  /** Computes an accept value (`acceptKey`); handed in because SHA-1 is no part of this floor. */
  readonly acceptOf?: (key: string) => string;
}

/** What the opening handshake says (RFC 6455 §4): facts, judged in rules/. Where a header is repeated, the first counts. */
export interface Handshake {
  readonly request?: RequestHead;
  readonly response?: ResponseHead;
  /** `Sec-WebSocket-Key` of the request. */
  readonly key?: string;
  /** What the key decodes to: 16 bytes where it is legal. */
  readonly keyBytes?: Uint8Array;
  /** `Sec-WebSocket-Accept` of the response. */
  readonly accept?: string;
  /** What it has to be for this key. */
  readonly expectedAccept?: string;
  /** `Sec-WebSocket-Version` of the request, as written. */
  readonly version?: string;
  readonly subprotocolsOffered: readonly string[];
  readonly subprotocol?: string;
  readonly extensionsOffered: readonly Extension[];
  readonly extensions: readonly Extension[];
  readonly offerFaults: readonly ExtensionFault[];
  readonly extensionFaults: readonly ExtensionFault[];
  /** permessage-deflate as the response has it, where it is negotiated; what is illegal in it counts as not said. */
  readonly deflate?: DeflateParameters;
  /** It came over HTTP/2 (RFC 8441). */
  readonly http2?: { readonly stream: number | undefined; readonly protocol?: string };
  /** The response is a 101 (RFC 6455 §4.1); of a response without its first line, that it has an accept value; over HTTP/2 a 2xx for CONNECT. */
  readonly upgraded: boolean;
}

/** The headers of that name, which is compared without regard to case (RFC 9110 §5.1). */
export function headersNamed(head: Head | undefined, name: string): readonly Header[] {
  const lower = name.toLowerCase();
  return head?.headers.filter((header) => header.name.toLowerCase() === lower) ?? [];
}

export interface ListElement {
  /** Without the blanks around it; `''` between two commas. */
  readonly text: string;
  readonly span: Span;
}

/** The elements of comma-separated headers, several headers as one list (RFC 9110 §5.3, §5.6.1). Not for lists with quoted strings. */
export function listElements(headers: readonly Header[]): ListElement[] {
  const elements: ListElement[] = [];
  for (const header of headers) {
    const { value, valueSpan } = header;
    const isCoded = isCodedValue(header);
    let at = valueSpan.start;
    for (const part of value.split(',')) {
      let from = 0;
      let to = part.length;
      while (from < to && isBlank(part[from])) from++;
      while (to > from && isBlank(part[to - 1])) to--;
      const span = isCoded ? valueSpan : { start: at + from, end: at + to };
      elements.push({ text: part.slice(from, to), span });
      at += part.length + 1;
    }
  }
  return elements;
}

/** Whether a response opens the WebSocket (RFC 6455 §4.1; over HTTP/2 RFC 8441 §5). Where the request was not seen, any request is assumed. */
export function opensWebSocket(response: ResponseHead, request: RequestHead | undefined): boolean {
  const { status = 0, http2 } = response;
  if (http2 === undefined) return status === 101;
  return status >= 200 && status < 300 && (request === undefined || request.method === 'CONNECT' || !request.complete);
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

function filled(elements: readonly ListElement[]): string[] {
  return elements.map((element) => element.text).filter((text) => text !== '');
}

/** Reads what either half, or both, say about the connection. Never throws. */
export function readHandshake({ request, response, acceptOf }: HandshakeHalves): Handshake {
  const first = (head: Head | undefined, name: string): string | undefined => headersNamed(head, name)[0]?.value;
  const key = first(request, 'Sec-WebSocket-Key');
  const accept = first(response, 'Sec-WebSocket-Accept');
  const version = first(request, 'Sec-WebSocket-Version');
  const subprotocol = first(response, 'Sec-WebSocket-Protocol');
  const offered = combineExtensions(headersNamed(request, 'Sec-WebSocket-Extensions'));
  const accepted = combineExtensions(headersNamed(response, 'Sec-WebSocket-Extensions'));
  const upgraded =
    response !== undefined &&
    (opensWebSocket(response, request) || (!response.hasStartLine && !response.http2 && accept !== undefined));
  const deflate = upgraded ? accepted.extensions.find((extension) => extension.name === PERMESSAGE_DEFLATE) : undefined;
  return {
    ...(request && { request }),
    ...(response && { response }),
    ...(key !== undefined && { key, keyBytes: decodeKey(key).bytes }),
    ...(accept !== undefined && { accept }),
    ...(key !== undefined && acceptOf && { expectedAccept: acceptOf(key) }),
    ...(version !== undefined && { version }),
    subprotocolsOffered: filled(listElements(headersNamed(request, 'Sec-WebSocket-Protocol'))),
    ...(subprotocol !== undefined && { subprotocol }),
    extensionsOffered: offered.extensions,
    extensions: accepted.extensions,
    offerFaults: offered.faults,
    extensionFaults: accepted.faults,
    ...(deflate && { deflate: readDeflateParameters(deflate.params, 'response').parameters }),
    ...http2Of(request, response),
    upgraded,
  };
}

function http2Of(request: RequestHead | undefined, response: ResponseHead | undefined): Pick<Handshake, 'http2'> {
  const section = request?.http2 ?? response?.http2;
  if (section === undefined) return {};
  const protocol = headersNamed(request, ':protocol')[0]?.value;
  return { http2: { stream: section.stream, ...(protocol !== undefined && { protocol }) } };
}
