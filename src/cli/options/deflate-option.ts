import type { DeflateParameters } from '../../codec/handshake/deflate-params.js';
import { UsageError } from '../host/exit.js';
import { parseDeflateOption } from '../../traffic/toolbox/builders.js';

/** `--deflate[=PARAMS]`: the parameters, the defaults where none were given, undefined without the option. */
export function deflateOf(option: string | undefined): DeflateParameters | undefined {
  if (option === undefined) return undefined;
  const parsed = parseDeflateOption(option);
  if (parsed.ok) return parsed.parameters;
  throw new UsageError(`--deflate: ${parsed.reason}`, { column: parsed.column });
}
