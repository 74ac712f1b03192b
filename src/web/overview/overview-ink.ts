import { BAR_KINDS } from '../../describe/timeline/bar-bits.js';
import { el } from '../dom.js';

/** Those of frames. */
const FRAME_INKS = ['frame-text', 'frame-binary', 'frame-control', 'frame-close', 'frame-other'] as const;
/** The colours of the overview. People who see few colours can distinguish them (test/web/colours.test.ts), and marks differ in form as well. */
export const INKS = [
  ...['text', 'quiet', 'line', 'back', 'select'],
  ...FRAME_INKS,
  ...['open', 'closed', 'trouble', 'refused', 'unknown', 'error', 'warning', 'handshake'],
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

const INK_OF_KIND: Readonly<Record<(typeof BAR_KINDS)[number], FrameInk>> = {
  continuation: 'frame-other',
  text: 'frame-text',
  binary: 'frame-binary',
  reserved: 'frame-other',
  control: 'frame-control',
  close: 'frame-close',
};

/** For each kind of frames, by its number, its pixel as it is in memory: four bytes, read as one number. */
export function framePixels(inks: Inks): Uint32Array {
  // A canvas knows what each way to write a colour means.
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const pen = canvas.getContext('2d', { willReadFrequently: true })!;
  return Uint32Array.from(BAR_KINDS, (kind) => {
    pen.fillStyle = inks[INK_OF_KIND[kind]];
    pen.fillRect(0, 0, 1, 1);
    return new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0]!;
  });
}
