// Captures for the benchmarks, written by the generator of the fixtures.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const GENERATOR = fileURLToPath(new URL('../fixtures/captures/genpcap.py', import.meta.url));

/** A capture of that kind in `folder`, made if it is not there, and how many frames its ground truth counts. */
export function captureIn(folder, { profile, mb, flows }) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${profile}-${mb}${flows === undefined ? '' : `-${flows}`}.pcap`);
  // The ground truth is written last: without it the capture is not whole.
  if (!existsSync(`${path}.json`)) {
    process.stderr.write(`making ${path}\n`);
    const more = flows === undefined ? [] : ['--flows', String(flows)];
    const args = [GENERATOR, '--profile', profile, '--mb', String(mb), '--out', path, ...more];
    execFileSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const { totals } = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  return { path, bytes: statSync(path).size, frames: totals.frames };
}
