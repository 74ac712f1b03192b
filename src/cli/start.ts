/**
 * Starts the command line. A third of a short run goes into compiling, so V8's compiled code is kept beside each file
 * of dist/ and taken up by the next run. Node 22 does that by itself; a folder that can't be written does without.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

type Wrapper = (exports: object, require: (name: string) => unknown, module: object, file: string, dir: string) => void;

const { enableCompileCache } = nodeModule as { enableCompileCache?: () => void };
const main = join(__dirname, 'main.js');

if (enableCompileCache) {
  enableCompileCache();
  nodeModule.createRequire(__filename)(main);
} else load(main);

/** What `require(file)` gives, by compiled code if there is some. The file's time is part of its name, so that it is never that of another build. */
function load(file: string): unknown {
  const loaded = nodeModule.createRequire(file).cache[file];
  if (loaded) return loaded.exports;
  const cache = `${file}.${statSync(file).mtimeMs}.cache`;
  const cachedData = readIfThere(cache);
  const script = new Script(nodeModule.wrap(readFileSync(file, 'utf8')), {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const require = nodeModule.createRequire(file);
  const module = new nodeModule.Module(file);
  require.cache[file] = module;
  const requireHere = (name: string): unknown =>
    name.startsWith('./') ? load(join(dirname(file), name)) : require(name);
  (script.runInThisContext() as Wrapper)(module.exports as object, requireHere, module, file, dirname(file));
  if (!cachedData || script.cachedDataRejected) process.once('exit', () => write(cache, script));
  return module.exports;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Under another name first: a run beside this one never reads half a file. */
function write(path: string, script: Script): void {
  try {
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, path);
  } catch {
    // The next run compiles again.
  }
}
