import { hideValues } from '#core/explain/values.ts';

/** Longer names have no shape. */
const nameMax = 1024;

/** 1.2, 1.2.3, 1.2.3rc1, 1.2.3.dev4+gabcdef0, 1.2-SNAPSHOT. */
const version =
  /(?<![\d.])\d{1,9}(?:\.\d{1,9}){1,6}(?:[-.+~]?(?:a|b|c|rc|dev|post|alpha|beta|pre|SNAPSHOT|git|g[0-9a-f]{6,40})[-.]?\d{0,9}){0,4}(?![\d])/gi;

/** Names that tempfile, mktemp and compilers make up; what comes in front of the random letters stays. */
const temporary = /(?<=(?:^|[^A-Za-z0-9])(?:tmp|temp|cc|go-build|pip-\w{1,20}-)[._-]?)[A-Za-z0-9_]{5,24}/g;

/** A run of letters and digits that is no word: a digest, a random value, a time, a number of a build. */
const value =
  /(?<![A-Za-z0-9])(?=[A-Za-z]{0,20}\d)(?:[0-9a-f]{6,128}|\d{4,24}|[A-Za-z0-9]{8,64})(?![A-Za-z0-9])/g;

function shapeOfPart(part: string): string {
  return hideValues(part)
    .replace(version, '\u0001version')
    .replace(temporary, '\u0001value')
    .replace(value, '\u0001value')
    .replaceAll('\u0001uuid', '\u0001value')
    .replaceAll('\u0001hex', '\u0001value');
}

/** Shapes of names, those of their parts held: most members share their folders. */
export class NameShapes {
  readonly #parts = new Map<string, string>();

  /**
   * The name with each value of a known kind (time, version, digest, random or temporary name) replaced by a mark of its
   * kind. Undefined for one that has none, and for one that is too long to look at.
   */
  of(name: string): string | undefined {
    if (name.length > nameMax) return undefined;
    const shape = name
      .split('/')
      .map((part) => this.#shapeOf(part))
      .join('/');
    return shape === name ? undefined : shape;
  }

  #shapeOf(part: string): string {
    const known = this.#parts.get(part);
    if (known !== undefined) return known;
    const shape = shapeOfPart(part);
    this.#parts.set(part, shape);
    return shape;
  }
}
