/**
 * Runs in a text: from what `begin` matches on, as long as what `next` matches follows. `begin` is global, `next` sticky, and
 * both match a bounded number of characters: an expression that matches a run of millions at once overflows the stack of its engine.
 */
export function* runsOf(text: string, begin: RegExp, next: RegExp): Generator<[start: number, end: number]> {
  begin.lastIndex = 0;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    let end = begin.lastIndex;
    for (next.lastIndex = end; next.test(text); next.lastIndex = end) end = next.lastIndex;
    yield [found.index, end];
    begin.lastIndex = end;
  }
}
