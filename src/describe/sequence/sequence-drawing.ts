import { secondsText } from '../timeline/ticks.js';
import { waitText, type SequenceJoin, type SequenceStep } from './sequence-step.js';
import { svg, svgLabel, type SvgNode } from './svg-text.js';

/** Pixels of a step. */
export const STEP_HEIGHT = 46;
const ARROW_Y = 26;
const TITLE_Y = 20;
const FAULT_Y = 40;
/** A handshake has two arrows. */
const REQUEST_Y = 18;
const ANSWER_Y = 40;
/** Of the names over a whole drawing. */
const HEAD_HEIGHT = 44;
const NARROW = 560;
/** Pixels of a character: a guess, so that no font is needed to measure. */
const CHARACTER = 7.25;
/** For what a message carries: less says nothing. */
const LEAST_ROOM = 6 * CHARACTER;
/** Between the lines of joins. */
const JOIN_ROOM = 9;
/** Seconds without anything, which are marked. */
const PAUSE = 1;

export interface SequenceLayout {
  readonly width: number;
  /** The time at which the axis begins; undefined: times are not known. */
  readonly start: number | undefined;
  /** The row that is selected. */
  readonly selected?: number | undefined;
}

/** Where what is drawn is, by the width that there is. */
interface SequencePlaces {
  readonly client: number;
  readonly server: number;
  readonly width: number;
}

function placesAcross(width: number): SequencePlaces {
  const isNarrow = width < NARROW;
  return { client: isNarrow ? 96 : 150, server: width - (isNarrow ? 64 : 110), width };
}

/**
 * Steps `first` to `end` of a conversation, the first at the top. `joins` are of all steps: those that begin or end
 * elsewhere are drawn up to the edge.
 */
export function drawSteps(
  steps: readonly SequenceStep[],
  joins: readonly SequenceJoin[],
  places: readonly number[],
  { first, end }: { readonly first: number; readonly end: number },
  layout: SequenceLayout,
): SvgNode[] {
  const across = placesAcross(layout.width);
  const height = (end - first) * STEP_HEIGHT;
  const lines = (['client', 'server'] as const).map((side) =>
    svg('line', { class: 'sq-life', x1: across[side], x2: across[side], y1: 0, y2: height }),
  );
  const drawn: SvgNode[] = [];
  for (let at = first; at < end; at++) {
    const before = at > 0 ? steps[at - 1]!.time : undefined;
    drawn.push(drawStep(steps[at]!, (at - first) * STEP_HEIGHT, before, across, layout));
  }
  const brackets = joins.flatMap((join, i) =>
    join.to < first || join.from >= end ? [] : [bracket(join, places[i]!, first, height, across)],
  );
  // Labels are over the lines of all brackets.
  return [...lines, ...brackets.map(({ path }) => path), ...drawn, ...brackets.flatMap(({ label }) => label)];
}

function drawStep(
  step: SequenceStep,
  top: number,
  before: number | undefined,
  across: SequencePlaces,
  { start, selected, width }: SequenceLayout,
): SvgNode {
  const { row, kind, time } = step;
  const isSelected = row === selected;
  const attributes = {
    class: `sq-step${isSelected ? ' sq-selected' : ''}`,
    transform: `translate(0 ${top})`,
    'data-row': row,
  };
  const back = svg('rect', { class: 'sq-back', x: 0, y: 0, width, height: STEP_HEIGHT });
  const at =
    start === undefined || time === undefined
      ? []
      : [svgLabel({ class: 'sq-time', x: 6, y: 16 }, timeText(time - start))];
  const pause =
    time === undefined || before === undefined || time - before < PAUSE ? [] : pauseMark(time - before, across);
  const body =
    kind === 'message' && step.direction !== 'unknown'
      ? drawMessage(step, across)
      : kind === 'handshake'
        ? drawHandshake(step, across)
        : drawNote(step, across);
  return svg('g', attributes, back, at, pause, body);
}

function timeText(seconds: number): string {
  return secondsText(seconds, seconds < 1 ? 1e-5 : 1e-3);
}

/** Nothing happened for that time: the lifelines are broken. */
function pauseMark(seconds: number, { client, server }: SequencePlaces): SvgNode[] {
  return [
    ...[client, server].map((x) => svg('line', { class: 'sq-pause', x1: x, x2: x, y1: 0, y2: 12 })),
    svgLabel({ class: 'sq-time', x: 6, y: 32 }, `⋮ ${waitText(seconds)}`),
  ];
}

