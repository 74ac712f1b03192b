import { describe, expect, it } from 'vitest';
import { connectionName, numberOfConnection } from '../../src/describe/connection-name.js';
import { connectionRange, isInRange } from '../../src/traffic/selection/ranges.js';

describe('the name of a connection', () => {
  it.each([
    [0, '0'],
    [123, '123'],
    [1_000_000_000, '0.2'],
    [11_000_000_004, '4.12'],
  ])('%d is #%s', (number, name) => {
    expect(connectionName(number)).toBe(name);
    expect(numberOfConnection(name)).toBe(number);
  });

  it.each([
    ['4.1', 4],
    ['1000000004', 1_000_000_004],
    ['4.0', undefined],
    ['4.', undefined],
    ['.2', undefined],
    ['4.2.1', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('%j is read as %s', (name, number) => {
    expect(numberOfConnection(name)).toBe(number);
  });
});

describe('a selection of connections', () => {
  const NUMBERS = [0, 4, 5, 1_000_000_004, 1_000_000_005, 2_000_000_004];

  it.each([
    ['4', [4]],
    ['4-5', [4, 5]],
    ['5-', [5, 1_000_000_004, 1_000_000_005, 2_000_000_004]],
    ['4.1', [4]],
    ['4.2', [1_000_000_004]],
    ['4.2-', [1_000_000_004, 2_000_000_004]],
    ['4.1-4.2', [4, 1_000_000_004]],
    ['4.*', [4, 1_000_000_004, 2_000_000_004]],
    ['1000000004', [1_000_000_004]],
  ])('%s', (text, wanted) => {
    expect(NUMBERS.filter((number) => isInRange(number, connectionRange(text)!))).toEqual(wanted);
  });

  it.each(['', 'x', '-3', '4.', '4.0', '4.*-', '*', '4.2-5.3', '4.2-5', '4-5.2'])('%j is none', (text) => {
    expect(connectionRange(text)).toBeUndefined();
  });

  it.each([
    ['4.3', 4, true],
    ['4.3', 5, false],
    ['1000000004', 4, true],
    ['1000000004', 5, false],
    ['4', 4, true],
  ])('%s may be among those that connection %d carries: %s', (text, number, may) => {
    expect(isInRange(number, connectionRange(text)!, true)).toBe(may);
  });
});
