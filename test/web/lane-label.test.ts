import { describe, expect, it } from 'vitest';
import type { TimeLane } from '../../src/describe/timeline/lanes.js';
import { drawLabel, type LabelPen } from '../../src/web/overview/lane-label.js';
import { laneSize } from '../../src/web/overview/lane-size.js';

const LANE = { connection: 3, outcome: 'trouble', code: 1006, closedBy: 'server', isEndless: false } as TimeLane;
const INKS = { text: '', quiet: '', open: '', closed: '', trouble: '', refused: '', unknown: '' };
const [LOW, TALL] = [laneSize(100, 700), laneSize(1, 700)];

/** What is drawn, with its place, where each character is 6 pixels wide. */
function drawn(given: {
  left?: number;
  target?: string;
  client?: string;
  size?: typeof LOW;
  lane?: TimeLane;
}): string[] {
  const texts: string[] = [];
  const pen: LabelPen = {
    textBaseline: '',
    textAlign: '',
    fillStyle: '',
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillText: (text: string, x: number, y: number) => texts.push(`${text} ${x} ${y}`),
  };
  const drawing = { lane: LANE, left: 190, target: '/feed', client: '10.0.0.1:2000', size: LOW, ...given };
  drawLabel(pen, INKS, drawing, 50);
  return texts;
}

describe('the label of a lane', () => {
  it('has the client after the target, as far as there is room', () => {
    expect(drawn({})).toEqual(['✕ 8 50', '#3 /feed 24 50', '10.0.0.1:2000 78 50']);
    expect(drawn({ target: '/feed/of/news' })).toEqual(['✕ 8 50', '#3 /feed/of/news 24 50', '10.0.0.1… 126 50']);
    expect(drawn({ target: '/feed/of/all/news' })).toEqual(['✕ 8 50', '#3 /feed/of/all/news 24 50']);
    expect(drawn({ client: '' })).toEqual(['✕ 8 50', '#3 /feed 24 50']);
  });

  it('has lines of their own for the client and the end where the lane is tall', () => {
    const size = TALL;
    expect(drawn({ size })).toEqual(['✕ 8 34', '#3 /feed 24 34', '10.0.0.1:2000 24 50', '1006 by the server 24 66']);
    expect(drawn({ size: laneSize(14, 700) })).toEqual([
      '✕ 8 34',
      '#3 /feed 24 34',
      '10.0.0.1:2000 24 50',
      '1006 by the server 24 66',
    ]);
    const open: TimeLane = { ...LANE, outcome: 'open' };
    expect(drawn({ size, lane: open, client: '' })).toEqual(['▸ 8 42', '#3 /feed 24 42', 'open 24 58']);
  });

  it('has no address in a narrow column', () => {
    expect(drawn({ size: TALL, left: 96 })).toEqual(['✕ 8 42', '#3 /feed 24 42', '1006 by th… 24 58']);
  });
});
