export { loadSqlite } from './load-sqlite.js';
