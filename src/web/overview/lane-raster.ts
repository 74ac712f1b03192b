import { BAR_KINDS, BAR_STEPS, barHeight, barKind, BITS_OF_BAR } from '../../describe/timeline/bar-bits.js';
import type { BinSpans, LaneBins } from '../../describe/timeline/bins.js';
import type { LaneSize } from './lane-size.js';
import { framePixels, type Inks } from './overview-ink.js';

/** Pixels of the line from a ping to its pong. */
const WAIT_HEIGHT = 2;

const BAR_MASK = (1 << BITS_OF_BAR) - 1;
const CONTROL = BAR_KINDS.indexOf('control');

export interface RasterLane {
  readonly bins: LaneBins;
  /** The line of the lane: pixels from the top of the raster. */
  readonly middle: number;
}

/**
 * What all lanes in sight have at many columns, as pixels: bars, and lines from pings to pongs. A rectangle of the canvas for
 * each took ten times as long where each column of each lane has one.
 */
export class LaneRaster {
  private readonly canvas = document.createElement('canvas');
  private readonly pen = this.canvas.getContext('2d', { willReadFrequently: true })!;
  private image = new ImageData(1, 1);
  private pixels = new Uint32Array(this.image.data.buffer);
  private rows = barRows(1);
  private colours: { readonly of: Inks; readonly pixels: Uint32Array } | undefined;
  /** Of the bars that are painted, by column: steps, 0 for none, and the colour. */
  private heights = new Uint8Array(1);
  private inked = new Uint32Array(1);

  /** On no background. The canvas is the same at each call. */
  draw(
    width: number,
    height: number,
    lanes: readonly RasterLane[],
    inks: Inks,
    { step, wait }: LaneSize,
  ): HTMLCanvasElement {
    const { image, canvas } = this;
    if (this.rows.step !== step) this.rows = barRows(step);
    if (this.colours?.of !== inks) this.colours = { of: inks, pixels: framePixels(inks) };
    if (image.width === width && image.height === height) this.pixels.fill(0);
    else this.resize(width, height);
    const { pixels } = this.colours;
    const { above, below, around } = this.rows;
    for (const { bins, middle } of lanes) {
      // On the side of whoever pinged.
      this.paintWaits(bins.clientPongs, middle + wait - WAIT_HEIGHT, pixels[CONTROL]!);
      this.paintWaits(bins.serverPongs, middle - wait, pixels[CONTROL]!);
      this.paintBars(bins.bars, 0, above, middle);
      this.paintBars(bins.bars, BITS_OF_BAR, below, middle);
      this.paintBars(bins.unknownBars, 0, around, middle);
    }
    this.pen.putImageData(this.image, 0, 0);
    return canvas;
  }

  private resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.heights = new Uint8Array(width);
    this.inked = new Uint32Array(width);
  }

  private paintWaits({ count, begins, ends }: BinSpans, top: number, colour: number): void {
    const { width } = this.image;
    for (let at = 0; at < count; at++) {
      const end = Math.min(width - 1, ends[at]!);
      for (let x = top * width + Math.max(0, begins[at]!); x <= top * width + end; x++)
        for (let y = 0; y < WAIT_HEIGHT; y++) this.pixels[x + y * width] = colour;
    }
  }

  /** One row of pixels after the other, as they are in memory. */
  private paintBars(bars: Uint32Array, shift: number, rows: readonly BarRow[], middle: number): void {
    const { pixels, heights, inked } = this;
    const { width } = this.image;
    const tallest = this.prepare(bars, shift);
    for (const { down, least } of rows) {
      if (least > tallest) continue;
      const start = (middle + down) * width;
      for (let x = 0; x < width; x++) if (heights[x]! >= least) pixels[start + x] = inked[x]!;
    }
  }

  /** Gives the height of the tallest bar, 0 for none. */
  private prepare(bars: Uint32Array, shift: number): number {
    const { heights, inked } = this;
    const colours = this.colours!.pixels;
    let tallest = 0;
    let [before, last] = [0, 0];
    for (let x = 0; x < bars.length; x++) {
      const own = (bars[x]! >>> shift) & BAR_MASK;
      // A pixel without a neighbour is hardly seen: it is repeated.
      const shown = own === 0 && before === 0 ? last : own;
      const height = shown === 0 ? 0 : barHeight(shown);
      heights[x] = height;
      inked[x] = colours[barKind(shown)]!;
      if (height > tallest) tallest = height;
      before = last;
      last = own;
    }
    return tallest;
  }
}

/** A row of pixels of bars. */
interface BarRow {
  /** Pixels below the line of the lane. */
  readonly down: number;
  /** The height of the bars that reach it: steps. */
  readonly least: number;
}

interface BarRows {
  /** Pixels of a step. */
  readonly step: number;
  readonly above: readonly BarRow[];
  readonly below: readonly BarRow[];
  readonly around: readonly BarRow[];
}

/** What the client sent is above the line, what the server sent below it, and where that is not known around it. */
function barRows(step: number): BarRows {
  const rows = (down: (row: number) => number): BarRow[] =>
    Array.from({ length: BAR_STEPS * step }, (_, row) => ({ down: down(row), least: Math.floor(row / step) + 1 }));
  return {
    step,
    above: rows((row) => -2 - row),
    below: rows((row) => row + 1),
    around: rows((row) => (row % 2 === 0 ? row / 2 : -(row + 1) / 2)),
  };
}
