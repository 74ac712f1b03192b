// The driver protocol of the Autobahn Testsuite for a client with the interface of a browser's WebSocket.
// Without imports, and with what it needs inside: chromium-client.js hands the function to a page as it is.
export async function drive(url, agent, connect) {
  const base = url.replace(/\/$/, '');
  const talk = (path, onMessage) =>
    new Promise((resolve) => {
      const socket = connect(base + path);
      socket.binaryType = 'arraybuffer';
      socket.onmessage = (event) => onMessage?.(event.data, socket);
      socket.onerror = () => {}; // a close follows
      socket.onclose = () => resolve();
    });
  let count = 0;
  await talk('/getCaseCount', (data) => (count = Number(data)));
  const echo = (data, socket) => socket.send(data);
  for (let number = 1; number <= count; number++) await talk(`/runCase?case=${number}&agent=${agent}`, echo);
  await talk(`/updateReports?agent=${agent}`);
}
