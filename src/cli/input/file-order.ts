import { escapeText } from '../../describe/escape.js';
import type { Input } from './input.js';
import { type Printable, print } from '../../describe/printable.js';

/** Seconds by which packets of several processors may be out of the order of time. */
const TURNED = 0.1;

/** Captures of one call are read as one: reports, once, that their order is not that of time. */
export class FileOrder {
  private name = '';
  private begin = NaN;
  private isReported = false;

  /** The first packet of a capture, and the last one of that before: the notice about them, if there is one. */
  begins(name: string, time: number, before: number): Printable | undefined {
    const { name: other, begin } = this;
    this.name = name;
    this.begin = time;
    // Inputs that are given twice are reported by `repeated`. Unknown times compare as nothing.
    if (this.isReported || other === name || !(time < before - TURNED)) return undefined;
    this.isReported = true;
    const [own, earlier] = [escapeText(name), escapeText(other)];
    return time < begin
      ? print`${own} begins before ${earlier}: give captures in the order of time, they are read as one`
      : print`${own} begins before ${earlier} ends: captures are read one after the other (mergecap puts them in order)`;
  }
}

/** The notice about inputs that are given more than once. */
export function repeated(inputs: readonly Input[]): Printable | undefined {
  const names = inputs.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i && name !== 'stdin');
  return twice === undefined ? undefined : print`${escapeText(twice)} is given more than once, and read as often`;
}
