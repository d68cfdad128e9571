// Handoffs as voice agents write them: what the pages are looked at with.

/** Fields of `data` that a project of these states holds to be sensitive. */
export const sampleSensitiveFields = ['/customer/date_of_birth', '/payment/card_number'];

/** The same one for the same place; `data` of the next ones differs in caller and reason. */
export function sampleState(place: number): { id: string; shared_id: string; data: object } {
  const digits = ((place * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
  return {
    id: `conv-${digits}`,
    shared_id: `CA${digits}${digits.split('').toReversed().join('')}`,
    data: samples[place % samples.length]!,
  };
}

const samples: readonly object[] = [
  {
    customer: {
      name: 'Amelia Hartley',
      phone: '+44 20 7946 0321',
      date_of_birth: '1987-03-14',
      customer_since: '2016-09-02',
      is_verified: true,
    },
    reason: 'Charged twice for the May invoice',
    summary:
      'Amelia was charged £84.20 twice on 2 May. She has the bank statement at hand and asks for ' +
      'one payment back today. She is calm but has called about this once before.',
    intent: 'billing_dispute',
    sentiment: 'frustrated',
    payment: { invoice: 'INV-20419', amount: 84.2, currency: 'GBP', card_number: '4111 •••• 1111' },
    next_steps: ['Confirm the second charge of 2 May', 'Refund £84.20', 'Send the receipt'],
    language: 'en-GB',
    transferred_at: '2026-11-22T13:02:11Z',
  },
  {
    customer: { name: 'Jonas Öhlschläger', phone: '+49 30 901820', is_verified: true },
    reason: 'Umzug: Vertrag mitnehmen',
    summary:
      'Herr Öhlschläger zieht zum 1. Dezember nach Leipzig um und möchte den Anschluss ' +
      'mitnehmen. Die neue Adresse ist aufgenommen, der Termin für die Technik ist offen.',
    intent: 'relocation',
    new_address: { street: 'Karl-Heine-Straße 55', postcode: '04229', city: 'Leipzig' },
    moving_day: '2026-12-01',
    language: 'de-DE',
  },
  {
    customer: { name: 'ليلى منصور', phone: '+971 4 555 0148', is_verified: false },
    reason: 'تأخر الشحنة',
    summary: 'تأخرت الشحنة رقم 88213 أربعة أيام، وتطلب العميلة معرفة موعد التسليم الجديد.',
    intent: 'delivery_status',
    order: { number: '88213', carrier: 'Aramex', days_late: 4 },
    language: 'ar-AE',
  },
  {
    customer: { name: 'Marcus Bell', phone: '+1 (415) 555-0117', is_verified: true },
    reason: 'Lost card, wants it blocked',
    summary: 'Lost his debit card at SFO this morning. No unknown payments so far.',
    intent: 'lost_card',
    urgency: 'high',
    payment: { card_ending: '4402', last_known_payment: '2026-11-22T08:15:00-08:00', amount: 12.5 },
    language: 'en-US',
  },
  {
    customer: { name: 'Chiara Fontana', phone: '+39 06 698 1234', is_verified: true },
    reason: 'Cambiare la prenotazione',
    summary: 'Vuole spostare il soggiorno dal 3 al 10 dicembre, stesse camere, due notti in più.',
    intent: 'change_booking',
    booking: {
      reference: 'RZ-77120',
      rooms: 2,
      guests: ['Chiara Fontana', 'Paolo Fontana', 'Nina Fontana'],
      breakfast: true,
    },
    language: 'it-IT',
  },
  {
    customer: { name: 'Priya Raman', phone: '+1 (312) 555-0168', is_verified: true },
    reason: 'Router offline since last night',
    summary:
      'The router has shown a red light since 21:40. Restarted twice with the assistant, no ' +
      'change. She works from home and asks for a technician today.',
    intent: 'technical_fault',
    diagnostics: { line_test: 'failed', restarts: 2, firmware: '4.18.2', error_code: null },
    language: 'en-US',
  },
];
