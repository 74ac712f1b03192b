/** How many bytes each step of `causeOf` looks at, at most. */
export const LOOKED_AT = [64, 4096] as const;
