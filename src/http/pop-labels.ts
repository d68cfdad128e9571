// The words that member names are made of, for labels and for finding what a member is about.

/** Written in capitals by people. */
const initials = new Set(
  'api asn crm csat cvv dob eta faq iban id imei ip isbn ivr kyc nps otp pin sip sku sla sms ssn url utc uuid vat vin vip'.split(
    ' ',
  ),
);

/** In lower case: `customerName`, `customer_name` and `Customer-Name` are `customer`, `name`. */
export function wordsOf(name: string): string[] {
  const apart = name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return apart
    .split(/[\s_.-]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** Other characters are no part of a programmer's name: it is shown as it is. */
const plainName = /^[\p{L}\p{M}\p{N}\s_.-]*$/u;

/** `Customer name` of `customerName`; a name that is not made of words as it is. */
export function labelOf(name: string): string {
  if (!plainName.test(name)) return name;
  const words = wordsOf(name).map((word) => (initials.has(word) ? word.toUpperCase() : word));
  const [first, ...others] = words;
  if (first === undefined) return name;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...others].join(' ');
}
