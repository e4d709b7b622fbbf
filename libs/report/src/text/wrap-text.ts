import stringWidth from 'string-width';

/**
 * Wraps a text at spaces. Words that are too long, such as paths, are broken. Continued lines are
 * indented.
 * @param columns highest width of a line in characters; infinite for no wrapping
 */
export function wrapText(text: string, columns: number, indent = 2): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns, indent));
}

function wrapLine(line: string, columns: number, indent: number): string[] {
  if (stringWidth(line) <= columns) return [line];
  const margin = ' '.repeat(columns > 4 * indent ? indent : 0);
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\s)/)) {
    if (stringWidth(current + word.trimEnd()) > columns && current.trim() !== '') {
      lines.push(current.trimEnd());
      current = margin;
    }
    current += word;
    while (stringWidth(current.trimEnd()) > columns) {
      const head = takeColumns(current, columns);
      lines.push(head);
      current = margin + current.slice(head.length);
    }
  }
  return current.trim() === '' ? lines : [...lines, current.trimEnd()];
}

/** The longest beginning of a text that fits, with at least one character. */
export function takeColumns(text: string, columns: number): string {
  let taken = '';
  for (const character of text) {
    if (taken !== '' && stringWidth(taken + character) > columns) break;
    taken += character;
  }
  return taken;
}

/** Shortens a text to a width in characters. A shortened text ends with `…`. */
export function fitColumns(text: string, columns: number): string {
  return stringWidth(text) <= columns ? text : `${takeColumns(text, columns - 1)}…`;
}
