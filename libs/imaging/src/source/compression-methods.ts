/** Numbers of the methods that are read, as headers in an archive give them. */
export const STORED = 0;
export const DEFLATED = 8;
