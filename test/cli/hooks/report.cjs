/* global process, setImmediate, __filename */
// Preloaded into the binary by test/cli/binary.ts: at exit, tells on descriptor 3 how much memory was taken and what was loaded.
const { readFileSync, writeSync } = require('node:fs');
const Module = require('node:module');

/** Modules of Node's own that files of the project or its packages asked for. Node itself loads some, others in each version. */
const asked = new Set();
const load = Module._load;
Module._load = function (request, ...rest) {
  if (Module.isBuiltin(request)) asked.add(request.replace('node:', ''));
  return load.call(this, request, ...rest);
};

/** Peak resident memory in MB. VmHWM counts from exec on; getrusage's figure begins with what the parent had. */
function peak() {
  try {
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

// Signals are looked for before anything else is done: from then on the command can be ended.
let isStarted = false;
process.on('newListener', (event) => {
  if (event !== 'SIGHUP' || isStarted) return;
  isStarted = true;
  setImmediate(() => writeSync(3, 'started\n')).unref();
});

process.on('exit', () => {
  const builtins = process.moduleLoadList.flatMap((entry) => /^NativeModule ([a-z_]+)$/.exec(entry)?.[1] ?? []);
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  writeSync(3, JSON.stringify({ peak: peak(), files, builtins, asked: [...asked] }));
});
