import type { From } from '../../sources/detect/detect.js';
import type { InputProblem } from '../../sources/bytes/types.js';
import { concat } from '../../traffic/toolbox/bytes.js';

/** All bytes that a whole input expands to, up to the first part that can't be read. */
export async function sourceBytes(
  from: From,
  input: Uint8Array,
): Promise<{ bytes: Uint8Array; problem?: InputProblem }> {
  const { openSource } = await import('../entries/texts.js');
  const source = openSource(from);
  const pieces: Uint8Array[] = [];
  for (const event of [...source.push(input), ...source.end()]) {
    if (event.type === 'bytes') pieces.push(event.bytes);
    if (event.type === 'problem') return { bytes: concat(pieces), problem: event.problem };
  }
  return { bytes: concat(pieces) };
}
