// What the benchmarks share: rounds in turn, medians, a table of ratios.

/** Runs every contender in turn, `rounds` times after two to warm up, and gives the median rate of each (units per second). */
export async function race(contenders, rounds, units) {
  const rates = contenders.map(() => []);
  for (let round = -2; round < rounds; round++) {
    for (const [i, { prepare, run }] of contenders.entries()) {
      const input = prepare?.();
      const begin = process.hrtime.bigint();
      const did = await run(input);
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      if (did !== units) throw new Error(`contender ${i} did ${did} of ${units}`);
      if (round >= 0) rates[i].push(units / seconds);
    }
  }
  return rates.map(median);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

export function row(cells, widths) {
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join('  '),
  );
}

export function rate(value) {
  return Math.round(value).toLocaleString('en');
}

export function ratio(value, goal) {
  const mark = goal === undefined ? '' : value >= goal ? ' ok' : ' --';
  return value.toFixed(2) + mark;
}
