import { execFileSync } from 'node:child_process';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Longer than any test may take (`testTimeout`): a file of which nothing ends for that number of milliseconds computes, or waits
 * for another process, for ever.
 */
const SILENCE = 400_000;

/** Ends what vitest can not end. The file fails, and the output shows which one it is and what it waits for; of a process that died, what it ran. */
export class Watchdog implements Reporter {
  private readonly files = new Map<string, NodeJS.Timeout>();
  private readonly running = new Map<string, TestCase>();

  onTestModuleStart({ moduleId }: TestModule): void {
    this.watch(moduleId);
  }

  onTestCaseReady(test: TestCase): void {
    this.running.set(test.id, test);
  }

  onTestCaseResult({ id, module }: TestCase): void {
    this.running.delete(id);
    // The last result of a file may come after its end.
    if (this.files.has(module.moduleId)) this.watch(module.moduleId);
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    clearTimeout(this.files.get(moduleId));
    this.files.delete(moduleId);
  }

  onTestRunEnd(): void {
    for (const [file, timer] of this.files) {
      clearTimeout(timer);
      const own = [...this.running.values()].filter(({ module }) => module.moduleId === file);
      const names = own.map(({ fullName }) => fullName).join(', ');
      console.error(`DIED: ${file}: its process ended, in: ${names === '' ? 'no test' : names}`);
    }
  }

  private watch(file: string): void {
    clearTimeout(this.files.get(file));
    this.files.set(
      file,
      setTimeout(() => this.end(file), SILENCE),
    );
  }

  private end(file: string): void {
    console.error(`HANGS: ${file}: nothing of it has ended for ${SILENCE / 1000} s\n${ps('-e')}`);
    for (const pid of hanging()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}

const ps = (...which: string[]): string =>
  execFileSync('ps', ['-o', 'pid,ppid,stat,etimes,time,args', ...which], { encoding: 'utf8', timeout: 10_000 });

/** The processes of test files that have run for too long. */
function hanging(): number[] {
  const rows = ps('--ppid', String(process.pid)).trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , age, , ...args]) => Number(age) >= SILENCE / 1000 && args.some((arg) => /workers.forks/.test(arg)))
    .map(([pid]) => Number(pid));
}
