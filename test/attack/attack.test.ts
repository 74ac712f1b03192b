// A share of `npm run attack`: each attack that is quick, with few draws. All of them, and many: npm run attack.
import { describe, expect, it } from 'vitest';
import { attempt } from '../../scripts/attack/attempt.js';
import { ATTACKS } from '../../scripts/attack/kinds.js';

const seed = Number(process.env['ATTACK_SEED'] ?? 11);

describe(`attacks, seed ${seed}`, () => {
  // They wait for processes of their own most of the time.
  it.concurrent.each(ATTACKS.filter(({ long }) => !long))('$name', { timeout: 350_000 }, async (attack) => {
    const { findings, notes } = await attempt(attack, { seed, scale: 'small' });
    for (const note of notes) console.warn(`NOT TRIED: ${attack.name}: ${note}`);
    expect(findings).toEqual([]);
  });
});
