import { pcapSource } from '../../src/sources/files/pcap.js';
import { pcapngSource } from '../../src/sources/files/pcapng.js';
import { openSource } from '../../src/sources/detect/detect.js';
import { readHandshakeText } from '../../src/codec/handshake/text.js';
import { annotatedView } from '../../src/terminal/frames/annotated.js';
import { jsonView } from '../../src/describe/json.js';
import { messagesView } from '../../src/terminal/frames/messages.js';
import { frameLines } from '../../src/terminal/frames/frame-lines.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { createChecks, runCase, type Tools } from './checks.js';
import { Dice } from './dice.js';
import type { Codec, Corpus } from './inputs.js';

const drawing = { preview: 100, pretty: true, base64: false, verbose: true };
const tools: Tools = {
  openSource,
  binarySources: { pcap: pcapSource, pcapng: pcapngSource },
  readHandshakeText,
  views: () => [
    annotatedView(drawing, { theme: PLAIN_THEME, width: 60 }),
    frameLines(drawing, { theme: PLAIN_THEME, width: 80 }),
    frameLines({ ...drawing, captured: true }, { theme: PLAIN_THEME, width: 80 }),
    messagesView(drawing, { theme: PLAIN_THEME, width: 160 }),
    jsonView(drawing, 'frames'),
    jsonView(drawing, 'messages'),
  ],
};

export interface Fuzzed {
  /** Inputs by kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** What did not hold, each with the words that repeat it. */
  readonly failures: readonly string[];
}

/** Which cases are run. */
export interface Run {
  readonly seed: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Those of one kind alone. */
  readonly kind?: string | undefined;
  /** Of the kind `app`: that protocol alone. */
  readonly protocol?: string | undefined;
  /** Called for each case before it is run. */
  readonly begins?: (index: number) => void;
  /** Milliseconds: by it, one input that takes long is a failure. */
  readonly clock?: () => number;
}

/** What KIND may name. */
export function fuzzKinds(codec: Codec, corpus: Corpus): string[] {
  return createChecks(codec, tools, corpus, undefined).map(({ name }) => name);
}

export async function fuzz(codec: Codec, corpus: Corpus, run: Run): Promise<Fuzzed> {
  const { seed, from, to, kind, protocol, begins, clock } = run;
  const checks = createChecks(codec, tools, corpus, protocol).filter(({ name }) => kind === undefined || name === kind);
  const counts: Record<string, number> = {};
  const failures: string[] = [];
  const given = Object.entries({ KIND: kind, PROTOCOL: protocol }).filter(([, value]) => value !== undefined);
  const repeat = [...given, ['SEED', seed]].map(([name, value]) => `${name}=${value}`).join(' ');
  for (let index = from; index < to; index++) {
    begins?.(index);
    const dice = new Dice(Math.imul(seed, 0x01000193) ^ index);
    const { name, error } = await runCase(checks, dice, clock);
    counts[name] = (counts[name] ?? 0) + 1;
    if (error) failures.push(`${repeat} FROM=${index} COUNT=1: ${name}: ${error.message}`);
  }
  return { counts, failures };
}
