// The types of each entry in one file: what its users can reach. TypeScript writes one file for each source file instead, and most of them reach no user.
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** Stands for all private members: two classes with the same public members stay different types. */
const PRIVATE = '#private;';

/** Without these words a declaration is written again, and gets those that it needs. */
const MODIFIERS = new Set([ts.SyntaxKind.ExportKeyword, ts.SyntaxKind.DeclareKeyword, ts.SyntaxKind.DefaultKeyword]);

/**
 * Writes one file of types into `folder` for each entry. `entries` has pairs of its name and its source; what the first
 * exports is imported by the others.
 */
export function rollUpTypes({ config, folder, entries }) {
  const { options, fileNames } = settings(config);
  const emitted = emit(fileNames, options);
  const paths = entries.map(([, source]) => resolve(dirname(config), source.replace(/\.ts$/, '.d.ts')));
  const program = ts.createProgram(paths, { ...options, noEmit: true }, hostOf(emitted, options));
  refuse(ts.getPreEmitDiagnostics(program));

  const base = { module: `./${entries[0][0].replace(/\.d\.ts$/, '.js')}`, path: paths[0] };
  for (const [i, [name]] of entries.entries()) {
    const text = new RollUp(program, emitted, paths[i], i === 0 ? undefined : base).text();
    writeFileSync(join(folder, name), text.replaceAll(/^(?: {4})+/gm, withTabs));
  }
}

/** An indentation of TypeScript's, smaller. */
function withTabs(indentation) {
  return '\t'.repeat(indentation.length / 4);
}

function settings(config) {
  const read = ts.readConfigFile(config, ts.sys.readFile);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(read.config, ts.sys, dirname(config));
  refuse(read.error ? [read.error, ...errors] : errors);
  return { options, fileNames };
}

/** Sentences and sections of the catalogues, whose types are the texts themselves: a quarter of the file, and of no use as types. */
const SENTENCES = /\breadonly (requirement|message|rfc): "(?:[^"\\]|\\.)*";/g;

/** The types of each source file, by the path that they have beside it. */
function emit(fileNames, options) {
  const program = ts.createProgram(fileNames, options);
  const texts = new Map();
  const { diagnostics } = program.emit(undefined, (path, text) =>
    texts.set(resolve(path), text.replace(SENTENCES, 'readonly $1: string;')),
  );
  refuse([...ts.getPreEmitDiagnostics(program), ...diagnostics]);
  return texts;
}

/** Reads the types from memory, and finds no source beside them. */
function hostOf(emitted, options) {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const isSource = (path) => !emitted.has(path) && emitted.has(path.replace(/\.ts$/, '.d.ts'));
  host.fileExists = (path) => emitted.has(resolve(path)) || (!isSource(resolve(path)) && fileExists(path));
  host.readFile = (path) => emitted.get(resolve(path)) ?? readFile(path);
  host.getSourceFile = (path, version) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, version, true);
  };
  return host;
}

function refuse(diagnostics) {
  if (diagnostics.length === 0) return;
  const host = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => '\n',
  };
  throw new Error(ts.formatDiagnostics(diagnostics, host));
}

class RollUp {
  /** What this file declares, by symbol, in the order in which it was met: its name here. */
  declared = new Map();
  /** What it imports, by symbol: its name here. */
  imported = new Map();
  /** By module. */
  imports = new Map();
  taken = new Set();

  constructor(program, emitted, path, base) {
    this.checker = program.getTypeChecker();
    this.emitted = emitted;
    this.source = program.getSourceFile(path);
    this.base = base;
    this.ofBase = base ? this.exportsOf(program.getSourceFile(base.path)) : new Map();
  }

  text() {
    const all = this.exportsOf(this.source);
    for (const [symbol, name] of all) {
      if (!this.ofBase.has(symbol)) this.declare(symbol, name);
    }
    const exported = new Set(this.declared.keys());
    const statements = [];
    // What a statement needs is added to those declared, and its turn comes.
    for (const symbol of this.declared.keys()) {
      for (const declaration of symbol.declarations) {
        statements.push(this.statement(declaration, exported.has(symbol)));
      }
    }
    const again = [...all.keys()].some((symbol) => this.ofBase.has(symbol))
      ? [`export * from '${this.base.module}';`]
      : [];
    const imports = [...this.imports].map(([module, names]) => `import type { ${names.join(', ')} } from '${module}';`);
    // Without the last line, what is not exported would be.
    return [...imports, ...again, ...statements, 'export {};', ''].join('\n');
  }

