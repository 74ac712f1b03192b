import { el } from '../dom.js';

/** The colours of the overview. People who see few colours can distinguish them (test/web/colours.test.ts), and marks differ in form as well. */
export const INKS = [
  ...['text', 'quiet', 'line', 'back', 'select'],
  ...['frame-text', 'frame-binary', 'frame-control', 'frame-close', 'frame-other'],
  ...['open', 'closed', 'trouble', 'refused', 'error', 'warning', 'handshake'],
] as const;
export type InkName = (typeof INKS)[number];
export type Inks = Readonly<Record<InkName, string>>;

/** As the style sheet has them for the present scheme: a canvas knows no variables. */
export class InkProbe {
  private readonly probes: readonly (readonly [InkName, HTMLElement])[];

  constructor(host: HTMLElement) {
    const box = el('div', { class: 'inks', hidden: '' });
    this.probes = INKS.map((name) => [name, el('i', { class: `ink-${name}` })]);
    for (const [, probe] of this.probes) box.append(probe);
    host.append(box);
  }

  read(): Inks {
    return Object.fromEntries(this.probes.map(([name, probe]) => [name, getComputedStyle(probe).color])) as Inks;
  }
}

/** The ink of an opcode. */
export function frameInk(opcode: number): InkName {
  return (
    ({ 1: 'frame-text', 2: 'frame-binary', 8: 'frame-close', 9: 'frame-control', 10: 'frame-control' } as const)[
      opcode as 1
    ] ?? 'frame-other'
  );
}
