// Modules that few runs need: each group of them is a file of its own in dist/, loaded with the first call of one of their functions.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const EXPORTED = /^export (?:async )?(function|class) (\w+)/gm;
const IMPORT = /^(?:import|export) \{([^}]*)\} from '(\.[^']*)\.js';$/gm;
const ENTRY = /^deferred:(.*)$/;

/**
 * The plugin. `groups`: by the name of the file in dist/, which modules of the folder `src` are in it; `within`: which
 * modules of `src` are bundled. Whoever imports functions and classes from a group gets functions that load its file and
 * call the real ones. Whoever needs more (constants, classes for `instanceof` or `extends`) gets the module, and with it
 * the file, at once. The entry `deferred:NAME` is a group's file.
 */
export function deferring(src, groups, within) {
  const modules = modulesOf(src, groups, within);
  return {
    name: 'deferred modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: ENTRY }, ({ path }) => ({ path: ENTRY.exec(path)[1], namespace: 'group' }));
      onLoad({ filter: /./, namespace: 'group' }, ({ path: group }) => {
        const exported = [...modules]
          .filter(([, module]) => module.group === group && callsOf(module).size > 0)
          .map(([path, module]) => `export { ${[...callsOf(module)].join(', ')} } from '${path}';`);
        return { contents: exported.join('\n'), resolveDir: src };
      });

      onResolve({ filter: /^\.\.?\/.*\.js$/, namespace: 'file' }, ({ path, importer, resolveDir, kind }) => {
        const file = join(resolveDir, path.replace(/\.js$/, '.ts'));
        const group = modules.get(file)?.group;
        const isOther = kind === 'import-statement' && group !== modules.get(importer)?.group;
        if (group === undefined || !isOther || modules.get(file).wanted.get(importer) === 'all') return undefined;
        return { path: file, namespace: 'deferred' };
      });
      onLoad({ filter: /./, namespace: 'deferred' }, ({ path }) => ({ contents: standIns(modules.get(path)) }));
      onResolve({ filter: /^load:/ }, ({ path }) => ({ path, namespace: 'load' }));
      onLoad({ filter: /./, namespace: 'load' }, ({ path }) => ({ contents: loading(path.slice('load:'.length)) }));
    },
  };
}

/** Each module by its path: its group, the kinds of what it exports, and the names that modules outside the group import. */
function modulesOf(src, groups, within) {
  const modules = new Map();
  for (const name of readdirSync(src, { recursive: true })) {
    const path = join(src, name);
    const file = relative(src, path).replaceAll('\\', '/');
    if (!file.endsWith('.ts') || !within.test(file)) continue;
    const text = readFileSync(path, 'utf8');
    const group = Object.keys(groups).find((name) => groups[name].test(file));
    const kinds = new Map(Array.from(text.matchAll(EXPORTED), ([, kind, name]) => [name, kind]));
    modules.set(path, { file, text, group, kinds, wanted: new Map() });
  }
  for (const [path, { text, group }] of modules) {
    for (const [, list, from] of text.matchAll(IMPORT)) {
      const module = modules.get(join(path, '..', `${from}.ts`));
      if (module?.group === undefined || module.group === group) continue;
      const names = list.split(',').map((one) => one.trim().split(' as ')[0]);
      const values = names.filter((name) => name !== '' && !name.startsWith('type '));
      const isCalled = (name) => module.kinds.has(name) && !new RegExp(`(?:instanceof|extends) ${name}\\b`).test(text);
      const before = module.wanted.get(path) ?? [];
      module.wanted.set(path, before !== 'all' && values.every(isCalled) ? [...before, ...values] : 'all');
    }
  }
  return modules;
}

function callsOf({ wanted }) {
  return new Set([...wanted.values()].filter((names) => names !== 'all').flat());
}

function standIns(module) {
  const { group, kinds } = module;
  const exported = [...callsOf(module)].map((name) =>
    kinds.get(name) === 'class'
      ? `export const ${name} = function (...args) { return new (load().${name})(...args); };`
      : `export function ${name}(...args) { return load().${name}(...args); }`,
  );
  return [`import { load } from 'load:${group}';`, ...exported].join('\n');
}

function loading(group) {
  return `import { createRequire } from 'node:module';
let loaded;
export const load = () => (loaded ??= createRequire(import.meta.url)('./${group}.js'));`;
}
