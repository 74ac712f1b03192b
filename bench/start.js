// Start-up: a whole run of the command against a bare Node process, in turns; the ratio is the median of the pairs' ratios.
//   node bench/start.js [pairs]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, ratio, row } from './measure.js';

const pairs = Number(process.argv[2] ?? 60);
const bin = fileURLToPath(new URL('../bin/wsinspect.js', import.meta.url));
const WIDTHS = [34, 10, 10, 8];
const COMMANDS = [
  { args: ['decode', '810548656c6c6f'], goal: 1 / 1.5 },
  { args: ['accept', 'dGhlIHNhbXBsZSBub25jZQ=='] },
  { args: ['encode', 'hello', '--mask', '37fa213d'] },
  { args: ['--help'] },
];

function time(args) {
  const begin = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}`);
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

console.log(`\nnode ${process.version}, median of ${pairs} pairs, milliseconds\n`);
row(['start-up', 'wsinspect', 'node -e 0', 'ratio'], WIDTHS);
for (const { args, goal } of COMMANDS) {
  const ours = [];
  const bare = [];
  for (let i = -3; i < pairs; i++) {
    const [a, b] = [time([bin, ...args]), time(['-e', '0'])];
    if (i < 0) continue;
    ours.push(a);
    bare.push(b);
  }
  const ratios = ours.map((value, i) => value / bare[i]);
  const cells = [median(ours).toFixed(1), median(bare).toFixed(1)];
  const told = median(ratios);
  row(
    [
      `wsinspect ${args.join(' ').slice(0, 22)}`,
      ...cells,
      goal ? `${ratio(told)}${1 / told >= goal ? ' ok' : ' --'}` : ratio(told),
    ],
    WIDTHS,
  );
}
