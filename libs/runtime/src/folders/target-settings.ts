/** Stands for the file to write that is named by an operand of a command, not by a setting. */
export const OPERAND = 'file';

/**
 * Settings that name a file to write, or a folder to make files in, which may be anywhere. Commands give
 * the operand that names such a file as a setting as well.
 */
export const targetSettings = ['out', 'html', 'dir', OPERAND] as const;

/** How a message names what the user gave: a setting, or the operand. */
export function nameTarget(setting: string): string {
  return setting === OPERAND ? setting : `‹${setting}›`;
}