  exportsOf(file) {
    const symbols = this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(file));
    return new Map(symbols.map((symbol) => [this.real(symbol), symbol.name]));
  }

  real(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  declare(symbol, name) {
    const free = this.free(name);
    this.declared.set(symbol, free);
    return free;
  }

  free(name) {
    let free = name;
    for (let i = 2; this.taken.has(free); i++) free = `${name}${i}`;
    this.taken.add(free);
    return free;
  }

  /** The name here of what an identifier of another file refers to; undefined: it is no declaration of a file, or one that all files know. */
  nameOf(identifier) {
    const symbol = this.checker.getSymbolAtLocation(identifier);
    if (symbol === undefined) return undefined;
    const real = this.real(symbol);
    const known = this.declared.get(real) ?? this.imported.get(real);
    if (known !== undefined) return known;
    const origin = symbol.declarations?.[0];
    if (this.ofBase.has(real)) return this.import(real, this.ofBase.get(real), this.base.module);
    if (this.isOurs(real)) return this.declare(real, real.name);
    if (origin && ts.isImportSpecifier(origin)) {
      const { moduleSpecifier } = origin.parent.parent.parent;
      return this.import(real, (origin.propertyName ?? origin.name).text, moduleSpecifier.text);
    }
    return undefined;
  }

  /** The texts that a type stands for where it is taken from a table (`keyof typeof …`): the table itself is of no use as a type. */
  literalsOf({ type }) {
    if (!/\btypeof\b/.test(type.getText())) return undefined;
    const { types } = this.checker.getTypeFromTypeNode(type);
    return types?.every((one) => one.isStringLiteral()) ? types.map(({ value }) => JSON.stringify(value)) : undefined;
  }

  /** Declared at the top of one of our files. */
  isOurs({ declarations }) {
    const statement = declarations?.[0] && statementOf(declarations[0]);
    return statement !== undefined && this.emitted.has(resolve(statement.parent.fileName));
  }

  import(symbol, name, module) {
    const here = this.free(name);
    this.imported.set(symbol, here);
    const names = this.imports.get(module) ?? [];
    this.imports.set(module, [...names, here === name ? name : `${name} as ${here}`]);
    return here;
  }

  statement(declaration, isExported) {
    const statement = statementOf(declaration);
    const { jsDoc, modifiers = [] } = statement;
    const file = statement.getSourceFile().text;
    const words = modifiers.filter(({ kind }) => MODIFIERS.has(kind));
    const from = words.length > 0 ? words.at(-1).end : statement.getStart();
    const edits = [];
    this.visit(statement, edits);
    const needsDeclare = !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement);
    const docs = jsDoc ? `${file.slice(jsDoc.at(-1).pos, jsDoc.at(-1).end)}\n` : '';
    const start = [isExported && 'export', needsDeclare && 'declare'].filter(Boolean).join(' ');
    return `${docs}${start} ${edited(file, from, statement.end, edits).trimStart()}`.trimStart();
  }

  visit(node, edits) {
    if (ts.isIdentifier(node)) {
      const name = this.nameOf(node);
      if (name !== undefined && name !== node.text) edits.push([node.getStart(), node.end, name]);
      return;
    }
    if (ts.isTypeAliasDeclaration(node)) {
      const literals = this.literalsOf(node);
      if (literals) {
        edits.push([node.type.getStart(), node.type.end, literals.join(' | ')]);
        return;
      }
    }
    if (ts.isImportTypeNode(node)) {
      if (!node.qualifier || !ts.isIdentifier(node.qualifier)) throw new Error(`${node.getText()}: name what it is`);
      const name = this.nameOf(node.qualifier) ?? node.qualifier.text;
      edits.push([node.getStart(), node.qualifier.end, node.isTypeOf ? `typeof ${name}` : name]);
      node.typeArguments?.forEach((one) => this.visit(one, edits));
      return;
    }
    if (ts.isClassDeclaration(node)) {
      const hidden = node.members.filter(isHidden);
      for (const [i, member] of hidden.entries()) {
        const stays = i === 0 ? `\n    ${PRIVATE}` : '';
        edits.push([member.pos, member.end, stays]);
      }
      ts.forEachChild(node, (child) => {
        if (!hidden.includes(child)) this.visit(child, edits);
      });
      return;
    }
    ts.forEachChild(node, (child) => this.visit(child, edits));
  }
}

/** That a constructor is private matters to users. */
function isHidden(member) {
  if (ts.isConstructorDeclaration(member)) return false;
  return ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private;
}

/** The statement that declares it, at the top of its file; undefined: it is inside of another. */
function statementOf(declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  if (!ts.isStatement(statement) || !ts.isSourceFile(statement.parent)) return undefined;
  return statement;
}

function edited(text, from, to, edits) {
  let result = '';
  let at = from;
  for (const [start, end, instead] of edits.filter(([start]) => start >= from)) {
    result += text.slice(at, start) + instead;
    at = end;
  }
  return result + text.slice(at, to);
}
