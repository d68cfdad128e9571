// What a server has acknowledged, written down outside it, so that nothing can be lost unnoticed.

import { expect } from 'vitest';
import { type Received, type Sent, send } from './request.js';

interface Entry {
  /** The highest version that was acknowledged, and the answer's body. */
  version: number;
  body: string;
  /** Bodies that were sent and never answered: each may have been written or not. */
  readonly unanswered: Set<string>;
}

export class WriteLedger {
  readonly #entries = new Map<string, Entry>();
  #count = 0;
  /** Writes that were acknowledged. */
  acknowledged = 0;

  /** Writes a new state of the id, and resolves when that is acknowledged. */
  async put(stateUrl: string, id: string, sent: Sent): Promise<Received> {
    const entry = this.#entries.get(id) ?? { version: 0, body: '', unanswered: new Set<string>() };
    this.#entries.set(id, entry);
    this.#count += 1;
    const data = { n: this.#count, filler: 'x'.repeat((this.#count * 97) % 1_500) };
    const body = JSON.stringify({ id, shared_id: `shared-${id}`, data });
    entry.unanswered.add(body);

    const received = await send(stateUrl, { ...sent, method: 'PUT', body });
    expect([200, 201], received.text).toContain(received.status);
    expect(received.text).toBe(body);
    entry.unanswered.delete(body);
    this.acknowledged += 1;
    const version = Number(String(received.headers.etag).slice(1, -1));
    if (version > entry.version) Object.assign(entry, { version, body });
    return received;
  }

  /**
   * Reads each id back and expects its highest acknowledged version, or a newer one that was on
   * its way; by shared id alike. Call it when no write is under way.
   */
  async check(stateUrl: string, sent: Sent): Promise<void> {
    for (const [id, entry] of this.#entries) {
      const found = await send(`${stateUrl}?id=${id}`, sent);
      const bySharedId = await send(`${stateUrl}?shared_id=shared-${id}`, sent);
      expect(bySharedId.status).toBe(found.status);
      if (entry.version === 0 && found.status === 404) continue;

      expect(found.status, `${id} is lost, version ${entry.version} was acknowledged`).toBe(200);
      expect(bySharedId.text).toBe(found.text);
      const version = Number(String(found.headers.etag).slice(1, -1));
      expect(version).toBeGreaterThanOrEqual(entry.version);
      expect(version).toBeLessThanOrEqual(entry.version + entry.unanswered.size);
      const possible = version === entry.version ? [entry.body] : [...entry.unanswered];
      expect(possible).toContain(found.text);
      Object.assign(entry, { version, body: found.text });
      entry.unanswered.clear();
    }
  }
}
