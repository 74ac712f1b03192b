/** Seconds that an opening handshake may take, where nothing else is said. */
export const OPEN_TIME = 5;
