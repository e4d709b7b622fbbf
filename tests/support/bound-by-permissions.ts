import { spawnSync } from 'node:child_process';

const isRoot = process.getuid?.() === 0;
const setpriv = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];

/** Starts a command of root in such a way that file permissions apply to it as to other users. */
export const boundByPermissions = isRoot ? setpriv : [];

/**
 * Whether that is possible: on Linux with `setpriv`; for users other than root nothing is needed.
 */
export const canBeBound =
  !isRoot || spawnSync(setpriv[0] ?? '', [...setpriv.slice(1), 'true']).status === 0;
