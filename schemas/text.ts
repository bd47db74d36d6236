import { z } from 'zod';

/**
 * Text that somebody else wrote (a member's name, a log line, a field of METADATA). It is carried as it is,
 * bounded, and must be escaped wherever it is shown: see core/text/printable.ts.
 */
export const HostileText = z.string().max(4096);

/** An instant, RFC 3339 in UTC, for example 2026-11-22T11:51:00Z. */
export const Instant = z.iso.datetime();

/** A path inside a sandbox or archive: relative, `/` between parts, no `.`/`..`, no NUL. */
export const RelativePath = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (p) =>
      !p.startsWith('/') &&
      !p.includes('\0') &&
      !p.split('/').some((s) => s === '' || s === '.' || s === '..'),
    {
      message: 'a relative path without empty, "." or ".." parts',
    },
  );
