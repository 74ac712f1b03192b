import type { PacketVisitor } from '../files/packet-reader.js';
import type { LinkType } from '../bytes/types.js';

/** Numbers of the link types that are read (https://www.tcpdump.org/linktypes.html). 12 and 14 are what some BSDs wrote for raw IP. */
const LINK_TYPES: ReadonlyMap<number, LinkType> = new Map([
  [0, 'null'],
  [1, 'ethernet'],
  [12, 'raw'],
  [14, 'raw'],
  [51, 'pppoe'],
  [101, 'raw'],
  [108, 'loop'],
  [113, 'sll'],
  [228, 'raw'],
  [229, 'raw'],
  [276, 'sll2'],
]);

/** Link types that occur and are not read: messages name them. */
const OTHER_LINK_TYPES: ReadonlyMap<number, string> = new Map([
  [9, 'PPP'],
  [50, 'PPP in HDLC framing'],
  [104, 'Cisco HDLC'],
  [105, 'IEEE 802.11'],
  [127, 'IEEE 802.11 with radiotap'],
  [147, 'user 0'],
  [189, 'USB'],
  [220, 'USB'],
  [239, 'NFLOG'],
  [252, 'Wireshark upper PDU'],
]);

export function linkType(number: number): LinkType | undefined {
  return LINK_TYPES.get(number);
}

/** Reports once for each link type that its packets are passed over. */
export class UnknownLinks {
  private readonly reported = new Set<number>();

  tell(number: number, visitor: PacketVisitor): void {
    if (this.reported.has(number)) return;
    this.reported.add(number);
    const name = OTHER_LINK_TYPES.get(number);
    const what = name === undefined ? `link type ${number}` : `link type ${number} (${name})`;
    visitor.notice(`${what} is not read: its packets are passed over`);
  }
}
