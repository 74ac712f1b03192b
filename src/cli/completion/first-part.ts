/** A quoted part, or the end of the first part. */
const PARTS = /(?<![\w'])'[^']*'(?!\w)|; |: | \(|, as in /g;

/** What a description says first; the rest is in `--help`. What is quoted stays whole. */
export function firstPart(description: string): string {
  for (const { 0: found, index } of description.matchAll(PARTS))
    if (!found.startsWith("'")) return description.slice(0, index);
  return description;
}
