// The floors (docs/architecture.md): a floor imports only floors below it, siblings never each other.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** What each part of src/ may import besides itself. */
const MAY_IMPORT = {
  codec: [],
  apps: ['codec'],
  rules: ['codec'],
  sources: ['codec'],
  traffic: ['apps', 'codec', 'rules', 'sources'],
  endpoint: ['codec', 'rules'],
  describe: ['apps', 'codec', 'rules', 'sources', 'traffic'],
  terminal: ['apps', 'codec', 'rules', 'sources', 'traffic', 'describe'],
  web: ['apps', 'codec', 'rules', 'sources', 'traffic', 'describe'],
  live: ['apps', 'codec', 'rules', 'sources', 'traffic', 'describe'],
  conformance: ['codec', 'rules', 'traffic', 'describe'],
  cli: ['apps', 'codec', 'rules', 'sources', 'traffic', 'describe', 'terminal', 'live', 'conformance'],
};
const PARTS = Object.keys(MAY_IMPORT);
const zones = PARTS.map((part) => ({
  target: `./src/${part}`,
  from: PARTS.filter((other) => other !== part && !MAY_IMPORT[part].includes(other)).map((other) => `./src/${other}`),
  message: `${part}/ may import only ${['itself', ...MAY_IMPORT[part]].join(', ')} (docs/architecture.md)`,
}));

const NODE_ADAPTERS = [
  'src/codec/handshake/accept-key.ts',
  'src/codec/deflate/node-zlib.ts',
  'src/codec/tls/node-crypto.ts',
];
/** Runs in a browser like the pure floors, and imports packages: it is a file of its own in dist/. */
const PACKAGE_ADAPTERS = ['src/codec/tls/noble-crypto.ts'];
const pure = {
  patterns: [
    { regex: '^node:', message: 'This floor is pure and runs in a browser: no node: import.' },
    {
      regex: '^@noble/|/noble-crypto\\.js$',
      message: 'Loaded only where TLS is decrypted without node:crypto: wsinspect/tls-crypto.',
    },
  ],
  paths: ['chalk', 'commander', 'ws'].map((name) => ({ name, message: 'Pure floors import no package.' })),
};

/** Arguments go on the stack, which holds some 100,000 of them: what comes from outside may be longer. A function's own arguments (`args`) may be handed on. */
const noSpread = {
  selector:
    ':matches(CallExpression, NewExpression) > SpreadElement:not([argument.type="ArrayExpression"], [argument.name="args"])',
  message: 'No list of unknown length as arguments: a loop, or append and largest of src/codec/bytes/lists.ts.',
};
/** Lists of fixed length. */
const SPREADS = ['src/codec/http1/text.ts'];
/** The one gate (docs/architecture.md): what marks text as fit to be written, and what writes it. */
const MARKING = [
  'src/describe/printable.ts',
  'src/describe/escape.ts',
  'src/describe/line-buffer.ts',
  'src/terminal/theme.ts',
];
const PAYLOADS = [
  'src/cli/connect/payload-output.ts', // connect into a pipe
  'src/cli/commands/encode.ts',
  'src/cli/check/report.ts', // --github: commands on purpose, their data escaped
  'src/cli/host/passed-output.ts', // hands on
  'src/cli/host/output.ts',
];
const noMarking = {
  selector:
    ':matches(TSAsExpression, TSTypeAssertion) TSTypeReference[typeName.name=/^Printable(Bytes)?$/], ' +
    'TSTypePredicate TSTypeReference[typeName.name=/^Printable(Bytes)?$/]',
  message: 'Only escaping makes text printable: escapeText, print`…`, joined (src/describe/).',
};
const noPayload = {
  selector:
    "CallExpression[callee.type='MemberExpression'][callee.property.name='payload'][callee.object.property.name=/^std(out|err)$|^output$/]",
  message: 'What is not escaped is written only where it was asked for as it is (PAYLOADS in eslint.config.js).',
};
const noStreams = {
  selector: "MemberExpression[object.name='process'][property.name=/^std(out|err)$/]",
  message: 'Io.stdout and Io.stderr write: nothing reaches a terminal past the gate.',
};
const pureSyntax = [
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Randomness is handed in.',
  },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The clock is handed in.' },
];
/** A test that reads a clock asserts a duration sooner or later, and fails on a busy machine. Which may, and why. */
const MAY_READ_A_CLOCK = [
  // The clock is a fake one: theirs to move.
  'test/live/outlet.test.ts',
  'test/cli/hooks/clock.cjs',
  // What the cases of `check` are handed: it goes with their own timers, and nothing is asserted about it.
  'test/conformance/benches.ts',
  'test/conformance/handshaking.ts',
];
const CLOCKS = [
  "MemberExpression[object.name='performance'][property.name='now']",
  "MemberExpression[object.name='Date'][property.name='now']",
  "MemberExpression[object.name='process'][property.name='hrtime']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  'ImportDeclaration[source.value=/^(node:)?perf_hooks$/]',
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
    files: ['src/{codec,apps,rules,sources,traffic,endpoint,describe,web}/**/*.ts', 'src/index*.ts'],
    ignores: NODE_ADAPTERS,
    rules: {
      'no-restricted-imports': ['error', pure],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-syntax': ['error', ...pureSyntax, noSpread, noMarking, noPayload, noStreams],
    },
  },
  {
    files: ['src/{conformance,live,terminal,cli}/**/*.ts', ...NODE_ADAPTERS],
    rules: { 'no-restricted-syntax': ['error', noSpread, noMarking, noPayload, noStreams] },
  },
  {
    files: PACKAGE_ADAPTERS,
    rules: { 'no-restricted-imports': ['error', { patterns: pure.patterns.slice(0, 1), paths: pure.paths }] },
  },
  { files: MARKING, rules: { 'no-restricted-syntax': ['error', noSpread, noPayload, noStreams] } },
  { files: PAYLOADS, rules: { 'no-restricted-syntax': ['error', noSpread, noMarking, noStreams] } },
  {
    files: ['src/cli/host/process-io.ts', 'src/cli/entries/main.ts'],
    rules: { 'no-restricted-syntax': ['error', noSpread, noMarking, noPayload] },
  },
  {
    files: ['test/**'],
    ignores: MAY_READ_A_CLOCK,
    rules: {
      'no-restricted-syntax': [
        'error',
        ...CLOCKS.map((selector) => ({
          selector,
          message:
            'Tests read no clock: hold it (test/cli/held-clock.ts, fake timers), wait for an event, or count work (test/work.ts).',
        })),
      ],
    },
  },
  { files: SPREADS, rules: { 'no-restricted-syntax': ['error', ...pureSyntax, noMarking, noPayload, noStreams] } },
  {
    files: ['src/cli/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(codec|rules)/',
              allowTypeImports: true,
              message:
                'cli/ knows no byte of a protocol: what it calls is handed on by traffic/ (docs/architecture.md).',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['bin/*.js'],
    languageOptions: { globals: { require: 'readonly' } },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' } },
  },
);
