import { gzipSync } from 'node:zlib';
import type { DecodeOptions } from '../../src/cli/options/options.js';
import type { Captures } from './captures.js';
import { drawOptions } from './decode-options.js';
import { decode, type Call, type Ran } from './decode-world.js';
import type { Dice } from './dice.js';
import { cut, printable } from './probe.js';
import { judgeRecords, recordsOf } from './record-check.js';

/** Names that files have, stdin too, and one that must not reach a terminal as it is. */
const NAMES = ['a.pcap', 'a.pcap', 'a.pcap', '-', '\x1b[2J\u202e.pcap'];

/** The first bytes of pcap in both byte orders, and of pcapng. */
const MAGIC = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a]);

/** A call of the fuzzer's, and what it may be held against. */
interface Case {
  readonly bytes: readonly Uint8Array[];
  readonly call: Call;
  readonly words: string;
  /** Packed by chance, and some damaged so that what can be unpacked depends on the chunks. */
  readonly isPacked: boolean;
  /** All of them are capture files. */
  readonly isCapture: boolean;
  readonly isFiltered: boolean;
  readonly isLimited: boolean;
}

/** Files of recorded traffic, read as the command line reads them. */
export async function captureCase(captures: Captures, dice: Dice): Promise<void> {
  const drawn = drawCase(captures, dice);
  try {
    const ran = await decode(drawn.call);
    judgeText(drawn, ran);
    unchanged(drawn);
    const isShort = drawn.call.closedAt !== undefined || drawn.call.interruptedAt !== undefined;
    if (drawn.call.options.json === true) judgeRecords(ran, { ...drawn, isWhole: !drawn.isFiltered && !isShort });
    if (!isShort) await compared(drawn, ran, dice);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const files = drawn.bytes.map((bytes) => Buffer.from(bytes).toString('hex')).join('\n  input: ');
    throw new Error(`${why}\n  wsinspect decode ${drawn.words}\n  input: ${files}`, { cause: error });
  }
}

function drawCase(captures: Captures, dice: Dice): Case {
  const { words, options, isFiltered, isLimited } = drawOptions(dice);
  const isPacked = dice.once(20);
  const bytes = Array.from({ length: dice.once(8) ? 2 : 1 }, () => {
    const plain = captures.plain(dice);
    return isPacked ? captures.packed(dice, plain) : plain;
  });
  const json = dice.once(2);
  const stats = dice.once(6);
  const name = dice.pick(NAMES);
  const call: Call = {
    files: bytes.map((one, i) => ({ name: i === 0 ? name : `b${name}`, chunks: inChunks(dice, one) })),
    options: { ...options, ...(json && { json }), ...(stats && { stats }) },
    ...(dice.once(3) && { columns: 20 + dice.roll(180) }),
    ...(dice.once(40) && { interruptedAt: dice.roll(8) }),
    ...(dice.once(40) && { closedAt: 1 + dice.roll(3) }),
  };
  const more = [...(json ? ['--json'] : []), ...(stats ? ['--stats'] : [])];
  const isCapture = bytes.every((one) =>
    MAGIC.has(one.length < 4 ? 0 : new DataView(one.buffer, one.byteOffset).getUint32(0)),
  );
  return { bytes, call, words: [...words, ...more].join(' '), isPacked, isCapture, isFiltered, isLimited };
}

/** Each chunk has its promises: cut into bytes, few files would take as long as all others. */
function inChunks(dice: Dice, bytes: Uint8Array): Uint8Array[] {
  const most = dice.once(20) ? 3 : Math.max(20, bytes.length >> dice.roll(5));
  return cut(dice, bytes, most);
}

