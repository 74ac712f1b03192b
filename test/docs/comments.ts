import ts from 'typescript';

/** The comments of a TypeScript source with their lines, as running text: without the marks of comments, each in one line. */
export function commentsIn(source: string): { readonly line: number; readonly text: string }[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const ranges = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of [
      ...(ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(source, node.getEnd()) ?? []),
    ])
      ranges.set(pos, end);
    for (const child of node.getChildren(file)) visit(child);
  };
  visit(file);
  const inOrder = [...ranges].sort(([a], [b]) => a - b);
  return inOrder.map(([pos, end]) => ({
    line: file.getLineAndCharacterOfPosition(pos).line + 1,
    text: source
      .slice(pos, end)
      .replace(/^\/[/*]+\s*(\*\s)?|\s*\*+\/$/g, '')
      .replace(/\s*\n\s*\*?[^\S\n]*/g, ' '),
  }));
}

/** The names of the tests of a source, of suites also, with the lines where they begin. */
export function testNamesIn(source: string): { readonly line: number; readonly text: string }[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const names: { line: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(it|test|describe)\b/.test(node.expression.getText(file))) {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteralLike(name))
        names.push({ line: file.getLineAndCharacterOfPosition(name.getStart(file)).line + 1, text: name.text });
    }
    node.forEachChild(visit);
  };
  visit(file);
  return names;
}
