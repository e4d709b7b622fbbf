import { spawnSync } from 'node:child_process';

const isRoot = process.getuid?.() === 0;
const setpriv = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];

/** What a command of root is started through so that permissions bind it as they bind everybody else. */
export const boundByPermissions = isRoot ? setpriv : [];

/** Whether that is possible: Linux has `setpriv`, other users need none. */
export const canBeBound =
  !isRoot || spawnSync(setpriv[0] ?? '', [...setpriv.slice(1), 'true']).status === 0;
