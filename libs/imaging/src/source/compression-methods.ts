/** Numbers of the compression methods that can be read, as in the headers of an archive. */
export const STORED = 0;
export const DEFLATED = 8;
