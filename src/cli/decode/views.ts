/** The origin of the records: bytes at offsets, or packets of many connections with times. */
export type Layout = 'bytes' | 'capture';

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
}

/** The views of records: the options of all commands, and what is read for a view depend on it. `view-drawing.ts` draws them. */
const TABLE = [
  { name: 'annotated', needs: { payload: 'preview', records: 'frames' }, defaultFor: 'bytes', isSpaced: true },
  { name: 'summary', needs: { payload: 'line', records: 'frames' }, defaultFor: 'capture' },
  { name: 'messages', needs: { payload: 'preview', records: 'messages' } },
  { name: 'apps', needs: { payload: 'preview', records: 'messages', json: 'packets' } },
] as const satisfies readonly ViewRow[];

export type ViewName = (typeof TABLE)[number]['name'];

const VIEWS: readonly (ViewRow & { readonly name: ViewName })[] = TABLE;
export const VIEW_NAMES = TABLE.map(({ name }) => name);

/** The requested view, or the default for the input. */
export function viewFor(name: ViewName | undefined, layout: Layout): ViewRow & { readonly name: ViewName } {
  return VIEWS.find((row) => (name === undefined ? row.defaultFor === layout : row.name === name))!;
}
