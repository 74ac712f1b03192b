import type { Case } from '../conformance/case.js';
import type { CheckOptions } from './check-options.js';
import type { Io } from './io.js';

export async function checkListen(_io: Io, _cases: readonly Case[], _options: CheckOptions): Promise<number> {
  return Promise.resolve(0);
}
