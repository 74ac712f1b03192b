import { expect, it } from 'vitest';
import { drawPlot } from '../../../src/describe/plots/plot-drawing.js';
import { svgText } from '../../../src/describe/sequence/svg-text.js';

it('the last label of an axis ends at the edge of the plot where it would be cut off', () => {
  const edges = ['10 µs', '', '', '', '', '', '', '', '', '', '', '', '100 ms'];
  const bins = edges.map((edge) => ({ edge, label: edge, client: 1, server: 0 }));
  const text = svgText(drawPlot({ title: 'Times', across: 'time', upwards: 'frames', bins, empty: '' }));
  expect(text).toMatch(/<text class="pl-label"[^>]*x="58"[^>]*>10 µs</);
  expect(text).toMatch(/<text class="pl-label"[^>]*x="340"[^>]*text-anchor="end"[^>]*>100 ms</);
});
