import { describe, expect, it } from 'vitest';
import { redactOptions } from '../../src/cli/options/redact-options.js';

const parse = (value: string): unknown => redactOptions()[0]!.parseArg!(value, undefined);

describe('the list of --redact', () => {
  it.each([
    ['', [], [], []],
    ['jwt,card', ['jwt', 'card'], [], []],
    ['field:a,field:b c,email', ['email'], ['a', 'b c'], []],
    ["jsonpath:$['a','b'][0,1],jwt", ['jwt'], [], ["$['a','b'][0,1]"]],
  ])('%s', (value, kinds, fields, paths) => {
    expect(parse(value)).toEqual({ kinds, fields, paths });
  });
});
