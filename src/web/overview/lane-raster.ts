import { BAR_KINDS, BAR_STEPS, barHeight, barKind, BITS_OF_BAR } from '../../describe/timeline/bar-bits.js';
import type { BinSpans, LaneBins } from '../../describe/timeline/bins.js';
import { framePixels, type Inks } from './overview-ink.js';

/** Pixels of the tallest bar, and of the line from a ping to its pong. */
export const BAR_HEIGHT = BAR_STEPS;
const WAIT_HEIGHT = 2;
/** From the line of the lane to that of the client's pongs, and to that of the server's: on the side of whoever pinged. */
const WAIT_BELOW = BAR_HEIGHT - 2;
const WAIT_ABOVE = -BAR_HEIGHT;

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
  private colours: { readonly of: Inks; readonly pixels: Uint32Array } | undefined;
  /** Of the bars that are painted, by column: pixels, 0 for none, and the colour. */
  private heights = new Uint8Array(1);
  private inked = new Uint32Array(1);

  /** On no background. The canvas is the same at each call. */
  draw(width: number, height: number, lanes: readonly RasterLane[], inks: Inks): HTMLCanvasElement {
    const { image, canvas } = this;
    if (this.colours?.of !== inks) this.colours = { of: inks, pixels: framePixels(inks) };
    if (image.width === width && image.height === height) this.pixels.fill(0);
    else this.resize(width, height);
    const { pixels } = this.colours;
    for (const { bins, middle } of lanes) {
      this.paintWaits(bins.clientPongs, middle + WAIT_BELOW, pixels[CONTROL]!);
      this.paintWaits(bins.serverPongs, middle + WAIT_ABOVE, pixels[CONTROL]!);
      this.paintBars(bins.bars, 0, ABOVE, middle);
      this.paintBars(bins.bars, BITS_OF_BAR, BELOW, middle);
      this.paintBars(bins.unknownBars, 0, AROUND, middle);
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
  /** The height of the bars that reach it. */
  readonly least: number;
}

/** What the client sent is above the line, what the server sent below it, and where that is not known around it. */
const STEPS = Array.from({ length: BAR_STEPS }, (_, i) => i + 1);
const ABOVE = STEPS.map((least): BarRow => ({ down: -1 - least, least }));
const BELOW = STEPS.map((least): BarRow => ({ down: least, least }));
const AROUND = STEPS.map((least): BarRow => ({ down: least % 2 === 0 ? -least / 2 : (least - 1) / 2, least }));
