// What shows a record in the page: loaded with the first one that is selected.
export { itemView } from './item-view.js';
