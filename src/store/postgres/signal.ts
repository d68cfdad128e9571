// Waiting for something to change, or for an answer, with an end to it.

/** Who waits goes on with the next notification, or when the time is up. */
export class Signal {
  readonly #waiting = new Set<() => void>();

  notify(): void {
    for (const resume of this.#waiting) resume();
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const resume = () => {
        clearTimeout(timer);
        this.#waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, milliseconds);
      this.#waiting.add(resume);
    });
  }
}

/** What the promise gives, or undefined where it takes longer. */
export async function within<Result>(
  promise: Promise<Result>,
  milliseconds: number,
): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
