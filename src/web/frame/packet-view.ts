import { count } from '../../codec/bytes/plural.js';
import { el } from '../dom.js';
import { directionText } from '../format.js';
import type { PacketItem } from '../items.js';
import { bytesView, findingsOf } from './frame-view.js';
import { packetModel } from './packet-model.js';

/** A packet of an application protocol: its parts, and its bytes as a grid. */
export function packetView(item: PacketItem): HTMLElement {
  const { protocol, name, reply, index, direction, payloadBytes, summary } = item;
  const words = [name, reply ?? [], count(payloadBytes, 'byte'), directionText(direction), `packet ${index}`].flat();
  const title = el(
    'h2',
    { class: 'view-title' },
    el('span', { class: 'pill of-packet', text: protocol }),
    words.map((text) => el('span', { text })),
  );
  const carried = summary === '' ? [] : [el('pre', { class: 'plain', text: summary })];
  return bytesView(packetModel(item), title, findingsOf(item.findings), [], carried);
}
