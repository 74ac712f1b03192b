import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../src/cli/host/make-directory.js';

const folder = fs.mkdtempSync(join(tmpdir(), 'wsinspect-directory-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A file system that refuses, and counts how often it was asked. */
function refusing(code: string) {
  const asked: string[] = [];
  const mkdirSync = (path: string): never => {
    asked.push(path);
    throw Object.assign(new Error(code), { code });
  };
  return { asked, mkdirSync };
}

describe('makeDirectory', () => {
  it('makes those above it too, and takes one that is there', () => {
    const path = join(folder, 'a/b/c');
    makeDirectory(fs, path, 0o700);
    makeDirectory(fs, path, 0o700);
    expect(fs.statSync(path).mode & 0o777).toBe(0o700);
    expect(fs.statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
  });

  it.each(['ENOENT', 'EACCES', 'ENOTDIR'])('ends where the system says %s, whatever is there', (code) => {
    const files = refusing(code);
    expect(() => makeDirectory(files, '/x/y/z')).toThrow(code);
    expect(files.asked.length).toBeLessThanOrEqual(4);
  });

  it('ends where nothing can be made although all above it is there', () => {
    const there = new Set(['/proc', '/']);
    const asked: string[] = [];
    const mkdirSync = (path: string): void => {
      asked.push(path);
      const code = there.has(path) ? 'EEXIST' : 'ENOENT';
      throw Object.assign(new Error(code), { code });
    };
    expect(() => makeDirectory({ mkdirSync }, '/proc/x/y')).toThrow('ENOENT');
    expect(asked.length).toBeLessThanOrEqual(5);
  });
});
