/** An attack, by a name that begins with its kind. */
export interface Attack {
  readonly name: string;
  /** Not among those that run with the tests: it takes long even when it is small. */
  readonly long?: boolean;
}

export const ATTACKS: readonly Attack[];
