import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** In this order: a process that runs the files of a project one after the other ends where those of another follow. */
const PROJECTS = ['live', 'apart', 'counted', 'pure'];

/** Files that take ten seconds and more. */
const LONG = [
  ...['attack/attack', 'conformance/http2-client', 'conformance/http2', 'browser/accessibility', 'browser/page'],
  ...['attack/regular-expressions', 'attack/readers', 'cli/jobs', 'live/floods', 'cli/hostile', 'conformance/check'],
  ...['conformance/options', 'differential/proxy', 'live/why', 'live/record', 'cli/pipes', 'browser/view', 'goldens'],
  ...['conformance/handshake-client', 'conformance/handshake-server', 'cli/safety'],
  ...['sources/generator', 'sources/ground-truth', 'traffic/tls-loss'],
];

/** Begins with the files of a project that take longest: otherwise one of them runs alone at the end. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return PROJECTS.indexOf(project.name) * (LONG.length + 1) + (at < 0 ? LONG.length : at);
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}
