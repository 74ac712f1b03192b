import { OPCODE } from '../../codec/frames/registry.js';
import type { Judged } from '../../traffic/judged.js';
import { ROW_KIND, type RowColumns } from './row-columns.js';

/** What is kept when rows have no room any more: how listed connections end, so that what is shown as open is open. */
export class LateEnds {
  /** Ends of listed connections for which there was no room either: how these ended is not known. */
  left = 0;
  /** The connections that are listed and have no end so far; made when it is needed. */
  private listed: Set<number> | undefined;

  /** `bounds`: rows of all kinds, and further ones of ends, half of which close frames may take. */
  constructor(
    private readonly columns: RowColumns,
    private readonly bounds: { readonly rows: number; readonly ends: number },
  ) {}

  /** The close frame of a listed connection, for which there is room. */
  hasClose(judged: Judged): boolean {
    const isClose = judged.type === 'frame' && judged.frame.header.opcode === OPCODE.close;
    return isClose && this.hasRoom(this.bounds.ends / 2) && this.withoutEnd.has(judged.connection);
  }

  /** A listed connection ends now, and there is room for that; false: its end is left out. */
  hasEnd(connection: number): boolean {
    if (!this.withoutEnd.delete(connection)) return false;
    if (this.hasRoom(this.bounds.ends)) return true;
    this.left++;
    return false;
  }

  private hasRoom(further: number): boolean {
    return this.columns.length < this.bounds.rows + further;
  }

  private get withoutEnd(): Set<number> {
    if (this.listed !== undefined) return this.listed;
    const { connections, kinds, length } = this.columns;
    this.listed = new Set();
    for (let row = 0; row < length; row++) {
      if (kinds[row] === ROW_KIND.ended) this.listed.delete(connections[row]!);
      else this.listed.add(connections[row]!);
    }
    return this.listed;
  }
}
