import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as library from '../../src/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a TypeScript user writes, and what has to be refused. */
const PROGRAM = `
import {
  FrameReader, FrameHeader, ClientEndpoint, RULES, inspect, jsonRecords, judgeFrame,
  type Diagnostic, type EndpointEvent, type FrameEvent, type Inspected, type TlsCrypto,
} from 'wsinspect';
import { browserTlsCrypto } from 'wsinspect/tls-crypto';

const events: FrameEvent[] = new FrameReader().push(Uint8Array.of(0x81, 0));
for (const event of events) if (event.type === 'frame-start') judgeFrame;
const crypto: TlsCrypto = browserTlsCrypto;
export async function read(bytes: Uint8Array): Promise<void> {
  for await (const record of inspect(bytes, { tlsCrypto: crypto })) {
    const one: Inspected = record;
    jsonRecords(one).map(({ type }) => type.length);
  }
}
const client = new ClientEndpoint({ url: 'ws://host/' });
const received: EndpointEvent[] = client.receive(client.start());
export const code: Diagnostic['code'] = Object.keys(RULES)[0] as keyof typeof RULES;
export const severity: 'error' | 'warning' | 'notice' = RULES['client-frame-unmasked'].severity;
export { received };
// @ts-expect-error: it is no code
export const none: Diagnostic['code'] = 'nothing-of-the-kind';
// @ts-expect-error: bytes, not text
new FrameReader().push('81');
// @ts-expect-error: the same public members do not make it the class
export const header: FrameHeader = {} as { [K in keyof FrameHeader]: FrameHeader[K] };
`;

function compiled(options: ts.CompilerOptions): string[] {
  const path = `${root}test/codec/user.ts`;
  const all: ts.CompilerOptions = { strict: true, noEmit: true, types: [], lib: ['lib.es2022.d.ts'], ...options };
  const host = ts.createCompilerHost(all);
  const files = ts.createCompilerHost(all);
  host.fileExists = (name) => name === path || files.fileExists(name);
  host.getSourceFile = (name, version) =>
    name === path ? ts.createSourceFile(name, PROGRAM, version) : files.getSourceFile(name, version);
  const program = ts.createProgram([path], all, host);
  expect(program.getSourceFiles().filter(({ fileName }) => fileName.includes('/src/'))).toEqual([]);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText, start }) => `${start} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

/** The names that a module exports one by one. */
function exportedBy(path: string): string[] {
  const { statements } = ts.createSourceFile(path, readFileSync(root + path, 'utf8'), ts.ScriptTarget.ES2022, true);
  return statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const clause = statement.exportClause;
      return clause && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [];
    }
    if (!ts.canHaveModifiers(statement)) return [];
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    }
    return [(statement as ts.DeclarationStatement).name!.getText()];
  });
}

describe('the types of the package', () => {
  it('have the names of the library', () => {
    const sorted = (names: string[]) => [...new Set(names)].sort();
    const [browser, node] = ['index.browser', 'index'].map((name) => exportedBy(`dist/${name}.d.ts`)) as [
      string[],
      string[],
    ];
    expect(sorted(browser)).toEqual(sorted(exportedBy('src/index.browser.ts')));
    expect(sorted(node)).toEqual(sorted(exportedBy('src/index.ts')));
    expect([...browser, ...node]).toEqual(expect.arrayContaining(Object.keys(library)));
  });

  it.each([
    ['Node', { module: ts.ModuleKind.NodeNext }],
    ['a bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
    [
      'a bundler for browsers',
      {
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        customConditions: ['browser'],
      },
    ],
  ])('are whole for a user of %s', (_, options) => {
    expect(compiled({ target: ts.ScriptTarget.ES2022, ...options })).toEqual([]);
  });

  it('hide what is private', () => {
    expect(readFileSync(`${root}dist/index.browser.d.ts`, 'utf8')).not.toMatch(/\bprivate (?!constructor)/);
  });
});
