/** Payload bytes that the page draws of a frame, of a message, and of a packet, and in which it searches. */
export const PAGE_PREVIEW = 1024;
