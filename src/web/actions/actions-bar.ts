import { el, refill } from '../dom.js';
import type { Item } from '../items.js';
import { copyForms, type CopyForm } from './copy-forms.js';
import { messageDiff } from './message-diff.js';

const SIGN_WORDS = { '-': 'first: ', '+': 'second: ', ' ': '' } as const;

/** The message that the next one is compared with. */
let marked: Item | undefined;

/** What can be done with a record: it is copied in several forms, and compared with another message. */
export function actionsBar(item: Item): HTMLElement {
  const bar = el('div', { class: 'actions' });
  const out = el('div', { class: 'action-result', role: 'status' });
  for (const form of copyForms(item)) {
    bar.append(button(`Copy ${form.name}`, () => void copied(item, form).then((shown) => refill(out, shown))));
  }
  if (item.kind === 'frame' || item.kind === 'packet') {
    bar.append(
      button('Compare with the next', () => {
        marked = item;
        out.replaceChildren('Select the other message.');
      }),
    );
    if (marked !== undefined && marked !== item) out.append(diffOf(marked, item));
  }
  return el('div', { class: 'action-box' }, bar, out);
}

function button(text: string, act: () => void): HTMLElement {
  const one = el('button', { type: 'button', text });
  one.addEventListener('click', act);
  return one;
}

async function copied(item: Item, { text, needsTrial, remark }: CopyForm): Promise<(string | HTMLElement)[]> {
  if (needsTrial && item.kind === 'frame') {
    const { standsAlone } = await import('../text-reading.js');
    if (!standsAlone(item)) return [NOT_ALONE];
  }
  return [await copy(text), el('code', { text }), ...(remark === undefined ? [] : [el('p', { text: remark })])];
}

const NOT_ALONE =
  'Not copied: this frame continues a message, or was compressed with what came before it. Its bytes alone would be ' +
  'judged as broken. The command for the whole: wsinspect decode -f FILE --connection N --view annotated';

/** The text stays in sight: where the browser gives no clipboard, it is copied from there. */
async function copy(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied: ';
  } catch {
    return 'The browser gives no access to its clipboard; here it is: ';
  }
}

function diffOf(one: Item, other: Item): HTMLElement {
  marked = undefined;
  const lines = messageDiff(one, other) ?? [];
  const rows = lines.map(({ sign, text }) =>
    el(
      'div',
      { class: `diff diff-${sign === '-' ? 'first' : sign === '+' ? 'second' : 'both'}` },
      `${sign} `,
      el('span', { class: 'unseen', text: SIGN_WORDS[sign] }),
      text,
    ),
  );
  return el('div', { class: 'diffs', 'aria-label': 'difference', role: 'group' }, rows);
}
