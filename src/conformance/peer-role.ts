/** The role that is tested. */
export type PeerRole = 'server' | 'client';