function drawMessage(step: SequenceStep, across: SequencePlaces): SvgNode[] {
  const { direction, ink, title, content, faults, remarks = [] } = step;
  const toServer = direction === 'client';
  const room = across.server - across.client - 16;
  const x = across.client + 8;
  const left = room - widthOf(title);
  const label = svg(
    'text',
    { class: 'sq-label', x, y: TITLE_Y },
    { name: 'tspan', attributes: { class: `sq-${ink}` }, text: fitted(title, room) },
    content === '' || left < LEAST_ROOM
      ? []
      : [{ name: 'tspan', attributes: { class: 'sq-content' }, text: fitted(`  ${content}`, left) }],
  );
  const isFaulty = faults.length > 0;
  const below = isFaulty ? faults : remarks;
  return [
    ...arrow(across, ARROW_Y, toServer, ink),
    label,
    ...(isFaulty ? [faultMark(across, toServer)] : []),
    ...(below.length === 0
      ? []
      : [svgLabel({ class: isFaulty ? 'sq-fault' : 'sq-time', x, y: FAULT_Y }, fitted(firstOf(below), room))]),
  ];
}

function firstOf([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}

/** A diamond at the sender: what broke a rule. */
function faultMark({ client, server }: SequencePlaces, toServer: boolean): SvgNode {
  const [x, y] = [toServer ? client : server, ARROW_Y];
  return svg('path', { class: 'sq-diamond', d: `M${x} ${y - 6}l6 6l-6 6l-6 -6z` });
}

function arrow({ client, server }: SequencePlaces, y: number, toServer: boolean, ink: string): SvgNode[] {
  const [from, to] = toServer ? [client, server] : [server, client];
  const back = toServer ? -1 : 1;
  return [
    svg('line', { class: `sq-arrow sq-${ink}`, x1: from, x2: to + 6 * back, y1: y, y2: y }),
    svg('path', { class: `sq-head sq-${ink}`, d: `M${to} ${y}l${9 * back} -4v8z` }),
  ];
}

function drawHandshake({ title, answer = '', faults, ink }: SequenceStep, across: SequencePlaces): SvgNode[] {
  const room = across.server - across.client - 16;
  const wrong = faults.length === 0 ? answer : `${answer}  ${firstOf(faults)}`;
  const x = across.client + 8;
  return [
    ...arrow(across, REQUEST_Y, true, ink),
    svgLabel({ class: 'sq-label sq-quiet', x, y: REQUEST_Y - 6 }, fitted(title, room)),
    ...(answer === '' && faults.length === 0
      ? []
      : [
          ...arrow(across, ANSWER_Y, false, ink),
          svgLabel(
            { class: `sq-label sq-${faults.length > 0 ? 'trouble' : 'quiet'}`, x, y: ANSWER_Y - 6 },
            fitted(wrong, room),
          ),
        ]),
  ];
}

/** What is of no sender, or of the connection: a box over both lines. */
function drawNote({ title, content, ink, kind }: SequenceStep, { client, server }: SequencePlaces): SvgNode[] {
  const width = server - client - 24;
  const text = kind === 'waiting' ? '…' : [title, content].filter((part) => part !== '').join(': ');
  return [
    svg('rect', { class: `sq-box sq-${ink}`, x: client + 12, y: 10, width, height: 26, rx: 5 }),
    svgLabel({ class: `sq-label sq-${ink}`, x: client + 22, y: 27 }, fitted(text, width - 20)),
  ];
}

/** From what was asked to its answer, beside the line of whoever asked. */
function bracket(
  { from, to, side, seconds, isError }: SequenceJoin,
  place: number,
  first: number,
  height: number,
  across: SequencePlaces,
): { readonly path: SvgNode; readonly label: readonly SvgNode[] } {
  const outwards = side === 'client' ? -1 : 1;
  const [x, far] = [across[side], across[side] + outwards * (8 + place * JOIN_ROOM)];
  const isAbove = from < first;
  const y1 = isAbove ? 0 : (from - first) * STEP_HEIGHT + ARROW_Y;
  const end = (to - first) * STEP_HEIGHT + ARROW_Y;
  const isBelow = end > height;
  const y2 = Math.min(height, end);
  const begin = isAbove ? `M${far} ${y1}` : `M${x} ${y1}H${far}`;
  const line = svg('path', {
    class: `sq-join${isError ? ' sq-trouble' : ''}`,
    d: `${begin}V${y2}${isBelow ? '' : `H${x}`}`,
  });
  const path = svg('g', {}, line);
  if (seconds === undefined || isBelow) return { path, label: [] };
  const anchor = side === 'client' ? 'end' : 'start';
  const label = svgLabel(
    { class: 'sq-wait', x: far + outwards * 4, y: y2 + 4, 'text-anchor': anchor },
    waitText(seconds),
  );
  return { path, label: [label] };
}

/** Wide characters take two places. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += char.codePointAt(0)! >= 0x1100 ? 2 * CHARACTER : CHARACTER;
  return width;
}

/** As much of the text as that number of pixels holds. */
export function fitted(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  let [shown, width] = ['', CHARACTER];
  for (const char of text) {
    width += widthOf(char);
    if (width > room) break;
    shown += char;
  }
  return `${shown}…`;
}

export interface SequenceTitles {
  /** Of the drawing. */
  readonly title: string;
  readonly client: string;
  readonly server: string;
  /** What is not in it; empty: nothing. */
  readonly left: string;
}

/** A conversation as an SVG file: it needs no other, and is readable on a light and on a dark ground. */
export function sequenceSvg(
  steps: readonly SequenceStep[],
  joins: readonly SequenceJoin[],
  places: readonly number[],
  { title, client, server, left }: SequenceTitles,
  layout: SequenceLayout,
): SvgNode {
  const { width } = layout;
  const across = placesAcross(width);
  const height = HEAD_HEIGHT + steps.length * STEP_HEIGHT + (left === '' ? 0 : 28);
  const names = [
    svgLabel({ class: 'sq-name', x: across.client, y: 36, 'text-anchor': 'middle' }, fitted(client, 2 * across.client)),
    svgLabel(
      { class: 'sq-name', x: across.server, y: 36, 'text-anchor': 'middle' },
      fitted(server, 2 * (width - across.server)),
    ),
  ];
  const body = drawSteps(steps, joins, places, { first: 0, end: steps.length }, layout);
  const rest = left === '' ? [] : [svgLabel({ class: 'sq-fault', x: across.client, y: height - 10 }, left)];
  return svg(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' },
    { name: 'title', attributes: {}, text: title },
    { name: 'style', attributes: {}, text: SVG_STYLE },
    svg('rect', { class: 'sq-ground', x: 0, y: 0, width, height }),
    svgLabel({ class: 'sq-label', x: 6, y: 16 }, fitted(title, width - 12)),
    names,
    svg('g', { transform: `translate(0 ${HEAD_HEIGHT})` }, body),
    rest,
  );
}

/** Colours that people who see few of them distinguish (test/web/colours.test.ts); forms and words differ as well. */
const SVG_STYLE = [
  'text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1d2029}.sq-name{font-weight:600}',
  '.sq-ground{fill:#fff}.sq-back{fill:none}.sq-life{stroke:#8a90a0}.sq-pause{stroke:#fff;stroke-width:3;stroke-dasharray:3 2}',
  '.sq-arrow,.sq-head,.sq-box{stroke:currentColor}.sq-head{fill:currentColor}.sq-box{fill:none}text.sq-label,tspan{fill:currentColor}',
  '.sq-join{fill:none;stroke:#626878}.sq-time,.sq-wait{fill:#626878;font-size:11px}.sq-wait{paint-order:stroke;stroke:#fff;stroke-width:5}.sq-fault{fill:#9e1b00}.sq-diamond{fill:#9e1b00}',
  '.sq-text{color:#1f6feb}.sq-binary{color:#0b8043}.sq-control{color:#8f7300}.sq-close{color:#1d2029}.sq-other,.sq-quiet{color:#626878}',
  '.sq-trouble{color:#9e1b00}.sq-join.sq-trouble{stroke:#9e1b00}.sq-content{color:#1d2029}',
  '@media(prefers-color-scheme:dark){text{fill:#e4e7ef}.sq-ground{fill:#1a1d25}.sq-pause,.sq-wait{stroke:#1a1d25}',
  '.sq-time,.sq-wait{fill:#98a0b3}.sq-join{stroke:#98a0b3}.sq-fault,.sq-diamond{fill:#ff6b4a}.sq-join.sq-trouble{stroke:#ff6b4a}',
  '.sq-text{color:#4a9bff}.sq-binary{color:#4ac26b}.sq-control{color:#f0d000}.sq-close{color:#e4e7ef}.sq-other,.sq-quiet{color:#98a0b3}',
  '.sq-trouble{color:#ff6b4a}.sq-content{color:#e4e7ef}}',
].join('');
