import { syncBuiltinESMExports } from 'node:module';
import { installFiles } from './virtual-files.js';
import { installNet } from './virtual-net.js';
import { installRandom } from './virtual-random.js';
import { installSqlite } from './virtual-sqlite.js';
import { installTimers } from './virtual-timers.js';

/**
 * Puts the simulated machine in the place of Node's timers, clock, chance, files, network and SQLite. To
 * be imported before anything that uses them; code that belongs to no simulated process still gets the
 * real ones.
 */
installTimers();
installRandom();
installFiles();
installNet();
installSqlite();
syncBuiltinESMExports();
