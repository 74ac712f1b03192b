import { byId, el } from '../dom.js';

const KEY = 'wsinspect.tour';
/** The address that shows it once more. */
const FORCED = '#tour';

/** What the three steps are about: an element of the page, and what it is for. */
export const TOUR_STEPS = [
  ['connect', 'Connect here, as a browser does. What you send, and what comes back, is listed below.'],
  ['inspector', 'Each frame in both directions is a row. Select one to see what every byte of it means.'],
  ['tab-compare', 'The same talk by polling, long polling and WebSocket, side by side, with what each costs.'],
] as const;

/** Three steps at the first visit, which can be left at any time. Programs that drive a browser want none. */
export function startTour(): void {
  const isForced = location.hash === FORCED;
  if (!isForced && (navigator.webdriver || wasSeen())) return;
  const text = el('p', { role: 'status' });
  const next = el('button', { type: 'button', class: 'primary', text: 'Next' });
  const leave = el('button', { type: 'button', text: 'Skip' });
  const box = el('aside', { id: 'tour', class: 'tour', 'aria-label': 'tour' }, text, next, leave);
  let step = -1;
  const end = (): void => {
    mark(undefined);
    box.remove();
    remember();
  };
  const show = (): void => {
    const [id, words] = TOUR_STEPS[++step] ?? [];
    if (id === undefined) return end();
    text.textContent = `${step + 1} of ${TOUR_STEPS.length}: ${words}`;
    leave.hidden = step + 1 === TOUR_STEPS.length;
    next.textContent = leave.hidden ? 'Done' : 'Next';
    mark(id);
  };
  next.addEventListener('click', show);
  leave.addEventListener('click', end);
  box.addEventListener('keydown', ({ key }) => key === 'Escape' && end());
  document.body.append(box);
  show();
}

/** The element that a step is about, and its tab, as on a phone another one may be open. */
function mark(id: string | undefined): void {
  for (const before of document.querySelectorAll('.toured')) before.classList.remove('toured');
  if (id === undefined) return;
  byId(id, HTMLElement).classList.add('toured');
  document.getElementById(`tab-${id}`)?.classList.add('toured');
}

function wasSeen(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true;
  }
}

function remember(): void {
  try {
    localStorage.setItem(KEY, 'seen');
  } catch {
    // It begins once more at the next visit.
  }
}
