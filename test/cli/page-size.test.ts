import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ROOT } from './binary.js';

const packed = (...names: string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(ROOT, 'dist', name)), { level: 9 }).length, 0);

it('the scripts and styles that the page loads at its opening are small, packed; what reads pasted bytes comes later', () => {
  const first = ['base.js', 'core.js', 'shared.js', 'web/app.js', 'web/door.js', 'web/style.css'];
  expect(packed(...first)).toBeLessThan(80_000);
  expect(packed('bytes.js', 'pipeline.js', 'web/reading.js')).toBeLessThan(163_000);
  expect(packed('cli/apps.js')).toBeLessThan(85_000);
  expect(packed('tls-layer.js', 'tls-crypto.js', 'web/tls-reading.js')).toBeLessThan(35_000);
  const app = readFileSync(join(ROOT, 'dist/web/app.js'), 'utf8');
  expect(app).toContain('import("./reading.js")');
  expect(app).not.toMatch(/from"\.\.\/(?:bytes|pipeline|tls-\w+)\.js"/);
  const reading = readFileSync(join(ROOT, 'dist/web/reading.js'), 'utf8');
  expect(reading).toContain('import("./tls-reading.js")');
  expect(reading).toContain('import("./apps.js")');
  expect(reading).not.toMatch(/from"\.\.\/tls-\w+\.js"/);
});
