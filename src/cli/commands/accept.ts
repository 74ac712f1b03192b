import { lined, print } from '../../describe/printable.js';
import {
  acceptRecord,
  drawAccept,
  drawComparison,
  keyFaultText,
  type AcceptResult,
} from '../../terminal/handshakes/accept.js';
import { escapeText, jsonLine } from '../../describe/escape.js';
import { count } from '../../terminal/layout.js';
import { hashOf, stepsOf } from '../host/adapters.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { CommonOptions } from '../options/options.js';
import { findAcceptMistake, decodeKey, KEY_BYTES } from '../../traffic/toolbox/handshakes.js';
import { encodeBase64, latin1 } from '../../traffic/toolbox/bytes.js';

export interface AcceptCommandOptions extends CommonOptions {
  explain?: true;
  plain?: true;
  /** `--verify VALUE` */
  verify?: string;
  generate?: true;
  lenient?: true;
  /** `--handshake [FILE|-]`: empty without a value. */
  handshake?: string;
  /** Of a capture with `--handshake`. */
  keylog?: string[];
  strict?: true;
}

/**
 * `accept`: the accept value of a key, its steps, a comparison, a fresh key; or the judgement on a whole handshake.
 * Exit 0, 1 (mismatch, violation, refusal) or 2.
 */
export async function run(io: Io, key: string | undefined, options: AcceptCommandOptions): Promise<number> {
  checkOptions(key, options);
  if (options.handshake !== undefined) {
    const path = options.handshake || (key ?? '-');
    const { judgeText } = await import('../entries/judge.js');
    return judgeText(io, path, options);
  }
  const given = options.generate ? encodeBase64(io.random(KEY_BYTES)) : keyOf(key);
  const result = await compute(io, given, options);
  await show(io, result, options);
  return result.match === false ? EXIT.finding : EXIT.ok;
}

function checkOptions(key: string | undefined, options: AcceptCommandOptions): void {
  const { generate, handshake, verify, keylog } = options;
  if (keylog !== undefined && handshake === undefined) throw new UsageError('--keylog needs --handshake');
  if (generate && handshake !== undefined) throw new UsageError('--generate and --handshake exclude each other');
  if (verify !== undefined && (generate || handshake !== undefined)) {
    throw new UsageError(`--verify needs a key, and excludes ${generate ? '--generate' : '--handshake'}`);
  }
  if (generate && key !== undefined) throw new UsageError('--generate makes a key: omit the argument');
  if (handshake && key !== undefined) {
    throw new UsageError(`--handshake takes the key from the request: '${key}' is not needed`);
  }
  if (!generate && handshake === undefined && key === undefined) {
    throw new UsageError('no key: give the value of Sec-WebSocket-Key, or --generate, or --handshake');
  }
}

/** The key as pasted, possibly with its header's name; the blanks around a header's value are not part of it. */
function keyOf(argument = ''): string {
  return argument.replace(/^\s*sec-websocket-key\s*:/i, '').trim();
}

async function compute(io: Io, key: string, options: AcceptCommandOptions): Promise<AcceptResult> {
  const { bytes, faults } = decodeKey(key);
  const [fault] = faults;
  if (fault !== undefined) {
    const text = keyFaultText(fault, bytes.length);
    const place = fault.kind === 'length' ? {} : { column: fault.at + 1 };
    if (!options.lenient) throw new UsageError(text, place);
    if (!options.quiet) await io.stderr.write(print`notice: not a legal key (RFC 6455 §4.1): ${escapeText(text)}\n`);
  }
  // An argument is text; on the wire its characters are UTF-8 bytes.
  const wire = latin1(new TextEncoder().encode(key));
  const steps = stepsOf(wire);
  const result = { key, keyBytes: bytes, sha1: steps.sha1, accept: steps.accept };
  if (options.verify === undefined) return result;
  const expected = options.verify.replace(/^\s*sec-websocket-accept\s*:/i, '').trim();
  const mistake = findAcceptMistake(wire, expected, hashOf);
  return { ...result, expected, match: expected === steps.accept, ...(mistake && { mistake }) };
}

async function show(io: Io, result: AcceptResult, options: AcceptCommandOptions): Promise<void> {
  if (options.quiet) return;
  if (options.verbose) await io.stderr.write(print`the key has ${count(result.keyBytes.length, 'byte')}\n`);
  if (options.json) {
    await io.stdout.write(jsonLine(acceptRecord(result)));
    return;
  }
  const annotated = options.explain === true || (io.stdout.isTTY && !options.plain);
  if (!annotated && result.match !== false) {
    await io.stdout.write(
      print`${options.generate ? print`${escapeText(result.key)} ` : ''}${escapeText(result.accept)}\n`,
    );
    return;
  }
  // Scripts request the bare value, thousands of times: it loads no view.
  const { lookOf } = await import('../entries/look.js');
  const look = await lookOf(io, options);
  const lines = annotated ? drawAccept(result, look) : drawComparison(result, look);
  await io.stdout.write(lined(lines));
}
