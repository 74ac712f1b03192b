// Every reader of text on hostile shapes of text: how much longer four times the text takes, in CPU time.
// `quadraticProbe` gives those that grow faster than their text; run by itself, it prints them and ends with 1.
//   node scripts/attack/quadratic.js [bytes]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param {number} length bytes of the smaller text of each pair
 * @returns {Promise<{ reader: string, shape: string, ratio: number }[]>} what is superlinear; empty where all is well
 */
export async function quadraticProbe(length = 32_768) {
  const folder = mkdtempSync(join(tmpdir(), 'wsinspect-quadratic-'));
  try {
    const outfile = join(folder, 'readers.mjs');
    await build({
      entryPoints: [join(root, 'test/attack/readers.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      // commander is CommonJS, and the bundle stands where no package is found.
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
      logLevel: 'warning',
    });
    const { cpuClock, superlinearReaders } = await import(pathToFileURL(outfile).href);
    return superlinearReaders({ length, clock: cpuClock, cheap: 40, most: 10 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await quadraticProbe(Number(process.argv[2] ?? 32_768));
  for (const { reader, shape, ratio } of found) console.log(`${reader} on ${shape}: ${ratio.toFixed(1)} times`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
