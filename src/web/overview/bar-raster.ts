import { barHeight, type LaneBins } from '../../describe/timeline/bins.js';
import { SIDES } from '../../describe/timeline/lane-rows.js';
import { framePixels, type Inks } from './overview-ink.js';

/** Pixels of the tallest bar. */
export const BAR_HEIGHT = 11;

export interface LaneBars {
  readonly bins: LaneBins;
  /** The line of the lane: pixels from the top of the raster. */
  readonly middle: number;
}

/**
 * The bars of all lanes in sight, as pixels: a rectangle of the canvas for each took ten times as long where each column of
 * each lane has one.
 */
export class BarRaster {
  private readonly canvas = document.createElement('canvas');
  private readonly pen = this.canvas.getContext('2d', { willReadFrequently: true })!;
  private image = new ImageData(1, 1);
  private pixels = new Uint32Array(this.image.data.buffer);
  private colours: { readonly of: Inks; readonly pixels: Uint32Array } | undefined;

  /** The bars, on no background. The canvas is the same at each call. */
  draw(width: number, height: number, lanes: readonly LaneBars[], inks: Inks): HTMLCanvasElement {
    const { image, canvas } = this;
    if (this.colours?.of !== inks) this.colours = { of: inks, pixels: framePixels(inks) };
    if (image.width === width && image.height === height) this.pixels.fill(0);
    else this.resize(width, height);
    for (const lane of lanes) this.paint(lane, this.colours.pixels);
    this.pen.putImageData(this.image, 0, 0);
    return canvas;
  }

  private resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  private paint({ bins: { largest, opcodes }, middle }: LaneBars, colours: Uint32Array): void {
    for (let at = 0; at < opcodes.length; at++) {
      const bits = opcodes[at]!;
      if (bits === 0) continue;
      const side = at % SIDES.length;
      const tall = Math.ceil(BAR_HEIGHT * barHeight(largest[at]!));
      const column = (at - side) / SIDES.length;
      const bar = { column, top: middle - ABOVE[side]!(tall), tall, colour: colours[bits]! };
      this.paintBar(bar);
      // A pixel without a neighbour is hardly seen.
      if (!opcodes[at - SIDES.length] && !opcodes[at + SIDES.length]) this.paintBar({ ...bar, column: column + 1 });
    }
  }

  private paintBar({ column, top, tall, colour }: Bar): void {
    const { width, height } = this.image;
    if (column >= width) return;
    const end = Math.min(height, top + tall) * width;
    for (let to = Math.max(0, top) * width + column; to < end; to += width) this.pixels[to] = colour;
  }
}

interface Bar {
  readonly column: number;
  readonly top: number;
  readonly tall: number;
  readonly colour: number;
}

/** How far above the line a bar begins, by side. What the client sent is above it, what the server sent below it. */
const ABOVE: readonly ((tall: number) => number)[] = [(tall) => tall + 1, () => -1, (tall) => tall >> 1];
