// Objects in JSON text and elsewhere, told without an exception.

export type Members = Record<string, unknown>;

/** The object that the text holds; undefined where it holds no JSON, or JSON of another type. */
export function parsedObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
