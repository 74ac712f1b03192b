import { isIdle, isTyped } from '../dom.js';

export interface KeyTaker {
  /** Keys are for the lanes now: they are seen. */
  isAwake(): boolean;
  /** A share of the time that is shown, to the right. */
  pan(share: number): void;
  /** Lanes downwards. */
  move(by: number): void;
  zoom(factor: number): void;
  /** Shows the whole time. */
  all(): void;
  open(): void;
}

/** The keys of the lanes, which they also take before `canvas` has the focus. */
export function setUpKeys(canvas: HTMLElement, taker: KeyTaker): void {
  canvas.addEventListener('keydown', (event) => take(event, taker));
  // Of the body, which goes when a file takes the place of what was shown.
  document.body.addEventListener('keydown', (event) => {
    const { key, target, defaultPrevented } = event;
    if (!taker.isAwake() || defaultPrevented || isTyped(target)) return;
    const isOurs = ['j', 'k', '+', '=', '-', '0'].includes(key) || (key.startsWith('Arrow') && isIdle(target));
    if (!isOurs || event.ctrlKey || event.altKey || event.metaKey) return;
    canvas.focus({ preventScroll: true });
    take(event, taker);
  });
}

function take(event: KeyboardEvent, taker: KeyTaker): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const pan = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key];
  const move = { ArrowUp: -1, ArrowDown: 1, k: -1, j: 1 }[event.key];
  if (pan !== undefined) taker.pan(pan);
  else if (move !== undefined) taker.move(move);
  else if (event.key === '+' || event.key === '=') taker.zoom(0.5);
  else if (event.key === '-') taker.zoom(2);
  else if (event.key === '0' || event.key === 'Escape') taker.all();
  else if (event.key === 'Enter') taker.open();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
