import { el } from '../dom.js';
import { visibleLines, timeText } from '../format.js';

/** Lines that are kept; the oldest go first. */
const MOST_LINES = 500;
const SHOWN_CHARACTERS = 4000;

/** What was said, the newest at the end. */
export class MessageList {
  constructor(private readonly list: HTMLElement) {}

  say(way: 'sent' | 'received', sender: string, text: string, isBytes = false): void {
    const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
    this.add(
      el(
        'div',
        { class: `message ${way}` },
        el('span', { class: 'sender' }, el('bdi', { text: visibleLines(sender) }), timeOf()),
        el('span', {
          class: isBytes ? 'body bytes-body' : 'body',
          dir: 'auto',
          text: cut === '' ? '(empty)' : visibleLines(cut),
        }),
      ),
    );
  }

  /** A line that is no message. */
  note(text: string, kind: '' | 'wrong' = ''): void {
    this.add(
      el('div', { class: `message info ${kind}` }, el('span', { class: 'body', text: visibleLines(text) }), timeOf()),
    );
  }

  private add(line: HTMLElement): void {
    const { list } = this;
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(line);
    if (list.childElementCount > MOST_LINES) list.firstElementChild?.remove();
    if (follows) list.scrollTop = list.scrollHeight;
  }
}

function timeOf(): HTMLElement {
  return el('time', { text: timeText(new Date().getTime() / 1000).slice(0, 8) });
}