function judgeText({ call }: Case, { out, err, exit }: Ran): void {
  const isColoured = call.options.color === 'always' || (call.columns !== undefined && call.options.color !== 'never');
  // eslint-disable-next-line no-control-regex
  const plain = isColoured ? out.replace(/\x1b\[\d+(;\d+)*m/g, '') : out;
  printable('stdout', plain);
  printable('stderr', err);
  if (out !== '' && !out.endsWith('\n'))
    throw new Error(`the last line has no end: ${JSON.stringify(out.slice(-100))}`);
  const odd = /undefined|NaN|\[object|Infinity/.exec(err);
  if (odd) throw new Error(err);
  if (exit !== 0 && exit !== 1 && exit !== 2 && exit !== 130) throw new Error(`exit ${exit}`);
}

/** What was handed in is as it was. */
function unchanged({ bytes, call }: Case): void {
  for (const [i, { chunks }] of call.files.entries()) {
    if (Buffer.compare(Buffer.concat(chunks), bytes[i]!) !== 0) throw new Error('the input was written to');
  }
}

/** Other ways that have to lead to the same end. */
async function compared(drawn: Case, ran: Ran, dice: Dice): Promise<void> {
  switch (dice.roll(12)) {
    case 0:
    case 1:
    case 2:
      // Where packed data are damaged, it hangs on their chunks how much is read of what cannot be read again.
      if (!drawn.isPacked) same('the chunks matter', drawn, ran, await decode(recut(drawn, dice)));
      return;
    case 3:
      if (!drawn.isPacked) same('packing matters', drawn, ran, await decode(packed(drawn)));
      return;
    case 4:
      if (!drawn.isLimited && !drawn.isFiltered) await shardsAgree(drawn);
      return;
    case 5:
    case 6:
      // Of bare bytes only --stats shows what became of them.
      if (!drawn.isFiltered && drawn.isCapture) await statsAgree(drawn);
  }
}

function recut({ bytes, call }: Case, dice: Dice): Call {
  return { ...call, files: call.files.map(({ name }, i) => ({ name, chunks: inChunks(dice, bytes[i]!) })) };
}

function packed({ bytes, call }: Case): Call {
  const chunks = bytes.map((one) => [new Uint8Array(gzipSync(one, { level: 1 }))]);
  return { ...call, files: call.files.map(({ name }, i) => ({ name, chunks: chunks[i]! })) };
}

function same(what: string, { call }: Case, a: Ran, b: Ran): void {
  different(what, 'exit', String(a.exit), String(b.exit));
  different(what, 'stdout', a.out, b.out);
  different(what, 'error', errorOf(a), errorOf(b));
  // Notices are printed when a chunk has been read, and not any more after the last record that was requested.
  if (call.options.limit === undefined) different(what, 'stderr', sorted(a.err), sorted(b.err));
}

const errorOf = ({ error }: Ran): string => (error ? `${error.message} ${JSON.stringify(error.place)}` : '');
const sorted = (text: string): string => text.split('\n').toSorted().join('\n');

function different(what: string, where: string, a: string, b: string): void {
  if (a === b) return;
  let at = 0;
  while (a[at] === b[at]) at++;
  const from = Math.max(0, at - 200);
  const shown = [a, b].map((text) => JSON.stringify(text.slice(from, at + 200)));
  throw new Error(`${what} to ${where}:\n  ${shown.join('\n  ')}`);
}

const withOptions = (call: Call, more: DecodeOptions): Call => ({ ...call, options: { ...call.options, ...more } });
const isOfConnection = (record: { type: string }): boolean => record.type !== 'summary' && record.type !== 'error';

/** The records of all shards together are those of the whole. */
async function shardsAgree({ call }: Case): Promise<void> {
  const asJson = withOptions(call, { json: true });
  const whole = await decode(asJson);
  if (whole.error || !recordsOf(whole).some(({ type }) => type === 'summary')) return;
  const shards = [];
  for (const index of [1, 2, 3]) shards.push(await decode(withOptions(asJson, { shard: { index, count: 3 } })));
  const lines = (ran: Ran): string[] =>
    recordsOf(ran)
      .filter(isOfConnection)
      .map((record) => JSON.stringify(record));
  const [all, parts] = [lines(whole), shards.flatMap(lines)].map((some) => some.toSorted().join('\n'));
  different('sharding matters', 'stdout', all!, parts!);
  different('sharding matters', 'exit', String(whole.exit), String(Math.max(...shards.map(({ exit }) => exit))));
}

/** What is said of connections does not depend on whether their records are shown. */
async function statsAgree({ call }: Case): Promise<void> {
  const [shown, counted] = [undefined, true as const].map((stats) =>
    decode(withOptions(call, { json: true, ...(stats && { stats }) })),
  );
  const said = (ran: Ran): string =>
    recordsOf(ran)
      .filter(({ type }) => type === 'connection' || type === 'summary')
      .map((record) => JSON.stringify(record))
      .join('\n');
  const [a, b] = [said(await shown!), said(await counted!)];
  if (a !== '') different('--stats matters', 'stdout', a, b);
}
