/** The messages of WAMP 2 (§3.2), and what their items are. */

/** Kinds of items: `args` and `kwargs` may be left out, or be null. */
export type ItemKind = 'id' | 'uri' | 'dict' | 'integer' | 'text' | 'args' | 'kwargs' | 'more';

export interface MessageRow {
  readonly name: string;
  readonly by: 'client' | 'server' | 'both';
  /** Those after the type. */
  readonly items: readonly (readonly [string, ItemKind])[];
}

const REQUEST = ['request', 'id'] as const;
const OPTIONS = ['options', 'dict'] as const;
const DETAILS = ['details', 'dict'] as const;
const ARGS = [
  ['args', 'args'],
  ['kwargs', 'kwargs'],
] as const;
const MORE = ['details', 'more'] as const;

export const MESSAGES: ReadonlyMap<unknown, MessageRow> = new Map<number, MessageRow>([
  [1, { name: 'HELLO', by: 'client', items: [['realm', 'uri'], DETAILS] }],
  [2, { name: 'WELCOME', by: 'server', items: [['session', 'id'], DETAILS] }],
  [3, { name: 'ABORT', by: 'both', items: [DETAILS, ['reason', 'uri'], ...ARGS] }],
  [4, { name: 'CHALLENGE', by: 'server', items: [['method', 'text'], DETAILS] }],
  [5, { name: 'AUTHENTICATE', by: 'client', items: [['signature', 'text'], DETAILS] }],
  [6, { name: 'GOODBYE', by: 'both', items: [DETAILS, ['reason', 'uri']] }],
  [8, { name: 'ERROR', by: 'both', items: [['request type', 'integer'], REQUEST, DETAILS, ['error', 'uri'], ...ARGS] }],
  [16, { name: 'PUBLISH', by: 'client', items: [REQUEST, OPTIONS, ['topic', 'uri'], ...ARGS] }],
  [17, { name: 'PUBLISHED', by: 'server', items: [REQUEST, ['publication', 'id']] }],
  [32, { name: 'SUBSCRIBE', by: 'client', items: [REQUEST, OPTIONS, ['topic', 'uri']] }],
  [33, { name: 'SUBSCRIBED', by: 'server', items: [REQUEST, ['subscription', 'id']] }],
  [34, { name: 'UNSUBSCRIBE', by: 'client', items: [REQUEST, ['subscription', 'id']] }],
  [35, { name: 'UNSUBSCRIBED', by: 'server', items: [REQUEST, MORE] }],
  [36, { name: 'EVENT', by: 'server', items: [['subscription', 'id'], ['publication', 'id'], DETAILS, ...ARGS] }],
  [48, { name: 'CALL', by: 'client', items: [REQUEST, OPTIONS, ['procedure', 'uri'], ...ARGS] }],
  [49, { name: 'CANCEL', by: 'client', items: [REQUEST, OPTIONS] }],
  [50, { name: 'RESULT', by: 'server', items: [REQUEST, DETAILS, ...ARGS] }],
  [64, { name: 'REGISTER', by: 'client', items: [REQUEST, OPTIONS, ['procedure', 'uri']] }],
  [65, { name: 'REGISTERED', by: 'server', items: [REQUEST, ['registration', 'id']] }],
  [66, { name: 'UNREGISTER', by: 'client', items: [REQUEST, ['registration', 'id']] }],
  [67, { name: 'UNREGISTERED', by: 'server', items: [REQUEST, MORE] }],
  [68, { name: 'INVOCATION', by: 'server', items: [REQUEST, ['registration', 'id'], DETAILS, ...ARGS] }],
  [69, { name: 'INTERRUPT', by: 'server', items: [REQUEST, OPTIONS] }],
  [70, { name: 'YIELD', by: 'client', items: [REQUEST, OPTIONS, ...ARGS] }],
]);

/** What answers what, besides ERROR. */
export const REPLIES: Readonly<Record<string, string>> = {
  PUBLISHED: 'PUBLISH',
  SUBSCRIBED: 'SUBSCRIBE',
  UNSUBSCRIBED: 'UNSUBSCRIBE',
  RESULT: 'CALL',
  REGISTERED: 'REGISTER',
  UNREGISTERED: 'UNREGISTER',
  YIELD: 'INVOCATION',
};

/** Requests: the client counts its own up by one from 1. */
export const REQUESTS: ReadonlySet<string> = new Set(Object.values(REPLIES));

export const OPTIONAL_KINDS: ReadonlySet<ItemKind> = new Set(['args', 'kwargs', 'more']);
