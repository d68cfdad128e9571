// Many things done at once, but never more than so many.

/** Does each of the things; `width` of them are under way at any time. Rejects with the first. */
export async function atOnce<Thing>(
  width: number,
  things: readonly Thing[],
  act: (thing: Thing) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < things.length) await act(things[next++]!);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
