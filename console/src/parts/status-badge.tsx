// The outcome of a handoff, in a word and a colour.

import type { HandoffStatus } from '@baton/client';
import type { JSX } from 'preact';

export const statusWords: Readonly<Record<HandoffStatus, string>> = {
  pending: 'Pending',
  picked_up: 'Picked up',
  late: 'Late',
  missed: 'Missed',
  expired: 'Expired',
  erased: 'Erased',
};

export const statusMeanings: Readonly<Record<HandoffStatus, string>> = {
  pending: 'Written, not read yet, and still in time.',
  picked_up: 'A reader looked it up in time.',
  late: 'A reader looked it up, but after the pickup deadline.',
  missed: 'No reader looked it up before the pickup deadline.',
  expired: 'Its retention is over; nobody can read it any more.',
  erased: 'It was erased; nobody can read it any more.',
};

export function StatusBadge({ status }: { status: HandoffStatus }): JSX.Element {
  return (
    <span class={`badge ${status}`} title={statusMeanings[status]}>
      {statusWords[status]}
    </span>
  );
}
