import { append } from '../../codec/bytes/lists.js';
import { relaxed } from './spec-text.js';

/** A peer of a fuzzingclient.json. */
export interface SpecServer {
  readonly url: string;
  readonly agent?: string;
  readonly hostname?: string;
  readonly origin?: string;
  readonly protocols?: readonly string[];
}

/** What a specification of the Autobahn Testsuite requests. */
export interface SpecPlan {
  /** Our role: the client of `servers`, or a server at `url`. */
  readonly kind: 'client' | 'server';
  readonly outdir?: string;
  readonly url?: string;
  readonly servers: readonly SpecServer[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Patterns of cases by the agent that they are left out for. */
  readonly skipFor: ReadonlyMap<string, readonly string[]>;
  /** What is ignored. */
  readonly notices: readonly string[];
}

/** The faults, and their positions. */
export interface SpecProblem {
  readonly problem: string;
}

const MOST_TEXT = 1 << 20;
const MOST_ITEMS = 10_000;
/** Characters of a quotation in a problem. */
const MOST_QUOTED = 60;

const KNOWN = new Set(
  'outdir cases exclude-cases exclude-agent-cases options servers url protocols key cert'.split(' '),
);
const KNOWN_OF_SERVER = new Set('url agent hostname origin protocols options'.split(' '));

type SpecFields = ReadonlyMap<string, unknown>;

/** Ends the reading; caught by `readSpec` and nowhere else. */
class Wrong extends Error {}

/** Reads a fuzzingclient.json or fuzzingserver.json as it is. */
export function readSpec(text: string): SpecPlan | SpecProblem {
  try {
    if (text.length > MOST_TEXT) throw new Wrong(`the specification is longer than ${MOST_TEXT} characters`);
    return planOf(fieldsOf(parsed(text), 'the specification'));
  } catch (error) {
    if (error instanceof Wrong) return { problem: error.message };
    // Nesting without end, for example.
    return { problem: `the specification cannot be read: ${(error as Error).message}` };
  }
}

function parsed(text: string): unknown {
  const read = relaxed(text);
  if ('problem' in read) throw new Wrong(read.problem);
  try {
    return JSON.parse(read.json) as unknown;
  } catch (error) {
    throw new Wrong(`not JSON: ${(error as Error).message}`);
  }
}

function planOf(fields: SpecFields): SpecPlan {
  const notices = [...unknownOf(fields, KNOWN, ''), ...optionsOf(fields, '')];
  const isClient = fields.has('servers');
  if (!isClient && !fields.has('url')) {
    throw new Wrong('the specification has neither servers (fuzzingclient.json) nor url (fuzzingserver.json)');
  }
  if (isClient && fields.has('url')) notices.push('url: passed over, for there are servers');
  for (const name of isClient ? ['key', 'cert', 'protocols'] : ['key', 'cert']) {
    if (!fields.has(name)) continue;
    const instead = name === 'protocols' ? '' : `: use --listen-${name}`;
    notices.push(`${name}: passed over${instead}`);
  }
  if (!isClient && fields.has('protocols')) {
    textsOf(fields, 'protocols', '');
    notices.push('protocols: passed over');
  }
  const servers = isClient ? serversOf(fields.get('servers'), notices) : [];
  return {
    kind: isClient ? 'client' : 'server',
    ...optional('outdir', textOf(fields, 'outdir', '')),
    ...(isClient ? {} : { url: urlOf(textOf(fields, 'url', ''), 'url') }),
    servers,
    only: patternsOf(fields.get('cases'), 'cases'),
    skip: patternsOf(fields.get('exclude-cases'), 'exclude-cases'),
    skipFor: skipForOf(fields.get('exclude-agent-cases')),
    notices,
  };
}

function serversOf(value: unknown, notices: string[]): SpecServer[] {
  const list = listOf(value, 'servers');
  if (list.length === 0) throw new Wrong('servers: there is none');
  return list.map((one, at) => {
    const place = `servers[${at}]`;
    const fields = fieldsOf(one, place);
    append(notices, unknownOf(fields, KNOWN_OF_SERVER, `${place}.`));
    append(notices, optionsOf(fields, `${place}.`));
    return {
      url: urlOf(textOf(fields, 'url', `${place}.`), `${place}.url`),
      ...optional('agent', textOf(fields, 'agent', `${place}.`)),
      ...optional('hostname', textOf(fields, 'hostname', `${place}.`)),
      ...optional('origin', textOf(fields, 'origin', `${place}.`)),
      ...optional('protocols', textsOf(fields, 'protocols', `${place}.`)),
    };
  });
}

/** `{ options: { version: 18 } }`: options of the testee are not set here. */
function optionsOf(fields: SpecFields, prefix: string): string[] {
  const options = given(fields, 'options');
  if (options === undefined) return [];
  return [...fieldsOf(options, `${prefix}options`).keys()].map(
    (name) => `${prefix}options.${quoted(name)}: passed over`,
  );
}

function unknownOf(fields: SpecFields, known: ReadonlySet<string>, prefix: string): string[] {
  return [...fields.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `${prefix}${quoted(name)}: not known, passed over`);
}

/** The reference suite reads `*` as any text that follows, dots included, and anything else as the exact id. */
function patternsOf(value: unknown, place: string): string[] {
  if (value === undefined || value === null) return [];
  return listOf(value, place).map((one, at) => {
    const where = `${place}[${at}]`;
    if (typeof one !== 'string') throw new Wrong(`${where}: ${kindOf(one)} instead of a string`);
    const pattern = one.trim();
    if (pattern === '') throw new Wrong(`${where}: an empty pattern`);
    if (/[,\s]/.test(pattern)) throw new Wrong(`${where}: "${quoted(pattern)}" is no id: one pattern in each string`);
    return pattern;
  });
}

function skipForOf(value: unknown): ReadonlyMap<string, string[]> {
  if (value === undefined || value === null) return new Map();
  const place = 'exclude-agent-cases';
  const entries = [...fieldsOf(value, place)].map(([agent, patterns]): [string, string[]] => [
    agent,
    patternsOf(patterns, `${place}["${quoted(agent)}"]`),
  ]);
  return new Map(entries);
}

function urlOf(text: string | undefined, place: string): string {
  if (text === undefined) throw new Wrong(`${place}: missing`);
  if (!/^wss?:\/\/[^\s/?#]/i.test(text)) throw new Wrong(`${place}: "${quoted(text)}" is no ws:// or wss:// URL`);
  return text;
}

/** Null means absent. */
function given(fields: SpecFields, name: string): unknown {
  return fields.get(name) ?? undefined;
}

function textOf(fields: SpecFields, name: string, prefix: string): string | undefined {
  const value = given(fields, name);
  if (value === undefined || typeof value === 'string') return value;
  throw new Wrong(`${prefix}${name}: ${kindOf(value)} instead of a string`);
}

function textsOf(fields: SpecFields, name: string, prefix: string): string[] | undefined {
  const value = given(fields, name);
  if (value === undefined) return undefined;
  return listOf(value, `${prefix}${name}`).map((one, at) => {
    if (typeof one === 'string') return one;
    throw new Wrong(`${prefix}${name}[${at}]: ${kindOf(one)} instead of a string`);
  });
}

function listOf(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Wrong(`${place}: ${kindOf(value)} instead of a list`);
  if (value.length > MOST_ITEMS) throw new Wrong(`${place}: more than ${MOST_ITEMS} items`);
  return value;
}

function fieldsOf(value: unknown, place: string): SpecFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Wrong(`${place}: ${kindOf(value)} instead of an object`);
  }
  const fields = Object.entries(value);
  if (fields.length > MOST_ITEMS) throw new Wrong(`${place}: more than ${MOST_ITEMS} fields`);
  return new Map<string, unknown>(fields);
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function quoted(text: string): string {
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text;
}
