// Load by autocannon, where there is no wrk. It takes about as much time a request as the servers
// do, so that ratios come out nearer to one than they are.

import autocannon from 'autocannon';
import { connections, type Load, type Seen } from './load.js';
import { randomNumbers } from './random.js';
import { nameOf, namePlace } from './states.js';

export async function loadByAutocannon(
  load: Load,
  seconds: number,
  { seed }: { seed: number },
): Promise<Seen> {
  const nextName = namesOf(load, seed);
  const result = await autocannon({
    url: load.origin,
    connections,
    duration: seconds,
    timeout: 5,
    requests: [
      {
        method: load.method,
        headers: { ...load.headers },
        setupRequest: (request) => {
          const name = nextName();
          request.path = load.path.replaceAll(namePlace, name);
          if (load.body !== undefined) request.body = load.body.replaceAll(namePlace, name);
          return request;
        },
      },
    ],
  });
  return {
    perSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

function namesOf({ states }: Load, seed: number): () => string {
  const { first, count } = states;
  if (count === 'each once') {
    let place = 0;
    return () => nameOf(first + place++);
  }
  const random = randomNumbers(seed);
  return () => nameOf(first + Math.floor(random() * count));
}
