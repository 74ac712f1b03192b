import { ruleBook, type AppDiagnostic, type AppRule } from '../../packet.js';

const SYNC = 'y-protocols, PROTOCOL.md';

/** Rules of the two protocols that carry documents of Yjs. */
export const YJS_RULES = {
  malformed: {
    reference: SYNC,
    requirement: 'Numbers and sizes end within the message.',
    message: '{field} {why}',
  },
  'left-over': {
    reference: SYNC,
    requirement: 'Nothing follows the last field of a message.',
    message: '{bytes} bytes are left over',
  },
  'unknown-type': {
    reference: SYNC,
    requirement: 'A message has one of the types of the protocol.',
    message: 'the protocol has no {what} {type}',
  },
  update: {
    reference: SYNC,
    requirement: 'An update and a state vector are in the encoding of Yjs.',
    message: 'the {what} does not decode: {why}',
  },
  'awareness-clock': {
    reference: `${SYNC}, Awareness`,
    requirement: 'The clock of a client does not go back.',
    message: 'the clock of the client {client} goes back from {before} to {clock}',
  },
  'awareness-state': {
    reference: `${SYNC}, Awareness`,
    requirement: 'The state of a client is JSON.',
    message: 'the state of the client {client} is no JSON',
  },
  'unasked-step2': {
    reference: `${SYNC}, Sync`,
    requirement: 'A step 2 answers a step 1 of the other side.',
    message: 'a step 2 without a step 1 of the other side',
  },
} as const satisfies Record<string, AppRule>;

export type YjsBreak = (rule: keyof typeof YJS_RULES, start: number, end: number, args?: AppDiagnostic['args']) => void;

/** Collects the diagnostics of one message. */
export function collecting(protocol: string): { readonly found: AppDiagnostic[]; readonly broke: YjsBreak } {
  const broken = ruleBook(protocol, YJS_RULES);
  const found: AppDiagnostic[] = [];
  return { found, broke: (rule, start, end, args) => void found.push(broken(rule, { start, end }, args)) };
}
