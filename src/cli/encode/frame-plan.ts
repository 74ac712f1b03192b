import type { DeflateParameters } from '../../codec/handshake/deflate-params.js';
import { lazyDeflate } from '../host/adapters.js';
import { UsageError } from '../host/exit.js';
import type { EncodeOptions } from '../options/options.js';
import { concat } from '../../traffic/toolbox/bytes.js';
import {
  writeCloseBody,
  MessageDeflater,
  LONGEST,
  encodeFrame,
  keyFromBytes,
  OPCODE,
} from '../../traffic/toolbox/builders.js';

/** What `encode` was called to do. */
export interface FramePlan {
  readonly options: EncodeOptions;
  readonly payload: Uint8Array;
  readonly deflate: DeflateParameters | undefined;
}

/** Frames that one message is split into: they are built in memory. */
const MOST_FRAMES = 1_000_000;

type Random = (length: number) => Uint8Array;

const KINDS = ['binary', 'ping', 'pong', 'continuation'] as const;

/** The opcode that the options name: text by default. */
export function opcodeOf(options: EncodeOptions): number {
  const named = [
    ...KINDS.flatMap((kind) => (options[kind] ? [OPCODE[kind]] : [])),
    ...(options.close ? [OPCODE.close] : []),
    ...(options.opcode === undefined ? [] : [options.opcode]),
  ];
  if (named.length > 1) {
    throw new UsageError(
      'a frame has one opcode: give one of --binary, --ping, --pong, --close, --continuation, --opcode',
    );
  }
  return named[0] ?? OPCODE.text;
}

/** Control frames have a payload only if one is given; messages read it from stdin. */
export function payloadKind(options: EncodeOptions): 'control' | 'message' {
  return opcodeOf(options) >= OPCODE.close ? 'control' : 'message';
}

/** The frames, and their number. */
export function buildFrames(plan: FramePlan, random: Random): { bytes: Uint8Array; frames: number } {
  const { options } = plan;
  const opcode = opcodeOf(options);
  const payload = payloadOf(plan);
  const pieces = options.fragment === undefined ? [payload] : fragments(payload, options.fragment);
  const frames = pieces.map((piece, i) => {
    const last = i === pieces.length - 1;
    const rsv = i === 0 ? (options.rsv ?? 0) | (plan.deflate ? 4 : 0) : 0;
    const key = options.mask === undefined ? undefined : keyOf(options.mask, random);
    return encodeFrame({
      fin: last && options.fin !== false,
      rsv,
      opcode: i === 0 ? opcode : OPCODE.continuation,
      payload: piece,
      ...(key !== undefined && { key }),
      ...lengthOf(options, piece.length),
      ...(options.rawPayload !== undefined && { payloadIsWire: true }),
    });
  });
  return { bytes: concat(frames), frames: frames.length };
}

function payloadOf({ options, payload, deflate }: FramePlan): Uint8Array {
  if (options.close && payload.length > 0) throw new UsageError('the reason follows the code: --close CODE:REASON');
  const body = options.close ? writeCloseBody(options.close.code, options.close.reason) : payload;
  if (!deflate || options.rawPayload !== undefined) return body;
  const parameters = { windowBits: deflate.clientMaxWindowBits, noContextTakeover: true };
  return new MessageDeflater(lazyDeflate, parameters).deflate(body);
}

function fragments(payload: Uint8Array, size: number): Uint8Array[] {
  if (payload.length / size > MOST_FRAMES) {
    throw new UsageError(`--fragment ${size}: more than ${MOST_FRAMES} frames: give a larger size`);
  }
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += size) pieces.push(payload.subarray(at, at + size));
  return pieces.length > 0 ? pieces : [payload];
}

function keyOf(mask: string, random: Random): number {
  if (mask === '') return keyFromBytes(random(4));
  if (!/^[0-9a-f]{8}$/i.test(mask)) throw new UsageError(`--mask: '${mask}' is not a key of 8 hex digits`);
  return parseInt(mask, 16);
}

function lengthOf(options: EncodeOptions, length: number): { lengthForm?: 7 | 16 | 64; payloadLength?: bigint } {
  const declared = options.declareLength ?? BigInt(length);
  const form = options.lengthForm;
  if (form !== undefined && declared > LONGEST[form]) {
    throw new UsageError(`--length-form ${form}: ${form} bits hold ${LONGEST[form]} at the most, not ${declared}`);
  }
  return {
    ...(form !== undefined && { lengthForm: form }),
    ...(options.declareLength !== undefined && { payloadLength: declared }),
  };
}
