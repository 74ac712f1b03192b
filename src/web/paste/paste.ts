import type { Direction } from '../../codec/messages/records.js';
import { Detail } from '../detail.js';
import { byId } from '../dom.js';
import { count } from '../../codec/bytes/plural.js';
import { LatePart } from '../late-part.js';
import type { readPasted as readPastedText } from './paste-reading.js';
import { RowList } from '../row-list.js';

/** The frame of the founding article, as Python prints it. */
const EXAMPLE = "b'\\x81\\x87\\x0e\\xc3\\xf3\\xcd;\\xf6\\xc6\\xf8;\\xf6\\xc6'";

/** A box for hex from elsewhere. */
export function setUpPaste(): void {
  const text = byId('paste-text', HTMLTextAreaElement);
  const direction = byId('paste-direction', HTMLSelectElement);
  const deflate = byId('paste-deflate', HTMLInputElement);
  const state = byId('paste-state', HTMLElement);
  const detail = new Detail(byId('paste-detail', HTMLElement), () => list.focus());
  const list = new RowList(
    byId('paste-rows', HTMLElement),
    (item) => detail.show(item),
    () => detail.focus(),
  );
  const reader = new LatePart(() => import('../text-reading.js'));
  const decode = (): void => reader.use(state, read);
  const read = ({ readPasted }: { readPasted: typeof readPastedText }): void => {
    const { form, items, notices, problem } = readPasted(text.value, direction.value as Direction, deflate.checked);
    list.clear();
    detail.clear();
    for (const item of items) list.add(item);
    list.selectFirst();
    const found = items.length === 0 ? 'nothing found' : count(items.length, 'record');
    const words = [form === undefined ? '' : `read as ${form}`, problem ?? found, ...notices];
    state.textContent = words.filter((word) => word !== '').join('; ');
    state.classList.toggle('wrong', problem !== undefined);
  };
  byId('paste-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    decode();
  });
  for (const choice of [direction, deflate]) {
    choice.addEventListener('change', () => text.value !== '' && decode());
  }
  // What was just pasted is in the box only afterwards.
  text.addEventListener('paste', () => requestAnimationFrame(() => decode()));
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) decode();
  });
  byId('paste-example', HTMLButtonElement).addEventListener('click', () => {
    text.value = EXAMPLE;
    decode();
  });
}
