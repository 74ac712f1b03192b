import type { DecodeOptions } from '../../src/cli/options/options.js';
import type { Ran } from './decode-world.js';

export interface Printed extends Readonly<Record<string, unknown>> {
  readonly type: string;
}

/** How the records came about. */
interface Called {
  readonly call: { readonly options: DecodeOptions };
  readonly isCapture: boolean;
  /** Nothing was left out. */
  readonly isWhole: boolean;
}

export function recordsOf({ out }: Ran): Printed[] {
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Printed);
}

const TYPES = ['handshake', 'frame', 'cause', 'message', 'diagnostic', 'connection', 'summary'];
/** Numbers that are none of places or amounts. */
const SIGNED = new Set(['endedAt', 'time', 'duration', 'ratio', 'min', 'median', 'max', 'seconds', 'longest']);

/** Records say what can be, and the last ones say what the ones before them do. */
export function judgeRecords(ran: Ran, called: Called): void {
  const records = recordsOf(ran);
  for (const record of records) {
    if (!TYPES.includes(record.type)) throw new Error(`a record of type ${record.type}`);
    judgeNumbers(record, record.type);
  }
  judgeOrder(records, called);
  if (called.isWhole && called.call.options.quiet !== true) judgeTotals(records, ran);
}

/** Offsets, lengths and counts are whole numbers from 0 on. */
function judgeNumbers(value: unknown, path: string): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) judgeNumbers(inner, `${path}.${name}`);
  } else if (value === null || value === undefined) throw new Error(`${path} is ${String(value)}`);
  else if (typeof value === 'number') {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const isRight = SIGNED.has(name) ? Number.isFinite(value) : Number.isSafeInteger(value) && value >= 0;
    if (!isRight) throw new Error(`${path} is ${value}`);
  }
}

/** Frames of a direction come one after the other. */
function judgeOrder(records: readonly Printed[], { isWhole, isCapture }: Called): void {
  const ends = new Map<string, { index: number; end: number }>();
  for (const record of records) {
    if (record.type !== 'frame') continue;
    const { connection, direction, index, offset } = record as Printed & { index: number; offset: number };
    const key = `${String(connection)} ${String(direction)}`;
    const before = ends.get(key);
    const end = offset + headLength(record) + (record['payloadBytes'] as number);
    ends.set(key, { index, end });
    if (before === undefined) continue;
    // Where one text holds both directions, their frames are counted together.
    if (index <= before.index || (isWhole && isCapture && index !== before.index + 1))
      throw new Error(`frame ${index} behind frame ${before.index} (${key})`);
    if (offset < before.end) throw new Error(`frame ${index} at ${offset}, before ${before.end} (${key})`);
  }
}

/** A frame whose header is cut off has no record. */
function headLength({ masked, lengthForm }: Printed): number {
  return 2 + (lengthForm === 64 ? 8 : lengthForm === 16 ? 2 : 0) + (masked === true ? 4 : 0);
}

type Counts = Readonly<Record<string, number>>;

function judgeTotals(records: readonly Printed[], { exit, error }: Ran): void {
  const at = records.findIndex(({ type }) => type === 'summary');
  const summary = records[at];
  if (summary === undefined) return;
  if (at !== records.length - 1) throw new Error(`${records.length - 1 - at} records behind the summary`);
  if (error === undefined && summary['exit'] !== exit)
    throw new Error(`summary: exit ${String(summary['exit'])}, not ${exit}`);
  const connections = records.filter(({ type }) => type === 'connection');
  for (const record of connections) judgeConnection(record, records);
  for (const name of ['frames', 'messages', 'bytes', 'payloadBytes'] as const) {
    for (const direction of ['client', 'server']) {
      const sum = connections.reduce((sum, one) => sum + ((one[name] as Counts)[direction] ?? 0), 0);
      const total = (summary[name] as Counts)[direction];
      if (total !== sum) throw new Error(`summary: ${name} of ${direction} ${total}, not ${sum}`);
    }
  }
}

function judgeConnection(record: Printed, records: readonly Printed[]): void {
  const own = records.filter(({ type, connection }) => type === 'frame' && connection === record['connection']);
  if (own.length === 0) return;
  for (const [direction, told] of Object.entries(record['frames'] as Counts)) {
    const shown = own.filter((frame) => frame['direction'] === direction).length;
    if (shown !== told) throw new Error(`connection: ${told} frames of ${direction}, ${shown} shown`);
  }
}
