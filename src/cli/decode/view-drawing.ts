import type { View, ViewOptions } from '../../describe/view.js';
import { annotatedView } from '../../terminal/frames/annotated.js';
import type { Look } from '../../terminal/layout.js';
import type { ViewName } from './views.js';

/** What a view is drawn with. */
export interface Drawing {
  readonly options: ViewOptions;
  readonly look: Look;
  /** The number of connections so far. */
  readonly opened: () => number;
  /** Other records are printed before the first one. */
  readonly goesOn: boolean;
}

/** How each of the views is drawn. */
export const VIEW_DRAWINGS: Readonly<Record<ViewName, (drawing: Drawing) => View | Promise<View>>> = {
  annotated: ({ options, look, goesOn }) => annotatedView(options, look, goesOn),
  summary: async ({ options, look, opened }) => (await import('../entries/views.js')).frameLines(options, look, opened),
  messages: async ({ options, look }) => (await import('../entries/views.js')).messagesView(options, look),
  apps: async ({ options, look }) => (await import('../entries/views.js')).packetsView(options, look),
};
