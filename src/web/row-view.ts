import { connectionName } from '../describe/connection-name.js';
import { el } from './dom.js';
import { ARROW } from '../describe/view.js';
import { dayText, flagsText, framePreview, handshakePreview, opcodeName, timeText } from './format.js';
import type { Item } from './items.js';

/** The row of a record in a list. `hasDay`: the times of the list are of several days. */
export function rowView(item: Item, hasDay = false): HTMLElement {
  const worst = item.findings.some(({ severity }) => severity === 'error') ? ' wrong' : '';
  const row = el('div', {
    class: `row of-${nameOf(item)}${worst}`,
    role: 'row',
    'aria-selected': 'false',
    tabindex: -1,
  });
  for (const [name, text] of cellsOf(item, hasDay)) row.append(el('span', { class: name, role: 'gridcell', text }));
  return row;
}

/** The titles of the columns, for those who don't see them: those that are seen stand still above the list. */
export function titleRow(): HTMLElement {
  const titles = ['time', 'connection', 'direction', 'kind', 'bytes', 'flags', 'content'];
  const cells = titles.map((text) => el('span', { role: 'columnheader', text }));
  return el('div', { class: 'unseen', role: 'row' }, cells);
}

/** What a row is coloured by. */
function nameOf(item: Item): string {
  return item.kind === 'frame' ? opcodeName(item) : item.kind;
}

type Cells = readonly (readonly [column: string, text: string])[];

function cellsOf(item: Item, hasDay: boolean): Cells {
  // `03-01 10:00:00.000000`: the year is in the record's own view.
  const day = hasDay ? `${dayText(item.time).slice(-5)} ` : '';
  const first: Cells = [
    ['time', day + timeText(item.time)],
    ['conn', item.connection === undefined ? '' : `#${connectionName(item.connection)}`],
  ];
  switch (item.kind) {
    case 'frame': {
      const { header, direction } = item;
      return [
        ...first,
        [`arrow ${direction}`, ARROW[direction]],
        ['name', opcodeName(item)],
        ['size', String(header.exactLength)],
        ['flags', flagsText(item)],
        ['preview', framePreview(item)],
      ];
    }
    case 'handshake':
      return [
        ...first,
        ['arrow', '⇄'],
        ['name', 'handshake'],
        ['size', ''],
        ['flags', ''],
        ['preview', handshakePreview(item)],
      ];
    case 'packet':
      return [
        ...first,
        [`arrow ${item.direction}`, ARROW[item.direction]],
        ['name', item.protocol],
        ['size', String(item.payloadBytes)],
        ['flags', 'packet'],
        ['preview', [item.name, item.reply ?? [], item.summary].flat().join(' ')],
      ];
    case 'note':
      return [...first, ['arrow', ''], ['name', item.name], ['size', ''], ['flags', ''], ['preview', item.text]];
  }
}
