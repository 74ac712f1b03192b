import { createInstrumenter } from 'istanbul-lib-instrument';
import type { Plugin } from 'vite';

/** The global variable in which counted code keeps its counts. */
export const COUNTS = '__work__';

/** Has each function, statement and branch of src/ count how often it is run. */
export function countedWork(): Plugin {
  const instrumenter = createInstrumenter({ esModules: true, compact: true, coverageVariable: COUNTS });
  return {
    name: 'counted-work',
    // After the types are gone.
    enforce: 'post',
    transform: (code, id) => (/^[^?]*\/src\/[^?]*\.ts$/.test(id) ? instrumenter.instrumentSync(code, id) : undefined),
  };
}
