import type { BinSpans, LaneBins } from '../../describe/timeline/bins.js';
import { ROW_MARK } from '../../describe/timeline/lane-rows.js';
import { ticksOf } from '../../describe/timeline/ticks.js';
import type { LaneRaster } from './lane-raster.js';
import { drawLabel, LABEL_GAP, type LaneLabelDrawing } from './lane-label.js';
import type { Inks } from './overview-ink.js';

/** Pixels between two labels of the axis. */
const TICK_ROOM = 90;

export interface LaneDrawing extends LaneLabelDrawing {
  readonly bins: LaneBins;
  readonly isSelected: boolean;
  /** The right edge of the time axis, whose left one is that of the labels. */
  readonly right: number;
  /** The top of the lane. */
  readonly top: number;
  /** The place of a time on the axis: pixels. */
  readonly x: (time: number) => number;
}

/**
 * Lanes, one under the other: all labels first, then all bodies, so that what is outside of their columns is cut off once
 * for all of them.
 */
export function drawLanes(
  pen: CanvasRenderingContext2D,
  inks: Inks,
  drawings: readonly LaneDrawing[],
  raster: LaneRaster,
): void {
  const [first] = drawings;
  if (first === undefined) return;
  const { left, right, top, size } = first;
  const height = drawings.length * size.height;
  for (const { isSelected, top: y } of drawings) {
    if (!isSelected) continue;
    pen.fillStyle = inks.select;
    pen.fillRect(0, y, right, size.height);
  }
  clipped(pen, { x: 0, width: left - LABEL_GAP, top, height }, () =>
    drawings.forEach((one) => drawLabel(pen, inks, one, middleOf(one))),
  );
  clipped(pen, { x: left, width: right - left, top, height }, () => {
    for (const drawing of drawings) {
      drawExtent(pen, inks, drawing, middleOf(drawing));
      drawStalls(pen, inks, drawing, middleOf(drawing));
    }
    const bars = drawings.map((drawing) => {
      return { bins: drawing.bins, middle: middleOf(drawing) - top };
    });
    // Its pixels are those of the style sheet: sharp on a screen that has more.
    pen.imageSmoothingEnabled = false;
    pen.drawImage(raster.draw(Math.ceil(right - left), height, bars, inks, size), left, top);
    for (const drawing of drawings) {
      drawMarks(pen, inks, drawing, middleOf(drawing));
      drawEnd(pen, inks, drawing, middleOf(drawing));
    }
  });
}

function middleOf({ top, size }: LaneDrawing): number {
  return top + size.height / 2;
}

