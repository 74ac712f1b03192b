// What is bundled other than it stands: modules that would cost a part of each start as they are.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const lib = join(dirname(createRequire(import.meta.url).resolve('commander')), 'lib');

/** What of commander is used, and where it stands. */
const COMMANDER = `
export { Argument } from './argument.js';
export { Command } from './command.js';
export { CommanderError, InvalidArgumentError } from './error.js';
export { Help } from './help.js';
export { Option } from './option.js';
`;

/**
 * commander as ES modules. As CommonJS each of its files is a function around it, and V8 parses that twice: once with
 * the file, once when it is called. It asks for node:child_process, a twentieth of the start, for subcommands that are
 * programs: here none is.
 */
export const commanderAsModules = {
  name: 'commander as ES modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^commander$/ }, () => ({ path: 'commander', namespace: 'commander' }));
    onLoad({ filter: /./, namespace: 'commander' }, () => ({ contents: COMMANDER, resolveDir: lib }));
    onLoad({ filter: /commander[\\/]lib[\\/]\w+\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8')
        .replace("require('node:child_process')", '{}')
        .replace(/^const (\{.*\}) = require\('(\.\/\w+)(?:\.js)?'\);$/gm, "import $1 from '$2.js';")
        .replace(/^exports\.(\w+) = \1;/gm, 'export { $1 };');
      const strange = /\brequire\('(?!node:(?:events|path|fs|process)')|\bexports\b(?!;)/.exec(contents);
      if (strange) throw new Error(`${path}: not expected: ${strange[0]}`);
      return { contents, loader: 'js' };
    });
  },
};

/** `createRequire` where there is `require` already: node:module is loaded for nothing else. */
export const requireAsItIs = {
  name: 'require as it is',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:module$/ }, () => ({ path: 'createRequire', namespace: 'require' }));
    onLoad({ filter: /./, namespace: 'require' }, () => ({ contents: 'export const createRequire = () => require;' }));
  },
};
