import { byteText, type FrameModel } from './frame-model.js';
import { el } from '../dom.js';

/** Bytes that are shown one after the other, and milliseconds of each. */
const MOST_BYTES = 64;
const STEP = 350;
/** Without motion: bytes that are written in one text. */
const MOST_WRITTEN = 8;

/** A button that shows how the mask is taken off, byte by byte; at once for those who want no motion. */
export function xorButton(model: FrameModel): HTMLElement[] {
  const masked = model.bytes.filter(({ key }) => key !== undefined).slice(0, MOST_BYTES);
  if (masked.length === 0) return [];
  const button = el('button', { type: 'button', class: 'xor', text: 'Take the mask off' });
  // Not the line of the byte under the pointer: a layout that moves would replace it.
  const out = el('p', { class: 'description xor-text', role: 'status' });
  const say = (text: string): void => void (out.textContent = text);
  let timer: number | undefined;
  const stop = (grid: Element | null | undefined): void => {
    window.clearTimeout(timer);
    timer = undefined;
    for (const cell of grid?.querySelectorAll('.xoring') ?? []) cell.classList.remove('xoring');
  };
  button.addEventListener('click', () => {
    const grid = button.parentElement?.querySelector('.bytes');
    const isPlaying = timer !== undefined;
    stop(grid);
    if (isPlaying) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      return say(
        masked
          .slice(0, MOST_WRITTEN)
          .map((byte) => byteText(model, byte))
          .join('\n'),
      );
    }
    const step = (i: number): void => {
      stop(grid);
      const byte = masked[i];
      if (byte === undefined || !button.isConnected) return;
      for (const at of [byte.at, model.keyAt! + (i % 4)])
        grid?.querySelector(`[data-at="${at}"]`)?.classList.add('xoring');
      say(byteText(model, byte));
      timer = window.setTimeout(() => step(i + 1), STEP);
    };
    step(0);
  });
  return [button, out];
}
