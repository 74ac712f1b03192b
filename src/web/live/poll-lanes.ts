import { byId, el } from '../dom.js';
import { pollWords, type PolledRequest } from './poll-words.js';
import { pageTime } from './poller.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Milliseconds that the picture has, and between two drawings. */
const SPAN = 30_000;
const PACE = 250;
const MOST_REQUESTS = 500;
/** Of the picture, which is as wide as there is room. */
const WIDTH = 1000;
const LANE = 22;
const BAR = 12;

/** The requests of the polling client over time: a bar from each request to its answer, a dot for each message in it. */
export class PollLanes {
  private readonly host = byId('poll-lanes', HTMLElement);
  private readonly requests: PolledRequest[] = [];
  private timer: number | undefined;

  /** The client polls now. */
  start(): void {
    this.requests.length = 0;
    this.host.hidden = false;
    this.timer ??= window.setInterval(() => this.draw(), PACE);
    this.draw();
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
    this.draw();
  }

  add(request: PolledRequest): void {
    if (!this.requests.includes(request)) this.requests.push(request);
    if (this.requests.length > MOST_REQUESTS) this.requests.shift();
    // What was broken off comes after the client has stopped.
    if (this.timer === undefined) this.draw();
  }

  private draw(): void {
    const now = pageTime();
    const picture = svg('svg', {
      viewBox: `0 0 ${WIDTH} ${2 * LANE}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    });
    for (const request of this.requests) {
      if ((request.end ?? now) <= now - SPAN) continue;
      for (const mark of marksOf(request, now)) picture.append(mark);
    }
    const names = el('div', { class: 'poll-names' }, el('span', { text: 'polls' }), el('span', { text: 'sends' }));
    this.host.replaceChildren(
      el('div', { class: 'poll-picture' }, names, picture),
      el('p', { class: 'quiet', text: pollWords(this.requests) }),
    );
  }
}

function marksOf({ lane, begin, end, messages, hasFailed }: PolledRequest, now: number): Element[] {
  const x = (time: number): number => WIDTH * (1 - (now - Math.max(time, now - SPAN)) / SPAN);
  const top = (lane === 'poll' ? 0 : LANE) + (LANE - BAR) / 2;
  const kind = hasFailed ? 'failed' : end === undefined ? 'waiting' : messages > 0 ? 'full' : 'empty';
  const width = Math.max(3, x(end ?? now) - x(begin));
  const bar = svg('rect', { x: x(begin), y: top, width, height: BAR, class: `poll-bar poll-${kind}` });
  const dot = { x: x(end ?? now) - 4, y: top - 4, width: 4, height: BAR + 8, class: 'poll-message' };
  return messages > 0 ? [bar, svg('rect', dot)] : [bar];
}

function svg(name: string, attributes: Readonly<Record<string, string | number>>): Element {
  const element: Element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
