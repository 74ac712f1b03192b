import { expect, it } from 'vitest';
import { attackCommandLines } from '../../scripts/attack/command-lines.js';

/** `npm run attack -- --only lines` runs more of them, and prints its seed. */
const SEED = 20_261_128;
const COUNT = 50;

it(`${COUNT} command lines by lot end with a documented exit code, without a trace, in bounded memory`, async () => {
  expect(await attackCommandLines({ seed: SEED, count: COUNT })).toEqual([]);
}, 300_000);
