import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take ten seconds and more. */
const LONG = [
  ...['attack/attack', 'attack/readers', 'attack/regular-expressions', 'cli/jobs', 'live/floods', 'cli/hostile'],
  ...['conformance/check', 'conformance/options', 'differential/proxy', 'browser/page', 'live/why', 'live/record'],
  ...['goldens', 'sources/generator', 'sources/ground-truth', 'traffic/tls-loss', 'live/idle', 'properties/fuzz'],
  ...['live/http2-serve', 'cli/safety', 'conformance/http2'],
];

/** Begins with the files that take longest: otherwise one of them runs alone at the end. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}
