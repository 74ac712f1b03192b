/** Theme and width, for what loads no view otherwise: a file of its own in dist/. */
export { lookOf } from '../decode/look.js';
