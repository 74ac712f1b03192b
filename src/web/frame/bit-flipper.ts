import { count } from '../../codec/bytes/plural.js';
import { el } from '../dom.js';
import type { FrameItem, Item } from '../items.js';
import { findingsOf, frameView } from './frame-view.js';

const NONE: ReadonlySet<number> = new Set();
const BITS = [7, 6, 5, 4, 3, 2, 1, 0] as const;

/** A frame whose bits can be flipped one after the other: the codec reads what becomes of it. */
export function flippableFrame(item: FrameItem): HTMLElement {
  const root = el('div', {});
  /** `flipped`: bits that differ from those that were captured, as `withBitsFlipped` counts them. */
  const show = (shown: readonly Item[], flipped: ReadonlySet<number>, focus?: number): void => {
    const frame = shown.find((one) => one.kind === 'frame');
    const others = shown.filter((one) => one !== frame);
    root.replaceChildren();
    if (flipped.size > 0) root.append(changedBar(flipped.size, () => show([item], NONE)));
    if (frame !== undefined) {
      const view = frameView(frame);
      addFlipper(view, frame, (at, bit) => {
        const bits = new Set(flipped);
        if (!bits.delete(8 * at + bit)) bits.add(8 * at + bit);
        void import('../text-reading.js').then(({ withBitsFlipped }) => {
          // Where none differs, it is what was captured.
          if (view.isConnected) show(bits.size === 0 ? [item] : withBitsFlipped(item, bits), bits, at);
        });
      });
      root.append(view);
      if (focus !== undefined) view.querySelector<HTMLElement>(`.byte[data-at="${focus}"]`)?.focus();
    }
    for (const other of others) root.append(otherOf(other));
  };
  show([item], NONE);
  return root;
}

function changedBar(flipped: number, restore: () => void): HTMLElement {
  const button = el('button', { type: 'button', text: 'As captured' });
  button.addEventListener('click', restore);
  const words = el('span', { role: 'status', text: `${count(flipped, 'bit')} flipped here: this is no traffic` });
  return el('p', { class: 'flipped' }, words, button);
}

/** What the bytes come to besides the first frame. */
function otherOf(item: Item): HTMLElement {
  const text =
    item.kind === 'frame'
      ? 'the bytes that are left are read as another frame'
      : `${item.kind === 'note' ? item.text : ''}`;
  return el('div', { class: 'flip-rest' }, el('p', { class: 'quiet', text }), findingsOf(item.findings));
}

/** Eight buttons for the byte that has the focus; the digits 0 to 7 do the same. */
function addFlipper(view: HTMLElement, item: FrameItem, flip: (at: number, bit: number) => void): void {
  const bar = el('p', { class: 'flipper', role: 'group', 'aria-label': 'bits of the byte' });
  view.querySelector('.description')?.after(bar);
  let at = 0;
  const draw = (): void => {
    const cell = view.querySelector<HTMLElement>(`.byte[data-at="${at}"]`);
    const byte = parseInt(cell?.dataset['wire'] ?? '0', 16);
    bar.replaceChildren(el('span', { class: 'quiet', text: `Flip a bit of byte ${at}: ` }));
    for (const bit of BITS) {
      const button = el('button', { type: 'button', title: `bit ${bit}`, text: (byte >> bit) & 1 });
      button.addEventListener('click', () => flip(at, bit));
      bar.append(button);
    }
  };
  view.addEventListener('focusin', ({ target }) => {
    const place = (target as HTMLElement).closest<HTMLElement>('.byte')?.dataset['at'];
    if (place === undefined) return;
    at = Number(place);
    draw();
  });
  view.addEventListener('keydown', (event) => {
    const isByte = (event.target as HTMLElement).classList.contains('byte');
    if (!isByte || !/^[0-7]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    flip(at, Number(event.key));
  });
  if (item.header.length > 0) draw();
}
