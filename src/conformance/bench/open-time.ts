/** Seconds that an opening handshake may take, by default. */
export const OPEN_TIME = 5;
