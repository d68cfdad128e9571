// Sends the answers of one turn of the event loop one after the other at its end: whoever sleeps is
// woken by the first of them, and to wake somebody for each takes longer than all else about it.

/** So that under a rush the first of many does not wait for all the others. */
const waitingMax = 64;

export function sendTogether(): (send: () => void) => void {
  let waiting: (() => void)[] = [];
  const sendAll = () => {
    const sends = waiting;
    waiting = [];
    for (const send of sends) send();
  };

  return (send) => {
    const count = waiting.push(send);
    if (count === 1) setImmediate(sendAll);
    if (count === waitingMax) sendAll();
  };
}
