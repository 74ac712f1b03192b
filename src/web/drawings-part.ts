// What draws one connection: loaded when the sequence, or the plots, are opened.
export { PlotsView } from './plots/plots-view.js';
export { SequenceView } from './sequence/sequence-view.js';
