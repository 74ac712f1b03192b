import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../cli/binary.js';

/** The comments of a TypeScript file with their lines, as running text: without the marks of comments, and each in one line. */
export function commentsIn(path: string): { readonly line: number; readonly text: string }[] {
  const source = readFileSync(join(ROOT, path), 'utf8');
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
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
  return [...ranges].map(([pos, end]) => ({
    line: file.getLineAndCharacterOfPosition(pos).line + 1,
    text: source
      .slice(pos, end)
      .replace(/^\/[/*]+\s*|\s*\*+\/$/g, '')
      .replace(/\s*\n\s*\*?[^\S\n]*/g, ' '),
  }));
}
