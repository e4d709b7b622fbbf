/** What a message of another program says; undefined where it is no JSON. */
export function parseJson(message: { string(): string }): unknown {
  try {
    return JSON.parse(message.string());
  } catch {
    return undefined;
  }
}
