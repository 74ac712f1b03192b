import { annotatedView } from '../../terminal/frames/annotated.js';
import type { Look } from '../../terminal/layout.js';
import type { View, ViewOptions } from '../../describe/view.js';

/** The origin of the records: bytes at offsets, or packets of many connections with times. */
export type Layout = 'bytes' | 'capture';

/** What a view is drawn with. */
export interface Drawing {
  readonly options: ViewOptions;
  readonly look: Look;
  /** The number of connections so far. */
  readonly opened: () => number;
  /** Other records are printed before the first one. */
  readonly goesOn: boolean;
}

interface ViewRow {
  /** The value of `--view`. */
  readonly name: string;
  /** What has to be read for it. */
  readonly needs: {
    /** Of payloads: what fits on a line, or all that `--preview` requests. */
    readonly payload: 'line' | 'preview';
    /** What it shows and the filters count. */
    readonly records: 'frames' | 'messages';
    /** What `--json` has, where that differs. */
    readonly json?: 'packets';
  };
  /** The layout for which this view is the default. */
  readonly defaultFor?: Layout;
  /** It draws a blank line before each record but the first. */
  readonly isSpaced?: true;
  draw(this: void, drawing: Drawing): View | Promise<View>;
}

/** The views of records, each in one row: the options of all commands, what is read for a view, and its drawing depend on it. */
const TABLE = [
  {
    name: 'annotated',
    needs: { payload: 'preview', records: 'frames' },
    defaultFor: 'bytes',
    isSpaced: true,
    draw: ({ options, look, goesOn }) => annotatedView(options, look, goesOn),
  },
  {
    name: 'summary',
    needs: { payload: 'line', records: 'frames' },
    defaultFor: 'capture',
    draw: async ({ options, look, opened }) => (await import('../entries/views.js')).frameLines(options, look, opened),
  },
  {
    name: 'messages',
    needs: { payload: 'preview', records: 'messages' },
    draw: async ({ options, look }) => (await import('../entries/views.js')).messagesView(options, look),
  },
  {
    name: 'apps',
    needs: { payload: 'preview', records: 'messages', json: 'packets' },
    draw: async ({ options, look }) => (await import('../entries/views.js')).packetsView(options, look),
  },
] as const satisfies readonly ViewRow[];

export type ViewName = (typeof TABLE)[number]['name'];

const VIEWS: readonly ViewRow[] = TABLE;
export const VIEW_NAMES = TABLE.map(({ name }) => name);

/** The requested view, or the default for the input. */
export function viewFor(name: ViewName | undefined, layout: Layout): ViewRow {
  return VIEWS.find((row) => (name === undefined ? row.defaultFor === layout : row.name === name))!;
}
