/** The adapter around node:zlib. */
import * as zlib from 'node:zlib';
import type { RawDeflate } from './deflate.js';
import { InflateHandles, type HandleOptions } from './inflate-handles.js';
import { worksAsKnown } from './inflate-trial.js';
import { plainBytes } from './payload-memory.js';

/** A buffer of Node 20 holds no more. */
const LONGEST_OUTPUT = 2 ** 32;

export type NodeZlib = Pick<typeof zlib, 'constants' | 'createInflateRaw' | 'deflateRawSync' | 'inflateRawSync'>;

export interface NodeDeflateOptions extends HandleOptions {
  /** Messages that are read the plain way before streams are tried out, which costs as much as some 150 of them. */
  readonly after?: number;
}

/**
 * DEFLATE by node:zlib, handed in so that a program may load it when it needs it. Its streams (`open`) are there where
 * the inside of zlib's own is the known one, which is tried out first; a RawDeflate without them reads the same.
 */
export const deflateWith = (node: NodeZlib, options: NodeDeflateOptions = {}): RawDeflate => {
  const whole = wholeMessages(node);
  let left = options.after ?? 100;
  let handles: InflateHandles | null | undefined;
  return {
    deflate: (input, window) => whole.deflate(input, window),
    inflate(input, window) {
      left--;
      return whole.inflate(input, window);
    },
    open({ windowBits }) {
      if (left > 0) return undefined;
      if (handles === undefined) handles = worksAsKnown(node) ? new InflateHandles(node, options) : null;
      return handles?.stream(windowBits);
    },
  };
};

/** A decoder for each message, by what Node documents. */
const wholeMessages = ({ constants, deflateRawSync, inflateRawSync }: NodeZlib): RawDeflate => ({
  inflate(input, { windowBits, dictionary, maxOutput }) {
    try {
      // `info` makes Node give the engine too, whose byte count tells where a final block ended the data.
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
  },
  deflate(input, { windowBits, dictionary }) {
    // zlib has no raw deflate of 8 bits. With 9 it refers back 250 bytes at the most (512 minus its lookahead of 262),
    // which lies within a window of 8 bits too.
    return deflateRawSync(input, {
      windowBits: Math.max(9, windowBits),
      ...(dictionary.length > 0 && { dictionary }),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  },
});

export const nodeDeflate: RawDeflate = /* @__PURE__ */ deflateWith(zlib);
