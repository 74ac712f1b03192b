import { svg, svgLabel, type SvgNode } from '../sequence/svg-text.js';
import type { ConnectionPlot } from './plot-data.js';

const WIDTH = 340;
const HEIGHT = 168;
const LEFT = 58;
const RIGHT = 8;
const TOP = 20;
const BOTTOM = 34;
/** Pixels between two labels of the axis. */
const LABEL_ROOM = 52;
const LABEL_GAP = 3;

/** A plot with its axes: what the client sent is above the middle, what the server sent below it, so that it needs no colour. */
export function drawPlot({ title, across, upwards, bins }: ConnectionPlot): SvgNode {
  const room = WIDTH - LEFT - RIGHT;
  const half = (HEIGHT - TOP - BOTTOM) / 2;
  const middle = TOP + half;
  const step = room / Math.max(1, bins.length);
  const most = bins.reduce((top, { client, server }) => Math.max(top, client, server), 0);
  const tall = (value: number): number => (value === 0 ? 0 : Math.max(1.5, (value / most) * half));
  const bars = bins.flatMap(({ client, server }, i) => {
    const [x, width] = [LEFT + i * step + 0.5, Math.max(1, step - 1)];
    return [
      ...(client === 0
        ? []
        : [svg('rect', { class: 'pl-client', x, y: middle - tall(client), width, height: tall(client) })]),
      ...(server === 0 ? [] : [svg('rect', { class: 'pl-server', x, y: middle, width, height: tall(server) })]),
    ];
  });
  const every = Math.max(1, Math.ceil(LABEL_ROOM / step));
  let taken = 0;
  const edges = bins.flatMap(({ edge }, i) => {
    if (i % every !== 0) return [];
    const x = LEFT + i * step;
    const tick = svg('line', { class: 'pl-axis', x1: x, x2: x, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4 });
    const wide = edge.length * CHARACTER;
    // A tick whose label has no room is a line alone.
    if (Math.min(x, WIDTH - wide) < taken) return [tick];
    taken = Math.min(x, WIDTH - wide) + wide + LABEL_GAP;
    return [tick, svgLabel({ class: 'pl-label', y: HEIGHT - BOTTOM + 14, ...placeOfLabel(x, edge) }, edge)];
  });
  return svg(
    'svg',
    {
      class: 'pl',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': `${title}: ${upwards} by ${across}; the table has the numbers`,
    },
    bars,
    svg('line', { class: 'pl-axis', x1: LEFT, x2: WIDTH - RIGHT, y1: middle, y2: middle }),
    svg('line', { class: 'pl-axis', x1: LEFT, x2: LEFT, y1: TOP, y2: HEIGHT - BOTTOM }),
    [TOP, middle, HEIGHT - BOTTOM].map((y, i) =>
      svgLabel({ class: 'pl-label', x: LEFT - 5, y: y + 4, 'text-anchor': 'end' }, i === 1 ? '0' : shortNumber(most)),
    ),
    svgLabel({ class: 'pl-side', x: LEFT, y: TOP - 6 }, '↑ client   ↓ server'),
    edges,
    svgLabel(
      { class: 'pl-label', x: LEFT, y: HEIGHT - 4 },
      across.length <= MOST_ACROSS ? across : `${across.slice(0, MOST_ACROSS)}…`,
    ),
  );
}

const MOST_ACROSS = 48;
/** Pixels of a character of a label, at most. */
const CHARACTER = 7;

/** From its tick on, or where it would be cut off, up to the right edge. */
function placeOfLabel(x: number, label: string): Readonly<Record<string, number | string>> {
  return x + label.length * CHARACTER <= WIDTH ? { x } : { x: WIDTH, 'text-anchor': 'end' };
}

/** `950`, `12.5 k`, `3 M`. */
export function shortNumber(value: number): string {
  const power = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  const short = value / 1000 ** power;
  const digits = short >= 100 || Number.isInteger(short) ? 0 : 1;
  return `${short.toFixed(digits)}${power === 0 ? '' : ` ${'kMGT'[power - 1]!}`}`;
}
