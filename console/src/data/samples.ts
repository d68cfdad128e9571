// Samples of what an agent hands over, for trying the way from the agent to the contact centre.

export interface Sample {
  readonly words: string;
  readonly data: object;
}

export const samples: readonly Sample[] = [
  {
    words: 'A billing question',
    data: {
      customer: { name: 'Ada Byron', phone: '+442079460123', vip: true },
      reason: 'Disputes a charge of £42.10 on the last bill',
      summary: 'Verified by date of birth. Was promised a call back on Monday that did not come.',
      verified: true,
      next_step: 'Explain the charge, or refund it',
    },
  },
  {
    words: 'A change of appointment, in German',
    data: {
      kunde: { name: 'Jürgen Groß', telefon: '+4930901820' },
      anliegen: 'Möchte den Termin auf nächste Woche verlegen',
      termin: '2026-12-03T09:30:00Z',
      identifiziert: false,
    },
  },
  {
    words: 'A lost parcel, in Arabic',
    data: {
      customer: { name: 'ليلى حداد', phone: '+971501234567' },
      reason: 'لم يصل الطرد بعد',
      tracking: { carrier: 'DHL', number: 'JD014600006281230704' },
    },
  },
];

export function sampleText(sample: Sample): string {
  return JSON.stringify(sample.data, null, 2);
}

/** An id that nobody has used: made anew for each visit. */
export function newName(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return prefix + [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
