import { rfcLink } from '../rfc-link.js';
import { el } from '../dom.js';
import { handshakePreview } from '../format.js';
import { findingsOf } from '../frame/frame-view.js';
import { handshakeSteps, type HandshakeStep } from './handshake-steps.js';
import type { HandshakeItem, HeadLines } from '../items.js';

const MARKS = { done: '✓', failed: '✗', open: '…' } as const;
const STATES = { done: 'done', failed: 'failed', open: 'not seen' } as const;

/** The opening handshake: what was asked, and the seven steps of the answer with their values. */
export function handshakeView(item: HandshakeItem): HTMLElement {
  const title = el(
    'h2',
    { class: 'view-title' },
    el('span', { class: `pill of-${item.valid ? 'handshake' : 'close'}`, text: item.valid ? 'handshake' : 'not open' }),
    el('span', { text: handshakePreview(item) }),
  );
  const facts = [
    ...(item.subprotocol === undefined ? [] : [`subprotocol ${item.subprotocol}`]),
    ...item.extensions.map((extension) => `extension ${extension}`),
  ];
  for (const text of facts) title.append(el('span', { text }));
  const steps = el('ol', { class: 'steps' }, handshakeSteps(item).map(stepOf));
  return el('div', { class: 'handshake-view' }, title, findingsOf(item.findings), headOf(item.request), steps);
}

function headOf(head: HeadLines | undefined): HTMLElement[] {
  if (head === undefined) return [];
  const lines = head.headers.map(([name, value]) => {
    const isKey = name.toLowerCase() === 'sec-websocket-key';
    return el(
      'div',
      {},
      el('span', { class: 'run-plain', text: `${name}: ` }),
      el('span', { class: isKey ? 'run-key' : 'run-head', text: value }),
    );
  });
  const summary = el('summary', {}, el('span', { text: 'The request ' }), el('code', { text: head.line }));
  return [el('details', { class: 'head' }, summary, el('div', { class: 'head-lines' }, lines))];
}

function stepOf({ title, lines, about, rfc, state }: HandshakeStep): HTMLElement {
  const values = lines.map((runs) =>
    el(
      'div',
      {},
      runs.map(({ text, kind }) => el('span', { class: `run-${kind}`, text })),
    ),
  );
  return el(
    'li',
    { class: `step ${state}` },
    el(
      'p',
      { class: 'step-title' },
      el('strong', { text: title }),
      el('span', { class: 'mark', title: STATES[state], 'aria-label': STATES[state], role: 'img', text: MARKS[state] }),
      el('span', { class: 'rfc' }, rfcLink(rfc)),
    ),
    values.length === 0 ? [] : el('div', { class: 'step-value' }, values),
    el('p', { class: 'about', text: about }),
  );
}
