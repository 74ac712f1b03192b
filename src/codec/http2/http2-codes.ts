import { latin1 } from '../http1/text.js';

/** RFC 9113 §7. */
const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** The name of an error code of RST_STREAM and GOAWAY. */
export function http2ErrorName(code: number): string {
  return ERROR_NAMES[code] ?? `0x${code.toString(16)}`;
}

/** Bytes of the debug data of a GOAWAY that are kept (RFC 9113 §6.8). */
export const MOST_DEBUG = 200;

/** The debug data, as far as it is kept: a character for each byte from `start` on. */
export function debugText(bytes: Uint8Array, start = 0): string {
  return latin1(bytes, start, Math.min(bytes.length, start + MOST_DEBUG));
}

/** A GOAWAY in words, with its debug data (RFC 9113 §6.8), which is text of the other end. */
export function goawayText({ code, debug }: { readonly code: number; readonly debug: string }): string {
  return `GOAWAY ${http2ErrorName(code)}${debug === '' ? '' : ` ${JSON.stringify(debug)}`}`;
}

/** Those that are sent (RFC 9113 §7). */
export const HTTP2_ERROR = { noError: 0, protocolError: 1, internalError: 2, refusedStream: 7, cancel: 8 } as const;

/** Fields that concern one connection of HTTP/1.1: HTTP/2 has none of them (RFC 9113 §8.2.2). */
export const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'upgrade',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]);

/** RFC 9113 §6.5.2, RFC 8441 §3. */
export const HTTP2_SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  enableConnectProtocol: 8,
} as const;

const SETTING_NAMES: Readonly<Record<number, string>> = {
  1: 'HEADER_TABLE_SIZE',
  2: 'ENABLE_PUSH',
  3: 'MAX_CONCURRENT_STREAMS',
  4: 'INITIAL_WINDOW_SIZE',
  5: 'MAX_FRAME_SIZE',
  6: 'MAX_HEADER_LIST_SIZE',
  8: 'ENABLE_CONNECT_PROTOCOL',
  9: 'NO_RFC7540_PRIORITIES',
};

export function http2SettingName(id: number): string {
  return SETTING_NAMES[id] ?? `0x${id.toString(16)}`;
}
