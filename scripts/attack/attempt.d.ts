import type { Attack } from './kinds.js';

export interface Finding {
  readonly what: string;
  readonly how: string;
  readonly again: string;
}

/** Runs one attack: what it found, and what could not be tried here. */
export function attempt(
  attack: Attack,
  options: { readonly seed: number; readonly scale: 'small' | 'full' },
): Promise<{ readonly findings: readonly Finding[]; readonly notes: readonly string[] }>;
