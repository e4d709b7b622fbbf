/** What the cache needs of a logger; pino's fits. */
export interface CacheLog {
  warn(fields: object, message: string): void;
}
