import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A regular expression of the program, and where it stands. */
export interface Written {
  /** `src/x.ts:12` */
  readonly place: string;
  /** As it is written. */
  readonly text: string;
  /** Undefined: it is made of what only a run knows. */
  readonly pattern: { readonly source: string; readonly flags: string } | undefined;
}

/** All regular expressions below a directory: literals, and what is made by `RegExp`. */
export function writtenIn(directory: string): Written[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).flatMap((name) => inFile(join(directory, name)));
}

function inFile(path: string): Written[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Written[] = [];
  const constants = constantsOf(file);
  const visit = (node: ts.Node): void => {
    const made = patternOf(node, constants);
    if (made !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${path}:${line + 1}`, text: node.getText(), pattern: made ?? undefined });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Undefined: the node is no regular expression; null: it is not known which. */
function patternOf(node: ts.Node, constants: string): RegExp | null | undefined {
  const isMade = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp';
  if (node.kind !== ts.SyntaxKind.RegularExpressionLiteral && !isMade) return undefined;
  try {
    // Plain constants of the same file may be part of it.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    return new Function(`${isMade ? constants : ''}; return ${node.getText()};`)() as RegExp;
  } catch {
    return null;
  }
}

/** The constants of a file that hold texts. */
function constantsOf(file: ts.SourceFile): string {
  const declared = file.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [],
  );
  const texts = declared.filter(({ initializer }) => initializer !== undefined && isText(initializer));
  return texts.map((one) => `const ${one.name.getText()} = ${one.initializer!.getText()}`).join(';\n');
}

function isText(node: ts.Expression): boolean {
  if (ts.isCallExpression(node)) return /^\[[^]*\]\.join\(/.test(node.getText());
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isTaggedTemplateExpression(node);
}
