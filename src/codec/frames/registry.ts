/** What RFC 6455 and the IANA registries say of each opcode and close code. Tables, so that no second switch is needed. */

export type OpcodeName = 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong' | 'reserved';

export interface OpcodeInfo {
  readonly value: number;
  readonly name: OpcodeName;
  /** Control frames carry 8 in the opcode's top bit (RFC 6455 §5.5). */
  readonly control: boolean;
  readonly meaning: string;
  readonly rfc: string;
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const DEFINED: readonly (readonly [number, OpcodeName, string, string])[] = [
  [0x0, 'continuation', 'a further fragment of the message', 'RFC 6455 §5.4'],
  [0x1, 'text', 'a message in UTF-8', 'RFC 6455 §5.6'],
  [0x2, 'binary', 'a message of any bytes', 'RFC 6455 §5.6'],
  [0x8, 'close', 'the sender closes', 'RFC 6455 §5.5.1'],
  [0x9, 'ping', 'are you there?', 'RFC 6455 §5.5.2'],
  [0xa, 'pong', 'I am here', 'RFC 6455 §5.5.3'],
];

/** The 16 opcodes, by value. */
export const OPCODES: readonly OpcodeInfo[] = Array.from({ length: 16 }, (_, value) => {
  const control = value >= 8;
  const defined = DEFINED.find((row) => row[0] === value);
  if (defined) return { value, name: defined[1], control, meaning: defined[2], rfc: defined[3] };
  const meaning = control ? 'reserved for control frames' : 'reserved for data frames';
  return { value, name: 'reserved', control, meaning, rfc: 'RFC 6455 §5.2' };
});

/** The opcode's entry; only the low four bits count. */
export function opcodeInfo(opcode: number): OpcodeInfo {
  return OPCODES[opcode & 15]!;
}

/** Whether a close code may be sent on the wire. */
export type CloseCodeKind =
  /** May be sent. */
  | 'valid'
  /** Describes what happened to a connection; MUST NOT be sent (1005, 1006, 1015). */
  | 'local'
  /** Set aside without a meaning (1004). */
  | 'reserved'
  /** 1016 to 2999: for the protocol and its extensions, none is defined yet. */
  | 'unassigned'
  /** 0 to 999: not used. */
  | 'unused'
  /** 5000 and above: in no range that RFC 6455 §7.4.2 defines. */
  | 'undefined';

export interface CloseCodeInfo {
  readonly code: number;
  readonly kind: CloseCodeKind;
  readonly name: string;
  readonly meaning: string;
  readonly rfc: string;
}

type CloseRow = readonly [code: number, name: string, meaning: string, rfc?: string, kind?: CloseCodeKind];

const S741 = 'RFC 6455 §7.4.1';
const IANA = 'IANA WebSocket Close Code Number Registry';

const CLOSE_ROWS: readonly CloseRow[] = [
  [1000, 'Normal Closure', 'the purpose of the connection has been fulfilled'],
  [1001, 'Going Away', 'the endpoint is going away: a server goes down, a page is left'],
  [1002, 'Protocol Error', 'the endpoint ends the connection because of a protocol error'],
  [1003, 'Unsupported Data', 'data of a type that the endpoint cannot accept'],
  [1004, 'Reserved', 'has no meaning yet', S741, 'reserved'],
  [1005, 'No Status Received', 'stands for a close frame without a code', S741, 'local'],
  [1006, 'Abnormal Closure', 'stands for an end without a close frame', S741, 'local'],
  [1007, 'Invalid Payload Data', 'data that does not fit its type, such as text that is not UTF-8'],
  [1008, 'Policy Violation', "a message that breaks the endpoint's policy"],
  [1009, 'Message Too Big', 'a message too big for the endpoint to process'],
  [1010, 'Mandatory Extension', 'the client expected an extension that the server did not negotiate'],
  [1011, 'Internal Error', 'the server met a condition that it did not expect'],
  [1012, 'Service Restart', 'the service restarts', IANA],
  [1013, 'Try Again Later', 'the service is overloaded', IANA],
  [1014, 'Bad Gateway', 'a gateway got an invalid response from upstream', IANA],
  [1015, 'TLS Handshake', 'stands for a failed TLS handshake', S741, 'local'],
  [3000, 'Unauthorized', 'the request lacks valid credentials', IANA],
  [3003, 'Forbidden', 'the client may not do this', IANA],
  [3008, 'Timeout', 'the peer took too long', IANA],
];

const KNOWN = new Map<number, CloseCodeInfo>(
  CLOSE_ROWS.map(([code, name, meaning, rfc = S741, kind = 'valid']) => [code, { code, kind, name, meaning, rfc }]),
);

type CloseRange = readonly [last: number, kind: CloseCodeKind, name: string, meaning: string];

/** RFC 6455 §7.4.2, by the last code of each range. */
const CLOSE_RANGES: readonly CloseRange[] = [
  [999, 'unused', 'Unused', 'codes 0 to 999 are not used'],
  [2999, 'unassigned', 'Unassigned', 'reserved for the protocol; no such code is defined'],
  [3999, 'valid', 'Library or Framework', 'for libraries, frameworks and applications, registered with IANA'],
  [4999, 'valid', 'Private Use', 'between applications by agreement'],
  [65535, 'undefined', 'Undefined', 'in no range that RFC 6455 defines'],
];

/** What is known of a close code (0 to 65535). */
export function closeCodeInfo(code: number): CloseCodeInfo {
  const known = KNOWN.get(code);
  if (known) return known;
  const range = CLOSE_RANGES.find(([last]) => code <= last) ?? CLOSE_RANGES[CLOSE_RANGES.length - 1]!;
  return { code, kind: range[1], name: range[2], meaning: range[3], rfc: 'RFC 6455 §7.4.2' };
}
