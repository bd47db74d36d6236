/** What the reader keeps of a tar header beside its values (core/archive/tar/header.ts, `form`), taken apart. */
interface Form {
  readonly numbers: readonly string[];
  readonly devices: string;
  /** Bytes behind the texts. */
  readonly tails: string;
  /** Length of the name's prefix, or nothing. */
  readonly prefix: string;
}

/** mode, uid, gid, size, mtime, checksum. */
const numberWidths = [8, 8, 8, 12, 12, 8];
const nothingBehindTexts = '|||';

function parse(value: string | null | undefined): Form | undefined {
  if (typeof value !== 'string') return undefined;
  let parts: unknown;
  try {
    parts = JSON.parse(value);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const texts = parts.map(String);
  const [numbers = '', devices = '', tails = '', prefix = ''] = texts;
  return { numbers: numbers.split('|'), devices, tails, prefix };
}

/** Whether nothing is hidden in it: numbers padded with zeros, spaces and NULs, no device, nothing behind the texts. */
function isUsual({ numbers, devices, tails, prefix }: Form): boolean {
  return (
    numbers.length === numberWidths.length &&
    numbers.every((text) => /^(?:base-256| *0*[ \0]*)$/.test(text)) &&
    /^[0 \0]*$/.test(devices) &&
    tails === nothingBehindTexts &&
    /^(?:\d+\|\|)?$/.test(prefix)
  );
}

/**
 * Bytes of both sides' header fields that are spelled differently: numbers, the zeros of a device that is none, the
 * split of a name into prefix and name. Undefined where a header has more in it than that.
 */
export function spellingBytes(
  a: string | null | undefined,
  b: string | null | undefined,
): number | undefined {
  const [one, other] = [parse(a), parse(b)];
  if (one === undefined || other === undefined || !isUsual(one) || !isUsual(other)) return undefined;
  let bytes = 0;
  for (const [index, width] of numberWidths.entries()) {
    if (one.numbers[index] !== other.numbers[index]) bytes += 2 * width;
  }
  if (one.devices !== other.devices) bytes += 2 * 16;
  if (one.prefix !== other.prefix) bytes += 2 * (100 + 155);
  return bytes;
}
