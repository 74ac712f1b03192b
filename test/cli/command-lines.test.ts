import { expect, it } from 'vitest';
import { attackCommandLines } from '../../scripts/attack/command-lines.js';

/** `node scripts/attack/command-lines.js COUNT SEED` runs more of them. */
const SEED = 20_261_128;
const COUNT = 100;

it(`${COUNT} command lines by lot end with a documented exit code, without a trace, in bounded memory`, async () => {
  expect(await attackCommandLines({ seed: SEED, count: COUNT })).toEqual([]);
}, 300_000);
