/** `1 byte`, `2 bytes`. */
export function count(n: number | bigint, unit: string): string {
  return `${n} ${unit}${n === 1 || n === 1n ? '' : 's'}`;
}
