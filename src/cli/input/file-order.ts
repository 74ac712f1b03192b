import { escapeText } from '../../describe/escape.js';
import type { Input } from './input.js';
import { type Printable, print } from '../../describe/printable.js';

/** Seconds by which packets of several processors may stand in another order than that of time. */
const TURNED = 0.1;

/** Captures of one call are read as one: says, once, where their order is not that of time. */
export class FileOrder {
  private name = '';
  private begin = NaN;
  private told = false;

  /** The first packet of a capture, and the last one of that before: what to tell of them, if anything. */
  begins(name: string, time: number, before: number): Printable | undefined {
    const { name: other, begin } = this;
    this.name = name;
    this.begin = time;
    // The same again is told by `repeated`. Unknown times compare as nothing.
    if (this.told || other === name || !(time < before - TURNED)) return undefined;
    this.told = true;
    const [own, earlier] = [escapeText(name), escapeText(other)];
    return time < begin
      ? print`${own} begins before ${earlier}: give captures in the order of time, they are read as one`
      : print`${own} begins before ${earlier} ends: captures are read one after the other (mergecap puts them in order)`;
  }
}

/** What to tell of inputs of which one is there more than once. */
export function repeated(inputs: readonly Input[]): Printable | undefined {
  const names = inputs.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i && name !== 'stdin');
  return twice === undefined ? undefined : print`${escapeText(twice)} is given more than once, and read as often`;
}
