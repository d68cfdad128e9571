// Outcomes as this process has learned of them, for Prometheus: over all nodes each counts once.

import { type PickedUp, type ResultlessCause, resultlessCauses } from '../outcome.js';

/** Upper bounds in seconds. */
const pickupBounds = [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 3600];

/** Each look-up for a name that is not in its project counts as one of the two, sooner or later. */
const tellingOfOthers: ReadonlySet<ResultlessCause> = new Set(['never_written', 'other_project']);

/** What is noted and was not kept, since too much of its kind waited for the store. */
export type LostKind = 'pickup' | 'without_result' | 'change';

export class OutcomeCounters {
  written = 0;
  missed = 0;
  readonly lost: Record<LostKind, number> = { pickup: 0, without_result: 0, change: 0 };
  #inTime = 0;
  #late = 0;
  #delaySeconds = 0;
  /** How many took at most the bound of the same place, and longer than the bound before. */
  readonly #buckets = pickupBounds.map(() => 0);
  readonly #resultless = new Map<ResultlessCause, number>();

  countPickup({ delayMs, late, isNewlyMissed }: PickedUp): void {
    if (isNewlyMissed) this.missed += 1;
    const seconds = delayMs / 1000;
    if (late) this.#late += 1;
    else this.#inTime += 1;
    this.#delaySeconds += seconds;
    const bucket = pickupBounds.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) this.#buckets[bucket]! += 1;
  }

  countResultless(cause: ResultlessCause, count: number): void {
    this.#resultless.set(cause, (this.#resultless.get(cause) ?? 0) + count);
  }

  /** `seesOthers`: whether they may tell that something stands in another project. */
  lines(seesOthers: boolean): string[] {
    const causes = resultlessCauses.filter((cause) => seesOthers || !tellingOfOthers.has(cause));
    const resultless = 'baton_look_ups_without_result_total';
    return [
      ...counter(
        'baton_handoffs_written_total',
        'Handoffs written for the first time',
        this.written,
      ),
      ...counter('baton_handoffs_picked_up_total', 'Picked up within the deadline', this.#inTime),
      ...counter('baton_handoffs_late_total', 'Picked up past the deadline', this.#late),
      ...counter(
        'baton_handoffs_missed_total',
        'Not picked up by the deadline; late ones too',
        this.missed,
      ),
      `# HELP ${resultless} Look-ups that found nothing, once their cause is known`,
      `# TYPE ${resultless} counter`,
      ...causes.map(
        (cause) => `${resultless}{cause="${cause}"} ${this.#resultless.get(cause) ?? 0}`,
      ),
      ...this.#pickupLines('baton_time_to_pickup_seconds'),
      '# HELP baton_outcomes_lost_total Outcomes not counted, since too many waited for the store',
      '# TYPE baton_outcomes_lost_total counter',
      ...Object.entries(this.lost).map(
        ([kind, count]) => `baton_outcomes_lost_total{kind="${kind}"} ${count}`,
      ),
    ];
  }

  #pickupLines(name: string): string[] {
    let below = 0;
    const buckets = pickupBounds.map((bound, place) => {
      below += this.#buckets[place]!;
      return `${name}_bucket{le="${bound}"} ${below}`;
    });
    const count = this.#inTime + this.#late;
    return [
      `# HELP ${name} From the first write to the pickup`,
      `# TYPE ${name} histogram`,
      ...buckets,
      `${name}_bucket{le="+Inf"} ${count}`,
      `${name}_sum ${this.#delaySeconds}`,
      `${name}_count ${count}`,
    ];
  }
}

function counter(name: string, help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, `${name} ${value}`];
}
