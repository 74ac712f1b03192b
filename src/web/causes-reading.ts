// What explains failed connections in the page: loaded with the first of a file.
export { allCauses } from '../traffic/causes/causes.js';
