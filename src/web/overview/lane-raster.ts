import { OPCODE } from '../../codec/frames/registry.js';
import { barHeight, type BinTrack, type LaneBins } from '../../describe/timeline/bins.js';
import { SIDES } from '../../describe/timeline/lane-rows.js';
import { framePixels, type Inks } from './overview-ink.js';

/** Pixels of the tallest bar, and of the line from a ping to its pong. */
export const BAR_HEIGHT = 11;
const WAIT_HEIGHT = 2;
/** From the line of the lane to that of the client's pongs, and to that of the server's: on the side of whoever pinged. */
const WAIT_BELOW = BAR_HEIGHT - 2;
const WAIT_ABOVE = -BAR_HEIGHT;

export interface RasterLane {
  readonly bins: LaneBins;
  /** The line of the lane: pixels from the top of the raster. */
  readonly middle: number;
  /** Pixels of a second. */
  readonly scale: number;
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

  /** On no background. The canvas is the same at each call. */
  draw(width: number, height: number, lanes: readonly RasterLane[], inks: Inks): HTMLCanvasElement {
    const { image, canvas } = this;
    if (this.colours?.of !== inks) this.colours = { of: inks, pixels: framePixels(inks) };
    if (image.width === width && image.height === height) this.pixels.fill(0);
    else this.resize(width, height);
    const { pixels } = this.colours;
    for (const lane of lanes) {
      const { bins, middle, scale } = lane;
      this.paintWaits(bins.clientPongs, middle + WAIT_BELOW, scale, pixels[1 << OPCODE.pong]!);
      this.paintWaits(bins.serverPongs, middle + WAIT_ABOVE, scale, pixels[1 << OPCODE.pong]!);
      this.paintBars(lane, pixels);
    }
    this.pen.putImageData(this.image, 0, 0);
    return canvas;
  }

  private resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** From right to left, and each pixel once: waits may overlap. */
  private paintWaits({ count, columns, values }: BinTrack, top: number, scale: number, colour: number): void {
    const { width } = this.image;
    let end = width;
    for (let at = count - 1; at >= 0; at--) {
      const column = columns[at]!;
      const begin = Math.max(0, Math.floor(column - values[at]! * scale));
      for (let x = Math.min(end, column + 1) - 1; x >= begin; x--)
        this.paintBar({ column: x, top, tall: WAIT_HEIGHT, colour });
      end = Math.min(end, begin);
    }
  }

  private paintBars({ bins, middle }: RasterLane, colours: Uint32Array): void {
    const { largest, opcodes } = bins.sums;
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
