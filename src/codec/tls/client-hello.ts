/** What the first message of a TLS client says of whom it looks for (RFC 8446 §4.1.2). */
export interface OfferedNames {
  /** The name of the server (RFC 6066 §3); undefined: none, or it has not come yet. */
  readonly serverName?: string;
  /** The protocols that it offers (RFC 7301 §3.1). */
  readonly protocols: readonly string[];
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
/** Type and length of the message, version, random. */
const BEFORE_SESSION = 4 + 2 + 32;
const SERVER_NAME = 0;
const ALPN = 16;

/** Reads the first TLS record of a client, as far as it is there; undefined: it is no ClientHello. Never throws. */
export function readClientHello(bytes: Uint8Array): OfferedNames | undefined {
  if (bytes[0] !== HANDSHAKE || bytes[RECORD_HEADER] !== CLIENT_HELLO) return undefined;
  let at = RECORD_HEADER + BEFORE_SESSION;
  at += 1 + (bytes[at] ?? 0);
  at += 2 + two(bytes, at);
  at += 1 + (bytes[at] ?? 0);
  const end = Math.min(bytes.length, at + 2 + two(bytes, at));
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  for (at += 2; at + 4 <= end;) {
    const type = two(bytes, at);
    const value = bytes.subarray(at + 4, Math.min(end, at + 4 + two(bytes, at + 2)));
    if (type === SERVER_NAME) serverName ??= nameIn(value);
    if (type === ALPN) protocols = protocolsIn(value);
    at += 4 + two(bytes, at + 2);
  }
  return { protocols, ...(serverName !== undefined && { serverName }) };
}

/** A list of one name: its length, its type (0), the length of the name. */
function nameIn(list: Uint8Array): string | undefined {
  const name = list.subarray(5, 5 + two(list, 3));
  return list[2] === 0 && name.length > 0 ? latin1(name) : undefined;
}

function protocolsIn(list: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 2; at < list.length; at += 1 + list[at]!) names.push(latin1(list.subarray(at + 1, at + 1 + list[at]!)));
  return names;
}

function two(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
