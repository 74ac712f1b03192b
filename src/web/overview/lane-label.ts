import { connectionName } from '../../describe/connection-name.js';
import type { LaneOutcome, TimeLane } from '../../describe/timeline/lanes.js';
import { fittedText, type TextMeasure } from './fitted-text.js';
import type { LaneSize } from './lane-size.js';
import { OUTCOME_MARKS, shortOutcome } from './outcome-words.js';

/** Pixels before a label, and at least between its end and what is next. */
const LABEL_LEFT = 24;
export const LABEL_GAP = 6;
/** Characters. */
const MOST_TARGET = 40;
/** Pixels from one line to the next. */
const LINE = 16;
/** Pixels that are worth another text in the same line. */
const LEAST_REST = 48;
const WIDTH_OF_ADDRESS = 100;

/** What is used of a canvas. */
export interface LabelPen extends TextMeasure {
  textBaseline: string;
  textAlign: string;
  fillStyle: unknown;
  fillText(text: string, x: number, y: number): void;
}

export type LabelInks = Readonly<Record<'text' | 'quiet' | LaneOutcome, string>>;

export interface LaneLabelDrawing {
  readonly lane: TimeLane;
  readonly target: string;
  /** The client's address. */
  readonly client: string;
  /** The right edge of the label's column. */
  readonly left: number;
  readonly size: LaneSize;
}

/**
 * The name of a lane. Many connections have the same target: the client's address is in a line of its own where the lane is
 * tall enough, otherwise after the target if there is room. The tallest ones say how the connection ended.
 */
export function drawLabel(pen: LabelPen, inks: LabelInks, drawing: LaneLabelDrawing, middle: number): void {
  const { lane, target, client, left, size } = drawing;
  const width = left - LABEL_GAP - LABEL_LEFT;
  const name = fittedText(pen, `#${connectionName(lane.connection)} ${target.slice(0, MOST_TARGET)}`, width);
  const texts = [width < WIDTH_OF_ADDRESS ? '' : client, shortOutcome(lane)].filter((text) => text !== '');
  const below = texts.slice(0, Math.floor(size.height / LINE) - 1);
  const top = middle - (below.length * LINE) / 2;
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  pen.fillStyle = inks[lane.outcome];
  pen.fillText(OUTCOME_MARKS[lane.outcome], 8, top);
  pen.fillStyle = inks.text;
  pen.fillText(name, LABEL_LEFT, top);
  pen.fillStyle = inks.quiet;
  below.forEach((text, i) => pen.fillText(fittedText(pen, text, width), LABEL_LEFT, top + (i + 1) * LINE));
  if (below.length > 0 || client === '') return;
  const end = pen.measureText(`${name} `).width;
  if (width - end >= LEAST_REST) pen.fillText(fittedText(pen, client, width - end), LABEL_LEFT + end, top);
}
