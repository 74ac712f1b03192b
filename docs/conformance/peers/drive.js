// The driver protocol of the Autobahn Testsuite for a client with the interface of a browser's WebSocket.
// Without imports, and with what it needs inside: chromium-client.js hands the function to a page as it is.
const { setTimeout, clearTimeout } = globalThis;

// `before`: what has to be done before each connection.
export async function drive(url, agent, connect, before) {
  const base = url.replace(/\/$/, '');
  const idle = 5_000; // some clients tell nothing of a connection that they failed: they are not waited for longer
  const talk = async (path, onMessage) => {
    await before?.();
    return new Promise((resolve) => {
      const socket = connect(base + path);
      let timer = setTimeout(resolve, idle);
      socket.binaryType = 'arraybuffer';
      socket.onmessage = (event) => {
        clearTimeout(timer);
        timer = setTimeout(resolve, idle);
        onMessage?.(event.data, socket);
      };
      socket.onerror = () => {}; // a close follows
      socket.onclose = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
  let count = 0;
  await talk('/getCaseCount', (data) => (count = Number(data)));
  const echo = (data, socket) => socket.send(data);
  for (let number = 1; number <= count; number++) await talk(`/runCase?case=${number}&agent=${agent}`, echo);
  await talk(`/updateReports?agent=${agent}`);
}
