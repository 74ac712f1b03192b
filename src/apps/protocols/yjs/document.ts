import type { Direction } from '../../../codec/messages/records.js';
import { encodeUtf8 } from '../../../codec/bytes/utf8.js';
import { jsonText, parseJson } from '../../forms/json.js';
import type { AppPacket } from '../../packet.js';
import { Lib0Fault, type Lib0Reader } from './lib0.js';
import type { YjsBreak } from './rules.js';
import { readStateVector, readUpdate } from './update.js';

/** What a part of a message says. */
export interface YjsSaid extends Pick<AppPacket, 'asks' | 'answers' | 'payload'> {
  readonly name?: string;
  readonly summary: string;
}

const STEPS = ['step1', 'step2', 'update'] as const;
const OTHER: Readonly<Record<Direction, Direction>> = { client: 'server', server: 'client', unknown: 'unknown' };
const MOST_CLIENTS = 10_000;

/** One document as both sides synchronize it. */
export class YjsDocument {
  private readonly asked: Record<Direction, number> = { client: 0, server: 0, unknown: 0 };
  private readonly answered: Record<Direction, number> = { client: 0, server: 0, unknown: 0 };
  private readonly clocks = new Map<string, number>();

  /** `key`: precedes the keys of its calls. `isPartial`: messages were not seen. */
  constructor(
    private readonly key: string,
    private readonly isPartial: () => boolean,
  ) {}

  sync(reader: Lib0Reader, direction: Direction, broke: YjsBreak): YjsSaid {
    const start = reader.at;
    const type = reader.field(
      'sync type',
      () => reader.varuint('sync type'),
      (value) => STEPS[value] ?? value,
    );
    const name = STEPS[type];
    if (name === undefined) {
      broke('unknown-type', start, reader.at, { what: 'sync type', type });
      return { summary: '' };
    }
    const from = reader.at;
    const what = name === 'step1' ? 'state vector' : 'update';
    const bytes = reader.field(
      what,
      () => reader.sized(what),
      ({ length }) => `${length} bytes`,
    );
    const said = { name, ...contentOf(what, bytes, (why) => broke('update', from, reader.at, { what, why })) };
    if (name === 'step1') return { ...said, asks: `${this.key}${this.asked[direction]++}` };
    if (name === 'update') return said;
    const number = this.answered[direction]++;
    const isAsked = number < this.asked[OTHER[direction]];
    if (!isAsked && direction !== 'unknown' && !this.isPartial()) broke('unasked-step2', start, reader.at);
    return { ...said, answers: [{ key: `${this.key}${number}` }] };
  }

  awareness(reader: Lib0Reader, direction: Direction, broke: YjsBreak): YjsSaid {
    const size = reader.field(
      'length',
      () => reader.varuint('awareness'),
      (value) => value,
    );
    if (size > reader.left) throw new Lib0Fault('awareness', reader.at);
    const end = reader.at + size;
    const count = reader.field(
      'count',
      () => reader.varuint('count'),
      (value) => value,
    );
    const states: { client: number; clock: number; state: unknown }[] = [];
    for (let i = 0; i < count; i++) {
      const start = reader.at;
      const client = reader.field(
        'client',
        () => reader.varuint('client'),
        (value) => value,
      );
      const clock = reader.field(
        'clock',
        () => reader.varuint('clock'),
        (value) => value,
      );
      const from = reader.at;
      const text = reader.field(
        'state',
        () => reader.text('state'),
        (value) => value,
      );
      const state = parseJson(encodeUtf8(text));
      if (state === undefined) broke('awareness-state', from, reader.at, { client });
      const before = this.clock(`${direction} ${client}`, clock);
      if (before > clock) broke('awareness-clock', start, from, { client, before, clock });
      states.push({ client, clock, state: state === undefined ? text : state.value });
    }
    if (reader.at !== end) throw new Lib0Fault('awareness', reader.at, 'does not end where its length says');
    const shown = states
      .slice(0, 4)
      .map(({ client, state }) => (state === null ? `${client} gone` : `${client} ${jsonText(state, 80)}`));
    return { payload: states, summary: [...shown, ...(count > 4 ? [`and ${count - 4} more`] : [])].join(', ') };
  }

  /** The clock before. */
  private clock(key: string, clock: number): number {
    const before = this.clocks.get(key) ?? 0;
    if (before <= clock && (this.clocks.has(key) || this.clocks.size < MOST_CLIENTS)) this.clocks.set(key, clock);
    return before;
  }
}

function contentOf(
  what: 'state vector' | 'update',
  bytes: Uint8Array,
  fail: (why: string) => void,
): { summary: string; payload?: unknown } {
  try {
    if (what === 'state vector') {
      const clocks = readStateVector(bytes);
      return { summary: jsonText(clocks), payload: clocks };
    }
    const update = readUpdate(bytes);
    const { structs, deletes, clients } = update;
    const by = clients.length === 0 ? '' : ` of ${clients.slice(0, 4).join(', ')}${clients.length > 4 ? ' …' : ''}`;
    return { summary: `${structs} structs, ${deletes} deletes${by}`, payload: update };
  } catch (error) {
    if (!(error instanceof Lib0Fault)) throw error;
    fail(`${error.field} ${error.why}`);
    return { summary: `${bytes.length} bytes`, payload: bytes.slice() };
  }
}