interface ClipArea {
  readonly x: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

function clipped(pen: CanvasRenderingContext2D, { x, width, top, height }: ClipArea, draw: () => void): void {
  pen.save();
  pen.beginPath();
  pen.rect(x, top, width, height);
  pen.clip();
  draw();
  pen.restore();
}

function drawExtent(pen: CanvasRenderingContext2D, inks: Inks, { lane, x }: LaneDrawing, middle: number): void {
  if (Number.isNaN(lane.first)) return;
  pen.fillStyle = inks[lane.outcome];
  pen.globalAlpha = 0.55;
  const [from, to] = [x(lane.first), x(lane.last)];
  pen.fillRect(from, middle - 0.5, Math.max(1, to - from), 1);
  pen.globalAlpha = 1;
}

/** A box on the side that took nothing. */
function drawStalls(pen: CanvasRenderingContext2D, inks: Inks, drawing: LaneDrawing, middle: number): void {
  const { bins, left, size } = drawing;
  const draw = ({ count, begins, ends }: BinSpans, y: number): void => {
    pen.strokeStyle = inks.trouble;
    pen.lineWidth = 1;
    for (let at = 0; at < count; at++) {
      const width = Math.max(3, ends[at]! - begins[at]!);
      pen.strokeRect(left + begins[at]! + 0.5, y, width, size.half - 2);
    }
  };
  draw(bins.clientStalls, middle - size.half + 0.5);
  draw(bins.serverStalls, middle + 1.5);
}

/** A handshake is a full line, a finding a diamond: error filled, warning hollow. */
function drawMarks(pen: CanvasRenderingContext2D, inks: Inks, { bins, left, size }: LaneDrawing, middle: number): void {
  const { half } = size;
  for (let column = 0; column < bins.width; column++) {
    const mark = bins.marks[column]!;
    if (mark === 0) continue;
    const x = left + column;
    if (mark & ROW_MARK.handshake) {
      pen.fillStyle = mark & ROW_MARK.refused ? inks.refused : inks.handshake;
      pen.fillRect(x, middle - half, 2, 2 * half);
    }
    if (mark & ROW_MARK.gap) drawGap(pen, inks, x, middle, half);
    if (mark & (ROW_MARK.error | ROW_MARK.warning)) {
      const isError = (mark & ROW_MARK.error) !== 0;
      diamond(pen, x + 0.5, middle - half + 4, 4);
      pen.fillStyle = isError ? inks.error : inks.back;
      pen.strokeStyle = isError ? inks.back : inks.warning;
      pen.lineWidth = isError ? 1 : 1.5;
      pen.fill();
      pen.stroke();
    }
  }
}

/** Bytes that were not captured: the line is broken, between two dashed strokes. */
function drawGap(pen: CanvasRenderingContext2D, inks: Inks, x: number, middle: number, half: number): void {
  pen.fillStyle = inks.back;
  pen.fillRect(x - 2, middle - half, 5, 2 * half);
  pen.fillStyle = inks.trouble;
  for (let y = middle - half; y < middle + half; y += 5) {
    pen.fillRect(x - 2, y, 1, 3);
    pen.fillRect(x + 2, y, 1, 3);
  }
}

function diamond(pen: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  pen.beginPath();
  pen.moveTo(x, y - size);
  pen.lineTo(x + size, y);
  pen.lineTo(x, y + size);
  pen.lineTo(x - size, y);
  pen.closePath();
}

const REFUSED_RADIUS = 5;

/** The end, as `OUTCOME_MARKS`: a square where it was closed as it should be, a cross where not, a crossed circle where it was refused. It is above the line if the client closed, below if the server did. */
function drawEnd(pen: CanvasRenderingContext2D, inks: Inks, { lane, x }: LaneDrawing, middle: number): void {
  if (lane.outcome === 'open' || lane.outcome === 'unknown' || Number.isNaN(lane.last)) return;
  const at = x(lane.last);
  const y = middle + (lane.closedBy === 'client' ? -5 : lane.closedBy === 'server' ? 5 : 0);
  if (lane.outcome === 'closed') {
    pen.fillStyle = inks.closed;
    pen.fillRect(at - 3, y - 3, 6, 6);
    return;
  }
  pen.strokeStyle = inks[lane.outcome];
  pen.lineWidth = 2;
  pen.beginPath();
  const isRefused = lane.outcome === 'refused';
  const reach = isRefused ? REFUSED_RADIUS * Math.SQRT1_2 : 4;
  pen.moveTo(at - reach, y - reach);
  pen.lineTo(at + reach, y + reach);
  if (!isRefused) {
    pen.moveTo(at + reach, y - reach);
    pen.lineTo(at - reach, y + reach);
  }
  pen.stroke();
  if (!isRefused) return;
  pen.beginPath();
  pen.arc(at, y, REFUSED_RADIUS, 0, 2 * Math.PI);
  pen.stroke();
}

export interface StripDrawing {
  /** The bars, as `drawDensity` makes them. */
  readonly density: HTMLCanvasElement;
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** The window of the lanes, as parts of the whole: 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** Where the axis begins, in seconds from the beginning of the traffic, and its length. */
  readonly begin: number;
  readonly seconds: number;
}

/** Frames in each column of pixels, on a logarithmic scale. */
export function drawDensity(pen: CanvasRenderingContext2D, inks: Inks, counts: Uint32Array, height: number): void {
  let most = 1;
  for (const count of counts) if (count > most) most = count;
  pen.fillStyle = inks['frame-text'];
  const room = height - 18;
  for (let x = 0; x < counts.length; x++) {
    const tall = counts[x]! === 0 ? 0 : Math.max(1, room * (Math.log1p(counts[x]!) / Math.log1p(most)));
    pen.fillRect(x, height - tall, 1, tall);
  }
}

/** All frames over the whole time, with the window that the lanes show. */
export function drawStrip(pen: CanvasRenderingContext2D, inks: Inks, strip: StripDrawing): void {
  const { density, left, width, height, from, to, begin, seconds } = strip;
  if (density.width > 0 && density.height > 0)
    pen.drawImage(density, left, 0, density.width / window.devicePixelRatio, height);
  drawAxis(pen, inks, { from: begin, to: begin + seconds, left, width, top: 0 });
  if (from <= 0 && to >= 1) return;
  pen.fillStyle = inks.select;
  pen.fillRect(left + from * width, 0, Math.max(2, (to - from) * width), height);
  pen.strokeStyle = inks.quiet;
  pen.lineWidth = 1;
  pen.strokeRect(left + from * width + 0.5, 0.5, Math.max(2, (to - from) * width) - 1, height - 1);
}

interface AxisDrawing {
  /** Seconds from the beginning of the traffic. */
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly width: number;
  readonly top: number;
}

export const AXIS_HEIGHT = 18;

export function drawAxis(pen: CanvasRenderingContext2D, inks: Inks, { from, to, left, width, top }: AxisDrawing): void {
  pen.textBaseline = 'top';
  pen.textAlign = 'left';
  let taken = -Infinity;
  for (const { at, label } of ticksOf(from, to, Math.max(1, Math.floor(width / TICK_ROOM)))) {
    const x = left + ((at - from) / (to - from)) * width;
    pen.fillStyle = inks.line;
    pen.fillRect(x, top, 1, AXIS_HEIGHT - 4);
    pen.fillStyle = inks.quiet;
    const wide = pen.measureText(label).width;
    const begin = x + wide + 4 > left + width ? x - 3 - wide : x + 4;
    // A tick whose label has no room is a line alone.
    if (begin < taken) continue;
    // The ring of the focus is 2 pixels wide.
    pen.fillText(label, begin, top + 4);
    taken = begin + wide + LABEL_GAP;
  }
}
