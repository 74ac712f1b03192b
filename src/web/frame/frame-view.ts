import { rfcLink } from '../rfc-link.js';
import { byteGrid } from './byte-grid.js';
import { el } from '../dom.js';
import { count } from '../../codec/bytes/plural.js';
import { directionText, opcodeName, visible } from '../format.js';
import { byteText, frameModel, type FrameModel, type ModelField } from './frame-model.js';
import type { ItemFinding, FrameItem } from '../items.js';
import { xorButton } from './xor-play.js';
import { Lighting } from './lighting.js';

/** A frame: its first two bytes as bits, all its bytes, and every field with its meaning; each highlights the others. */
export function frameView(item: FrameItem): HTMLElement {
  const model = frameModel(item);
  return bytesView(model, titleOf(item), findingsOf(item.findings), [bitStrip(model)], plainOf(item));
}

/** Bytes and their parts, each of which highlights what belongs to it; `above` and `below` stand with the bytes. */
export function bytesView(
  model: FrameModel,
  title: HTMLElement,
  findings: readonly HTMLElement[],
  above: readonly HTMLElement[],
  below: readonly HTMLElement[],
): HTMLElement {
  const description = el('p', { class: 'description', text: HINT });
  const view = el(
    'div',
    { class: 'frame-view' },
    title,
    findings,
    el('div', { class: 'frame-left' }, above, byteGrid(model), description, xorButton(model), hiddenOf(model), below),
    partTable(model),
  );
  new Lighting(view, (source) => {
    description.textContent = source === undefined ? HINT : descriptionOf(model, source);
    const [only = '', ...others] = source?.dataset['parts']?.split(' ') ?? [];
    view.dataset['lit'] = (others.length === 0 && model.parts[Number(only)]?.kind) || '';
  });
  return view;
}

const HINT = 'Point at a byte or a field, or move with the arrow keys.';

function descriptionOf(model: FrameModel, source: HTMLElement): string {
  const byte = model.bytes[Number(source.dataset['at'] ?? NaN)];
  if (byte !== undefined) return byteText(model, byte);
  const part = model.parts[Number(source.dataset['parts'])];
  if (part === undefined) return HINT;
  const { name, start, end, mask, rfc } = part;
  const place = mask === undefined && end - start > 1 ? `bytes ${start} to ${end - 1}` : `byte ${start}`;
  return `${name}: ${mask === undefined ? '' : 'bits of '}${place}${rfc === '' ? '' : `, ${rfc}`}`;
}

function titleOf(item: FrameItem): HTMLElement {
  const { header, direction, received, truncated } = item;
  const words = [
    header.fin ? 'final' : 'more follows',
    header.masked ? 'masked' : 'unmasked',
    count(header.exactLength, 'byte'),
    ...(truncated ? [`cut off after ${received}`] : []),
    directionText(direction),
    `frame ${header.index} at 0x${header.start.toString(16)}`,
  ];
  return el(
    'h2',
    { class: 'view-title' },
    el('span', { class: `pill of-${opcodeName(item)}`, text: opcodeName(item) }),
    words.map((text) => el('span', { text })),
  );
}

/** What the rules say, worst first. */
export function findingsOf(findings: readonly ItemFinding[]): HTMLElement[] {
  if (findings.length === 0) return [];
  const list = el('ul', { class: 'findings' });
  for (const { severity, rfc, message, code } of findings) {
    const line = el('li', { class: severity }, el('strong', { text: severity }), ` ${visible(message)} `);
    line.append(el('span', { class: 'rfc' }, rfcLink(rfc), ` · ${code}`));
    list.append(line);
  }
  return [list];
}

/** The bits of the first two bytes, as in the RFC's picture (§5.2). */
function bitStrip({ parts, bytes }: FrameModel): HTMLElement {
  const strip = el('div', { class: 'bits', 'aria-hidden': 'true' });
  for (const [index, part] of parts.entries()) {
    const { mask, start } = part;
    const byte = bytes[start];
    if (mask === undefined || byte === undefined) continue;
    const bits = [7, 6, 5, 4, 3, 2, 1, 0].filter((bit) => (mask >> bit) & 1).map((bit) => (byte.wire >> bit) & 1);
    const group = el('span', { class: `bit-group span-${bits.length} k-${part.kind}`, 'data-parts': index });
    group.append(
      el(
        'span',
        { class: 'bit-run' },
        bits.map((bit) => el('b', { text: bit })),
      ),
    );
    group.append(el('small', { text: part.name.replace('-', '–') }));
    strip.append(group);
  }
  return strip;
}

function hiddenOf({ hidden }: FrameModel): HTMLElement[] {
  return hidden === 0
    ? []
    : [el('p', { class: 'quiet', text: `… ${count(hidden, 'more byte')} of payload not shown` })];
}

function plainOf({ plain }: FrameItem): HTMLElement[] {
  if (plain === undefined) return [];
  const how = plain.frames > 1 ? `the message of ${plain.frames} frames` : 'inflated';
  const title = el('p', { class: 'quiet', text: `${how}: ${count(plain.bytes, 'byte')}` });
  return [title, el('pre', { class: 'plain', text: plain.text ?? plain.hex })];
}

/** Roles instead of a table's elements: where there is little room a field takes two lines. */
function partTable({ parts }: FrameModel): HTMLElement {
  const titles = ['Field', 'Bits or bytes', 'Value', 'Meaning', 'RFC'];
  const cells = COLUMNS.map((name, i) => el('span', { role: 'columnheader', class: name, text: titles[i] }));
  const table = el('div', { class: 'parts', role: 'table', 'aria-label': 'fields' });
  table.append(el('div', { class: 'part-titles', role: 'row' }, cells));
  for (const [index, part] of parts.entries()) table.append(partRow(part, index));
  table.addEventListener('keydown', (event) => {
    const row = (event.target as HTMLElement).closest('.part')!;
    const to =
      event.key === 'ArrowDown' ? row.nextElementSibling : event.key === 'ArrowUp' ? row.previousElementSibling : null;
    if (!(to instanceof HTMLElement)) return;
    event.preventDefault();
    to.focus();
  });
  return table;
}

const COLUMNS = ['name', 'raw', 'value', 'meaning', 'rfc'] as const;

function partRow(part: ModelField, index: number): HTMLElement {
  const row = el('div', { class: `part k-${part.kind}`, role: 'row', 'data-parts': index, tabindex: 0 });
  for (const name of COLUMNS) {
    const cell = el('span', { class: name, role: name === 'name' ? 'rowheader' : 'cell' });
    cell.append(name === 'rfc' ? rfcLink(part.rfc) : part[name]);
    row.append(cell);
  }
  return row;
}
