const MENTION = /‹(\w+)(?:=([^›]*))?›/g;

/** Writes a setting, or a setting with a value, in the form that the readers of a message know. */
export type WriteSetting = (name: string, value: string | undefined) => string;

/**
 * Messages name settings as `‹readTimeout›` or `‹device=cpu›`, independent of the reader
 * (docs/adr/0027). This replaces them by the form that the users of one program know.
 * @example
 * writeSettings('use ‹device=cpu›', writeVariable); // use CULL_DEVICE=cpu
 */
export function writeSettings(text: string, write: WriteSetting): string {
  return text.replaceAll(MENTION, (_all, name: string, value: string | undefined) =>
    write(name, value),
  );
}

/** Plain words, for text that is stored and read later in any program: `device cpu`. */
export const toWords: WriteSetting = (name, value) => {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return value === undefined ? words : `${words} ${value}`;
};
