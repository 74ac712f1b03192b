import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';
import type { Input } from './input.js';
import { counted, upTo } from './measured-chunks.js';

/** Inputs that are read twice. The second reading ends where the first did: a file may grow meanwhile. */
export class Rereading {
  /** Bytes of each input in the first reading. */
  private readonly lengths: number[] = [];

  /** `why`: the option that asks for it. Throws a UsageError where an input can't be read again. */
  constructor(io: Io, inputs: readonly Input[], { stats, keylog = [] }: DecodeOptions, why: string) {
    const once = inputs.find(isReadOnce);
    if (once !== undefined) {
      const table = stats === true ? '' : ', or --stats for the table alone';
      throw new UsageError(
        `${why} depends on how a connection ends: the input is read twice, and ${once.name} can't be read again; give a file${table}`,
      );
    }
    const log = keylog.find((path) => io.fileSize(path) === undefined && io.fileExists(path));
    if (log !== undefined) {
      throw new UsageError(`${why} reads the input twice, and the key log ${log} with it: it has to be a regular file`);
    }
  }

  /** The inputs for the first reading. */
  first(inputs: readonly Input[]): Input[] {
    return inputs.map((input, index) => {
      this.lengths[index] = 0;
      const read = (bytes: number): void => void (this.lengths[index]! += bytes);
      return { ...input, chunks: counted(input.chunks, read) };
    });
  }

  /** The same inputs, opened again, for the second one. */
  second(inputs: readonly Input[]): Input[] {
    return inputs.map((input, index) => {
      const length = this.lengths[index] ?? 0;
      const { again } = input;
      return {
        ...input,
        chunks: upTo(input.chunks, length),
        ...(again && { again: () => upTo(again(), length) }),
      };
    });
  }
}

/** A pipe, a terminal. */
export function isReadOnce(input: Input): boolean {
  return input.again === undefined && !isInMemory(input);
}

function isInMemory({ chunks }: Input): boolean {
  return Array.isArray(chunks);
}
