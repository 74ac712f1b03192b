import { hexOf } from '../../codec/bytes/hex.js';
import { areHttp2Frames, HTTP2_TYPE, readHttp2Header } from '../../codec/http2/http2-frame.js';
import { latin1 } from '../../codec/http1/text.js';
import { layerOf } from '../../traffic/layers/layers.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';

/** Why the answer to the handshake can't be read, in words; `code` and `message`: Node's, `bytes`: what it could not read. */
export function httpTrouble(code: string, message: string, bytes: Uint8Array = new Uint8Array(0)): string {
  const layer = layerOf(bytes);
  if (layer !== 'maybe' && layer?.name === 'tls') return 'the server answers in TLS: use wss://';
  if (isHttp2(bytes)) return 'the server answers in HTTP/2, and does not speak HTTP/1.1';
  if (code !== 'HPE_HEADER_OVERFLOW') return noHttp(message, bytes);
  return `the head of the answer is longer than this end reads (${MOST_HEAD / 1024} KiB)`;
}

/** Bytes that are shown of what is no HTTP. */
const MOST_SHOWN = { text: 60, bytes: 16 };

/** In Node's words only where the head is one of HTTP, and something in it is wrong. */
function noHttp(message: string, bytes: Uint8Array): string {
  const text = latin1(bytes, 0, Math.min(bytes.length, MOST_SHOWN.text));
  if (/^\s*HTTP\//.test(text)) return `no valid HTTP: ${message.replace(/^Parse Error: /, '')}`;
  const [line] = /^[ -~]{4,}/.exec(text) ?? [];
  if (line !== undefined) return `no HTTP: the answer begins with ${JSON.stringify(line)}`;
  const shown = hexOf(bytes.subarray(0, MOST_SHOWN.bytes), ' ');
  return shown === '' ? 'no HTTP' : `no HTTP: the answer begins with the bytes ${shown}`;
}

/** RFC 9113 §3.4: the first frame of a server is SETTINGS. */
function isHttp2(bytes: Uint8Array): boolean {
  return areHttp2Frames(bytes) && readHttp2Header(bytes, 0).type === HTTP2_TYPE.settings;
}
