import { el } from './dom.js';
import { actionsBar } from './actions/actions-bar.js';
import { flippableFrame } from './frame/bit-flipper.js';
import { findingsOf } from './frame/frame-view.js';
import { packetView } from './frame/packet-view.js';
import { handshakeView } from './handshake/handshake-view.js';
import type { Item } from './items.js';

/** All that is known of a record. */
export function itemView(item: Item): HTMLElement {
  return el('div', {}, contentOf(item), actionsBar(item));
}

function contentOf(item: Item): HTMLElement {
  switch (item.kind) {
    case 'frame':
      return flippableFrame(item);
    case 'handshake':
      return handshakeView(item);
    case 'packet':
      return packetView(item);
    case 'note':
      return el(
        'div',
        { class: 'note-view' },
        el(
          'h2',
          { class: 'view-title' },
          el('span', { class: 'pill', text: item.name }),
          el('span', { text: item.text }),
        ),
        findingsOf(item.findings),
      );
  }
}
