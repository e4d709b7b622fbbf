const MENTION = /‹(\w+)(?:=([^›]*))?›/g;

/** Writes a setting, or one with a value, as the readers of a message know it. */
export type WriteSetting = (name: string, value: string | undefined) => string;

/**
 * Messages name settings as `‹readTimeout›` or `‹device=cpu›`, whoever reads them (docs/adr/0027): this
 * writes them as one face's users do.
 * @example
 * writeSettings('use ‹device=cpu›', writeVariable); // use CULL_DEVICE=cpu
 */
export function writeSettings(text: string, write: WriteSetting): string {
  return text.replaceAll(MENTION, (_all, name: string, value: string | undefined) =>
    write(name, value),
  );
}

/** As words, for what is kept and read later, wherever that may be: `device cpu`. */
export const toWords: WriteSetting = (name, value) => {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return value === undefined ? words : `${words} ${value}`;
};
