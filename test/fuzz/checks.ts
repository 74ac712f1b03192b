import { AppCase } from './app-check.js';
import type { OpenedSource } from '../../src/sources/detect/detect.js';
import type { From, OpenOptions } from '../../src/sources/detect/detect.js';
import type { Judged } from '../../src/traffic/judged.js';
import { LineBuffer } from '../../src/describe/line-buffer.js';
import type { View } from '../../src/describe/view.js';
import { captureCase } from './capture-check.js';
import { Captures } from './captures.js';
import { pasteCase } from './paste-check.js';
import type { Dice } from './dice.js';
import { type Codec, type Corpus, Inputs } from './inputs.js';
import { cut, printable } from './probe.js';
import { Http2Case } from './http2-check.js';
import { TlsCase } from './tls-check.js';

/** The parts of the command line that are not in the library. */
export interface Tools {
  readonly openSource: (from: From, options?: OpenOptions) => OpenedSource;
  readonly binarySources: NonNullable<OpenOptions['binarySources']>;
  readonly readHandshakeText: (text: string) => unknown;
  /** Every view, new. */
  readonly views: () => readonly View[];
}

/** Longer than this for one input is a finding: they are short. */
const MOST_MS = 2000;

/** One kind of input and what has to hold for it. It throws where something does not. */
export type Check = (dice: Dice) => void | Promise<void>;

/** The checks with their shares of the inputs. */
export function createChecks(
  codec: Codec,
  tools: Tools,
  corpus: Corpus,
  /** Of the cases about application protocols: that one alone. */
  protocol?: string,
): readonly { name: string; share: number; check: Check }[] {
  const inputs = new Inputs(codec, corpus);
  const captures = new Captures(inputs, corpus);
  let made: TlsCase | undefined;
  const tls = (): TlsCase => (made ??= new TlsCase(inputs, corpus));
  let madeApps: AppCase | undefined;
  const apps = (): AppCase => (madeApps ??= new AppCase(inputs, corpus, protocol));
  let madeHttp2: Http2Case | undefined;
  const http2 = (): Http2Case => (madeHttp2 ??= new Http2Case(inputs, tools.views, corpus));
  return [
    { name: 'wire', share: 36, check: (dice) => wire(codec, tools, inputs, dice) },
    { name: 'connection', share: 9, check: (dice) => connection(codec, inputs, dice) },
    { name: 'text', share: 12, check: (dice) => text(tools, inputs, dice) },
    { name: 'head', share: 3, check: (dice) => head(codec, tools, inputs, dice) },
    { name: 'paste', share: 8, check: (dice) => pasteCase(tools.openSource, dice) },
    { name: 'capture', share: 7, check: (dice) => captureCase(captures, dice) },
    { name: 'tls', share: 2, check: (dice) => tls().check(dice) },
    { name: 'h2', share: 2, check: (dice) => http2().check(dice) },
    { name: 'app', share: 4, check: (dice) => apps().check(dice) },
  ];
}

/** Runs one case: its kind, and what did not hold. */
export async function runCase(
  checks: ReturnType<typeof createChecks>,
  dice: Dice,
  /** Milliseconds; without it an input may take as long as it likes. */
  clock: () => number = () => 0,
): Promise<{ name: string; error?: Error }> {
  let at = dice.roll(checks.reduce((sum, { share }) => sum + share, 0));
  const { name, check } = checks.find(({ share }) => (at -= share) < 0)!;
  const started = clock();
  try {
    const checking = check(dice);
    // Most are done at once: a turn for each would cost as much as some of them.
    if (checking) await checking;
  } catch (error) {
    return { name, error: error as Error };
  }
  const took = clock() - started;
  return took > MOST_MS ? { name, error: new Error(`one input took ${Math.round(took)} ms`) } : { name };
}

function fail(what: string, bytes: Uint8Array): never {
  throw new Error(`${what}\n  input: ${Buffer.from(bytes).toString('hex')}`);
}

/** Whatever is thrown names the input. */
function guarded<T>(bytes: Uint8Array, run: () => T): T {
  try {
    return run();
  } catch (error) {
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error), bytes);
  }
}

