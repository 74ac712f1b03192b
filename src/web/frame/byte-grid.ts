import { el, makeCurrent, narrowScreen } from '../dom.js';
import { charactersOf } from '../format.js';
import { byteText, type FrameModel, type GridByte, type PartKind } from './frame-model.js';

/** Rows are this long; where there is less room, half of it. */
const WIDE = 16;
const NARROW = 8;

/** A frame's bytes as they were on the wire, with what they are without the mask below them. */
export function byteGrid(model: FrameModel): HTMLElement {
  const width = narrowScreen().matches ? NARROW : WIDE;
  const characters = charactersOf(model.bytes);
  const grid = el('div', { class: 'bytes', role: 'grid', 'aria-label': 'bytes of the frame' });
  for (let at = 0; at < model.bytes.length; at += width) {
    const row = el('div', { class: 'byte-row', role: 'row' });
    row.append(el('span', { class: 'offset', role: 'rowheader', text: at.toString(16).padStart(4, '0') }));
    model.bytes.slice(at, at + width).forEach((byte, i) => row.append(cellOf(model, byte, characters[at + i]!)));
    grid.append(row);
  }
  const first = grid.querySelector<HTMLElement>('.byte');
  if (first !== null) first.tabIndex = 0;
  grid.addEventListener('keydown', (event) => onKey(event, grid, width));
  grid.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLElement) makeCurrent(event.target, grid.querySelector('[tabindex="0"]'));
  });
  return grid;
}

function cellOf(model: FrameModel, byte: GridByte, character: string): HTMLElement {
  const kinds = byte.parts.map((index) => model.parts[index]!.kind);
  const [first = 'payload'] = kinds;
  const last = kinds.at(-1) ?? first;
  const digits = byte.wire.toString(16).padStart(2, '0');
  const cell = el('span', {
    class: `byte k-${first}`,
    role: 'gridcell',
    tabindex: -1,
    'data-parts': byte.parts.join(' '),
    'data-at': byte.at,
    'data-wire': digits,
    'aria-description': byteText(model, byte),
  });
  cell.append(digit(digits[0]!, first), digit(digits[1]!, last));
  cell.append(el('small', { text: character }));
  return cell;
}

/** The first byte holds FIN with RSV, and the opcode; the second MASK and length: a colour for each digit. */
function digit(text: string, kind: PartKind): HTMLElement {
  return el('b', { class: `k-${kind}`, text });
}

function onKey(event: KeyboardEvent, grid: HTMLElement, width: number): void {
  const move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width, Home: -Infinity, End: Infinity }[
    event.key
  ];
  if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  const cells = [...grid.querySelectorAll<HTMLElement>('.byte')];
  const at = cells.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  const to = Math.abs(move) === Infinity ? Math.max(0, Math.min(cells.length - 1, move)) : at + move;
  cells[to]?.focus();
}
