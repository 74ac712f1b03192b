import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import type { TestError } from 'vitest';

/** What is kept of one failure, in lines: whoever reads a cut log sees each of them, and the whole run has the rest. */
const MOST = 12;

/** One failed thing: a test, a hook or a file. */
export interface Failure {
  readonly where: string;
  readonly errors: readonly (SerializedError | TestError)[];
}

/** Writes what failed, and why, to the file of FAILURES_TO: the caller prints it after all else. */
export class FailureSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const path = process.env['FAILURES_TO'];
    if (path !== undefined) writeFileSync(path, summaryOf([...modules.flatMap(failuresOf), ...loose(unhandled)]));
  }
}

/** Empty where nothing failed. */
export function summaryOf(failures: readonly Failure[]): string {
  return failures.map(({ where, errors }) => [`FAIL ${where}`, ...errors.flatMap(linesOf), ''].join('\n')).join('');
}

function failuresOf(module: TestModule): Failure[] {
  const file = module.relativeModuleId;
  const suites = [...module.children.allSuites()].map((suite) => ({ name: suite.fullName, errors: suite.errors() }));
  const tests = [...module.children.allTests('failed')].map((test) => ({
    name: test.fullName,
    errors: test.result().errors ?? [],
  }));
  return [
    ...(module.errors().length > 0 ? [{ where: file, errors: module.errors() }] : []),
    ...suites
      .filter(({ errors }) => errors.length > 0)
      .map(({ name, errors }) => ({ where: `${file} > ${name}`, errors })),
    ...tests.map(({ name, errors }) => ({ where: `${file} > ${name}`, errors })),
  ];
}

/** An error that no test has: a process of tests that died, a rejection that came later. */
const loose = (errors: readonly SerializedError[]): Failure[] =>
  errors.map((error) => ({ where: 'outside of the tests', errors: [error] }));

function linesOf({ name = 'Error', message, diff = '', stacks = [] }: TestError): string[] {
  const at = stacks.find(({ file }) => !file.includes('/node_modules/'));
  const lines = `${name}: ${message}\n${diff}`.split('\n').filter((line) => line.trim() !== '');
  const left = lines.length - MOST;
  return [
    ...lines.slice(0, MOST),
    ...(left > 0 ? [`… ${left} more lines`] : []),
    ...(at ? [`at ${at.file}:${at.line}`] : []),
  ].map((line) => `  ${stripVTControlCharacters(line).slice(0, 300)}`);
}
