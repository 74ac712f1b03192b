// Every attack, by kind.
import { attacks as terminal } from './terminal.js';

export const ATTACKS = [...terminal];
