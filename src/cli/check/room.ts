import type { CaseResult } from '../../conformance/run.js';

/** What is kept of what passed in a case: pieces, and their bytes. Frames are drawn from it. */
const MOST_PIECES = 400;
const MOST_BYTES = 64 * 1024;
/** Bytes that a piece costs in addition to its own. */
const PIECE = 200;

/** What all results of a run together may keep of what passed: a peer that floods every case must not fill the memory. */
export class CaseRoom {
  constructor(private left = 48 * 1024 * 1024) {}

  /** The result, with as much of what passed as there is room for. */
  bounded(result: CaseResult): CaseResult {
    for (const exchange of result.exchanges) exchange.cut(MOST_PIECES, MOST_BYTES);
    return this.take(costOf(result)) ? result : { ...result, exchanges: [] };
  }

  /** What passed in it is no longer kept. */
  release(bounded: CaseResult): void {
    this.giveBack(costOf(bounded));
  }

  /** False: there is no room for this number of further bytes. */
  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.left += bytes;
  }
}

function costOf({ exchanges }: CaseResult): number {
  const pieces = exchanges.flatMap((exchange) => exchange.pieces);
  return pieces.reduce((sum, { bytes }) => sum + bytes.length + PIECE, 0);
}
