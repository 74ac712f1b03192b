import type { Socket } from 'node:net';
import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_PREFACE } from '../../codec/http2/http2-frame.js';
import { takeFrom } from '../sockets/read-prefix.js';

/**
 * Whether a client begins HTTP/2: by ALPN, or by its preface (RFC 9113 §3.2, §3.3). What was read is put back. Undefined:
 * it ended before that was known, or `seconds` passed.
 */
export async function beginsHttp2(socket: Socket, seconds: number): Promise<boolean | undefined> {
  const { alpnProtocol } = socket as { alpnProtocol?: string | false };
  if (typeof alpnProtocol === 'string') return alpnProtocol === 'h2';
  const late = setTimeout(() => socket.destroy(), seconds * 1000);
  const chunks: Uint8Array[] = [];
  try {
    return await takeFrom(socket, (chunk) => {
      chunks.push(chunk);
      const first = concat(chunks);
      const isLike = HTTP2_PREFACE.every((byte, i) => i >= first.length || first[i] === byte);
      if (isLike && first.length < HTTP2_PREFACE.length) return undefined;
      return { value: isLike, rest: first };
    });
  } catch {
    return undefined;
  } finally {
    clearTimeout(late);
  }
}
