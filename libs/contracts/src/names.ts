import { z } from 'zod';

/** A project name: letters, digits, space, `.`, `_`, `-`, at most 100, and never a path. */
export const projectName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\p{L}\p{N} ._-]+$/u, 'only letters, digits, space, ".", "_" and "-"')
  .refine((name) => name !== '.' && name !== '..', 'must not be "." or ".."')
  .refine((name) => name.trim() === name, 'must not begin or end with a space');
export type ProjectName = z.infer<typeof projectName>;

/** A run id is its UTC start and four random characters: `20260131T094500Z-k3x9`. */
export const runId = z.string().regex(/^\d{8}T\d{6}Z-[a-z0-9]{4}$/);
export type RunId = z.infer<typeof runId>;
