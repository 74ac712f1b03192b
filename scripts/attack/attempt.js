import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dice } from './dice.js';

/** One attack that runs: its lot, its folder, and what it finds. */
export class Attempt {
  findings = [];
  notes = [];
  enders = [];

  constructor(name, { seed, scale }) {
    this.name = name;
    this.seed = seed;
    this.scale = scale;
    this.dice = new Dice(seed, name);
    this.folder = mkdtempSync(join(tmpdir(), 'wsinspect-attack-'));
  }

  /** `small` in the test suite, `full` in `npm run attack`. */
  count(small, full) {
    return this.scale === 'full' ? full : small;
  }

  get isFull() {
    return this.scale === 'full';
  }

  path(name) {
    return join(this.folder, name);
  }

  /** Something that may never happen has happened. `how` makes it happen again by hand, where that is possible. */
  wrong(what, how = '') {
    this.findings.push({
      what,
      how,
      again: `npm run attack -- --only ${this.name} --seed ${this.seed}`,
    });
  }

  /** Finding unless it holds; gives whether it holds. */
  hold(holds, what, how) {
    if (!holds) this.wrong(what, how);
    return Boolean(holds);
  }

  /** A part that could not be tried here, and why. */
  note(text) {
    this.notes.push(text);
  }

  /** Called at the end, whatever happens, the latest first. */
  atEnd(ender) {
    this.enders.push(ender);
    return ender;
  }

  async end() {
    for (const ender of this.enders.reverse()) await ender();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs one attack; an exception of the attack itself is a finding too, so that a broken attack is never green. */
export async function attempt({ name, run }, options) {
  const tried = new Attempt(name, options);
  try {
    await run(tried);
  } catch (error) {
    tried.wrong(`the attack broke off: ${error.stack}`);
  } finally {
    await tried.end();
  }
  return { findings: tried.findings, notes: tried.notes };
}
