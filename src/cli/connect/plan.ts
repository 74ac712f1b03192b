import type { Client } from '../../live/client/client.js';
import type { ConnectOptions, SendItem } from '../options/connect-options.js';
import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { fileOf } from '../host/tls-files.js';
import { terminated } from './terminator.js';
import { utf8Error } from '../../traffic/toolbox/bytes.js';

/** One thing to send, with its bytes. */
export type Send =
  | { readonly kind: 'message'; readonly data: Uint8Array; readonly binary: boolean }
  | { readonly kind: 'ping' | 'raw'; readonly data: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

/** What the send options request, in the order of the command line. */
export async function sendsOf(io: Io, options: ConnectOptions): Promise<Send[]> {
  const { execute, sendHex, sendFile, ping, close, rawFrame } = options;
  const items: readonly SendItem[] = execute ?? sendHex ?? sendFile ?? ping ?? close ?? rawFrame ?? [];
  const sends: Send[] = [];
  for (const item of items) sends.push(await sendOf(io, item, options));
  return sends;
}

async function sendOf(io: Io, item: SendItem, options: ConnectOptions): Promise<Send> {
  const { binary = false, terminator } = options;
  switch (item.kind) {
    case 'text':
      return { kind: 'message', data: terminated(Buffer.from(item.value), terminator), binary };
    case 'hex':
      return { kind: 'message', data: item.value, binary: true };
    case 'file': {
      const data = await fileOf(io, item.value);
      return { kind: 'message', data, binary: binary || utf8Error(data) !== undefined };
    }
    case 'ping':
    case 'raw':
      return { kind: item.kind, data: item.value };
    case 'close':
      return { kind: 'close', ...closable(item.value) };
  }
}

/** A close code for the wire (RFC 6455 §7.4). */
export function mayBeSent(code: number): boolean {
  const isLocal = code === 1004 || code === 1005 || code === 1006;
  return (code >= 1000 && code <= 1014 && !isLocal) || (code >= 3000 && code <= 4999);
}

/** A close frame that may be sent (RFC 6455 §7.4, §5.5). Throws a UsageError for others: they are raw frames. */
export function closable(close: { readonly code: number; readonly reason: string }): typeof close {
  const { code, reason } = close;
  if (!mayBeSent(code)) {
    const make = `wsinspect encode --close ${code} --mask --allow-invalid`;
    throw new UsageError(`--close ${code}: this code must not be sent; --raw-frame "$(${make})" sends it anyway`);
  }
  if (Buffer.byteLength(reason) > 123) throw new UsageError('--close: the reason has more than 123 bytes');
  return close;
}

/** Sends it. False: the connection is not open. */
export function doSend(client: Client, send: Send, fragment: number | undefined): boolean {
  switch (send.kind) {
    case 'message':
      return client.send(send.data, send.binary, fragment);
    case 'ping':
      return client.ping(send.data);
    case 'raw':
      return client.raw(send.data);
    case 'close':
      if (!client.isOpen) return false;
      client.close(send.code, send.reason);
      return true;
  }
}
