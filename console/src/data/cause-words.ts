// Why look-ups found nothing, in words, and what to do about each cause.

import type { LookUpCause } from '../api-types.js';

export interface CauseWords {
  readonly word: string;
  readonly why: string;
  readonly what: string;
}

export const causeWords: Readonly<Record<LookUpCause, CauseWords>> = {
  never_written: {
    word: 'Never written',
    why: 'Nothing was ever written under the name that was asked for.',
    what: 'Compare the name in the look-up with the shared id that the agent writes.',
  },
  early: {
    word: 'Too early',
    why: 'The look-up came first; the handoff was written within ten minutes after it.',
    what: 'Let look-ups wait: add wait=10 to the address in the contact centre.',
  },
  expired: {
    word: 'Expired',
    why: 'The handoff had been there, and its retention was over.',
    what: 'Look up sooner, or raise the retention of the project.',
  },
  erased: {
    word: 'Erased',
    why: 'The handoff had been there, and was erased.',
    what: 'Nothing, where the erasure was meant; the audit names the key that asked for it.',
  },
  other_project: {
    word: 'Other project',
    why: 'The name exists in another project of your account.',
    what: 'Check the project in the address that the contact centre calls.',
  },
};
