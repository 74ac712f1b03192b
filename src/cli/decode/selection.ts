import { isUsageError } from '../host/exit.js';
import type { Io, Output } from '../host/io.js';
import type { Input } from '../input/input.js';
import { changed } from '../host/changed-io.js';
import type { DecodeOptions, DecodingOptions, ConnectionSelection } from '../options/options.js';
import { closingFilter } from '../../traffic/selection/closing-filter.js';
import { Decoding } from './decoding.js';

/** The options that the selection of connections depends on. */
const SELECTING = [
  ...['file', 'from', 'direction', 'deflate', 'asWebsocket', 'keylog', 'keylogSearch'],
  ...['connection', 'client', 'server', 'trouble', 'closed', 'jobs', 'shard'],
  ...['maxMessage', 'maxConnections', 'maxHeld', 'maxWindows'],
] as readonly (keyof DecodeOptions)[];

/** The option that selects connections by how they end, where their records are shown or extracted: the input is read twice. */
export function optionReadTwice(options: DecodeOptions): string | undefined {
  const { trouble, stats, extract, write } = options;
  if (closingFilter(options) === undefined || (stats === true && extract === undefined && write === undefined))
    return undefined;
  return trouble === true ? '--trouble' : '--closed';
}

/** The options of the first reading, which only finds out how each connection ends. */
export function selectingOptions(options: DecodeOptions): DecodeOptions {
  const kept = SELECTING.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return { ...(Object.fromEntries(kept) as DecodeOptions), stats: true, quiet: true };
}

/** What is to be said is said in the second reading. */
export function silentIo(io: Io): Io {
  const { stdout } = io;
  const silent: Output = {
    isTTY: false,
    get closed() {
      return stdout.closed;
    },
    write: () => undefined,
    payload: () => undefined,
  };
  return changed(io, { stdout: silent, stderr: silent });
}

/** Reads the inputs, and selects connections; where an input can't be read on, among those that came before. */
export async function selected(
  io: Io,
  inputs: readonly Input[],
  options: DecodingOptions,
): Promise<ConnectionSelection> {
  const decoding = new Decoding(io, options);
  try {
    for (const input of inputs) {
      await decoding.read(input);
      if (decoding.over) break;
    }
  } catch (error) {
    // The second reading reports it.
    if (!isUsageError(error)) throw error;
    decoding.abandon();
  }
  await decoding.end();
  return decoding.selection;
}
