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

it('a label has no room where it would overlap the one before it', () => {
  const edges = ['0', '140 ms', '280 ms', '420 ms', '560 ms', '700 ms'];
  const bins = edges.flatMap((edge, i) =>
    Array.from({ length: i === 5 ? 1 : 7 }, (_, at) => ({
      edge: at === 0 ? edge : '',
      label: edge,
      client: 1,
      server: 0,
    })),
  );
  const text = svgText(drawPlot({ title: 'Throughput', across: 'time', upwards: 'bytes', bins, empty: '' }));
  const labels = [...text.matchAll(/<text class="pl-label" y="148" x="([\d.]+)"( text-anchor="end")?>([^<]+)</g)];
  const spans = labels.map(([, x, isEnd, label]) => {
    const wide = 6 * label!.length;
    return isEnd === undefined ? [Number(x), Number(x) + wide] : [Number(x) - wide, Number(x)];
  });
  expect(spans.length).toBeGreaterThan(3);
  for (const [i, [begin]] of spans.slice(1).entries()) expect(begin).toBeGreaterThan(spans[i]![1]!);
});
