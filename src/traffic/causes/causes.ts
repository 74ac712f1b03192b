import { causeOfConnection } from '../../rules/causes/connection-cause.js';
import { causeOf } from '../../rules/causes/evidence.js';
import { idleEndOf } from '../../rules/causes/idle.js';

/** What finds why a connection failed. It is handed in, and called for when one did: a program may load it then. */
export interface Causes {
  /** Of the first framing error of a direction. */
  readonly causeOf: typeof causeOf;
  /** Of a refused, failed or dropped connection. */
  readonly causeOfConnection: typeof causeOfConnection;
  readonly idleEndOf: typeof idleEndOf;
}

const CAUSES: Causes = { causeOf, causeOfConnection, idleEndOf };

/** All of it, for programs that have it. */
export const allCauses = (): Causes => CAUSES;
