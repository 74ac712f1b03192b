/** `line 5`, `lines 2, 5-7`. */
export function ranges(numbers: readonly number[], count: number): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length;) {
    let to = at;
    while (numbers[to + 1] === numbers[to]! + 1) to++;
    parts.push(to === at ? String(numbers[at]) : `${numbers[at]}-${numbers[to]}`);
    at = to + 1;
  }
  return `${count === 1 ? 'line' : 'lines'} ${parts.join(', ')}${count > numbers.length ? ' and more' : ''}`;
}
