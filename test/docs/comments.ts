import ts from 'typescript';

const parsed = (source: string): ts.SourceFile =>
  ts.createSourceFile('source.ts', source, {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });

/** A comment, where no literal is. */
const COMMENT = /\/\/[^\r\n]*|\/\*[^]*?\*\//g;

/** The comments of a TypeScript source with their lines, as running text: without the marks of comments, each in one line. */
export function commentsIn(source: string): { readonly line: number; readonly text: string }[] {
  const file = parsed(source);
  const literals = literalsOf(file);
  const starts = [0, ...literals.map(({ end }) => end)];
  const ends = [...literals.map(({ start }) => start), source.length];
  return starts.flatMap((start, i) =>
    Array.from(source.slice(start, ends[i]).matchAll(COMMENT), ({ index, 0: comment }) => ({
      line: file.getLineAndCharacterOfPosition(start + index).line + 1,
      text: comment.replace(/^\/[/*]+\s*(\*\s)?|\s*\*+\/$/g, '').replace(/\s*\n\s*\*?[^\S\n]*/g, ' '),
    })),
  );
}

/** Where strings, parts of templates and regular expressions are, in order: everywhere else, `//` and `/*` begin a comment. */
function literalsOf(file: ts.SourceFile): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isLiteralExpression(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push({ start: node.getStart(file), end: node.getEnd() });
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

/** The names of the tests of a source, of suites also, with the lines where they begin. */
export function testNamesIn(source: string): { readonly line: number; readonly text: string }[] {
  const file = parsed(source);
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
