import { ruleBook, type AppRule } from '../../packet.js';

export const NAME = 'stomp';
const SPEC = 'STOMP 1.2';

export const RULES = {
  'before-connect': {
    reference: `${SPEC}, Connecting`,
    requirement: 'The first frame of a client is CONNECT or STOMP.',
    message: '{command} before CONNECT',
  },
  'before-connected': {
    reference: `${SPEC}, Connecting`,
    requirement: 'A server accepts the connection with CONNECTED before it sends other frames than ERROR.',
    message: '{command} before CONNECTED',
  },
  'second-connect': {
    reference: `${SPEC}, Connecting`,
    requirement: 'A client sends CONNECT once.',
    message: 'a second {command}',
  },
  'unknown-command': {
    reference: `${SPEC}, Augmented BNF`,
    requirement: 'A frame has a command of the protocol.',
    message: 'the protocol has no command "{command}"',
  },
  sender: {
    reference: `${SPEC}, Augmented BNF`,
    requirement: 'A frame is sent by the side whose frame it is.',
    message: '{command} is not a frame of the {side}',
  },
  'missing-header': {
    reference: `${SPEC}, Standard Headers`,
    requirement: 'A frame has the headers that its command requires.',
    message: '{command} has no header "{header}"',
  },
  'header-line': {
    reference: `${SPEC}, Augmented BNF`,
    requirement: 'A header line is a name, a colon and a value.',
    message: 'a header line has no colon',
  },
  'header-end': {
    reference: `${SPEC}, STOMP Frames`,
    requirement: 'An empty line ends the headers.',
    message: 'the frame ends before an empty line',
  },
  escape: {
    reference: `${SPEC}, Value Encoding`,
    requirement: 'A header has no other escapes than \\r, \\n, \\c and \\\\.',
    message: 'the header "{header}" has an undefined escape',
  },
  'content-length': {
    reference: `${SPEC}, Header content-length`,
    requirement: 'The header content-length is the number of bytes of the body.',
    message: 'content-length is "{value}"',
  },
  'no-nul': {
    reference: `${SPEC}, Header content-length`,
    requirement: 'A NUL follows the bytes that content-length counts.',
    message: 'no NUL follows the {length} bytes of content-length',
  },
  body: {
    reference: `${SPEC}, STOMP Frames`,
    requirement: 'Only SEND, MESSAGE and ERROR have a body.',
    message: '{command} has a body',
  },
  'transaction-in-use': {
    reference: `${SPEC}, BEGIN`,
    requirement: 'A transaction is begun once.',
    message: 'the transaction "{transaction}" has begun already',
  },
  'unknown-transaction': {
    reference: `${SPEC}, COMMIT`,
    requirement: 'A transaction has begun before frames name it.',
    message: '{command} names the transaction "{transaction}", which has not begun',
  },
  'subscription-in-use': {
    reference: `${SPEC}, SUBSCRIBE id Header`,
    requirement: 'Subscriptions of a connection have different ids.',
    message: 'the id "{id}" is that of another subscription',
  },
  'unknown-subscription': {
    reference: `${SPEC}, UNSUBSCRIBE`,
    requirement: 'UNSUBSCRIBE has the id of a subscription.',
    message: 'no subscription has the id "{id}"',
  },
  'unknown-message': {
    reference: `${SPEC}, ACK`,
    requirement: 'ACK and NACK name a message that was delivered.',
    message: '{command} names the message "{id}", which was not delivered',
  },
  'unknown-receipt': {
    reference: `${SPEC}, RECEIPT`,
    requirement: 'A RECEIPT has the id of a receipt that was asked for.',
    message: 'no frame asked for the receipt "{id}"',
  },
  version: {
    reference: `${SPEC}, Protocol Negotiation`,
    requirement: 'The server chooses a version that the client accepts.',
    message: 'the client does not accept the version "{version}"',
  },
  'heart-beat': {
    reference: `${SPEC}, Heart-beating`,
    requirement: 'The header heart-beat is two numbers of milliseconds.',
    message: 'heart-beat is "{value}"',
  },
  'heartbeat-late': {
    reference: `${SPEC}, Heart-beating`,
    requirement: 'A side that has promised heartbeats sends data at least that often.',
    message: 'nothing was sent for {seconds} s, and {milliseconds} ms were agreed',
  },
  'after-disconnect': {
    reference: `${SPEC}, DISCONNECT`,
    requirement: 'A client sends no frame after DISCONNECT.',
    message: '{command} after DISCONNECT',
  },
  incomplete: {
    reference: `${SPEC}, STOMP Frames`,
    requirement: 'A frame ends in a NUL.',
    message: 'the last frame of the {side} is not complete',
  },
} as const satisfies Record<string, AppRule>;

export const broken = ruleBook(NAME, RULES);

export type Version = '1.0' | '1.1' | '1.2';

/** A command: whose it is, and what it has to have in each version that has it. */
export interface CommandRow {
  readonly by: 'client' | 'server';
  readonly hasBody?: true;
  readonly needs?: readonly string[];
  /** In single versions, and in all later ones where these are not listed. */
  readonly alsoNeeds?: Readonly<Partial<Record<Version, readonly string[]>>>;
  /** Headers that its summary shows. */
  readonly shows?: readonly string[];
}

const COMMANDS: Readonly<Record<string, CommandRow>> = {
  CONNECT: { by: 'client', shows: ['accept-version', 'host', 'login', 'heart-beat'] },
  STOMP: { by: 'client', shows: ['accept-version', 'host', 'login', 'heart-beat'] },
  CONNECTED: { by: 'server', shows: ['version', 'server', 'session', 'heart-beat'] },
  SEND: { by: 'client', hasBody: true, needs: ['destination'], shows: ['transaction'] },
  SUBSCRIBE: {
    by: 'client',
    needs: ['destination'],
    alsoNeeds: { '1.1': ['id'], '1.2': ['id'] },
    shows: ['id', 'ack', 'selector'],
  },
  UNSUBSCRIBE: { by: 'client', alsoNeeds: { '1.1': ['id'], '1.2': ['id'] }, shows: ['id'] },
  ACK: {
    by: 'client',
    alsoNeeds: { '1.0': ['message-id'], '1.1': ['message-id', 'subscription'], '1.2': ['id'] },
    shows: ['subscription', 'transaction'],
  },
  NACK: {
    by: 'client',
    alsoNeeds: { '1.1': ['message-id', 'subscription'], '1.2': ['id'] },
    shows: ['subscription', 'transaction'],
  },
  BEGIN: { by: 'client', needs: ['transaction'], shows: ['transaction'] },
  COMMIT: { by: 'client', needs: ['transaction'], shows: ['transaction'] },
  ABORT: { by: 'client', needs: ['transaction'], shows: ['transaction'] },
  DISCONNECT: { by: 'client' },
  MESSAGE: {
    by: 'server',
    hasBody: true,
    needs: ['destination', 'message-id'],
    alsoNeeds: { '1.1': ['subscription'], '1.2': ['subscription'] },
    shows: ['subscription'],
  },
  RECEIPT: { by: 'server', needs: ['receipt-id'] },
  ERROR: { by: 'server', hasBody: true, shows: ['message'] },
};

/** The row of a command; undefined: the protocol has none of that name. */
export function commandRow(command: string): CommandRow | undefined {
  return Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
}
