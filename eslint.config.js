// The floors of the house (docs/architecture.md): a floor imports only floors below it, siblings never each other.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** What each part of src/ may import besides itself. */
const MAY_IMPORT = {
  codec: [],
  rules: ['codec'],
  capture: ['codec'],
  conformance: ['codec', 'rules'],
  live: ['codec', 'rules', 'capture'],
  render: ['codec', 'rules', 'capture'],
  web: ['codec', 'rules', 'capture'],
  cli: ['codec', 'rules', 'capture', 'conformance', 'live', 'render'],
};
const PARTS = Object.keys(MAY_IMPORT);
const zones = PARTS.map((part) => ({
  target: `./src/${part}`,
  from: PARTS.filter((other) => other !== part && !MAY_IMPORT[part].includes(other)).map((other) => `./src/${other}`),
  message: `${part}/ may import only ${['itself', ...MAY_IMPORT[part]].join(', ')} (docs/architecture.md)`,
}));

const NODE_ADAPTERS = ['src/codec/accept-key.ts', 'src/codec/zlib.ts'];
const pure = {
  patterns: [{ regex: '^node:', message: 'This floor is pure and runs in a browser: no node: import.' }],
  paths: ['chalk', 'commander', 'ws'].map((name) => ({ name, message: 'Pure floors import no package.' })),
};

/** Arguments go on the stack, which holds some 100,000 of them: what comes from outside may be longer. A function's own arguments (`args`) may be handed on. */
const noSpread = {
  selector:
    ':matches(CallExpression, NewExpression) > SpreadElement:not([argument.type="ArrayExpression"], [argument.name="args"])',
  message: 'No list of unknown length as arguments: a loop, or append and largest of src/codec/lists.ts.',
};
/** Lists of fixed length; and those that wait for their file to be written anew. */
const SPREADS = ['src/codec/http1-text.ts', 'src/cli/{flow,input}-reading.ts', 'src/web/paste-reading.ts'];
const CHANCE = [
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Randomness is handed in.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The clock is handed in.' },
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'fixtures'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [
        importX.createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'max-depth': ['error', 4],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 16],
      'no-console': 'error',
      'no-restricted-syntax': ['error', noSpread],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message: 'Set process.exitCode in bin’s main only: pending output is never cut.',
        },
      ],
    },
  },
  {
    files: ['src/{codec,rules,capture,web}/**/*.ts', 'src/index*.ts'],
    ignores: NODE_ADAPTERS,
    rules: {
      'no-restricted-imports': ['error', pure],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-syntax': ['error', noSpread, ...CHANCE],
    },
  },
  { files: SPREADS, rules: { 'no-restricted-syntax': ['error', ...CHANCE] } },
  {
    files: ['bin/*.js'],
    languageOptions: { globals: { require: 'readonly' } },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' } },
  },
);
