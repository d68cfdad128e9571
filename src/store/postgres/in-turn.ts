// Work that takes turns: reads that are long and can wait leave the other connections to look-ups.

/** Gives a function that begins each work when the one before has ended, well or not. */
export function inTurn(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
