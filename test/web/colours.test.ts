import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../cli/binary.js';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** What is seen of linear RGB without one kind of cones (Machado, Oliveira and Fernandes 2009). */
const SIGHTS: Readonly<Record<string, Matrix>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const times = (matrix: Matrix, [r, g, b]: Triple): Triple =>
  matrix.map(([x, y, z]) => Math.max(0, Math.min(1, x * r + y * g + z * b))) as unknown as Triple;

function linear(hex: string): Triple {
  return [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
}

/** CIE 1976 L*a*b*. */
function lab([r, g, b]: Triple): Triple {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(one: string, other: string, sight: Matrix): number {
  const [a, b] = [one, other].map((hex) => lab(times(sight, linear(hex))));
  return Math.hypot(...a!.map((part, i) => part - b![i]!));
}

const CSS = readFileSync(join(ROOT, 'src/web/overview/overview.css'), 'utf8');
const NAMES = ['frame-text', 'frame-binary', 'frame-control', 'frame-close', 'outcome-trouble'];

/** The colours of a scheme: the first of the pair is the light one. */
function inks(scheme: 0 | 1): string[] {
  return NAMES.map((name) => {
    const [, ...pair] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(CSS)!;
    return pair[scheme]!;
  });
}

describe('the colours of frames and of trouble', () => {
  it.each(Object.entries(SIGHTS))('differ for whoever has %s', (_, sight) => {
    for (const scheme of [0, 1] as const) {
      const colours = inks(scheme);
      for (const [i, one] of colours.entries()) {
        for (const other of colours.slice(i + 1)) {
          expect([one, other, Math.round(distance(one, other, sight))]).toSatisfy(([, , far]) => far >= 13);
        }
      }
    }
  });
});
