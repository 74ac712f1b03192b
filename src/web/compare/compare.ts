import { largest } from '../../codec/bytes/lists.js';
import { MEASURES, numberText, talkText, transportsOf, type DrawnTransport } from './compare-model.js';
import { byId, el, refill } from '../dom.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Three transports of one conversation, side by side. Measured when the tab is opened, and on request. */
export class Compare {
  private readonly result = byId('compare-result', HTMLElement);
  private loaded = false;

  constructor() {
    byId('compare-load', HTMLButtonElement).addEventListener('click', () => void this.load());
  }

  opened(): void {
    if (!this.loaded) void this.load();
  }

  private async load(): Promise<void> {
    this.loaded = true;
    this.result.replaceChildren(el('p', { class: 'empty', text: 'measuring …' }));
    refill(this.result, await measured());
  }
}

async function measured(): Promise<HTMLElement[]> {
  try {
    const response = await fetch('/compare.json');
    const transports = response.ok ? transportsOf(await response.json()) : undefined;
    if (transports !== undefined) {
      const talk = el(
        'ul',
        { class: 'talk' },
        transports.map((one) => el('li', { text: talkText(one) })),
      );
      return [tableOf(transports), talk, ...MEASURES.map((measure) => bars(measure, transports))];
    }
    return [
      el('p', { class: 'empty', text: `the server answers ${response.status}, without a result that can be drawn` }),
    ];
  } catch {
    return [el('p', { class: 'empty', text: 'the server does not answer' })];
  }
}

const COLUMNS: readonly (readonly [title: string, of: (transport: DrawnTransport) => number])[] = [
  ['messages', ({ messages }) => messages],
  ['requests', ({ requests }) => requests],
  ['bytes up', ({ bytesUp }) => bytesUp],
  ['bytes down', ({ bytesDown }) => bytesDown],
  ['overhead a message', ({ overheadPerMessage }) => overheadPerMessage],
  ['delay, ms', ({ delayMedianMs }) => delayMedianMs],
];

function tableOf(transports: readonly DrawnTransport[]): HTMLElement {
  const head = ['transport', ...COLUMNS.map(([title]) => title)].map((text) => el('th', { scope: 'col', text }));
  const rows = transports.map((transport) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', text: transport.name }),
      COLUMNS.map(([title, of]) => el('td', { 'data-label': title, text: numberText(of(transport)) })),
    ),
  );
  const table = el('table', { class: 'compared' }, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows));
  return el('div', { class: 'scroll', tabindex: 0 }, table);
}

/** Lengths are attributes of SVG: the page's policy allows no style of an element's own. */
function bars({ title, unit, of }: (typeof MEASURES)[number], transports: readonly DrawnTransport[]): HTMLElement {
  const most = largest(transports.map(of), Number.MIN_VALUE);
  const rows = transports.map((transport, index) => {
    const value = of(transport);
    const bar = document.createElementNS(SVG, 'svg');
    bar.setAttribute('class', `bar-picture bar-${index % 3}`);
    bar.setAttribute('aria-hidden', 'true');
    const rect = document.createElementNS(SVG, 'rect');
    rect.setAttribute('width', `${Math.max(0.5, (100 * value) / most)}%`);
    rect.setAttribute('height', '100%');
    rect.setAttribute('rx', '3');
    bar.append(rect);
    const words = `${numberText(value)}${unit === '' ? '' : ` ${unit}`}`;
    return el(
      'div',
      { class: 'bar-row' },
      el('span', { text: transport.name }),
      bar,
      el('span', { class: 'bar-value', text: words }),
    );
  });
  return el('figure', { class: 'bars' }, el('figcaption', { text: title }), rows);
}
