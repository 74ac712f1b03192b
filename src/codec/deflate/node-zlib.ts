/** The adapter around node:zlib. */
import * as zlib from 'node:zlib';
import { concat } from '../bytes/byte-collector.js';
import type { RawDeflate } from './message-deflate.js';
import { InflateHandles, type HandleOptions } from './inflate-handles.js';
import { worksAsKnown } from './inflate-trial.js';
import { plainBytes } from '../bytes/payload-memory.js';

/** A buffer of Node 20 holds no more. */
const LONGEST_OUTPUT = 2 ** 32;
/** zlib's positions are 32-bit numbers. */
const LONGEST_INPUT = 2 ** 32 - 1;

export type NodeZlib = Pick<typeof zlib, 'constants' | 'createInflateRaw' | 'deflateRawSync' | 'inflateRawSync'>;

export interface NodeDeflateOptions extends HandleOptions {
  /** Messages that are read the plain way before streams are tried out, which costs as much as some 150 of them. */
  readonly after?: number;
}

/**
 * DEFLATE by node:zlib, handed in so that a program may load it when it needs it. Its streams (`open`) are there where
 * the inside of zlib's own is the known one, which is tried out first; a RawDeflate without them reads the same.
 */
export function deflateWith(node: NodeZlib, options: NodeDeflateOptions = {}): RawDeflate {
  const whole = wholeMessages(node);
  let left = options.after ?? 100;
  let handles: InflateHandles | null | undefined;
  const pooled: (...of: Parameters<RawDeflate['inflate']>) => ReturnType<RawDeflate['inflate']> | undefined = (
    input,
    window,
  ) => {
    if (input.length > LONGEST_INPUT) return undefined;
    try {
      return handles?.whole(input, window);
    } catch {
      // No memory for a decoder of the pool.
      return undefined;
    }
  };
  return {
    deflate: (input, window) => whole.deflate(input, window),
    inflate(input, window) {
      left--;
      return pooled(input, window) ?? whole.inflate(input, window);
    },
    open({ windowBits }) {
      if (left > 0) return undefined;
      if (handles === undefined) handles = worksAsKnown(node) ? new InflateHandles(node, options) : null;
      return handles?.stream(windowBits);
    },
  };
}

/** A decoder for each message, by what Node documents. */
const wholeMessages = (node: NodeZlib): RawDeflate => ({
  inflate: inflateWhole(node),
  deflate(input, { windowBits, dictionary }) {
    // zlib has no raw deflate of 8 bits. With 9 it refers back at most 250 bytes (512 minus its lookahead of 262),
    // which is within a window of 8 bits too.
    return node.deflateRawSync(input, {
      windowBits: Math.max(9, windowBits),
      ...(dictionary.length > 0 && { dictionary }),
      finishFlush: node.constants.Z_SYNC_FLUSH,
    });
  },
});

type Inflate = RawDeflate['inflate'];

/**
 * The window is handed to zlib as its dictionary, where zlib takes it: Deno 2.9 ignores the dictionary of raw data, and what
 * refers back would be reported as invalid. A trial with the first window decides, not the name of the runtime.
 */
function inflateWhole(node: NodeZlib): Inflate {
  const byOption = inflateByOption(node);
  let chosen: Inflate | undefined;
  return (input, options) => {
    if (options.dictionary.length === 0) return byOption(input, options);
    chosen ??= refersBack(byOption) ? byOption : inflateByBlock(byOption);
    return chosen(input, options);
  };
}

const inflateByOption =
  ({ constants, inflateRawSync }: NodeZlib): Inflate =>
  (input, { windowBits, dictionary, maxOutput }) => {
    try {
      // `info` makes Node give the engine too, whose byte count shows where a final block ended the data.
      const { buffer, engine } = inflateRawSync(input, {
        windowBits,
        ...(dictionary.length > 0 && { dictionary }),
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.min(Math.max(1, maxOutput), LONGEST_OUTPUT),
        info: true,
      }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
      const consumed = engine.bytesWritten;
      return { status: 'ok', output: plainBytes(buffer), consumed, final: consumed < input.length };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return { status: 'too-large' };
      return { status: 'invalid', reason: (error as Error).message };
    }
  };

/** Does a message that only copies the 5 bytes before it inflate to those? */
function refersBack(inflate: Inflate): boolean {
  const dictionary = Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f);
  const message = Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff);
  const found = inflate(message, { windowBits: 15, dictionary, maxOutput: dictionary.length });
  return found.status === 'ok' && found.output.join() === dictionary.join();
}

/** The window comes out of a stored block before the data (RFC 1951 §3.2.4), and is taken off again. */
const inflateByBlock =
  (inflate: Inflate): Inflate =>
  (input, { windowBits, dictionary, maxOutput }) => {
    const { length } = dictionary;
    const head = Uint8Array.of(0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255);
    const found = inflate(concat([head, dictionary, input]), {
      windowBits,
      dictionary: NOTHING,
      maxOutput: Math.max(1, maxOutput) + length,
    });
    if (found.status !== 'ok') return found;
    return { ...found, output: found.output.subarray(length), consumed: found.consumed - head.length - length };
  };

const NOTHING = new Uint8Array(0);

export const nodeDeflate: RawDeflate = /* @__PURE__ */ deflateWith(zlib);
