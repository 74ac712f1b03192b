import { BAR_STEPS } from '../../describe/timeline/bar-bits.js';

/** Pixels of a lane. */
export interface LaneSize {
  /** Of a step of the height of bars. */
  readonly step: number;
  /** Of the tallest bar: that is what there is above the line of the lane, and below it. */
  readonly half: number;
  /** From the line of the lane to the far side of the line from a ping to its pong: it leaves the end of the ping's bar, and is in low lanes beyond most bars. */
  readonly wait: number;
  readonly height: number;
}

/** A bar of a message of megabytes has 44 pixels then. */
const MOST_STEP = 4;
/** Between the tallest bars of two lanes. */
const BETWEEN = 4;

function sizeOf(step: number): LaneSize {
  const half = BAR_STEPS * step;
  return { step, half, wait: BAR_STEPS + 3 * (step - 1), height: 2 * half + BETWEEN };
}

const SIZES = Array.from({ length: MOST_STEP }, (_, i) => sizeOf(MOST_STEP - i));

/** The tallest lanes of which that many have room; where there are more, these are scrolled, and as low as they can be. `room`: pixels. */
export function laneSize(lanes: number, room: number): LaneSize {
  return SIZES.find(({ height }) => lanes * height <= room) ?? SIZES.at(-1)!;
}
