import { el } from './dom.js';
import { actionsBar } from './actions/actions-bar.js';
import { flippableFrame } from './frame/bit-flipper.js';
import { findingsOf } from './frame/frame-view.js';
import { packetView } from './frame/packet-view.js';
import { handshakeView } from './handshake/handshake-view.js';
import type { Item, NoteItem } from './items.js';
import { momentText, visible } from './format.js';
import { connectionName } from '../describe/connection-name.js';

/** All that is known of a record. */
export function itemView(item: Item): HTMLElement {
  return el('div', {}, contentOf(item), whenView(item), actionsBar(item));
}

/** Its connection, and when it was: narrow lists have no times, and none has the year. */
function whenView({ connection, time }: Item): HTMLElement[] {
  const moment = momentText(time);
  if (moment === '') return [];
  const where = connection === undefined ? '' : `connection #${connectionName(connection)}, `;
  return [el('p', { class: 'quiet when', text: where + moment })];
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
        item.exchange === undefined ? [] : exchangeView(item.exchange),
      );
  }
}

/** A request of HTTP and its answer: heads and bodies. */
function exchangeView({ request, response }: NonNullable<NoteItem['exchange']>): HTMLElement[] {
  return [
    ['The request', request],
    ['The answer', response],
  ].map(([title, text]) =>
    el('section', { class: 'exchange' }, el('h3', { text: title }), el('pre', { tabindex: 0, text: lines(text!) })),
  );
}

/** CR and LF end a line; other control characters are seen. */
function lines(text: string): string {
  return text.split(/\r?\n/).map(visible).join('\n');
}
