// Waits for what another program does in its own time, and tells nobody of.

import { setTimeout as pause } from 'node:timers/promises';

const probeEveryMs = 200;

/**
 * Resolves with what the probe gives as soon as that is neither undefined nor false. A probe that
 * throws has not found it yet; after the time is up the last such reason is told.
 */
export async function until<Found>(
  what: string,
  secondsMax: number,
  probe: () => Promise<Found | undefined | false> | Found | undefined | false,
): Promise<Found> {
  const deadline = performance.now() + secondsMax * 1000;
  let reason: unknown;
  while (performance.now() < deadline) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    await pause(probeEveryMs);
  }
  throw new Error(`${what}: not within ${secondsMax} s`, { cause: reason });
}
