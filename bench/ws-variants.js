// ws twice in one process: with bufferutil and without. It decides when it is loaded, by an environment variable.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const root = dirname(require.resolve('ws'));

function load(withBufferutil) {
  for (const path of Object.keys(require.cache)) if (path.startsWith(root)) delete require.cache[path];
  if (withBufferutil) delete process.env.WS_NO_BUFFER_UTIL;
  else process.env.WS_NO_BUFFER_UTIL = '1';
  return { Receiver: require(join(root, 'lib/receiver.js')), Sender: require(join(root, 'lib/sender.js')) };
}

export const plain = load(false);
export const native = load(true);
export const { version } = require('ws/package.json');