/** Frames and handshakes as bare bytes. */
function wire(codec: Codec, tools: Tools, inputs: Inputs, dice: Dice): void {
  const bytes = guarded(new Uint8Array(0), () => inputs.wire(dice));
  guarded(bytes, () => {
    const { frames, rest } = codec.decodeFrames(bytes);
    const back = codec.encodeFrames({ frames, rest });
    if (Buffer.compare(back, bytes) !== 0) throw new Error('encode(decode(bytes)) differs');
    tile(codec, frames, rest, bytes);
    const options = {
      direction: dice.pick(['client', 'server', 'unknown'] as const),
      ...(dice.once(2) && { deflate: codec.DEFAULT_DEFLATE_PARAMETERS }),
      ...(dice.once(4) && { bare: true }),
      ...(dice.once(3) && { previewBytes: dice.roll(200), messageBytes: dice.roll(200) }),
      ...(dice.once(10) && { maxMessageBytes: 1 + dice.roll(100) }),
      raw: codec.nodeDeflate,
      acceptOf: codec.acceptKey,
    };
    const read = (chunks: readonly Uint8Array[]): Judged[] => {
      const inspector = new codec.Inspector(options);
      return [...chunks.flatMap((chunk) => inspector.push(chunk)), ...inspector.end()];
    };
    const judged = read(cut(dice, bytes));
    judgements(codec, judged, bytes);
    if (dice.once(4) && summary(judged) !== summary(read([bytes]))) throw new Error('the chunks matter');
    if (dice.once(8)) for (const view of tools.views()) drawn(judged, view);
    if (dice.once(8)) company(codec, options, bytes, inputs, dice);
  });
}

/** Other conversations that are read in turns with this one change nothing of it. */
function company(
  codec: Codec,
  options: ConstructorParameters<Codec['Inspector']>[0],
  bytes: Uint8Array,
  inputs: Inputs,
  dice: Dice,
): void {
  const all = [bytes, ...Array.from({ length: 1 + dice.roll(4) }, () => inputs.wire(dice))].map((one) => {
    const chunks = cut(dice, one);
    const alone = new codec.Inspector(options);
    const expected = summary([...chunks.flatMap((chunk) => alone.push(chunk)), ...alone.end()]);
    return { chunks, expected, inspector: new codec.Inspector(options), judged: [] as Judged[] };
  });
  for (let left = all; left.length > 0; left = all.filter(({ chunks }) => chunks.length > 0)) {
    const { chunks, inspector, judged } = dice.pick(left);
    const chunk = chunks.shift();
    if (chunk) judged.push(...inspector.push(chunk));
    // It is the caller's again.
    chunk?.fill(0xaa);
  }
  for (const { inspector, judged, expected } of all) {
    if (summary([...judged, ...inspector.end()]) !== expected) throw new Error('the company matters');
  }
}

/** Each bit belongs to one field, and nothing is left over. */
function tile(
  codec: Codec,
  frames: ReturnType<Codec['decodeFrames']>['frames'],
  rest: Uint8Array,
  bytes: Uint8Array,
): void {
  let next = 0;
  for (const { header, payload } of frames) {
    if (header.start !== next) throw new Error(`frame ${header.index} begins at ${header.start}, not at ${next}`);
    let mask = 0;
    for (const { name, span } of codec.headerFields(header, payload.length)) {
      if (span.start !== next) throw new Error(`${name} begins at ${span.start}, not at ${next}`);
      if (span.mask === undefined) {
        if (mask !== 0) throw new Error(`${name} begins inside a byte`);
        next = span.end;
      } else {
        if ((mask & span.mask) !== 0 || span.end !== next + 1) throw new Error(`${name} overlaps`);
        mask |= span.mask;
        if (mask === 0xff) [mask, next] = [0, span.end];
      }
    }
    if (mask !== 0) throw new Error(`bits of a byte of frame ${header.index} belong to nothing`);
  }
  if (next + rest.length !== bytes.length)
    throw new Error(`${bytes.length - next - rest.length} bytes belong to nothing`);
}

