import * as fs from 'node:fs';
import { basename } from 'node:path';
import { escapeText } from '../../describe/escape.js';
import { print } from '../../describe/printable.js';
import { ReadingNotices } from '../../describe/timeline/reading-notices.js';
import type { RecordWatcher } from '../decode/record-output.js';
import { changed } from '../host/changed-io.js';
import { isUsageError, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { checkOutputs, type OutPath } from '../host/output-file.js';
import { isSystemError, reasonOf, WRITING } from '../host/system-reasons.js';
import { problemText } from '../host/problem-text.js';
import { teedStderr } from '../host/teed-stderr.js';
import { pageFile } from '../live/page-access.js';
import { RecordFile } from '../record/record-file.js';
import { ReportCollector } from './report-collector.js';
import { reportPage, type PageParts } from './report-page.js';

export interface ReportOptions {
  readonly html: string;
  readonly quiet?: true | undefined;
}

/** What a report is of. */
export interface ReportSubject {
  /** Files that the run reads. */
  readonly inputs: readonly string[];
  /** Files that the run writes besides. */
  readonly others?: readonly OutPath[];
  /** Absent: the names of the inputs. */
  readonly title?: string;
}

/**
 * `--html FILE`, around a run that gives its records to a watcher. The file is written when the run has ended, also where
 * an input could not be read further: then with what was read.
 */
export async function withReport(
  io: Io,
  { html, quiet }: ReportOptions,
  { inputs, others = [], title = titleOf(inputs) }: ReportSubject,
  run: (watcher: RecordWatcher, io: Io) => Promise<number>,
): Promise<number> {
  const output = { option: '--html', path: html };
  checkOutputs(fs, [...others, output], inputs);
  const parts = await pageParts(io);
  const file = new RecordFile(fs, output);
  const collector = new ReportCollector();
  const notices = new ReadingNotices();
  const stderr = teedStderr(io, (message, isDamage) => notices.add(withoutFolders(message, inputs), isDamage));
  try {
    return await run(collector, changed(io, { stderr }));
  } catch (error) {
    if (isUsageError(error)) notices.add(`the rest can't be read: ${withoutFolders(problemText(error), inputs)}`, true);
    throw error;
  } finally {
    const note = [collector.note, ...notices.words].filter((part) => part !== '').join('; ');
    if (collector.records.length === 0) file.discard();
    else write(file, reportPage(parts, { records: collector.records, note, inFull: notices.inFull ?? [], title }));
    if (collector.note !== '' && !quiet) await io.stderr.write(print`--html: ${escapeText(collector.note)}\n`);
  }
}

/** Whoever gets a report does not learn where its maker keeps files. */
function withoutFolders(message: string, inputs: readonly string[]): string {
  return inputs.reduce((text, path) => text.replaceAll(path, basename(path)), message);
}

/** The modules of the page: each after those that it imports. */
export const SCRIPTS = [
  ...['core', 'digest', 'lists', 'pipeline', 'causes', 'http2-layer', 'recordings', 'text'].map(
    (name) => `../${name}.js`,
  ),
  ...['shared', 'items', 'frame-model', 'page', 'record-part', 'drawings-part'].map((name) => `${name}.js`),
  ...['dropped', 'reading', 'causes-reading', 'http2-reading', 'recording-reading', 'text-reading', 'app'].map(
    (name) => `${name}.js`,
  ),
];
/** A report shows records that were read: of other files it opens no TLS, and reads no application protocols. They are a third of the page. */
export const LEFT_OUT = ['tls-reading.js', 'tls-crypto.js', 'apps.js'];

async function pageParts(io: Io): Promise<PageParts> {
  const text = async (name: string): Promise<string> => Buffer.from(await pageFile(io, name)).toString();
  const names = ['index.html', 'style.css', 'icon.svg'];
  const [html = '', style = '', icon = ''] = await Promise.all(names.map(text));
  const scripts = await Promise.all(SCRIPTS.map(async (name) => [basename(name), await text(name)] as const));
  return { html, style, icon, scripts: new Map(scripts), leftOut: LEFT_OUT };
}

function titleOf(inputs: readonly string[]): string {
  const names = inputs.map((path) => basename(path));
  return names.length === 0 ? 'report' : names.length === 1 ? names[0]! : `${names[0]} and ${names.length - 1} more`;
}

function write(file: RecordFile, text: string): void {
  try {
    file.write(new TextEncoder().encode(text));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(`--html: ${file.path}: can't be written: ${reasonOf(error, WRITING)}`);
  } finally {
    file.close();
  }
}
