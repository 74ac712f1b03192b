import { shownOpcode } from '../../describe/timeline/bins.js';
import { el } from '../dom.js';

/** A bit for each opcode. */
const SETS_OF_OPCODES = 2 ** 16;

/** Those of frames. */
const FRAME_INKS = ['frame-text', 'frame-binary', 'frame-control', 'frame-close', 'frame-other'] as const;
/** The colours of the overview. People who see few colours can distinguish them (test/web/colours.test.ts), and marks differ in form as well. */
export const INKS = [
  ...['text', 'quiet', 'line', 'back', 'select'],
  ...FRAME_INKS,
  ...['open', 'closed', 'trouble', 'refused', 'error', 'warning', 'handshake'],
] as const;
export type InkName = (typeof INKS)[number];
export type Inks = Readonly<Record<InkName, string>>;
type FrameInk = (typeof FRAME_INKS)[number];

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

/** For each set of opcodes that share a column of pixels, the pixel that is shown, as it is in memory: four bytes, read as one number. */
export function framePixels(inks: Inks): Uint32Array {
  // A canvas knows what each way to write a colour means.
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const pen = canvas.getContext('2d', { willReadFrequently: true })!;
  const pixelOf = (name: FrameInk): readonly [FrameInk, number] => {
    pen.fillStyle = inks[name];
    pen.fillRect(0, 0, 1, 1);
    return [name, new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0]!];
  };
  const pixels = Object.fromEntries(FRAME_INKS.map(pixelOf)) as Record<FrameInk, number>;
  return new Uint32Array(SETS_OF_OPCODES).map((_, bits) => pixels[frameInk(shownOpcode(bits))]);
}

/** The ink of an opcode. */
function frameInk(opcode: number): FrameInk {
  return (
    ({ 1: 'frame-text', 2: 'frame-binary', 8: 'frame-close', 9: 'frame-control', 10: 'frame-control' } as const)[
      opcode as 1
    ] ?? 'frame-other'
  );
}