/** What is said of the bytes is in them, and is said in whole sentences. */
function judgements(codec: Codec, judged: readonly Judged[], bytes: Uint8Array): void {
  for (const record of judged) {
    for (const diagnostic of record.diagnostics) {
      const { start, end } = diagnostic.span;
      if (!(start >= 0 && end >= start && end <= bytes.length)) {
        throw new Error(`${diagnostic.code} at ${start} to ${end} of ${bytes.length}`);
      }
      const { message } = codec.explain(diagnostic);
      // A word that was not put in; what came from the input may look like one.
      const [odd] = /\{\w+\}|undefined|NaN|\[object/.exec(message) ?? [];
      if (odd !== undefined && !JSON.stringify(diagnostic.args).includes(odd)) throw new Error(message);
    }
    if (record.type === 'frame' && record.frame.received > bytes.length) throw new Error('more came than there is');
  }
}

function summary(judged: readonly Judged[]): string {
  return JSON.stringify(
    judged.flatMap((record) =>
      record.type === 'body'
        ? []
        : [
            [
              record.type,
              record.direction,
              record.diagnostics,
              record.type === 'frame' && [record.frame.payload, record.frame.message],
            ],
          ],
    ),
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );
}

function drawn(judged: readonly Judged[], view: View): void {
  for (const record of judged) {
    const lines = new LineBuffer();
    view(record, lines);
    printable('a view', new TextDecoder().decode(lines.take()));
  }
}

/** Both directions of a connection, each cut at will. */
function connection(codec: Codec, inputs: Inputs, dice: Dice): void {
  const sides = guarded(new Uint8Array(0), () => {
    const both = dice.once(2);
    return ([REQUEST, RESPONSE] as const).map((start) =>
      codec.concat([both ? start : new Uint8Array(0), inputs.wire(dice)]),
    );
  });
  const all = codec.concat(sides);
  guarded(all, () => {
    const inspector = new codec.ConnectionInspector({
      raw: codec.nodeDeflate,
      acceptOf: codec.acceptKey,
      ...(dice.once(3) && { deflate: codec.DEFAULT_DEFLATE_PARAMETERS }),
    });
    const queues = sides.map((bytes) => cut(dice, bytes));
    const judged: Judged[] = [];
    while (queues[0]!.length + queues[1]!.length > 0) {
      const side = queues[0]!.length === 0 ? 1 : queues[1]!.length === 0 ? 0 : (dice.roll(2) as 0 | 1);
      judged.push(...inspector.push(side, queues[side]!.shift()!, dice.once(2) ? 1 : undefined));
    }
    judged.push(...inspector.end());
    judgements(codec, judged, all);
  });
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const REQUEST = ascii(
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
);
const RESPONSE = ascii(
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
);

/** Hex, dumps and captures. */
function text(tools: Tools, inputs: Inputs, dice: Dice): void {
  const bytes = guarded(new Uint8Array(0), () => inputs.text(dice));
  guarded(bytes, () => {
    const from = dice.pick(['auto', 'auto', 'auto', 'hex', 'base64', 'dump', 'binary'] as const);
    const read = (chunks: readonly Uint8Array[]): string => {
      const source = tools.openSource(from, { binarySources: tools.binarySources });
      let out = '';
      let over = false;
      for (const event of [...chunks.flatMap((chunk) => source.push(chunk)), ...source.end()]) {
        if (over) throw new Error(`${event.type} behind a problem`);
        if (event.type === 'problem') {
          const { offset, line = 1, column = 1, message } = event.problem;
          if (!(offset >= 0 && offset <= bytes.length && line >= 1 && column >= 1))
            throw new Error(`${message}: at ${offset}, line ${line}, column ${column}`);
          over = true;
        }
        // Bytes of one origin may come in pieces.
        if (event.type === 'bytes')
          out += `\0${event.side ?? ''} ${event.stream ?? ''} ${event.time ?? ''}\0${Buffer.from(event.bytes).toString('hex')}`;
        else out += `\0${JSON.stringify(event)}\0`;
      }
      source.kind();
      return out.replace(
        /(\0[^\0]*\0)([0-9a-f]+)(?:\1([0-9a-f]+))+/g,
        (all, tag: string) => tag + all.replaceAll(tag, ''),
      );
    };
    const result = read(cut(dice, bytes));
    if (dice.once(4) && result !== read([bytes])) throw new Error(`the chunks matter (--from ${from})`);
  });
}

/** Heads and handshakes given as text. */
function head(codec: Codec, tools: Tools, inputs: Inputs, dice: Dice): void {
  const bytes = guarded(new Uint8Array(0), () =>
    inputs.mutated(dice, codec.concat([inputs.head(dice), inputs.head(dice)]), 4),
  );
  guarded(bytes, () => {
    const { kind } = codec.parseHead(bytes);
    if (kind !== 'request' && kind !== 'response') throw new Error(`a head that is ${String(kind)}`);
    const reader = new codec.HeadReader({ limit: dice.pick([0, 10, 100, 65_536]) });
    for (const chunk of cut(dice, bytes)) reader.push(chunk);
    reader.end();
    const prefix = dice.pick(['', '> ', '< ', '* ', ': ', '[1] ']);
    const lines = new TextDecoder('latin1').decode(bytes).split('\n');
    tools.readHandshakeText(lines.map((line) => prefix + line).join(dice.pick(['\n', '\r\n'])));
    codec.parseExtensions(lines[dice.roll(lines.length)]!);
    codec.decodeKey(lines[dice.roll(lines.length)]!);
  });
}
