import type { Option } from 'commander';

/** What a shell offers for the value of an option that takes other values too, or several of them, with commas between. */
export interface SuggestedValues {
  readonly words: readonly string[];
  readonly isList: boolean;
}

const ALL = new WeakMap<Option, SuggestedValues>();

/** One of these words. */
export function suggests(option: Option, words: readonly string[]): Option {
  ALL.set(option, { words, isList: false });
  return option;
}

/** A list of these words. */
export function suggestsList(option: Option, words: readonly string[]): Option {
  ALL.set(option, { words, isList: true });
  return option;
}

export const suggestedValues = (option: Option): SuggestedValues | undefined => ALL.get(option);
