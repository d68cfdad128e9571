// The states that the benchmarks write and look up: names and contents made from a number, so that
// a load generator can make them too, in whatever language it is written.

/** Stands in a template where the name of a state goes. */
export const namePlace = '@name@';

export const dataBytes = 2_048;

export const multiplier = 0x2545f49;
export const names = 2 ** 32;

/**
 * The name of the state with this number, below 2^27: eight hexadecimal digits. The multiplication
 * is a permutation of 2^32, so that neighbours in time are far apart in an index, as real ids are.
 */
export function nameOf(number: number): string {
  return digits((number * multiplier) % names);
}

/** The same as `nameOf`, in Lua. */
export const nameOfInLua = `function(number)
  return string.format("%08x", (number * ${multiplier}) % ${names})
end`;

/** The names of the states 0 to `count - 1` in the order of an index, by their place in it. */
export function sortedNames(count: number): (place: number) => string {
  const sorted = Uint32Array.from({ length: count }, (_, number) => (number * multiplier) % names);
  sorted.sort();
  return (place) => digits(sorted[place]!);
}

function digits(name: number): string {
  return name.toString(16).padStart(8, '0');
}

export function idOf(name: string): string {
  return `CONV-${name}`;
}

export function sharedIdOf(name: string): string {
  return `CA${name}`;
}

/** The JSON text of `data`, exactly `bytes` long: a summary and what was collected, in ASCII. */
export function dataTextOf(name: string, bytes: number): string {
  const start =
    `{"intent":"billing_dispute","caller":{"name":"Jane Doe","account":"${name}","verified":true},` +
    '"language":"en-GB","summary":"';
  const end = '"}';
  const sentence = 'The caller disputes the invoice of May and asked for a person. ';
  const room = bytes - start.length - end.length;
  return start + sentence.repeat(Math.ceil(room / sentence.length)).slice(0, room) + end;
}

/** The body of a look-up of the state with this name, which is the body of its PUT too. */
export function answerTextOf(name: string, bytes = dataBytes): string {
  return `{"id":"${idOf(name)}","shared_id":"${sharedIdOf(name)}","data":${dataTextOf(name, bytes)}}`;
}
