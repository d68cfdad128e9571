// What a text in `data` looks like, so that it is laid out for people; it stays text all the same.

export type ValueKind = 'time' | 'day' | 'phone' | 'address' | 'text';

const time = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})$/;
const day = /^\d{4}-\d{2}-\d{2}$/;
const phone = /^\+[1-9]\d{6,14}$/;
const address = /^[a-z][a-z0-9+.-]{1,20}:\S+$/i;

export function valueKind(text: string): ValueKind {
  if (time.test(text) && !Number.isNaN(Date.parse(text))) return 'time';
  if (day.test(text) && !Number.isNaN(Date.parse(text))) return 'day';
  if (phone.test(text)) return 'phone';
  return text.length < 2_000 && address.test(text) ? 'address' : 'text';
}
