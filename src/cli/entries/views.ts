/** The views that bare bytes are not drawn with by default, and the closing table: a file of its own in dist/, loaded with the first of them. */
export { frameLines } from '../../terminal/frames/frame-lines.js';
export { messagesView } from '../../terminal/frames/messages.js';
export { packetsView } from '../../terminal/frames/packets.js';
export { jsonView } from '../../describe/json.js';
export { drawConnections } from '../../terminal/connections/table.js';
export { things } from '../../terminal/connections/words.js';
