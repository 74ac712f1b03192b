// Attacks the built command line as a hostile peer, page, file or neighbour would: on loopback only, bounded, by a seed.
//   npm run attack                                  all of them, a new seed
//   npm run attack -- --seed 7 --only ceilings      those whose name begins so, with these lots (repeatable)
//   npm run attack -- --scale small                 as few as the test suite runs
//   npm run attack -- --minutes 10                  starts none after that
//   npm run attack -- --list                        their names
// Exit 1: something that may never happen has happened; each line says how to see it again.
import { parseArgs } from 'node:util';
import { attempt } from './attack/attempt.js';
import { ATTACKS } from './attack/kinds.js';

/** Findings of one attack that are printed. */
const MOST_SHOWN = 30;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    minutes: { type: 'string', default: '60' },
    scale: { type: 'string', default: 'full' },
    list: { type: 'boolean', default: false },
  },
});
const seed = number('seed', values.seed);
const end = Date.now() + number('minutes', values.minutes) * 60_000;
const chosen = ATTACKS.filter(({ name }) => values.only.some((only) => name.startsWith(only)));
if (chosen.length === 0) throw new Error(`--only ${values.only.join(' ')}: there is no such attack (--list)`);
if (!['small', 'full'].includes(values.scale)) throw new Error(`--scale ${values.scale}: small or full`);

if (values.list) for (const { name } of chosen) console.log(name);
else await run();

async function run() {
  console.log(`seed ${seed}, ${chosen.length} attacks, node ${process.version}`);
  let found = 0;
  let left = 0;
  for (const attack of chosen) {
    if (Date.now() > end) {
      left++;
      continue;
    }
    const started = Date.now();
    const { findings, notes } = await attempt(attack, { seed, scale: values.scale });
    console.log(
      `${findings.length > 0 ? 'FOUND' : 'held '}  ${attack.name}  ${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
    for (const note of notes) console.log(`       not tried: ${note}`);
    for (const { what, how } of findings.slice(0, MOST_SHOWN))
      console.log(`       ${what}\n${how && `         ${how}\n`}`.trimEnd());
    if (findings.length > MOST_SHOWN) console.log(`       and ${findings.length - MOST_SHOWN} more`);
    if (findings.length > 0) console.log(`         ${findings[0].again}`);
    found += findings.length;
  }
  console.log(`seed ${seed}: ${found} findings${left > 0 ? `, ${left} attacks left out for --minutes` : ''}`);
  process.exitCode = found > 0 ? 1 : 0;
}

function number(name, value) {
  const read = Number(value);
  if (!Number.isFinite(read) || read < 0) throw new Error(`--${name}: '${value}' is no number`);
  return read;
}
