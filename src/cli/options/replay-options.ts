import { InvalidArgumentError, Option } from 'commander';
import { numberOfConnection } from '../../describe/connection-name.js';
import { flaggedExpression, list } from './option-values.js';

/** A recording that is played again: by `connect` its client, by `serve` its server. */
export interface ReplayOptions {
  replay?: string;
  /** Seconds of the recording in a second; 0: without pauses. */
  speed?: number;
  connection?: number;
  replayKeylog?: string[];
}

/** Received messages, compared with the recording. */
export interface DiffOptions {
  diff?: true;
  ignore?: RegExp[];
  ignoreJson?: string[];
}

const HEADING = 'Replay:';

export function replayOptions(who: string, conflicts: string[]): Option[] {
  return [
    new Option(
      '--replay <file>',
      `send what the recorded ${who} sent: FILE is of --record, a HAR or a capture`,
    ).conflicts(conflicts),
    new Option('--speed <factor>', 'replay N times as fast (0: without pauses)').argParser(factor),
    new Option(
      '--connection <number>',
      'replay this connection of the file (default: the one with the first frame)',
    ).argParser(connectionNumber),
    new Option('--replay-keylog <file>', 'decrypt the capture of --replay with this key log (repeatable)').argParser(
      list,
    ),
  ].map((option) => option.helpGroup(HEADING));
}

export function diffOptions(): Option[] {
  return [
    new Option('--diff', 'compare the replies with the recorded ones: exit 1 where they differ'),
    new Option(
      '--ignore <regexp>',
      'ignore what this regular expression matches in texts (RE or /RE/flags; repeatable)',
    ).argParser((value, before: RegExp[] | undefined) => [...(before ?? []), flaggedExpression(value, 'g')]),
    new Option(
      '--ignore-json <path>',
      "ignore these parts of JSON texts, as in '$..time' (JSONPath; repeatable)",
    ).argParser(list),
  ].map((option) => option.helpGroup(HEADING));
}

function connectionNumber(value: string): number {
  const number = numberOfConnection(value);
  if (number !== undefined && number <= Number.MAX_SAFE_INTEGER) return number;
  throw new InvalidArgumentError('It has to be the number of a connection, from 0 on (4.2 over HTTP/2).');
}

function factor(value: string): number {
  const number = /^(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (number === 0 || (number >= 0.001 && number <= 1e6)) return number;
  throw new InvalidArgumentError('It has to be a number from 0.001 to 1000000, or 0.');
}
