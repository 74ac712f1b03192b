import type { Passage } from '../../codec/bytes/stream-taker.js';
import { formatAddress, type Address } from './address.js';
import type { Datagram } from './ip.js';

/** Tunnels in tunnels are opened up to this depth. */
const MOST_LAYERS = 8;
const TOO_DEEP = `tunnels in more than ${MOST_LAYERS} tunnels`;
const WORDS = 8;

/** A layer of a packet, as numbers: there are many packets, and few of them open a connection. */
class TrailLayer {
  name = '';
  /** -1: it has none. */
  id = -1;
  /** Of its addresses; 0: it has none. */
  version: 0 | 4 | 6 = 0;
  readonly words = new Int32Array(WORDS);

  set(name: string, id: number, outer: Datagram | undefined): void {
    this.name = name;
    this.id = id;
    this.version = outer === undefined ? 0 : outer.version;
    if (outer === undefined) return;
    const { words } = this;
    words[0] = outer.source0;
    words[1] = outer.source1;
    words[2] = outer.source2;
    words[3] = outer.source3;
    words[4] = outer.destination0;
    words[5] = outer.destination1;
    words[6] = outer.destination2;
    words[7] = outer.destination3;
  }

  get passage(): Passage {
    const { name, id, version } = this;
    return {
      name,
      ...(id >= 0 && { id }),
      ...(version !== 0 && { from: formatAddress(this.address(0)), to: formatAddress(this.address(4)) }),
    };
  }

  private address(start: number): Address {
    return [...this.words.subarray(start, start + (this.version === 4 ? 1 : 4))];
  }
}

/** The tunnels that one packet came through, outermost first. Filled again and again. */
export class Trail {
  /** What the packet carries, where that has a name and is not opened. */
  unread: string | undefined;
  private length = 0;
  private readonly layers = Array.from({ length: MOST_LAYERS }, () => new TrailLayer());

  clear(): void {
    this.unread = undefined;
    this.length = 0;
  }

  /** A tunnel is entered; `id` is its number (VNI, key, label, TEID), -1 where it has none. False: it is one too many. */
  enter(name: string, id: number, outer?: Datagram): boolean {
    if (this.length === MOST_LAYERS) {
      this.unread = TOO_DEEP;
      return false;
    }
    this.layers[this.length++]!.set(name, id, outer);
    return true;
  }

  /** Undefined: the packet came through no tunnel. */
  get passages(): Passage[] | undefined {
    return this.length === 0 ? undefined : this.layers.slice(0, this.length).map(({ passage }) => passage);
  }
}
